"""The ledger of the organisation: who gave which office, who invited and who joined.

People stand in it by their random key alone, so that it can stay when their data is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from folkmoot.ledger.models import Act, Stream

if TYPE_CHECKING:
    from folkmoot.people.models import Person

STREAM = "organisation"


def record(act: str, by: Person | None, particulars: Mapping[str, Any]) -> None:
    """Add one act to the ledger. Must be called in the transaction of what it records."""
    record_all(act, by, [particulars])


def record_all(act: str, by: Person | None, each: Iterable[Mapping[str, Any]]) -> None:
    """Add the same act for several things, in order."""
    actor = by.actor if by else "system"
    Stream.locked(STREAM).extend(Act(act, actor, particulars) for particulars in each)
