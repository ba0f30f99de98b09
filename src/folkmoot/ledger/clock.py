"""The time that acts are recorded at.

It is now, except while something that happened earlier is being loaded: an archive, or the
demonstration organisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("ledger_moment", default=None)


def now() -> datetime:
    """The time to record an act at."""
    return _moment.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Record acts at a moment in the past, for as long as the `with` lasts."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
