"""The function that the clock calls, called: what is due with the stack's signing keys is done, and nothing else.

    SYMBOLON_EMULATOR=http://127.0.0.1:4574 SYMBOLON_STACK=symbolon python rotate_test.py

Nobody can move Lambda's clock, so keys are made older in the table instead. They are as they were when it ends.
"""

from __future__ import annotations

import json
import time
import unittest
from typing import Any

from roles_test import client, named, stack

Json = dict[str, Any]
TENANT = "KEYS#northpeak"


class Rotate(unittest.TestCase):
    """As the schedule calls it."""

    def setUp(self) -> None:
        self.outputs, self.names = stack()
        self.store = client("dynamodb")
        self.before = self.item()
        self.addCleanup(lambda: self.store.put_item(TableName=self.outputs["ConfigTable"], Item=self.before))

    def item(self) -> Json:
        """The keys' item."""
        answer = self.store.get_item(TableName=self.outputs["ConfigTable"], Key=named(TENANT), ConsistentRead=True)
        return dict(answer["Item"])

    def states(self) -> list[str]:
        """`RS256 active`, of each key in the order they were made."""
        return [f"{key['algorithm']} {key['state']}" for key in json.loads(self.item()["d"]["S"])["keys"]]

    def age(self, state: str, seconds: int) -> None:
        """Makes keys of a state so old."""
        item = self.item()
        document = json.loads(item["d"]["S"])
        for key in document["keys"]:
            if key["state"] == state:
                key["since"] = int(time.time()) - seconds
        self.store.put_item(TableName=self.outputs["ConfigTable"], Item={**item, "d": {"S": json.dumps(document)}})

    def turn(self) -> None:
        """One call, which must not fail."""
        function = self.names["RotateFunction"]
        event = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
        answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        self.assertNotIn("FunctionError", answer, answer["Payload"].read())

    def test_a077_a_key_is_replaced_turn_by_turn(self) -> None:
        self.turn()
        first = self.states()
        self.assertEqual({state.split()[1] for state in first}, {"active"}, "nothing is due")
        algorithms = [state.split()[0] for state in first]

        def all_in(*states: str) -> list[str]:
            return sorted(f"{algorithm} {state}" for algorithm in algorithms for state in states)
        self.age("active", 90 * 86_400)
        self.turn()
        self.assertEqual(sorted(self.states()), all_in("active", "pending"))
        self.turn()
        self.assertEqual(sorted(self.states()), all_in("active", "pending"), "it waits")
        self.age("pending", 600)
        self.turn()
        self.assertEqual(sorted(self.states()), all_in("active", "retired"))
        self.age("retired", 4_200)
        self.turn()
        self.assertEqual(sorted(self.states()), all_in("active", "former"))

    def test_the_clock_calls_it(self) -> None:
        events = client("events")
        function = client("lambda").get_function(FunctionName=self.names["RotateFunction"])["Configuration"]["FunctionArn"]
        rules = events.list_rule_names_by_target(TargetArn=function)["RuleNames"]
        self.assertEqual(len(rules), 1)
        rule = events.describe_rule(Name=rules[0])
        self.assertEqual((rule["ScheduleExpression"], rule["State"]), ("rate(1 hour)", "ENABLED"))


if __name__ == "__main__":
    unittest.main()
