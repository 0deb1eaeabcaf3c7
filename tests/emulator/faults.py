"""Faults at the wire: the nth next matching call of a function fails, is throttled, is late, or loses its answer.

    POST   /_symbolon/faults   {"service": "dynamodb", "operation": "PutItem", "mode": "lose_answer", "nth": 1}
    GET    /_symbolon/faults   what has not struck yet
    DELETE /_symbolon/faults   forgets all

Matched by `service`, and where given by `operation`, `function`, `key` (`CODE` of `CODE#...`) and `account`. `times`
consecutive calls are struck, 1 unless said otherwise. The modes: `fail` (500, not performed), `throttle` (the
service's own words for it, not performed), `delay` (performed after `delay_ms`), `lose_answer` (performed, and the
connection is cut instead of an answer).
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import Any

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

MODES = ("fail", "throttle", "delay", "lose_answer")


@dataclass
class Fault:
    """One that waits for its call."""

    service: str
    mode: str
    operation: str = ""
    function: str = ""
    key: str = ""
    account: str = ""
    nth: int = 1
    times: int = 1
    delay_ms: int = 0

    def __post_init__(self) -> None:
        if self.mode not in MODES or self.nth < 1 or self.times < 1:
            raise ValueError(f"mode is one of {', '.join(MODES)}; nth and times are at least 1")

    def fits(self, call: Json) -> bool:
        """Whether a call is one of those it counts."""
        named = ("service", "operation", "function", "account")
        return all(getattr(self, name) in ("", call[name]) for name in named) and (
            not self.key or self.key in call["keys"])


class Waiting:
    """The faults that have not struck yet."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def strike(self, call: Json) -> Fault | None:
        """Counts a call, and answers with the fault that strikes it."""
        with self._lock:
            struck = None
            for fault in [fault for fault in self._faults if fault.fits(call)]:
                if fault.nth > 1:
                    fault.nth -= 1
                elif struck is None:
                    struck = fault
                    fault.times -= 1
            self._faults = [fault for fault in self._faults if fault.times > 0]
            return struck

    def control(self, method: str, body: bytes) -> Answer:
        """Answers `/_symbolon/faults`."""
        with self._lock:
            if method == "DELETE":
                self._faults = []
            elif method == "POST":
                try:
                    self._faults.append(Fault(**json.loads(body)))
                except (TypeError, ValueError) as error:
                    return _json(400, {"error": str(error)})
            elif method != "GET":
                return _json(405, {"error": "GET, POST or DELETE"})
            return _json(200, {"waiting": [asdict(fault) for fault in self._faults]})


def _json(status: int, value: Json) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


THROTTLED = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
    "kms": "ThrottlingException",
    "sqs": "com.amazonaws.sqs#RequestThrottled",
}
FAILED = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#InternalServerError",
    "kms": "KMSInternalException",
    "sqs": "com.amazonaws.sqs#InternalError",
}


def refusal(service: str, mode: str) -> Answer:
    """What a service answers to a call it does not perform."""
    status = 400 if mode == "throttle" else 500
    kind = (THROTTLED if mode == "throttle" else FAILED).get(service)
    if kind:
        text = json.dumps({"__type": kind, "message": "injected"}).encode()
        return status, {"Content-Type": "application/x-amz-json-1.0"}, text
    code = "Throttled" if mode == "throttle" else "InternalError"
    xml = f"<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>injected</Message></Error></ErrorResponse>"
    return status, {"Content-Type": "text/xml"}, xml.encode()
