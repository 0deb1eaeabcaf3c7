"""Operations that AWS judges by the permission for another one, and MiniStack by their own name.

"When you specify sqs:SendMessage, sqs:DeleteMessage or sqs:ChangeMessageVisibility, permissions for the corresponding
batch operations are granted": there is no `sqs:SendMessageBatch` that a policy could name.
"""

from __future__ import annotations

import functools
from typing import Any

_BATCHES = ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
_JUDGED_AS = {f"{action}Batch": action for action in _BATCHES}


def teach() -> None:
    """Gives MiniStack's evaluator the action a policy names."""
    from ministack.core import iam_actions

    before = iam_actions.extract_iam_action

    @functools.wraps(before)
    def extract_iam_action(*request: Any) -> str | None:
        action = before(*request)
        return _JUDGED_AS.get(action or "", action)

    iam_actions.extract_iam_action = extract_iam_action
