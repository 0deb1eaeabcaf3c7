"""Parameters of template.yaml that a configuration decides, a line each.

    parameters.py FILE

A permission follows from what a tenant is configured to use: signing keys of its own in KMS, Amazon SNS, origins of
AWS End User Messaging.
"""

from __future__ import annotations

import pathlib
import sys
import tomllib
from typing import Any

Tenant = dict[str, Any]


def origins(tenants: list[Tenant]) -> list[str]:
    """ARNs that text messages are sent from."""
    messages = [tenant.get("messages", {}) for tenant in tenants]
    found = [str(given.get("origination_identity")) for given in messages if given.get("sender") == "end-user-messaging"]
    for name in found:
        if not name.startswith("arn:"):
            sys.exit(f"origination_identity {name}: write it as an ARN, so that permission to use it can be given")
    return found


def main(config: pathlib.Path) -> None:
    """Prints `Name=value`, also where there is nothing: what was given before is taken away."""
    tenants: list[Tenant] = list(tomllib.loads(config.read_text(encoding="utf-8"))["tenants"].values())
    keys = [arn for tenant in tenants for arn in tenant.get("signing_keys", {}).values()]
    by_sns = any(tenant.get("messages", {}).get("sender", "sns") == "sns" for tenant in tenants)
    # In quotes, because SAM takes an empty value in no other way.
    for name, values in (("SigningKeyArns", keys), ("MessageOriginArns", origins(tenants))):
        print(f'{name}="{",".join(sorted(set(values)))}"')
    print(f"MessagesBySns={'true' if by_sns else 'false'}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
