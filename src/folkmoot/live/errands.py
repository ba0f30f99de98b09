"""What a room has done beside its batches: each errand by name, one of a name at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Errands:
    """Tasks of one room. One that fails is written down and otherwise forgotten: whatever it was
    for comes again with the next occasion, and the words are stored."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._running: dict[str, asyncio.Task[None]] = {}
        self._asked_again: set[str] = set()
        self._over = False

    def __len__(self) -> int:
        return len(self._running)

    def run(self, name: str, work: Callable[[], Awaitable[None]], *, again: bool = False) -> None:
        """Begin an errand. When one of this name is under way it is left at that, or, with
        `again`, done once more afterwards."""
        if self._over:
            return
        if name in self._running:
            if again:
                self._asked_again.add(name)
            return
        self._running[name] = asyncio.create_task(self._do(name, work), name=f"{name} {self._slug}")

    def end(self) -> None:
        """Stop all but the one that this is called from, and begin no more."""
        self._over = True
        for task in tuple(self._running.values()):
            if task is not asyncio.current_task():
                task.cancel()

    async def _do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            while True:
                self._asked_again.discard(name)
                await work()
                if name not in self._asked_again:
                    return
        except Exception:
            log.exception("%s failed text=%s", name, self._slug)
        finally:
            del self._running[name]
