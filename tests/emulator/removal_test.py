"""`infra/remove` asks, removes, and leaves what cannot be made again.

    SYMBOLON_EMULATOR=... SYMBOLON_STACK=... python removal_test.py

The stack is gone afterwards: the last of the suites against it.
"""

from __future__ import annotations

import pathlib
import subprocess
import unittest

from botocore.exceptions import ClientError
from roles_test import ENDPOINT, STACK, client, stack

REMOVE = pathlib.Path(__file__).parents[2] / "infra" / "remove"


def remove(*options: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Runs the command."""
    command = [str(REMOVE), "--endpoint", ENDPOINT, "--stack", STACK, *options]
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=False, timeout=120)


class Removal(unittest.TestCase):
    """In this order."""

    def test_1_another_name_removes_nothing(self) -> None:
        answer = remove(typed="yes\n")
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("nothing was removed", answer.stderr)
        stack()

    def test_2_tables_of_members_and_the_key_stay(self) -> None:
        outputs, _ = stack()
        before = set(client("dynamodb").list_tables()["TableNames"])
        answer = remove("--yes")
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        with self.assertRaises(ClientError):
            stack()
        gone = before - set(client("dynamodb").list_tables()["TableNames"])
        self.assertEqual(gone, {outputs["EphemeralTable"]})
        key = client("kms").describe_key(KeyId=outputs["WrappingKeyArn"])["KeyMetadata"]
        self.assertEqual(key["KeyState"], "Enabled")
        for kept in (outputs["ConfigTable"], outputs["IdentityTable"], key["KeyId"]):
            self.assertIn(kept, answer.stdout)

    def test_3_what_is_not_there_is_said(self) -> None:
        answer = remove("--yes")
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn(f"there is no stack {STACK}", answer.stderr)


if __name__ == "__main__":
    unittest.main()
