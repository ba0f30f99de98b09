"""Which passages are being written, and which have come to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from . import limits


class Resting:
    """The ids of passages touched since they were last recorded, and when."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def __bool__(self) -> bool:
        return bool(self._last)

    def touch(self, names: Iterable[str]) -> None:
        """Note that these were written in just now."""
        now = self._clock()
        for name in names:
            self._began.setdefault(name, now)
            self._last[name] = now

    def due(self) -> list[str]:
        """Take those that nobody has written in for a while, or that have been written in for
        long."""
        now = self._clock()
        ready = [
            name
            for name, last in self._last.items()
            if now - last >= limits.QUIET or now - self._began[name] >= limits.CONTINUOUS
        ]
        for name in ready:
            del self._last[name], self._began[name]
        return ready

    def clear(self) -> None:
        """Forget all: whatever is a draft is being recorded."""
        self._last.clear()
        self._began.clear()
