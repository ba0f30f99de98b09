"""What an update says, read byte by byte before it may touch a document.

An update is a list of structures by client and clock, and a set of clocks to delete (Yjs's first
encoding: see `UpdateDecoder.js` and `structs/` in yjs 13). Reading it here costs a few microseconds
for a keystroke and settles what no document could tell afterwards: kinds of content, roots, names
and values that are not ours are found even where they would lie unseen, and so is everything that
builds on what has not arrived, so that nothing ever lies pending in a document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from pycrdt import get_update

from folkmoot.live.document.schema import (
    ATTRIBUTES,
    MOST_FRAME,
    ROOTS,
    OutOfSchema,
    foreign,
    is_attribute,
    is_harmful,
    is_mark,
    malformed,
    mark_name,
)

_MOST_CLOCK: Final = 2**31 - 1
"""Clocks are counted in 32 bits by other readers of the format."""
_MOST_CLIENT: Final = 2**53 - 1
_MOST_ATTRIBUTE: Final = 10_000

_GC: Final = 0
_DELETED: Final = 1
_STRING: Final = 4
_FORMAT: Final = 6
_TYPE: Final = 7
_ANY: Final = 8
_SKIP: Final = 10
_ELEMENT: Final = 3
_XML_TEXT: Final = 6
_ANY_STRING: Final = 119
_OTHER: Final = {
    2: "JSON",
    3: "binary",
    5: "embedded",
    9: "document",
    11: "move",
}


class _Reader:
    """Numbers and stretches of bytes, one after another. Raises IndexError past the end."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def ended(self) -> bool:
        return self._at == len(self._data)

    def number(self) -> int:
        data, at = self._data, self._at
        byte = data[at]
        at += 1
        if byte < 128:
            self._at = at
            return byte
        number, shift = byte & 127, 7
        while byte >= 128:
            byte = data[at]
            at += 1
            number |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise malformed("a number does not end")
        if number > _MOST_CLIENT:
            raise malformed("a number is too large")
        self._at = at
        return number

    def clock(self) -> int:
        clock = self.number()
        if clock > _MOST_CLOCK:
            raise malformed("a clock is too large")
        return clock

    def byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte

    def stretch(self) -> bytes:
        length = self.number()
        start = self._at
        end = start + length
        if end > len(self._data):
            raise IndexError
        self._at = end
        return self._data[start:end]

    def string(self) -> str:
        return self.stretch().decode()


