"""Which passages are being written, and which have come to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import monotonic

from . import limits
from .document.paper import Written


@dataclass(slots=True)
class _Touched:
    began: float
    last: float
    written: Written


class Resting:
    """Passages touched since they were last recorded, each with the words it had before that."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._touched: dict[str, _Touched] = {}

    def __bool__(self) -> bool:
        return bool(self._touched)

    def touch(self, written: Iterable[Written]) -> None:
        """Note that these were written just now."""
        now = self._clock()
        for one in written:
            known = self._touched.get(one.id)
            if known is None:
                self._touched[one.id] = _Touched(now, now, one)
            else:
                known.last = now
                known.written = replace(one, before=known.written.before)

    def due(self) -> list[Written]:
        """Take those that nobody has written in for a while, or that have been written in for
        long."""
        now = self._clock()
        ready = [
            name
            for name, one in self._touched.items()
            if now - one.last >= limits.QUIET or now - one.began >= limits.CONTINUOUS
        ]
        return [self._touched.pop(name).written for name in ready]

    def all(self) -> list[Written]:
        """Take every one."""
        touched, self._touched = self._touched, {}
        return [one.written for one in touched.values()]

    def back(self, written: Iterable[Written]) -> None:
        """Put back what could not be recorded, for another attempt after the next pause."""
        for one in written:
            later = self._touched.get(one.id)
            if later is None:
                self.touch([one])
            else:
                later.written = replace(later.written, before=one.before)
