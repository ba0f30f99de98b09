"""What members show of themselves, on its way to all others: gathered, then sent as one frame."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from . import frames, limits
from .member import Member
from .presence import Presence


class Spreading:
    """The presence of everybody in one room, spread among these members. Called in the loop."""

    def __init__(self, members: Collection[Member]) -> None:
        self._members = members
        self._presence = Presence()
        self._waiting: asyncio.TimerHandle | None = None
        self._over = False

    def claim(self, who: Member, client: int) -> None:
        """A member says which client they are."""
        self._presence.claim(who, client)

    def take(self, who: Member, told: frames.Awareness) -> None:
        """A member tells where they are."""
        self._gather(self._presence.take(who, told.entries))

    def leave(self, who: Member) -> None:
        """A member is gone, with all that they showed."""
        self._gather(self._presence.leave(who))

    def prune(self) -> None:
        """Take away those who have fallen silent."""
        self._gather(self._presence.prune())

    def show(self, who: Member, *, nobody: bool) -> None:
        """Show a member everybody who is here; when that is `nobody`, too, if they asked."""
        present = self._presence.everybody()
        if present or nobody:
            who.deliver(frames.awareness(present))

    def end(self) -> None:
        """Spread nothing more."""
        self._over = True
        if self._waiting is not None:
            self._waiting.cancel()

    def _gather(self, changed: bool) -> None:
        if changed and self._waiting is None and not self._over:
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(limits.GATHER, self._spread)

    def _spread(self) -> None:
        self._waiting = None
        entries = self._presence.gathered()
        if entries:
            frame = frames.awareness(entries)
            for who in self._members:
                who.deliver(frame)
