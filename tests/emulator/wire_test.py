"""The wire: calls of functions are written down with their capacity, and struck by faults; nobody else's are.

    SYMBOLON_EMULATOR=... SYMBOLON_STACK=... SYMBOLON_WIRE_LOG=... python wire_test.py

The test calls with the credentials that the emulator gives the function `authorize`, which it derives from the ARNs of
function and role.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import time
import unittest
import urllib.request
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from roles_test import ENDPOINT, client, named, stack

LOG = pathlib.Path(os.environ["SYMBOLON_WIRE_LOG"])
Json = dict[str, Any]


def of_function(name: str) -> tuple[str, str, str]:
    """The credentials of a function's environment."""
    function = client("lambda").get_function(FunctionName=name)["Configuration"]
    digest = hashlib.sha256(f"{function['FunctionArn']}:{function['Role']}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{kind}:{digest}".encode()).hexdigest() for kind in ("secret", "token"))
    return f"ASIA{digest[:16].upper()}", secret, token


def faults(method: str, fault: Json | None = None) -> Json:
    """The control of faults.py."""
    body = json.dumps(fault).encode() if fault else None
    request = urllib.request.Request(f"{ENDPOINT}/_symbolon/faults", body, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return dict(json.load(answer))


class Wire(unittest.TestCase):
    """As the function `authorize`."""

    @classmethod
    def setUpClass(cls) -> None:
        outputs, names = stack()
        cls.table = outputs["EphemeralTable"]
        # An invocation is what registers its credentials.
        client("lambda").invoke(FunctionName=names["AuthorizeFunction"], Payload=b"{}")
        cls.store = client("dynamodb", *of_function(names["AuthorizeFunction"]))

    def setUp(self) -> None:
        faults("DELETE")
        self.before = len(self.lines())

    def lines(self) -> list[Json]:
        """The log so far."""
        return [json.loads(line) for line in LOG.read_text().splitlines()] if LOG.exists() else []

    def new(self) -> list[Json]:
        """What this test added."""
        return self.lines()[self.before:]

    def put(self, size: int = 0, **more: Any) -> None:
        """Writes a code of that size."""
        self.store.put_item(TableName=self.table, Item={**named("CODE#wire#d"), "x": {"S": "x" * size}}, **more)

    def session(self) -> Json:
        """Reads a session that is not there."""
        return dict(self.store.get_item(TableName=self.table, Key=named("SESSION#wire#m"), ConsistentRead=True))

    def test_a_call_is_a_line_without_its_values(self) -> None:
        self.put(1500)
        self.session()
        written, read = self.new()
        self.assertEqual((written["function"], written["service"], written["operation"]), ("authorize", "dynamodb", "PutItem"))
        self.assertEqual((written["keys"], written["write"], written["status"]), (["CODE"], 2.0, 200))
        self.assertEqual((read["keys"], read["read"]), (["SESSION"], 1.0))
        self.assertNotIn("wire#", json.dumps([written, read]))

    def test_a_failed_condition_costs_a_write(self) -> None:
        self.put()
        with self.assertRaises(ClientError):
            self.put(ConditionExpression="attribute_not_exists(pk)")
        line = self.new()[-1]
        self.assertEqual((line["error"], line["write"]), ("ConditionalCheckFailedException", 1.0))

    def test_the_nth_call_fails_and_is_not_performed(self) -> None:
        faults("POST", {"service": "dynamodb", "operation": "GetItem", "mode": "fail", "nth": 2})
        self.session()
        with self.assertRaises(ClientError) as failed:
            self.session()
        self.assertEqual(failed.exception.response["ResponseMetadata"]["HTTPStatusCode"], 500)
        self.session()
        self.assertEqual([line["fault"] for line in self.new()], [None, "fail", None])
        self.assertEqual(faults("GET"), {"waiting": []})

    def test_throttling_speaks_the_words_of_the_service(self) -> None:
        faults("POST", {"service": "dynamodb", "mode": "throttle"})
        with self.assertRaises(ClientError) as throttled:
            self.session()
        self.assertEqual(throttled.exception.response["Error"]["Code"], "ThrottlingException")

    def test_a_late_answer_comes(self) -> None:
        faults("POST", {"service": "dynamodb", "mode": "delay", "delay_ms": 200})
        began = time.monotonic()
        self.session()
        self.assertGreaterEqual(time.monotonic() - began, 0.2)

    def test_a_lost_answer_was_performed(self) -> None:
        self.store.put_item(TableName=self.table, Item=named("CODE#wire#lost"))
        faults("POST", {"service": "dynamodb", "operation": "PutItem", "key": "CODE", "mode": "lose_answer"})
        with self.assertRaises(BotoCoreError):
            self.store.put_item(TableName=self.table, Item={**named("CODE#wire#lost"), "x": {"S": "new"}})
        stored = client("dynamodb").get_item(TableName=self.table, Key=named("CODE#wire#lost"), ConsistentRead=True)
        self.assertEqual(stored["Item"]["x"], {"S": "new"})

    def test_nobody_elses_calls_are_struck_or_written_down(self) -> None:
        faults("POST", {"service": "dynamodb", "mode": "fail"})
        client("dynamodb").list_tables()
        self.assertEqual(self.new(), [])
        self.assertEqual(len(faults("GET")["waiting"]), 1)

    def test_a_fault_that_makes_no_sense_is_refused(self) -> None:
        for fault in ({"service": "dynamodb", "mode": "explode"}, {"mode": "fail"}, {"service": "kms", "mode": "fail", "nth": 0}):
            with self.assertRaises(urllib.error.HTTPError):
                faults("POST", fault)


if __name__ == "__main__":
    unittest.main()
