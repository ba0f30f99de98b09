"""The rooms that this process holds open, and the threads that work for them."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from . import limits, store
from .admission import Answer, Gate, admit
from .forwarding import Place
from .hearing import listen
from .member import Member
from .owning import Owning
from .room import Room

log = logging.getLogger(__name__)

TICK = 0.5


@dataclass(slots=True)
class Tally:
    """What has happened in the rooms of this process since it began."""

    opened: int = 0
    closed: int = 0
    joined: int = 0
    batches: int = 0
    updates: int = 0
    snapshots: int = 0
    refused: int = 0
    lags: int = 0
    troubles: int = 0


class Rooms:
    """All open texts of this process, by slug. Lives in one event loop.

    Three threads work for them, each with a connection of its own: one stores batches and does
    nothing that takes long, one does everything else for the rooms, one lets people in.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self.gate = Gate(self.admitted)
        self.careful: set[str] = set()
        """Texts whose document failed; the next room takes their updates in one by one."""
        self._rooms: dict[str, Room] = {}
        self._loop = asyncio.get_running_loop()
        # A thread that computes gives way to the loop this often; by default it is ten times rarer,
        # and everybody's keystrokes wait for it.
        sys.setswitchinterval(limits.GIVE_WAY)
        self._storing = ThreadPoolExecutor(1, "storing")
        self._asking = ThreadPoolExecutor(1, "asking")
        self._admitting = ThreadPoolExecutor(1, "admitting")
        self._ticking: asyncio.Task[None] | None = None
        self._stopped = False
        self._deaf = listen(self.hear)
        self._owning = Owning(self)
        self._owning.hub.listen("text", self._hear)

    def __iter__(self) -> Any:
        return iter(tuple(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def belongs_here(self) -> bool:
        """Whether these are rooms of the loop that runs now, and open."""
        return not self._stopped and self._loop is asyncio.get_running_loop()

    def enter(self, who: Member) -> Place:
        """Let a member into the room of their text, which is opened when nobody has it open. When
        other processes may have it, this gives a way to wherever it is.

        Without an await, so that two who come at once come into the same room.
        """
        slug = who.admitted.slug
        place: Place | None = self._rooms.get(slug)
        if place is None and self._owning.hub.shared:
            place = self._owning.way(who.admitted.text, slug)
        elif place is None:
            place = self.open_room(who.admitted.text, slug)
        place.enter(who)
        return place

    def room(self, slug: str) -> Room | None:
        """The room of this process for a text, if there is one."""
        return self._rooms.get(slug)

    def open_room(self, text: int, slug: str) -> Room:
        """The room of this process for a text, opened now if there is none."""
        room = self._rooms.get(slug)
        if room is None:
            room = self._rooms[slug] = Room(self, text, slug)
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick(), name="rooms")
        return room

    def hear(self, slug: str) -> None:
        """Something about a text changed in the database. From any thread; never waits."""
        try:
            self._loop.call_soon_threadsafe(self._hear, slug)
        except RuntimeError:
            log.debug("heard of %s after the end", slug)

    def forget(self, room: Room) -> None:
        """This room has ended; whoever comes now finds another one."""
        if self._rooms.get(room.slug) is room:
            del self._rooms[room.slug]
        self._owning.forget(room)

    async def claim(self, room: Room) -> int:
        """Make this process the owner of the room's document; gives the fence. Raises
        `store.Overtaken` when another process has it."""
        return await self._owning.claim(room)

    async def release(self, room: Room) -> None:
        """Wait until the room's document is given up, so that others need not wait for it."""
        await self._owning.release(room)

    async def write[**P, T](self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do something that stores a batch or is part of opening a room, in the storing thread."""
        return await self._in(self._storing, work, *arguments, **named)

    async def read[**P, T](self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do something that may take a while, in the asking thread."""
        return await self._in(self._asking, work, *arguments, **named)

    async def admitted(
        self, slug: str, sessions: Sequence[str], people: Sequence[int] = ()
    ) -> dict[str | int, Answer]:
        """Who these sessions and persons are in the text now, or why they may not be here."""
        return await self._in(self._admitting, admit, slug, sessions, people)

    async def stop(self) -> None:
        """Store and record what has come, send everybody away, and let go of everything."""
        self._stopped = True
        self._deaf()
        await asyncio.gather(*(room.stop() for room in self), return_exceptions=True)
        if self._ticking is not None:
            self._ticking.cancel()
        await self._owning.stop()
        for thread in (self._storing, self._asking, self._admitting):
            await self._loop.run_in_executor(thread, store.let_go)
            thread.shutdown(wait=False)

    async def _in[**P, T](
        self,
        thread: ThreadPoolExecutor,
        work: Callable[P, T],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        return await self._loop.run_in_executor(
            thread, lambda: store.closing_connection(work, *arguments, **named)
        )

    def _hear(self, slug: str) -> None:
        room = self._rooms.get(slug)
        if room is not None:
            room.heard()
        self._owning.heard(slug)

    async def _tick(self) -> None:
        while self._rooms:
            for room in self:
                room.tick()
            await asyncio.sleep(TICK)
        self._ticking = None


_running: Rooms | None = None


def rooms() -> Rooms:
    """The rooms of this process, in the loop that runs now."""
    global _running
    if _running is None or not _running.belongs_here:
        _running = Rooms()
    return _running


async def stop() -> None:
    """The server stops."""
    global _running
    running, _running = _running, None
    if running is not None:
        await running.stop()
