#!/usr/bin/env python3
"""Starts MiniStack, the AWS emulator, as the tests need it: on a loopback port, with IAM enforced.

    start.py --port 4574 --work target/emulator [--wire-log FILE]

What it is taught beyond its own abilities, and why: docs/decisions/0026-what-the-emulator-is-taught.md.
Run it with the Python of the virtual environment that MiniStack is installed in. It ends with SIGTERM.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import pathlib
import socketserver
import sys

PINNED = "1.5.33"


def settings() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for code of functions and the like")
    parser.add_argument("--wire-log", type=pathlib.Path, default=os.environ.get("SYMBOLON_WIRE_LOG"),
                        help="every call of a function to AWS, a JSON line each (default: $SYMBOLON_WIRE_LOG)")
    return parser.parse_args()


def prepare(given: argparse.Namespace) -> None:
    """The environment that MiniStack reads while it is imported."""
    given.work.mkdir(parents=True, exist_ok=True)
    # It would write down every text message.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.update({
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(given.port),
        "MINISTACK_REGION": given.region,
        # It would listen on addresses beyond this machine.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(given.work.resolve()),
        # Functions are given an endpoint only if the emulator has one itself.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{given.port}",
    })
    # Its answers are two small packets, and the second waits for the acknowledgement of the first: 40 ms a call.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def main() -> None:
    """Prepares, teaches, serves."""
    given = settings()
    found = importlib.metadata.version("ministack")
    if found != PINNED:
        sys.exit(f"MiniStack {found} is installed; what is taught here fits {PINNED}")
    prepare(given)
    # Arguments are ours; MiniStack reads the same list.
    sys.argv = sys.argv[:1]

    import actions
    import cloudformation
    import conditions
    import hosts
    import pace
    import wire

    actions.teach()
    cloudformation.teach()
    conditions.teach()
    hosts.teach()
    pace.teach()
    wire.teach(given.wire_log)

    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
