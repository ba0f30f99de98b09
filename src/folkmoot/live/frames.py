"""The frames on the wire: y-protocols, and ours from 100.

A frame is a type as a varuint and a body. 0 is sync (step 1: what I have; step 2: what you lack;
update), 1 awareness, 3 the question for it. Ours carry JSON as a length-prefixed string, but for
the acknowledgement, which is two varuints. Types nobody knows are ignored in both directions.

Everything here is pure, and reading is safe on what a stranger sent: a frame that is not exactly
what its lengths say raises `Malformed`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

SYNC: Final = 0
AWARENESS: Final = 1
QUERY: Final = 3
ACK: Final = 100
NEWS: Final = 101
NOTICE: Final = 102
ROLE: Final = 103
HELLO: Final = 104
TROUBLE: Final = 105
DECLARE: Final = 106

_STEP1: Final = 0
_STEP2: Final = 1
_UPDATE: Final = 2
_LARGEST: Final = 2**53 - 1
"""Yjs writes no number larger than JavaScript can hold."""

EMPTY_UPDATE: Final = b"\x00\x00"
"""An update of nothing, with which a client answers that it has nothing new."""
EMPTY_VECTOR: Final = b"\x00"
"""The state vector of an empty document."""


class Malformed(ValueError):
    """The bytes are not a frame."""


@dataclass(frozen=True, slots=True)
class Step1:
    """What the client has, as a state vector."""

    vector: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """Something the client wrote: an update as it happens, or (`whole`) all that we lack."""

    update: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's presence: its Yjs client id, a counter that only grows, and its state."""

    client: int
    clock: int
    state: str


@dataclass(frozen=True, slots=True)
class Awareness:
    """Presence of one or more clients."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """The question who is here."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What our own client says of itself before it asks for the text."""

    schema: int
    client: int | None
    epoch: str


@dataclass(frozen=True, slots=True)
class Declare:
    """What the writer said of an edit when asked."""

    passage: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame of a type that is not ours to understand."""

    type: int


type Frame = Step1 | Written | Awareness | Query | Hello | Declare | Unknown


def read(data: bytes, *, entries: int) -> Frame:
    """The frame in `data`, which holds exactly one.

    Raises `Malformed` for anything else, and for more than `entries` clients in one awareness
    frame.
    """
    kind, at = varuint(data, 0)
    if kind == SYNC:
        step, at = varuint(data, at)
        body = _last(data, at)
        if step == _STEP1:
            return Step1(body)
        if step in (_STEP2, _UPDATE):
            return Written(body, whole=step == _STEP2)
        raise Malformed("an unknown step of synchronisation")
    if kind == AWARENESS:
        return Awareness(_entries(_last(data, at), entries))
    if kind == QUERY:
        return Query()
    if kind == HELLO:
        return _hello(_json(_last(data, at)))
    if kind == DECLARE:
        return _declare(_json(_last(data, at)))
    return Unknown(kind)


def varuint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at `at`, seven bits a byte, and where the next thing begins."""
    value = shift = 0
    while True:
        try:
            byte = data[at]
        except IndexError:
            raise Malformed("a number that does not end") from None
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value > _LARGEST:
                raise Malformed("a number that is too large")
            return value, at
        shift += 7
        if shift > 56:
            raise Malformed("a number that does not end")


def write_varuint(value: int) -> bytes:
    """The bytes that `varuint` reads."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def step1(vector: bytes) -> bytes:
    """What the server has."""
    return b"\x00\x00" + write_varuint(len(vector)) + vector


def step2(update: bytes) -> bytes:
    """What the other side lacks."""
    return b"\x00\x01" + write_varuint(len(update)) + update


def update(data: bytes) -> bytes:
    """A change as it happens."""
    return b"\x00\x02" + write_varuint(len(data)) + data


def awareness(entries: Iterable[Entry]) -> bytes:
    """Presence of several clients in one frame."""
    body = bytearray()
    count = 0
    for entry in entries:
        state = entry.state.encode()
        body += write_varuint(entry.client) + write_varuint(entry.clock)
        body += write_varuint(len(state)) + state
        count += 1
    whole = write_varuint(count) + bytes(body)
    return b"\x01" + write_varuint(len(whole)) + whole


def ack(stored: int, seq: int) -> bytes:
    """The first `stored` writing frames of this connection are on disk, the log is at `seq`."""
    return bytes((ACK,)) + write_varuint(stored) + write_varuint(seq)


def say(kind: int, value: Mapping[str, Any]) -> bytes:
    """One of our own frames, with a JSON body."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes((kind,)) + write_varuint(len(body)) + body


def notice(code: str, words: str, *, retry: bool = False) -> bytes:
    """Something the client is told, with a sentence for people; whether coming back will help."""
    return say(NOTICE, {"code": code, "say": words, "retry": retry})


def _last(data: bytes, at: int) -> bytes:
    """The length-prefixed bytes that end the frame."""
    length, at = varuint(data, at)
    if length != len(data) - at:
        raise Malformed("a length that is not so")
    return data[at:]


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("no JSON object")
    return value


def _entries(body: bytes, most: int) -> tuple[Entry, ...]:
    count, at = varuint(body, 0)
    if count > most:
        raise Malformed("too many clients in one frame")
    entries = []
    for _ in range(count):
        client, at = varuint(body, at)
        clock, at = varuint(body, at)
        length, at = varuint(body, at)
        end = at + length
        if end > len(body):
            raise Malformed("a length that is not so")
        try:
            state = body[at:end].decode()
        except UnicodeDecodeError as error:
            raise Malformed("no UTF-8") from error
        entries.append(Entry(client, clock, state))
        at = end
    if at != len(body):
        raise Malformed("a length that is not so")
    return tuple(entries)


def _hello(value: dict[str, Any]) -> Hello:
    schema, client, epoch = value.get("schema"), value.get("client"), value.get("epoch", "")
    whole = isinstance(client, int) and not isinstance(client, bool) and 0 <= client <= _LARGEST
    if not (isinstance(schema, int) and isinstance(epoch, str) and (whole or client is None)):
        raise Malformed("no greeting")
    return Hello(schema, client if whole else None, epoch)


def _declare(value: dict[str, Any]) -> Declare:
    passage, kind, reason = value.get("passage"), value.get("class"), value.get("reason", "")
    if not (isinstance(passage, str) and isinstance(kind, str) and isinstance(reason, str)):
        raise Malformed("no declaration")
    if kind not in ("editorial", "substantive"):
        raise Malformed("no class of edit")
    return Declare(_storable(passage[:10]), kind, _storable(reason[:500]))


def _storable(words: str) -> str:
    """What no database takes, replaced: a client may send anything."""
    return words.replace("\0", " ").encode("utf-8", "replace").decode()
