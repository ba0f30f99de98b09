"""Sockets whose text belongs to another process: their frames go there, and its answers come here.

The process that holds the socket is the *edge*, the one that holds the text the *owner*. For each
text an edge has one `Link` to the owner, on which all its members speak; on the owner's side they
are `Remote` members of the room, gathered in an `Edge`. A frame for many of them crosses once.

The edge decides who may come in, and the owner believes it: what crosses is sealed with the key of
the installation. A session's key never crosses.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import struct
from array import array
from collections.abc import Awaitable, Callable, Coroutine
from enum import IntEnum
from time import monotonic
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _

from . import member as members
from .hub import Hub
from .hub import line as lines
from .hub.line import Kind, Line
from .lease import ASKED_EVERY, Elsewhere
from .member import Admitted, Member, Who

log = logging.getLogger(__name__)

DOUBTFUL_AFTER: Final = 1.5
"""Seconds of silence after which an edge looks whether the owner still has its lease."""
ENDED_AFTER: Final = 5.0
"""Seconds of silence after which a line is given up, whoever is at fault."""
ANSWERED_WITHIN: Final = 0.7
"""Seconds in which an owner answers a ring, which needs nothing but its attention."""
LINGERS: Final = 5.0
"""Seconds for which a link stays that nobody uses."""
LARGE: Final = 16 * 1024
"""Bytes from which a frame that is sent again to others does not cross again."""
HALF: Final = lines.NAME // 2


def send_after(member: Member) -> None:
    """Ask a member to come again: its text is elsewhere now."""
    say = _("The text has moved. Your client follows it.")
    member.cut(members.RESTART, "moved", say, retry=True)


class Place(Protocol):
    """Where members go in: a room, or what leads to one."""

    def enter(self, member: Member) -> None:
        """Somebody comes."""

    def take(self, member: Member, data: bytes) -> None:
        """They sent a frame."""

    def leave(self, member: Member) -> None:
        """They are gone. Nothing happens when they were gone before."""


class Act(IntEnum):
    """What is said on a line between an edge and an owner."""

    ENTER = 1  # edge: somebody comes
    TAKE = 2  # edge: they sent a frame
    LEAVE = 3  # edge: they are gone
    GIVE = 4  # owner: a frame for some
    CLOSE = 5  # owner: close somebody's connection


_ONE: Final = struct.Struct(">BI")
_GIVE: Final = struct.Struct(">BBII")
_CLOSE: Final = struct.Struct(">BIH")
_ALL_BUT: Final = 1
_AGAIN: Final = 2


class Remote(Member):
    """A member whose connection another process holds."""

    def __init__(self, admitted: Admitted, edge: Edge, number: int) -> None:
        super().__init__(admitted)
        self._edge, self.number = edge, number
        self._gone = False

    @property
    def gone(self) -> bool:
        return self._gone or not self._edge.line.open

    def deliver(self, frame: bytes) -> None:
        if not self._gone:
            self._edge.give(self.number, frame)

    def close(self, code: int, reason: str = "") -> None:
        if not self._gone:
            self._gone = True
            self._edge.close_member(self.number, code, reason)

    def left(self) -> None:
        """The connection is gone; nothing more can be sent."""
        self._gone = True


class Edge:
    """The owner's side of one link: the members that another process holds."""

    line: Line

    def __init__(self, room: Place, text: int, slug: str) -> None:
        self.room, self.text, self.slug = room, text, slug
        self._members: dict[int, Remote] = {}
        self._newest = 0
        self._large = b""
        self._batch: list[tuple[bytes, list[int]]] = []
        self._place_of: dict[int, int] = {}  # a frame (by identity; the batch holds it): its place
        self._reached: dict[int, int] = {}  # a member: the place of the last frame for it
        self._flushing = False

    def give(self, number: int, frame: bytes) -> None:
        """A frame for one member. Those that get the same one in the same moment share it."""
        batch, place = self._batch, self._place_of.get(id(frame))
        if place is None or place <= self._reached.get(number, -1):
            place = len(batch)
            batch.append((frame, [number]))
            self._place_of[id(frame)] = place
        else:
            batch[place][1].append(number)
        self._reached[number] = place
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def close_member(self, number: int, code: int, reason: str) -> None:
        """Close a member's connection after all that was given."""
        self._flush()
        self.line.say(_CLOSE.pack(Act.CLOSE, number, code) + reason.encode())

    def words(self, words: bytes) -> None:
        """What the edge says."""
        act, number = _ONE.unpack_from(words)
        body = words[_ONE.size :]
        if act == Act.ENTER:
            self._newest = max(self._newest, number)
            remote = Remote(self._admitted(json.loads(body)), self, number)
            self._members[number] = remote
            self.room.enter(remote)
            return
        member = self._members.get(number)
        if member is None:
            return
        if act == Act.TAKE:
            if not member.gone:
                self.room.take(member, body)
        elif act == Act.LEAVE:
            del self._members[number]
            member.left()
            self.room.leave(member)

    def over(self, reason: str) -> None:
        """The line has ended, and with it all connections."""
        remotes, self._members = list(self._members.values()), {}
        if remotes:
            log.warning("edge gone text=%s members=%d why=%s", self.slug, len(remotes), reason)
        for remote in remotes:
            remote.left()
            self.room.leave(remote)

    def _admitted(self, told: dict[str, Any]) -> Admitted:
        """What the edge's admission found. The session stays there, and is watched there."""
        who = Who(told["id"], told["key"], told["name"])
        return Admitted(self.text, self.slug, "", who, told["writes"], told["frozen"])

    def _flush(self) -> None:
        self._flushing = False
        batch, self._batch = self._batch, []
        self._place_of.clear()
        self._reached.clear()
        for frame, numbers in batch:
            self._say(frame, numbers)

    def _say(self, frame: bytes, numbers: list[int]) -> None:
        how = 0
        if len(numbers) > len(self._members) // 2:
            # Those whose coming we have not heard of yet must not get what was for all before.
            given = set(numbers)
            numbers = [number for number in self._members if number not in given]
            how |= _ALL_BUT
        if len(frame) >= LARGE:
            if frame == self._large:
                how |= _AGAIN
            self._large = frame
        self.line.say(
            _GIVE.pack(Act.GIVE, how, self._newest, len(numbers))
            + array("I", numbers).tobytes()
            + (b"" if how & _AGAIN else frame)
        )


