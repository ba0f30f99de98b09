"""What there is to tell the members of a room beside the words, gathered and told at intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING

from . import limits, worker
from .member import Member
from .standing import Board

if TYPE_CHECKING:
    from .rooms import Rooms


class Newsroom:
    """The news of one text: which passages were recorded, which comments moved, who is new and
    is told everything. What else changed for whom is found out when it is told."""

    def __init__(self, rooms: Rooms, text: int) -> None:
        self._rooms = rooms
        self._board = Board(text)
        self._recorded: set[str] = set()
        self._comments: set[int] = set()
        self._newcomers: set[int] = set()

    def note(self, recorded: Iterable[str] = (), comments: Iterable[int] = ()) -> None:
        """These passages were recorded, and these comments followed their words."""
        self._recorded.update(recorded)
        self._comments.update(comments)

    def welcome(self, who: Member) -> None:
        """This member has the text and is told everything next."""
        self._newcomers.add(who.who.id)

    async def tell(self, members: Iterable[Member]) -> None:
        """Tell everybody what changed for them, and rest.

        A slow answer makes the rest longer, though never than a second, so that telling takes
        little from those who write.
        """
        if self._newcomers:
            # A crowd that comes at once is asked about at once, after it has the text.
            await asyncio.sleep(limits.GATHER)
        began = monotonic()
        newcomers, self._newcomers = self._newcomers, set()
        recorded, self._recorded = self._recorded, set()
        comments, self._comments = self._comments, set()
        people: dict[int, list[Member]] = {}
        for who in members:
            if who.synced and not who.gone:
                people.setdefault(who.who.id, []).append(who)
        told = await self._rooms.read(
            worker.news, self._board, list(people), newcomers, sorted(recorded), sorted(comments)
        )
        for person, frame in told.items():
            for who in people[person]:
                who.deliver(frame)
            # A large frame for each of many people; those who write go first.
            await asyncio.sleep(0)
        await asyncio.sleep(min(max(limits.NEWS, 8 * (monotonic() - began)), limits.NEWS_LATEST))