class Update(_Reader):
    """One update, read. `data` are its bytes, `size` is their number.

    `spans` are the clocks it brings, as (client, from, to), one for each unbroken stretch; `needs`
    the highest clock of each client that something in it builds on; `deletes` the clock after the
    last one it deletes, by client. `halves` are the places within a character, where nothing may be
    put in or taken out (see `Halves`), and `edges` the places where it does. `crooked` says that it
    puts something both behind and before the same thing, which Yjs's undo can do.
    """

    __slots__ = ("_trusted", "crooked", "deletes", "edges", "halves", "needs", "size", "spans")

    def __init__(self, data: bytes, *, trusted: bool = False) -> None:
        """Raises `OutOfSchema` for anything that is not an update of ours; of one that is trusted,
        marks and attributes may be whatever they are."""
        if len(data) > MOST_FRAME and not trusted:
            raise OutOfSchema(
                "too-large",
                f"This is too much at once: at most {MOST_FRAME // 2**20} MB go in one piece.",
            )
        super().__init__(data)
        self.size = len(data)
        self.spans: list[tuple[int, int, int]] = []
        self.needs: dict[int, int] = {}
        self.deletes: dict[int, int] = {}
        self.halves: list[tuple[int, int]] = []
        self.edges: list[tuple[int, int]] = []
        self.crooked = False
        self._trusted = trusted
        try:
            self._structures()
            self._deletions()
        except IndexError:
            raise malformed("it ends too early") from None
        except UnicodeDecodeError:
            raise malformed("its text is not UTF-8") from None
        if not self.ended:
            raise malformed("something follows its end")

    def brings(self, clocks: Mapping[int, int]) -> bool:
        """Whether there is anything to write in it that `clocks` does not have. What it deletes
        does not count: every answer to a sync repeats all that was ever deleted."""
        return any(end > clocks.get(client, 0) for client, _, end in self.spans)

    def repeats(self, clocks: Mapping[int, int]) -> bool:
        """Whether a part of what it brings is known and the rest of the same stretch is not."""
        return any(start < clocks.get(client, 0) < end for client, start, end in self.spans)

    def rest(self, clocks: Mapping[int, int]) -> Update:
        """What it brings beyond `clocks`. The engine would cut a known part off as well, but take
        its word for where the rest belongs, even where what is known stands elsewhere."""
        known = {client: clocks.get(client, 0) for client, _, _ in self.spans}
        try:
            return Update(get_update(self.data, write_state_vector(known)))
        except OutOfSchema:
            raise
        except ValueError as error:
            raise malformed() from error

    def after(self, clocks: Mapping[int, int]) -> dict[int, int] | None:
        """What changes in `clocks` (the next clock of each client) when this is applied, or None
        when it builds on what has not arrived."""
        ends: dict[int, int] = {}
        for client, start, end in self.spans:
            known = ends.get(client, clocks.get(client, 0))
            if start > known:
                return None
            if end > known:
                ends[client] = end
        for client, clock in self.needs.items():
            if clock >= ends.get(client, clocks.get(client, 0)):
                return None
        for client, clock in self.deletes.items():
            if clock > ends.get(client, clocks.get(client, 0)):
                return None
        return ends

    def _structures(self) -> None:
        for _ in range(self.number()):
            count = self.number()
            client = self.number()
            start = clock = self.clock()
            for _ in range(count):
                info = self.byte()
                content = info & 31
                if content == _SKIP:
                    self._span(client, start, clock)
                    start = clock = clock + self.clock()
                    continue
                if content == _GC:
                    length = self.clock()
                else:
                    length = self._item(info, content, client, clock)
                if length <= 0:
                    raise malformed("a part of it is empty")
                clock += length
                if clock > _MOST_CLOCK:
                    raise malformed("a clock is too large")
            self._span(client, start, clock)

    def _span(self, client: int, start: int, end: int) -> None:
        if end > start:
            self.spans.append((client, start, end))

    def _need(self, client: int, clock: int) -> tuple[int, int]:
        """Note that something at (client, clock) is built on what this names."""
        on, at = self.number(), self.clock()
        if on == client:
            if at >= clock:
                raise malformed("a part of it builds on itself")
        elif self.needs.get(on, -1) < at:
            self.needs[on] = at
        return on, at

    def _item(self, info: int, content: int, client: int, clock: int) -> int:
        if info & 0x80:
            left = self._need(client, clock)
            self.edges.append((left[0], left[1] + 1))
            if info & 0x40:
                right = self._need(client, clock)
                self.edges.append(right)
                self.crooked = self.crooked or left == right
        elif info & 0x40:
            self.edges.append(self._need(client, clock))
        key: str | None = None
        if not info & 0xC0:
            whose = self.number()
            if whose == 1:
                root = self.string()
                if root not in ROOTS:
                    raise foreign(f"a root named “{root[:40]}”")
                if info & 0x20 or content not in (_TYPE, _DELETED):
                    raise foreign("something other than an element among the passages")
            elif whose == 0:
                self._need(client, clock)
            else:
                raise malformed("a part of it belongs nowhere")
            if info & 0x20:
                key = self.string()
                if not is_attribute(key):
                    raise foreign(f"an attribute named “{key[:40]}”")
                if content not in (_ANY, _DELETED):
                    raise foreign("an attribute that is not words")
        match content:
            case 4:
                words = self.stretch()
                if words.isascii():
                    return len(words)
                return self._wide(words.decode(), client, clock)
            case 1:
                return self.clock()
            case 6:
                self._format()
                return 1
            case 7:
                self._type()
                return 1
            case 8:
                self._attribute()
                return 1
        if content in _OTHER:
            raise foreign(f"content of the kind “{_OTHER[content]}”")
        raise malformed("a part of it is of no known kind")

    def _wide(self, words: str, client: int, clock: int) -> int:
        """The length of words as clocks count it; notes where a character takes two."""
        if max(words) <= "\uffff":
            return len(words)
        length = 0
        for character in words:
            length += 1
            if character > "\uffff":
                self.halves.append((client, clock + length))
                length += 1
        return length

    def _format(self) -> None:
        key, told = self.string(), self.stretch()
        if self._trusted:
            return
        if told == b"null":
            if len(key) > 100:
                raise foreign("a mark with a very long name")
            return
        try:
            value = json.loads(told)
        except (ValueError, RecursionError):
            raise malformed("a mark has no value") from None
        if not is_mark(key, value):
            raise foreign(f"a mark named “{key[:40]}” or its value")
        if mark_name(key) == "link" and is_harmful(value["href"]):
            raise foreign("a link that would run a program")

    def _type(self) -> None:
        kind = self.number()
        if kind == _XML_TEXT:
            return
        if kind != _ELEMENT:
            raise foreign(f"a shared type with the number {kind}")
        name = self.string()
        if name not in ATTRIBUTES:
            raise foreign(f"an element named “{name[:40]}”")

    def _attribute(self) -> None:
        if self.number() != 1:
            raise foreign("a list of values")
        if self.byte() != _ANY_STRING:
            raise foreign("a value that is not words")
        if len(self.string()) > _MOST_ATTRIBUTE and not self._trusted:
            raise foreign("a very long attribute")

    def _deletions(self) -> None:
        for _ in range(self.number()):
            client = self.number()
            last = self.deletes.get(client, 0)
            for _ in range(self.number()):
                start = self.clock()
                end = start + self.clock()
                self.edges += ((client, start), (client, end))
                if end > last:
                    last = end
            if last:
                self.deletes[client] = last


