"""Capacity units of a DynamoDB call, by the sizes of its items.

MiniStack's own figures ignore the size of what is read and say nothing of a write whose condition failed, which
costs as much as one that succeeded.
"""

from __future__ import annotations

import math
from typing import Any

Json = dict[str, Any]

READS = {"GetItem", "Query", "Scan", "BatchGetItem"}
WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


def _size(item: Json | None) -> int:
    from ministack.services import dynamodb

    return dynamodb._item_size_bytes(item) if item else 0


def stored(data: Json) -> Json | None:
    """The item that a write names, as it is now."""
    from ministack.services import dynamodb

    table = dynamodb._tables.get(str(data.get("TableName", "")).rsplit("/", 1)[-1])
    key = data.get("Key") or data.get("Item")
    if not table or not key:
        return None
    found = dynamodb._get_item_by_key(table, key)
    return dict(found) if found else None


def read(data: Json, answer: Json) -> Json:
    """4 KB a unit, a half if the answer may be old; nothing found costs as much as one."""
    items = answer.get("Items") or [answer.get("Item")]
    size, consistent = sum(_size(item) for item in items), bool(data.get("ConsistentRead"))
    units = max(1, math.ceil(size / 4096)) * (1.0 if consistent else 0.5)
    return {"read": units, "bytes": size, "consistent": consistent}


def written(before: Json | None, after: Json | None) -> Json:
    """1 KB a unit, of the larger image."""
    size = max(_size(before), _size(after))
    return {"write": float(max(1, math.ceil(size / 1024))), "bytes": size}
