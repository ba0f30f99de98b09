"""How much work something is, told without a clock: a busy machine gives the same answer."""

from __future__ import annotations

import sys
from collections.abc import Callable


def calls_made(act: Callable[[], object]) -> int:
    """How many functions, Python's own included, are called while `act` runs."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls
