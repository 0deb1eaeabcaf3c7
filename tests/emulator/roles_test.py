"""The deployed roles, tried: what a function may do it can, and its neighbour's items and keys are refused.

    SYMBOLON_EMULATOR=http://127.0.0.1:4574 SYMBOLON_STACK=symbolon python roles_test.py

Each function's policy is given to a twin of its role that a test may assume. Were the emulator not to know the
condition keys (conditions.py), the first half of these tests would fail; were template.yaml to leave a condition out,
the second half.
"""

from __future__ import annotations

import json
import os
import unittest
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["SYMBOLON_EMULATOR"]
STACK = os.environ.get("SYMBOLON_STACK", "symbolon")
REGION = os.environ.get("AWS_REGION", "eu-central-1")
Json = dict[str, Any]


def client(service: str, key: str = os.environ.get("AWS_ACCESS_KEY_ID", "000000000000"), secret: str = "emulator",
           token: str | None = None) -> Any:
    """A client of the emulator, without retries."""
    return boto3.client(service, endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id=key,
                        aws_secret_access_key=secret, aws_session_token=token,
                        config=Config(retries={"total_max_attempts": 1}))


def stack() -> tuple[dict[str, str], dict[str, str]]:
    """Outputs, and physical names by logical id."""
    cloudformation = client("cloudformation")
    outputs = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return ({output["OutputKey"]: output["OutputValue"] for output in outputs},
            {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources})


