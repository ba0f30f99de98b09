"""Somebody's copy of a live text: edits it, loses the connection, comes back, and remembers what it
was told is stored. Written from the protocol alone, like `wire`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from . import wire

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
MARKS = ("strong", "em", "strike", "sub", "sup", "code")
KINDS = ("paragraph", "heading", "item", "quote", "code")


class Replica:
    """One person at one text. `address` is asked at every attempt to connect."""

    def __init__(
        self, address: Callable[[], str], cookie: str, origin: str, seed: str = ""
    ) -> None:
        self.address, self.cookie, self.origin = address, cookie, origin
        self.chance = random.Random(seed)
        self.doc: Doc[Any] = Doc()
        self.root = self.doc.get("prosemirror", type=XmlFragment)
        self._observer = self.doc.observe(self._changed)
        self._remote = False
        self._new: list[bytes] = []
        self.socket: wire.Socket | None = None
        self.sent: list[bytes] = []  # what this connection has sent, with content, in order
        self.stored: list[bytes] = []  # what was ever acknowledged
        self.acknowledged = 0
        self.synced = False
        self._asked = False
        self.codes: list[int] = []
        self.notices: list[Any] = []

    # The connection.

    @property
    def online(self) -> bool:
        return self.socket is not None and self.socket.is_open

    async def connect(self, seconds: float = 20) -> None:
        """Join, exchange what is missing, and return when both have it."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            self._forget()
            self.socket = wire.Socket(self._frame, self._closed)
            try:
                await self.socket.open(
                    self.address(), {"Cookie": self.cookie, "Origin": self.origin}, 5
                )
                self.socket.send(wire.step1(self.doc.get_state()))
                while self.online and not (self.synced and self._asked):
                    await asyncio.sleep(0.005)
                    if asyncio.get_running_loop().time() > deadline:
                        break
                if self.online and self.synced:
                    return
            except (OSError, TimeoutError):
                pass
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never came back: {self.codes[-5:]} {self.notices[-3:]}")
            await asyncio.sleep(0.05)

    def cut(self) -> None:
        """The network is gone, from one moment to the next."""
        if self.socket is not None:
            self.socket.abort()
        self._forget()

    def leave(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self._forget()

    def close(self) -> None:
        """Let go of the copy; the connection is over already."""
        self.doc.unobserve(self._observer)

    def _forget(self) -> None:
        if self.socket is not None:
            # What it still has to say belongs to a connection that is over.
            self.socket.on_frame = lambda frame: None
            self.socket.on_close = lambda code: None
        self.socket = None
        self.sent, self.acknowledged = [], 0
        self.synced = self._asked = False

    def _closed(self, code: int) -> None:
        self.codes.append(code)

    def _frame(self, frame: bytes) -> None:
        kind, at = wire.read_varuint(frame)
        if kind == wire.SYNC:
            body = wire.read_varbytes(frame, at + 1)[0]
            if frame[at] == wire.STEP1:
                self._answer(body)
            else:
                self.take_in(body)
                self.synced = self.synced or frame[at] == wire.STEP2
        elif kind == wire.ACK:
            told = wire.read_varuint(frame, at)[0]
            self.stored += self.sent[self.acknowledged : told]
            self.acknowledged = told
        elif kind == wire.NOTICE:
            self.notices.append(wire.read_said(frame))

    def take_in(self, update: bytes) -> None:
        """Have an edit that was made elsewhere in this copy."""
        self._remote = True
        self.doc.apply_update(update)
        self._remote = False

    def _answer(self, vector: bytes) -> None:
        missing = self.doc.get_update(vector)
        self._new.clear()
        self._asked = True
        if self.socket is not None:
            self.socket.send(wire.step2(missing))
            if missing != wire.NOTHING:
                self.sent.append(missing)

    def _changed(self, event: TransactionEvent) -> None:
        if not self._remote:
            self._new.append(event.update)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Change the copy; it goes out as one edit, or later when there is no connection."""
        with self.doc.transaction():
            yield
        new, self._new = self._new, []
        if self.online and self._asked and self.socket is not None:
            for update in new:
                self.socket.send(wire.change(update))
                self.sent.append(update)

    async def told(self, seconds: float = 20) -> None:
        """Wait until everything sent is acknowledged."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self.online and self.acknowledged < len(self.sent):
            assert asyncio.get_running_loop().time() < deadline, (
                f"{self.acknowledged} of {len(self.sent)} were acknowledged"
            )
            await asyncio.sleep(0.01)

    # What people do.

    def blocks(self) -> list[XmlElement]:
        return [block for block in self.root.children if isinstance(block, XmlElement)]

    def act(self, what: str, a: int = 0, b: int = 0, c: int = 0) -> None:
        """One act of somebody who writes, wherever the numbers point in this copy."""
        with self.writing():
            blocks = self.blocks()
            if not blocks:
                self.root.children.append(passage(self._id(), "paragraph", "Anew."))
                return
            at = a % len(blocks)
            getattr(self, f"_{what}")(blocks, at, b, c)

    def _id(self) -> str:
        return "".join(self.chance.choices(ALPHABET, k=10))

    def _type(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        text = words(blocks[at])
        text.insert(place(text, b), ("so ", "é", "word", "\U0001f600", " and")[c % 5])

    def _erase(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        text = words(blocks[at])
        first, last = sorted((place(text, b), place(text, b + 1 + c % 9)))
        if last > first:
            del text[first:last]

    def _split(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        block = blocks[at]
        text = words(block)
        where = place(text, b)
        tail = plain(text).encode()[where:].decode()
        if len(text) > where:
            del text[where : len(text)]
        # Every third time the editor forgets to give the new half an id of its own.
        name = str(block.attributes["id"]) if c % 3 == 0 and has_id(block) else self._id()
        kind = str(block.attributes["kind"])
        self.root.children.insert(at + 1, passage(name, kind, tail, depth_of(block)))

    def _merge(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        if at == 0:
            return
        before, tail = words(blocks[at - 1]), plain(words(blocks[at]))
        before.insert(len(before), tail)
        del self.root.children[at]

    def _move(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        block = blocks[at]
        copy = passage(
            str(block.attributes["id"]) if has_id(block) else self._id(),
            str(block.attributes["kind"]),
            plain(words(block)),
            depth_of(block),
        )
        del self.root.children[at]
        self.root.children.insert(b % len(blocks), copy)

    def _mark(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        text = words(blocks[at])
        first, last = sorted((place(text, b), place(text, b + 2 + c % 7)))
        if last > first:
            text.format(first, last, {MARKS[c % len(MARKS)]: {}})

    def _note(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        if len(blocks[at].children) > 4:
            return
        blocks[at].children.append(
            XmlElement("footnote", {"label": str(c % 30)}, [XmlText(f"See page {b % 90}.")])
        )
        blocks[at].children.append(XmlText(" More."))

    def _kind(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        kind = KINDS[b % len(KINDS)]
        blocks[at].attributes["kind"] = kind
        if kind in ("heading", "item"):
            blocks[at].attributes["depth"] = str(c % 3 + 1)

    def _paste(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        """The same passage again elsewhere, id and all."""
        block = blocks[at]
        name = str(block.attributes["id"]) if has_id(block) else self._id()
        self.root.children.insert(
            b % (len(blocks) + 1),
            passage(name, str(block.attributes["kind"]), plain(words(block)), depth_of(block)),
        )

    def _strip(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        """A passage whose id is lost."""
        if has_id(blocks[at]):
            del blocks[at].attributes["id"]

    def _remove(self, blocks: list[XmlElement], at: int, b: int, c: int) -> None:
        if len(blocks) > 3:
            del self.root.children[at]


ACTS = (
    *("type",) * 6, *("erase",) * 2, *("split",) * 2, "merge", "merge", "move", "mark", "note",
    "kind", "paste", "strip", "remove",
)  # fmt: skip


def passage(name: str, kind: str, content: str, depth: str = "") -> XmlElement:
    attributes = {"id": name, "kind": kind}
    if depth or kind in ("heading", "item"):
        attributes["depth"] = depth or "1"
    return XmlElement("passage", attributes, [XmlText(content)])


def has_id(block: XmlElement) -> bool:
    return "id" in dict(block.attributes)


def depth_of(block: XmlElement) -> str:
    return str(dict(block.attributes).get("depth", ""))


def words(block: XmlElement) -> XmlText:
    """The first text of a passage."""
    for child in block.children:
        if isinstance(child, XmlText):
            return child
    block.children.insert(0, XmlText(""))
    return block.children[0]  # type: ignore[no-any-return]


def plain(text: XmlText) -> str:
    return "".join(str(run) for run, _ in text.diff())


def place(text: XmlText, number: int) -> int:
    """A place between two letters, in the unit that the document counts in (bytes)."""
    content = plain(text)
    return len(content[: number % (len(content) + 1)].encode())


def reading(doc: Doc[Any]) -> list[Any]:
    """The whole text as plain values, to be compared."""

    def read(node: Any) -> Any:
        if isinstance(node, XmlText):
            return [(run, sorted((marks or {}).items())) for run, marks in node.diff() if run != ""]
        return (
            node.tag,
            sorted(dict(node.attributes).items()),
            [read(child) for child in node.children],
        )

    root = doc.get("prosemirror", type=XmlFragment)
    return [read(child) for child in root.children]


def lost(after: Doc[Any], told: Sequence[bytes]) -> int:
    """How many of these acknowledged edits are not in a document: those that still change it."""
    changes: list[bytes] = []
    observer = after.observe(lambda event: changes.append(event.update))
    missing = 0
    for update in told:
        changes.clear()
        with suppress(ValueError):
            after.apply_update(update)
        missing += any(change != wire.NOTHING for change in changes)
    after.unobserve(observer)
    return missing