class Link:
    """The edge's side: a place whose room is in another process."""

    line: Line

    def __init__(self, text: int, slug: str, owner: str) -> None:
        self.text, self.slug, self.owner = text, slug, owner
        self.gone = False
        self.unused_since = monotonic()
        self._numbers: dict[Member, int] = {}
        self._members: dict[int, Member] = {}
        self._newest = 0
        self._large = b""

    def enter(self, member: Member) -> None:
        """Somebody comes."""
        self._newest = number = self._newest + 1
        self._numbers[member], self._members[number] = number, member
        admitted = member.admitted
        words = {
            "id": admitted.who.id,
            "key": admitted.who.key,
            "name": admitted.who.name,
            "writes": member.writes,
            "frozen": admitted.frozen,
        }
        self.line.say(_ONE.pack(Act.ENTER, number) + json.dumps(words).encode())

    def take(self, member: Member, data: bytes) -> None:
        """They sent a frame."""
        number = self._numbers.get(member)
        if number is not None:
            self.line.say(_ONE.pack(Act.TAKE, number) + data)

    def leave(self, member: Member) -> None:
        """They are gone."""
        number = self._numbers.pop(member, None)
        if number is not None:
            del self._members[number]
            self.unused_since = monotonic()
            self.line.say(_ONE.pack(Act.LEAVE, number))

    def members(self) -> list[Member]:
        """Who came through here and is not gone."""
        return list(self._numbers)

    def words(self, words: bytes) -> None:
        """What the owner says."""
        if words[0] == Act.CLOSE:
            _, number, code = _CLOSE.unpack_from(words)
            member = self._members.get(number)
            if member is not None:
                member.close(code, words[_CLOSE.size :].decode(errors="replace"))
            return
        _, how, newest, count = _GIVE.unpack_from(words)
        at = _GIVE.size + count * 4
        numbers = array("I", words[_GIVE.size : at])
        frame = self._large if how & _AGAIN else words[at:]
        if len(frame) >= LARGE:
            self._large = frame
        if how & _ALL_BUT:
            without = set(numbers)
            for number, member in list(self._members.items()):
                if number <= newest and number not in without:
                    member.deliver(frame)
        else:
            for number in numbers:
                if (found := self._members.get(number)) is not None:
                    found.deliver(frame)

    def over(self, reason: str) -> None:
        """The way to the owner has ended: everybody here is asked to come again."""
        if self.gone:
            return
        self.gone = True
        everybody, self._numbers, self._members = list(self._numbers), {}, {}
        if everybody:
            log.warning("owner gone text=%s members=%d why=%s", self.slug, len(everybody), reason)
        for member in everybody:
            send_after(member)