class Role:
    """A twin of a function's role."""

    def __init__(self, function: str, policy: Json) -> None:
        iam = client("iam")
        name = f"twin-of-{function}"
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
        try:
            arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            arn = iam.get_role(RoleName=name)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName=function, PolicyDocument=json.dumps(policy))
        given = client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        self._given = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def may(self, service: str, operation: str, **arguments: Any) -> bool:
        """Whether IAM lets a call through, whatever becomes of it then."""
        try:
            getattr(client(service, *self._given), operation)(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            return code not in ("AccessDenied", "AccessDeniedException", "AuthorizationError")
        return True


class Roles(unittest.TestCase):
    """Both halves."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.outputs, cls.names = stack()
        cls.roles: dict[str, Role] = {}

    def role(self, function: str) -> Role:
        """The twin of a function's role."""
        if function not in self.roles:
            deployed = self.names["".join(part.capitalize() for part in function.split("_")) + "Role"]
            policy = client("iam").get_role_policy(RoleName=deployed, PolicyName=function)["PolicyDocument"]
            self.roles[function] = Role(function, policy)
        return self.roles[function]

    def get(self, function: str, table: str, key: str) -> bool:
        """Whether a function may read an item."""
        return self.role(function).may("dynamodb", "get_item", TableName=self.outputs[table], Key=named(key))

    def put(self, function: str, table: str, key: str) -> bool:
        """Whether a function may write an item."""
        return self.role(function).may("dynamodb", "put_item", TableName=self.outputs[table], Item=named(key))

    def unwrap(self, function: str, context: Json) -> bool:
        """Whether a function may decrypt something that was encrypted for a purpose."""
        key = self.outputs["WrappingKeyArn"]
        sealed = client("kms").encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
        return self.role(function).may("kms", "decrypt", KeyId=key, CiphertextBlob=sealed, EncryptionContext=context)

    def test_what_a_function_needs_it_may(self) -> None:
        self.assertTrue(self.get("authorize", "ConfigTable", "TENANT#auth.example"))
        self.assertTrue(self.get("authorize", "ConfigTable", "KEYS#urbantrend"))
        self.assertTrue(self.get("authorize", "ConfigTable", "KEYRING"))
        self.assertTrue(self.get("authorize", "EphemeralTable", "SESSION#urbantrend#m1"))
        self.assertTrue(self.put("authorize", "EphemeralTable", "CODE#urbantrend#d"))
        self.assertTrue(self.put("par", "EphemeralTable", "PAR#urbantrend#d"))
        self.assertTrue(self.get("authorize", "EphemeralTable", "PAR#urbantrend#d"))
        self.assertTrue(self.put("device_authorization", "EphemeralTable", "DEVICE#urbantrend#d"))
        self.assertTrue(self.put("device_authorization", "EphemeralTable", "ADDR#urbantrend#d"))
        self.assertTrue(self.get("device", "EphemeralTable", "DEVICE#urbantrend#d"))
        self.assertTrue(self.put("token", "EphemeralTable", "JTI#urbantrend#d"))
        self.assertTrue(self.put("userinfo", "EphemeralTable", "JTI#urbantrend#d"))
        self.assertTrue(self.put("transfer", "EphemeralTable", "JTI#urbantrend#d"))
        self.assertTrue(self.put("transfer", "EphemeralTable", "SESSION#urbantrend#m1"))
        self.assertTrue(self.get("login", "EphemeralTable", "ADDR#urbantrend#d"))
        self.assertTrue(self.get("login", "IdentityTable", "NUMBER#urbantrend#d"))

    def test_items_of_another_type_are_refused(self) -> None:
        self.assertFalse(self.get("discovery", "ConfigTable", "KEYS#urbantrend"))
        self.assertFalse(self.get("jwks", "ConfigTable", "KEYRING"))
        self.assertFalse(self.get("authorize", "EphemeralTable", "CODE#urbantrend#d"))
        self.assertFalse(self.put("consent", "EphemeralTable", "CODE#urbantrend#d"))
        self.assertFalse(self.put("userinfo", "IdentityTable", "MEMBER#urbantrend#m1"))
        self.assertFalse(self.put("userinfo", "EphemeralTable", "CODE#urbantrend#d"))
        self.assertFalse(self.get("token", "EphemeralTable", "OTP#urbantrend#d"))
        self.assertFalse(self.get("token", "EphemeralTable", "PAR#urbantrend#d"))
        self.assertFalse(self.get("transfer", "EphemeralTable", "OTP#urbantrend#d"))
        self.assertFalse(self.put("transfer", "EphemeralTable", "CODE#urbantrend#d"))
        self.assertFalse(self.get("deliver", "IdentityTable", "MEMBER#urbantrend#m1"))
        self.assertTrue(self.put("deliver", "EphemeralTable", "ADDR#urbantrend#d"))
        self.assertFalse(self.put("deliver", "EphemeralTable", "OTP#urbantrend#d"))

    def test_a_query_is_judged_by_its_key(self) -> None:
        def query(function: str, key: str) -> bool:
            return self.role(function).may(
                "dynamodb", "query", TableName=self.outputs["EphemeralTable"], KeyConditionExpression="#p = :p",
                ExpressionAttributeNames={"#p": "pk"}, ExpressionAttributeValues={":p": {"S": key}})
        self.assertTrue(query("account", "SESSION#urbantrend#m1"))
        self.assertFalse(query("account", "CODE#urbantrend#d"))

    def test_a_scan_has_no_key_and_is_refused(self) -> None:
        for table in ("ConfigTable", "IdentityTable", "EphemeralTable"):
            self.assertFalse(self.role("token").may("dynamodb", "scan", TableName=self.outputs[table]), table)

    def test_one_foreign_item_spoils_a_transaction(self) -> None:
        def write(*keys: str) -> bool:
            items = [{"Put": {"TableName": self.outputs["EphemeralTable"], "Item": named(key)}} for key in keys]
            return self.role("authorize").may("dynamodb", "transact_write_items", TransactItems=items)
        self.assertTrue(write("CODE#urbantrend#d1", "CODE#urbantrend#d2"))
        self.assertFalse(write("CODE#urbantrend#d1", "FAMILY#urbantrend#f"))

    def test_only_who_signs_unwraps_signing_keys(self) -> None:
        signing = {"symbolon:purpose": "signing", "symbolon:tenant": "urbantrend", "symbolon:algorithm": "RS256"}
        keyring = {"symbolon:purpose": "keyring"}
        for function in ("token", "introspect", "userinfo", "notify"):
            self.assertTrue(self.unwrap(function, signing), function)
            self.assertTrue(self.unwrap(function, keyring), function)
        for function in ("authorize", "login", "consent", "revoke", "logout", "account", "deliver"):
            self.assertTrue(self.unwrap(function, keyring), function)
            self.assertFalse(self.unwrap(function, signing), function)
        self.assertFalse(self.unwrap("jwks", keyring))

    def test_rotate_makes_keys_that_it_cannot_open(self) -> None:
        signing = {"symbolon:purpose": "signing", "symbolon:tenant": "urbantrend", "symbolon:algorithm": "ES256"}

        def make(context: Json) -> bool:
            return self.role("rotate").may(
                "kms", "generate_data_key_pair_without_plaintext", KeyId=self.outputs["WrappingKeyArn"],
                KeyPairSpec="ECC_NIST_P256", EncryptionContext=context)
        self.assertTrue(make(signing))
        self.assertFalse(make({"symbolon:purpose": "keyring"}))
        self.assertFalse(self.unwrap("rotate", signing))
        for key in ("TENANTS", "TENANT#urbantrend", "KEYS#urbantrend"):
            self.assertTrue(self.get("rotate", "ConfigTable", key), key)
        self.assertTrue(self.put("rotate", "ConfigTable", "KEYS#nobody"))
        for key in ("TENANTS", "TENANT#urbantrend", "KEYRING"):
            self.assertFalse(self.put("rotate", "ConfigTable", key), key)
        self.assertFalse(self.get("rotate", "ConfigTable", "KEYRING"))
        self.assertFalse(self.put("token", "ConfigTable", "KEYS#urbantrend"))

    def test_no_function_signs_unless_a_key_is_named(self) -> None:
        key = client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        self.assertFalse(self.role("token").may(
            "kms", "sign", KeyId=key, Message=bytes(32), MessageType="DIGEST",
            SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"))

    def test_named_keys_sign_digests_and_nothing_else(self) -> None:
        named_key, other = (client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
                            for _ in range(2))
        # Only there while SigningKeyArns names a key, so it is taken from the template.
        body = client("cloudformation").get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
        resources = (json.loads(body) if isinstance(body, str) else body)["Resources"]
        statements = resources["TokenRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        [statement] = [choice["Fn::If"][1] for choice in statements if choice.get("Fn::If", [""])[0] == "HasSigningKeys"]
        role = Role("signer", {"Version": "2012-10-17", "Statement": [{**statement, "Resource": [named_key]}]})

        def sign(key: str, kind: str, algorithm: str) -> bool:
            return role.may("kms", "sign", KeyId=key, Message=bytes(32), MessageType=kind, SigningAlgorithm=algorithm)
        self.assertTrue(sign(named_key, "DIGEST", "RSASSA_PKCS1_V1_5_SHA_256"))
        self.assertTrue(sign(named_key, "DIGEST", "RSASSA_PSS_SHA_256"))
        self.assertFalse(sign(named_key, "RAW", "RSASSA_PKCS1_V1_5_SHA_256"))
        self.assertFalse(sign(named_key, "DIGEST", "RSASSA_PKCS1_V1_5_SHA_512"))
        self.assertFalse(sign(other, "DIGEST", "RSASSA_PKCS1_V1_5_SHA_256"))

    def test_only_login_queues_and_only_deliver_texts(self) -> None:
        queue = self.outputs["MessageQueueUrl"]
        self.assertTrue(self.role("login").may("sqs", "send_message", QueueUrl=queue, MessageBody="{}"))
        self.assertFalse(self.role("deliver").may("sqs", "send_message", QueueUrl=queue, MessageBody="{}"))
        self.assertTrue(self.role("deliver").may("sns", "publish", PhoneNumber="+447700900101", Message="x"))
        self.assertFalse(self.role("login").may("sns", "publish", PhoneNumber="+447700900101", Message="x"))
        topic = client("sns").create_topic(Name="alarms")["TopicArn"]
        self.assertFalse(self.role("deliver").may("sns", "publish", TopicArn=topic, Message="x"))

    def test_who_ends_sessions_gives_notice_and_only_notify_takes_it(self) -> None:
        queue = self.outputs["NoticeQueueUrl"]
        for function in ("login", "logout", "account"):
            self.assertTrue(self.role(function).may("sqs", "send_message", QueueUrl=queue, MessageBody="{}"), function)
            batch = [{"Id": "1", "MessageBody": "{}"}]
            self.assertTrue(self.role(function).may("sqs", "send_message_batch", QueueUrl=queue, Entries=batch), function)
            self.assertFalse(self.role(function).may("sqs", "receive_message", QueueUrl=queue), function)
        self.assertFalse(self.role("deliver").may("sqs", "receive_message", QueueUrl=queue))
        self.assertFalse(self.role("deliver").may("sqs", "send_message_batch", QueueUrl=queue, Entries=batch))
        self.assertFalse(self.role("notify").may("sqs", "send_message", QueueUrl=queue, MessageBody="{}"))


def named(key: str) -> Json:
    """A primary key."""
    return {"pk": {"S": key}, "sk": {"S": "-"}}


if __name__ == "__main__":
    unittest.main()