class Halves:
    """Where the characters that clocks count as two are divided.

    JavaScript counts an emoji as two and lets something stand between its halves; the engine keeps
    text as UTF-8 and loses count when that happens, so that the document cannot be read again from
    then on. Our editor never does it; an update that does is refused.
    """

    def __init__(self) -> None:
        self._places: set[tuple[int, int]] = set()

    def add(self, places: Iterable[tuple[int, int]]) -> None:
        self._places.update(places)

    def drop(self, places: Iterable[tuple[int, int]]) -> None:
        self._places.difference_update(places)

    def check(self, update: Update, clocks: Mapping[int, int]) -> None:
        """Raises `OutOfSchema` when an update comes between two halves, its own included."""
        places = self._places
        if update.halves:
            places = places.union(update.halves)
            if any(clocks.get(client, 0) == at for client, at in update.halves):
                raise foreign("half a character")
        if places and not places.isdisjoint(update.edges):
            raise foreign("something between the halves of a character")


def write_state_vector(clocks: Mapping[int, int]) -> bytes:
    """The next clock of each client, as Yjs encodes it."""
    out = bytearray()
    for number in (len(clocks), *(part for pair in clocks.items() for part in pair)):
        rest = number
        while rest > 127:
            out.append(rest & 127 | 128)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def read_state_vector(data: bytes) -> dict[int, int]:
    """The next clock of each client. Raises `OutOfSchema` for bytes that are no state vector."""
    reader = _Reader(data)
    clocks: dict[int, int] = {}
    try:
        for _ in range(reader.number()):
            client = reader.number()
            clocks[client] = reader.clock()
    except IndexError:
        raise malformed("it ends too early") from None
    if not reader.ended:
        raise malformed("something follows its end")
    return clocks
