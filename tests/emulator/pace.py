"""What makes MiniStack slow with hundreds of brands in it, taken out. No answer changes.

Its services share one thread: what takes long there holds up every other call.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import queue
import sys
import threading
import types
from typing import Any

# The keys of the next few brands.
AHEAD = 8


def teach() -> None:
    """Before the first request."""
    from ministack.services import dynamodb, kms

    # Everything stands still while all it holds is searched for garbage: for seconds, once it holds the items of some
    # hundred tests, and functions give a call up sooner than that. What lives briefly is still collected.
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000_000)
    # The thread that answers has its turn sooner than after the usual 5 ms of another.
    sys.setswitchinterval(0.0005)
    # An expression is read once, not once for each item of a scan.
    for reads in ("_tokenize", "_condition_syntax_error"):
        setattr(dynamodb, reads, functools.lru_cache(maxsize=1_000)(getattr(dynamodb, reads)))
    # RSA keys are made beside it: one takes 50 ms.
    kms.rsa = _made_ahead(kms.rsa)


def _made_ahead(rsa: types.ModuleType) -> types.SimpleNamespace:
    ready: queue.Queue[Any] = queue.Queue(maxsize=AHEAD)
    usual = {"public_exponent": 65537, "key_size": 2048}

    def make() -> None:
        while True:
            ready.put(rsa.generate_private_key(**usual))

    threading.Thread(target=make, name="rsa-ahead", daemon=True).start()

    def generate_private_key(**wanted: int) -> Any:
        if wanted == usual:
            with contextlib.suppress(queue.Empty):
                return ready.get_nowait()
        return rsa.generate_private_key(**wanted)

    return types.SimpleNamespace(**{**vars(rsa), "generate_private_key": generate_private_key})
