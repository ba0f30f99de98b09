"""What happened, as a value: one entry of the log the whole state is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Event(NamedTuple):
    """One act, with its place in the log.

    `seq` counts from 1 without a gap and is the only order there is; `act` is a name such as
    "stance.given"; `payload` holds the plain values that act needs (see `guard`). Times, names and
    reasons never come here, and keys that nobody knows are ignored.
    """

    seq: int
    act: str
    payload: Mapping[str, Any]