class Forwarding:
    """All links and edges of this process.

    `here` gives the room of this process for the text of that slug, or `None`; `holder` tells who
    has a lease by the database, or `None` when it has ended.
    """

    def __init__(
        self,
        hub: Hub,
        here: Callable[[str], Place | None],
        holder: Callable[[int], Awaitable[Elsewhere | None]],
    ) -> None:
        self._hub, self._here, self._holder = hub, here, holder
        self._ringing: dict[bytes, asyncio.Future[bytes]] = {}
        self._edges: dict[bytes, Edge] = {}
        self._links: dict[bytes, Link] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._doubted: set[bytes] = set()

    def open(self) -> None:
        """Begin to read what comes."""
        self._hub.read(self._read)
        self._start(self._beat())

    async def close(self) -> None:
        """End all lines; members here are asked to come again."""
        for link in list(self._links.values()):
            link.line.end("the process ends")
            link.over("the process ends")
        for edge in list(self._edges.values()):
            edge.line.end("the process ends")
            edge.over("the process ends")
        self._links.clear()
        self._edges.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ring(self, text: int, slug: str, owner: str) -> Link | None:
        """A link to the room of a text in the process `owner`; `None` when it does not answer in
        time, or does not own the text any more."""
        half = secrets.token_bytes(HALF)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._ringing[half] = answer
        body = json.dumps({"from": self._hub.process, "text": text, "slug": slug}).encode()
        self._hub.send(owner, lines.write(Kind.RING, half + bytes(HALF), 0, body))
        try:
            name = await asyncio.wait_for(answer, ANSWERED_WITHIN)
        except TimeoutError:
            return None
        finally:
            del self._ringing[half]
        if name[HALF:] == bytes(HALF):
            return None
        link = Link(text, slug, owner)

        def ended(reason: str) -> None:
            self._links.pop(name, None)
            link.over(reason)

        link.line = Line(name, lambda letter: self._hub.send(owner, letter), link.words, ended)
        self._links[name] = link
        return link

    def hang_up(self, link: Link) -> None:
        """End a link that nobody needs any more."""
        if self._links.pop(link.line.name, None) is not None:
            link.line.end("nobody is left")
            link.over("nobody is left")

    def room_closed(self, room: Place) -> None:
        """A room of this process has closed: its edges ring again when somebody comes."""
        for name, edge in list(self._edges.items()):
            if edge.room is room:
                del self._edges[name]
                edge.line.end("the room has closed")
                edge.over("the room has closed")

    def _read(self, letter: bytes) -> None:
        kind, name, number, body = lines.read(letter)
        if kind is Kind.RING:
            self._answer(name[:HALF], json.loads(body))
        elif kind is Kind.ANSWER:
            ringing = self._ringing.get(name[:HALF])
            if ringing is not None and not ringing.done():
                ringing.set_result(name)
        else:
            end: Link | Edge | None = self._links.get(name) or self._edges.get(name)
            if end is not None:
                end.line.take(kind, number, body)

    def _answer(self, half: bytes, ring: dict[str, Any]) -> None:
        edge_process, text, slug = ring["from"], ring["text"], ring["slug"]
        room = self._here(slug)
        if room is None:
            self._hub.send(edge_process, lines.write(Kind.ANSWER, half + bytes(HALF), 0))
            return
        name = half + secrets.token_bytes(HALF)
        edge = Edge(room, text, slug)

        def ended(reason: str) -> None:
            self._edges.pop(name, None)
            edge.over(reason)

        edge.line = Line(
            name, lambda letter: self._hub.send(edge_process, letter), edge.words, ended
        )
        self._edges[name] = edge
        self._hub.send(edge_process, lines.write(Kind.ANSWER, name, 0))

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(lines.BEATS_EVERY)
            slept = loop.time() - before > 2 * lines.BEATS_EVERY
            for edge in list(self._edges.values()):
                self._look_after(edge.line, slept=slept)
            for link in list(self._links.values()):
                self._look_after(link.line, slept=slept)
                if not link.members() and monotonic() - link.unused_since > LINGERS:
                    self.hang_up(link)
                elif link.line.open and link.line.silent > DOUBTFUL_AFTER:
                    self._doubt(link)

    def _look_after(self, line: Line, *, slept: bool) -> None:
        line.beat()
        if slept:
            # We did not listen ourselves: what was said meanwhile has not been read yet.
            line.forgive()
        elif line.silent > ENDED_AFTER:
            line.fail("the other process is silent")

    def _doubt(self, link: Link) -> None:
        """See whether a silent owner still has its lease; when it has not, wait no longer."""
        if link.line.name not in self._doubted:
            self._doubted.add(link.line.name)
            self._start(self._ask_after(link))

    async def _ask_after(self, link: Link) -> None:
        try:
            while link.line.open and link.line.silent > DOUBTFUL_AFTER:
                found = await self._holder(link.text)
                if found is None or found.owner != link.owner:
                    link.line.fail("its owner is gone")
                    return
                await asyncio.sleep(min(found.left.total_seconds(), ASKED_EVERY))
        except Exception:
            log.exception("it cannot be seen who owns text=%s", link.slug)
        finally:
            self._doubted.discard(link.line.name)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("Forwarding failed.", exc_info=error)
