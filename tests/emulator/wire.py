"""Between the functions and AWS: every call of theirs can be written down, and made to fail (faults.py).

A line of the log: `at` (seconds), `account`, `function`, `service`, `operation`, `table`, `keys` (the types of the
partition keys, without what follows `#`), `status`, `error`, `read` or `write` (capacity units), `bytes` (of the items)
and `consistent`, `ms`, `fault`.
No key, value or text of a member is in it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import pathlib
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import capacity
import conditions
import faults

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

CONTROL = "/_symbolon/faults"


class AnswerLost(Exception):
    """Ends a request without an answer."""


def function_of(headers: dict[str, str], params: Json) -> str | None:
    """The `SYMBOLON_FUNCTION` of whoever signed a request, or its Lambda name; none if no function did."""
    from ministack.core.router import extract_access_key_id
    from ministack.services import lambda_svc, sts

    session = sts._sessions.get(extract_access_key_id(headers, params) or "")
    arn = (session or {}).get("Arn", "")
    name = arn.rsplit("/", 1)[-1]
    record = lambda_svc._functions.get(name) if ":assumed-role/" in arn else None
    if record is None:
        return None
    variables = record["config"].get("Environment", {}).get("Variables", {})
    return str(variables.get("SYMBOLON_FUNCTION", name))


def call_of(method: str, path: str, headers: dict[str, str], body: bytes, params: Json) -> Json | None:
    """What a request asks for, if a function sent it."""
    from ministack import app
    from ministack.core.iam_actions import extract_iam_action
    from ministack.core.responses import get_account_id

    function = function_of(headers, params)
    if function is None:
        return None
    routing = app._routing_params(method, path, headers, body, params)
    service = app.detect_service(method, path, headers, routing)
    action = inspect.unwrap(extract_iam_action)(service, method, path, headers, body, routing) or ""
    keys = conditions.leading_keys(body) if service == "dynamodb" else []
    table = str(conditions.parsed(body).get("TableName", "")) if service == "dynamodb" else ""
    return {"at": round(time.time(), 3), "account": get_account_id(), "function": function, "service": service,
            "operation": action.rsplit(":", 1)[-1], "table": table, "keys": [key.split("#", 1)[0] for key in keys]}


def measured(call: Json, body: bytes, before: Json | None, answer: bytes) -> Json:
    """The capacity units of a call that was performed, and what they follow from."""
    data = conditions.parsed(body)
    if call["service"] == "dynamodb" and call["operation"] in capacity.READS:
        return capacity.read(data, conditions.parsed(answer))
    if call["service"] == "dynamodb" and call["operation"] in capacity.WRITES:
        return capacity.written(before, capacity.stored(data))
    return {}


def teach(log: pathlib.Path | None) -> None:
    """Puts itself between MiniStack's server and its services."""
    from ministack import app

    waiting = faults.Waiting()
    dispatch: Callable[..., Awaitable[Answer]] = app._dispatch_service_request
    serve: Callable[..., Awaitable[None]] = app.app
    lock = threading.Lock()
    file = log.open("a", encoding="utf-8", buffering=1) if log is not None else None

    def write(line: Json) -> None:
        if file is not None:
            with lock:
                file.write(json.dumps(line) + "\n")

    async def watched(method: str, path: str, headers: dict[str, str], body: bytes, params: Json, request_id: str,
                      ) -> Answer:
        call = call_of(method, path, headers, body, params)
        if call is None:
            return await dispatch(method, path, headers, body, params, request_id)
        began = time.monotonic()
        fault = waiting.strike(call)
        mode = fault.mode if fault else None
        if mode in ("fail", "throttle"):
            answer = faults.refusal(call["service"], str(mode))
            units: Json = {}
        else:
            if fault and mode == "delay":
                await asyncio.sleep(fault.delay_ms / 1000)
            before = capacity.stored(conditions.parsed(body)) if call["operation"] in capacity.WRITES else None
            answer = await dispatch(method, path, headers, body, params, request_id)
            units = measured(call, body, before, answer[2])
        error = conditions.parsed(answer[2]).get("__type", "") if answer[0] >= 400 else ""
        write({**call, **units, "status": answer[0], "error": error.rsplit("#", 1)[-1],
               "ms": round((time.monotonic() - began) * 1000, 1), "fault": mode})
        if mode == "lose_answer":
            raise AnswerLost
        return answer

    async def served(scope: Json, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == CONTROL:
            status, headers, body = waiting.control(scope["method"], await _body(receive))
            await app._send_response(send, status, headers, body)
            return
        try:
            await serve(scope, receive, send)
        except AnswerLost:
            # Promised and not sent: the server cuts the connection, as a network would.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            raise

    app._dispatch_service_request = watched
    app.app = served


async def _body(receive: Any) -> bytes:
    whole = b""
    while True:
        message = await receive()
        whole += message.get("body", b"")
        if not message.get("more_body"):
            return whole
