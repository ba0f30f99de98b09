"""Which texts this process owns, and the way to those that another one owns.

Without a hub that others share there is one process, and a lease that another one renews is a
mistake of the installation: members are sent away to come again, and it is written down for the
doctor. With one, members wait a moment on a `Way` until it is known where their text is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.utils.translation import gettext as _

from . import limits, member, store
from .admission import Answer, Refusal
from .forwarding import Forwarding, Link, Place, send_after
from .hub import close_hub, make_hub, open_hub
from .lease import ASKED_EVERY, Elsewhere, Lease, Leases
from .member import Member
from .models import Document

if TYPE_CHECKING:
    from .room import Room

log = logging.getLogger(__name__)

FOUND_WITHIN: Final = 8.0
"""Seconds in which a way leads somewhere; longer than a lease lasts. Then members come again."""


class House(Protocol):
    """What is needed of `Rooms`."""

    def room(self, slug: str) -> Room | None:
        """The room of this process for that text, if there is one."""

    def open_room(self, text: int, slug: str) -> Room:
        """The room of this process for that text, opened now if need be."""

    async def admitted(
        self, slug: str, sessions: Sequence[str], people: Sequence[int] = ()
    ) -> dict[str | int, Answer]:
        """Who these are in the text now."""


class Way:
    """Where members wait until it is known which process has their text; then it leads there."""

    def __init__(self, owning: Owning, text: int, slug: str) -> None:
        self.text, self.slug = text, slug
        self.place: Place | None = None
        self._owning = owning
        self._early: list[tuple[Member, bytes]] = []
        self._waiting: dict[Member, int] = {}

    @property
    def waiting(self) -> list[Member]:
        """Who waits here."""
        return list(self._waiting)

    def enter(self, who: Member) -> None:
        """Somebody comes."""
        if self.place is not None:
            self.place.enter(who)
        else:
            self._waiting[who] = 0

    def take(self, who: Member, data: bytes) -> None:
        """They sent a frame."""
        if self.place is not None:
            self.place.take(who, data)
        elif who in self._waiting:
            self._waiting[who] += len(data)
            if self._waiting[who] > limits.BURST:
                del self._waiting[who]
                send_after(who)
            else:
                self._early.append((who, data))

    def leave(self, who: Member) -> None:
        """They are gone."""
        if self.place is not None:
            self.place.leave(who)
        else:
            self._waiting.pop(who, None)

    def lead(self, place: Place) -> None:
        """Lead everybody on, with what they said meanwhile."""
        self.place = place
        waiting, self._waiting = self._waiting, {}
        early, self._early = self._early, []
        for who in waiting:
            place.enter(who)
        for who, data in early:
            if who in waiting:
                place.take(who, data)

    def end(self) -> None:
        """Send everybody away to come again."""
        waiting, self._waiting = self._waiting, {}
        self._early.clear()
        for who in waiting:
            send_after(who)


class Owning:
    """The leases of this process, its hub, and its ways to other processes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.hub = make_hub()
        self.leases = Leases(self.hub.process)
        self.forwarding = Forwarding(self.hub, house.room, self.leases.holder)
        self._held: dict[Room, Lease] = {}
        self._promised: dict[str, Lease] = {}  # taken on the way, for the room about to open
        self._ways: dict[str, Way] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._releasing: dict[Room, asyncio.Task[None]] = {}
        self._opening: asyncio.Task[None] | None = None
        if self.hub.shared:
            self._opening = self._start(self._open())

    def way(self, text: int, slug: str) -> Way:
        """The way to a text that has no room here. Without an await, as rooms are."""
        way = self._ways.get(slug)
        if way is None or (isinstance(way.place, Link) and way.place.gone):
            way = self._ways[slug] = Way(self, text, slug)
            self._start(self._find(way))
        return way

    async def claim(self, room: Room) -> int:
        """Own the text of a room that opens; gives the fence. Raises `store.Overtaken` when another
        process has it."""
        promised = self._promised.pop(room.slug, None)
        if promised is not None and self.leases.watch(promised, room.lost):
            self._held[room] = promised
            return promised.fence
        claim = await self.leases.take(room.text, room.lost, patiently=not self.hub.shared)
        if isinstance(claim, Elsewhere):
            if not self.hub.shared:
                await self._turned_away(room, claim)
            raise store.Overtaken(room.text)
        self._held[room] = claim
        return claim.fence

    def forget(self, room: Room) -> None:
        """The room has ended: give its text up, and send on those that others forwarded."""
        promised = self._promised.pop(room.slug, None)
        lease = self._held.pop(room, promised)
        if lease is not None:
            self._releasing[room] = self._start(self._release(room, lease))
        # After what the room still says in this moment.
        asyncio.get_running_loop().call_soon(self.forwarding.room_closed, room)

    async def release(self, room: Room) -> None:
        """Wait until the text of a room that has ended is given up."""
        if (releasing := self._releasing.get(room)) is not None:
            await asyncio.gather(releasing, return_exceptions=True)

    def heard(self, slug: str) -> None:
        """Something about a text changed: those who are forwarded are looked at again, too."""
        way = self._ways.get(slug)
        if way is not None and isinstance(way.place, Link):
            self._start(self._check(way.place))

    async def stop(self) -> None:
        """End all ways, and give up what is still held. Rooms have ended before."""
        for way in self._ways.values():
            way.end()
        await asyncio.gather(*self._releasing.values(), return_exceptions=True)
        await self.forwarding.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.leases.close()
        if self.hub.shared:
            await close_hub(self.hub)

    async def _open(self) -> None:
        await open_hub(self.hub)
        self.forwarding.open()
        self._start(self._keep_checking())

    async def _find(self, way: Way) -> None:
        try:
            place = await self._found(way)
        except Exception:
            log.exception("it cannot be found where it is open text=%s", way.slug)
            place = None
        if isinstance(place, Link) and not place.gone:
            way.lead(place)
            return
        if self._ways.get(way.slug) is way:
            del self._ways[way.slug]
        if place is not None and not isinstance(place, Link):
            way.lead(place)
        else:
            way.end()

    async def _found(self, way: Way) -> Place | None:
        """The room here, when the text can be had, or a link to the one that has it."""
        assert self._opening is not None
        await asyncio.shield(self._opening)
        loop = asyncio.get_running_loop()
        end = loop.time() + FOUND_WITHIN
        while way.waiting and loop.time() < end:
            try:
                claim = await self.leases.take(way.text, _nobody, patiently=False)
            except Document.DoesNotExist:
                # It was never open. The room begins it, and sees whether another did so, too.
                return self._house.open_room(way.text, way.slug)
            if isinstance(claim, Lease):
                self._promised[way.slug] = claim
                return self._house.open_room(way.text, way.slug)
            link = await self.forwarding.ring(way.text, way.slug, claim.owner)
            if link is not None:
                return link
            await asyncio.sleep(ASKED_EVERY)
        return None

    async def _release(self, room: Room, lease: Lease) -> None:
        try:
            await self.leases.release(lease)
        finally:
            self._releasing.pop(room, None)

    async def _turned_away(self, room: Room, other: Elsewhere) -> None:
        log.error(
            "turned away text=%s: another process has it open, and there is no Valkey by which the"
            " two could hear each other. Set FOLKMOOT_VALKEY_URL, or run one process.",
            room.slug,
        )
        await self.leases.turned_away(room.text)

    async def _keep_checking(self) -> None:
        while True:
            await asyncio.sleep(limits.RECHECK)
            for way in tuple(self._ways.values()):
                if isinstance(way.place, Link) and not way.place.gone:
                    await self._check(way.place)

    async def _check(self, link: Link) -> None:
        """Ask again whether those whose sockets are here are signed in and may be in the text.

        What they may do in it the owner asks itself.
        """
        everybody = link.members()
        if not everybody:
            return
        try:
            sessions = list({who.admitted.session for who in everybody})
            answers = await self._house.admitted(link.slug, sessions)
        except Exception:
            log.exception("it cannot be asked who may be there text=%s", link.slug)
            return
        for who in everybody:
            answer = answers[who.admitted.session]
            if who.gone:
                continue
            if isinstance(answer, Refusal):
                who.cut(answer.close, answer.code, answer.say)
            elif answer.who.id != who.who.id:
                say = _("You are signed out. Sign in to go on.")
                who.cut(member.UNAUTHORISED, "signed-out", say)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _nobody() -> None:
    """A lease that was lost before there was a room is nobody's loss."""
