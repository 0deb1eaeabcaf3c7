"""What infra/deploy, infra/smoke and infra/remove ask AWS about a stack. Region, profile and endpoint come from the environment.

    stack.py outputs STACK        NAME=value lines, the outputs of the stack
    stack.py retained STACK       resources that stay when the stack is removed: type and name
    stack.py credentials          export lines of the profile's credentials, for programs that read no profiles
"""

from __future__ import annotations

import shlex
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# DeletionPolicy: Retain in template.yaml.
RETAINED = ("AWS::DynamoDB::Table", "AWS::KMS::Key")
KEPT = ("ConfigTable", "IdentityTable", "WrappingKey")


def outputs(stack: str) -> list[str]:
    """`ApiId=...` and so on."""
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return [f"{output['OutputKey']}={shlex.quote(output['OutputValue'])}" for output in described.get("Outputs", [])]


def retained(stack: str) -> list[str]:
    """What `infra/remove` leaves behind."""
    cloudformation = boto3.client("cloudformation")
    # Fails if there is none; what a removed stack had can still be listed for a while.
    cloudformation.describe_stacks(StackName=stack)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return [f"{resource['ResourceType']} {resource['PhysicalResourceId']}"
            for resource in resources
            if resource["LogicalResourceId"] in KEPT and resource["ResourceType"] in RETAINED]


def credentials() -> list[str]:
    """As the environment variables that every SDK and `symbolon-aws` read."""
    session = boto3.Session()
    found = session.get_credentials()
    if found is None:
        sys.exit("no credentials: pass --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    frozen = found.get_frozen_credentials()
    values = {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
              "AWS_SESSION_TOKEN": frozen.token or "", "AWS_REGION": session.region_name or ""}
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items() if value]


def main(command: str, *arguments: str) -> None:
    """Prints a line each."""
    try:
        lines = {"outputs": outputs, "retained": retained, "credentials": credentials}[command](*arguments)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{command}: {error}")
    print("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
