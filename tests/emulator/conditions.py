"""Condition keys of IAM that AWS gives a request and MiniStack does not.

Without them `dynamodb:LeadingKeys` and `kms:EncryptionContext:...` are absent from every request, and a policy
that asks for them refuses all calls: nothing would show that the prefixes and purposes in template.yaml are right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_EQUALS = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")


def parsed(body: bytes) -> Json:
    """The request's JSON, or nothing."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def hash_key(table: str) -> str:
    """The name of a table's partition key."""
    from ministack.services import dynamodb

    record = dynamodb._tables.get(table.rsplit("/", 1)[-1])
    return (record or {}).get("pk_name") or "pk"


def _plain(value: Any) -> str | None:
    """`TENANT#a` of `{"S": "TENANT#a"}`."""
    if isinstance(value, dict) and len(value) == 1:
        return str(next(iter(value.values())))
    return None


def _of_query(data: Json, name: str) -> Iterator[str | None]:
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for attribute, placeholder in _EQUALS.findall(data.get("KeyConditionExpression") or ""):
        if names.get(attribute, attribute) == name:
            yield _plain(values.get(placeholder))


def _of_part(part: Any, table: str | None = None) -> Iterator[str | None]:
    """Of anything with a table and a `Key` or an `Item`."""
    if not isinstance(part, dict):
        return
    name = hash_key(table or str(part.get("TableName", "")))
    for holder in ("Key", "Item"):
        if isinstance(part.get(holder), dict):
            yield _plain(part[holder].get(name))
    yield from _of_query(part, name)


def _found(data: Json) -> Iterator[str | None]:
    yield from _of_part(data)
    for item in data.get("TransactItems") or []:
        for part in item.values():
            yield from _of_part(part)
    batches = data.get("RequestItems")
    for table, requests in batches.items() if isinstance(batches, dict) else ():
        for key in requests.get("Keys", []) if isinstance(requests, dict) else ():
            yield from _of_part({"Key": key}, table)
        for request in requests if isinstance(requests, list) else ():
            for part in request.values():
                yield from _of_part(part, table)


def leading_keys(body: bytes) -> list[str]:
    """Every partition key value that a DynamoDB request names.

    AWS judges each item of a transaction by its own; here all of a request are judged together, which refuses more.
    """
    return [key for key in _found(parsed(body)) if key is not None]


def kms_context(body: bytes) -> Json:
    """The `kms:` keys of a request."""
    data = parsed(body)
    context: Json = {}
    pairs = data.get("EncryptionContext")
    if isinstance(pairs, dict) and pairs:
        context = {f"kms:EncryptionContext:{name}": value for name, value in pairs.items()}
        context["kms:EncryptionContextKeys"] = list(pairs)
    if "SigningAlgorithm" in data:
        context["kms:SigningAlgorithm"] = data["SigningAlgorithm"]
        context["kms:MessageType"] = data.get("MessageType", "RAW")
    return context


def teach() -> None:
    """Adds the keys to what MiniStack's evaluator is given."""
    from ministack.core import iam_actions

    dynamodb_before = iam_actions.dynamodb_service_context
    tags_before = iam_actions.request_tag_context

    def dynamodb(body: bytes) -> Json:
        keys = leading_keys(body)
        return {**dynamodb_before(body), **({"dynamodb:LeadingKeys": keys} if keys else {})}

    # Of all services but a few, only tags are asked for: that is where the others' keys can be added.
    def tags(service: str, action: str, body: bytes, params: Json) -> Json:
        return {**tags_before(service, action, body, params), **(kms_context(body) if service == "kms" else {})}

    iam_actions.dynamodb_service_context = dynamodb
    iam_actions.request_tag_context = tags
