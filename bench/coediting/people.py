"""People at a text: readers that hold no document, and writers that send edits made before."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from array import array
from collections.abc import Iterable

from bench.coediting.document import MARK_LENGTH
from bench.coediting.servers import Server
from pycrdt import Doc, XmlFragment

from folkmoot.live.tests import wire

MARK = re.compile(rb"~[0-9A-Za-z]{5}")
LARGE = 65536  # frames above this carry a text, not edits


class Tally:
    """When each mark was sent, and how long each person waited to see it."""

    def __init__(self) -> None:
        self.sent: dict[bytes, float] = {}
        self.waits = array("d")
        self.cursors = array("d")
        self._cursor_sent: dict[int, float] = {}
        self._found: dict[bytes, list[bytes]] = {}

    def marks(self, frame: bytes) -> list[bytes]:
        """The marks in a frame; the same frame comes to everybody, so it is searched once."""
        found = self._found.get(frame)
        if found is None:
            if len(self._found) > 2000:
                self._found.clear()
            found = self._found[frame] = MARK.findall(frame)
        return found


class Member:
    """One socket at one text."""

    def __init__(self, server: Server, text: str, person: int, tally: Tally | None) -> None:
        self.server, self.text, self.person, self.tally = server, text, person, tally
        self.prefix = server.prefix(text)
        self.socket = wire.Socket(self._frame, self._closed)
        self.content = 0  # bytes of content received
        self.acknowledged = 0  # edits acknowledged
        self.sent: list[bytes] = []  # marks in the order in which they were sent
        self.seen: set[bytes] | None = None  # marks received, when somebody wants to know
        self.large: list[bytes] = []  # contents above LARGE, when kept
        self.keep = False
        self.notices: list[object] = []
        self.own = b""
        self._wanted = 0
        self._there: asyncio.Future[float] | None = None
        self.code: int | None = None

    @classmethod
    async def join(
        cls,
        server: Server,
        text: str = "long",
        person: int = 0,
        tally: Tally | None = None,
        *,
        keep: bool = False,
        state_vector: bytes = wire.NOBODY_HAS_ANYTHING,
    ) -> Member:
        """Open a socket and ask for the text."""
        self = cls(server, text, person, tally)
        self.keep = keep
        await self.socket.open(server.address(text), server.headers(person))
        self.send_all([*server.opening(text), wire.step1(state_vector)])
        return self

    def send(self, frame: bytes) -> None:
        self.socket.send(self.prefix + frame)

    def send_all(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self.socket.send(self.prefix + frame)

    def type(self, typed: bytes, update: bytes) -> None:
        """Send one edit."""
        if self.tally is not None:
            self.tally.sent[typed] = time.perf_counter()
        self.sent.append(typed)
        self.send(wire.change(update))

    async def has(self, size: int, seconds: float = 60) -> float:
        """Wait until this much content has come; gives the moment at which it had."""
        if self.content >= size:
            return time.perf_counter()
        self._wanted = size
        self._there = asyncio.get_running_loop().create_future()
        return await asyncio.wait_for(self._there, seconds)

    def state(self) -> bytes:
        """All contents that were kept, as one update."""
        doc: Doc[XmlFragment] = Doc()
        doc.get("prosemirror", type=XmlFragment)
        for update in self.large:
            doc.apply_update(update)
        return doc.get_update()

    def _closed(self, code: int) -> None:
        self.code = code
        if self._there is not None and not self._there.done():
            self._there.set_exception(ConnectionError(f"closed with {code}: {self.socket.reason}"))

    def _frame(self, frame: bytes) -> None:
        at = len(self.prefix)
        kind = frame[at]
        if kind in (0, 4):
            sub = frame[at + 1]
            if sub == wire.STEP1:
                if kind == 0:
                    self.send(wire.step2())
                return
            size = len(frame)
            self.content += size
            if size > LARGE:
                if self.keep:
                    self.large.append(wire.read_varbytes(frame, at + 2)[0])
            else:
                if self.keep:
                    self.large.append(wire.read_varbytes(frame, at + 2)[0])
                tally = self.tally
                if tally is not None:
                    now = time.perf_counter()
                    sent, waits, own = tally.sent, tally.waits, self.own
                    for mark in tally.marks(frame):
                        if not own or not mark.startswith(own):
                            began = sent.get(mark)
                            if began is not None:
                                waits.append(now - began)
                if self.seen is not None:
                    self.seen.update(MARK.findall(frame))
            if self._there is not None and self.content >= self._wanted and not self._there.done():
                self._there.set_result(time.perf_counter())
        elif kind >= 4:
            self.acknowledged = self.server.acknowledged(frame, at, self.acknowledged)
            if kind == wire.NOTICE and self.server.name == "Folkmoot":
                self.notices.append(wire.read_said(frame))


def writer_code(typed: bytes) -> bytes:
    """What the marks of one writer have in common."""
    return typed[:3]


assert MARK_LENGTH == 6


async def everything(
    server: Server, size: int = 1, text: str = "long", person: int = 0, quiet: float = 0.3
) -> bytes:
    """The whole text as a newcomer gets it: all contents, once nothing more comes.

    Some servers answer with an empty text first; `size` is how much there must be, if it comes
    at all.
    """
    one = await Member.join(server, text, person, keep=True)
    with contextlib.suppress(TimeoutError):
        await one.has(size, 10)
    before = -1
    while before != one.content:
        before = one.content
        await asyncio.sleep(quiet)
    state = one.state()
    one.socket.close()
    return state
