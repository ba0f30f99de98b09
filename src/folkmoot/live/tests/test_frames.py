"""What a stranger sends is read exactly or not at all."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pycrdt import Awareness, Doc, create_awareness_message, create_sync_message, read_message

from folkmoot.live import frames
from folkmoot.live.frames import Entry, Malformed


@given(st.integers(0, 2**53 - 1))
@example(127)
@example(128)
def test_a_number_is_read_as_written(value: int) -> None:
    data = frames.write_varuint(value)
    assert frames.varuint(data, 0) == (value, len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\xff" * 20,
        b"\xff" * 8 + b"\x7f",
        b"\x00",
        b"\x00\x02",
        b"\x00\x02\x05abc",
        b"\x00\x02\x02abc",
        b"\x00\x02\xff\xff\xff\xff\x0f",
        b"\x00\x07\x00",
        b"\x01\x02\x01\x01",
        b"\x01\x05\x01\x01\x01\x05x",
        b"\x01\x04\x01\x01\x01\x00\x00",
        b"\x01\x05\x01\x01\x01\x01\xff",
        bytes((frames.HELLO,)) + b"\x01[",
        bytes((frames.HELLO,)) + b"\x02[]",
        bytes((frames.HELLO,)) + b"\x02{}",
        bytes((frames.DECLARE,)) + b"\x02{}",
        frames.say(frames.DECLARE, {"passage": "a", "class": "royal", "reason": ""}),
        frames.say(frames.HELLO, {"schema": 1, "client": -1}),
        frames.say(frames.HELLO, {"schema": 1, "client": True}),
        bytes((frames.HELLO,)) + frames.write_varuint(90_000) + b"[" * 90_000,
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        frames.read(data, entries=10)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with suppress(Malformed):
        frames.read(data, entries=10)


def test_frames_of_other_yjs_clients_are_understood() -> None:
    doc: Doc = Doc()
    frame = frames.read(create_sync_message(doc), entries=10)
    assert frame == frames.Step1(b"\x00")
    awareness = Awareness(doc)
    awareness.set_local_state({"user": {"name": "Ada"}})
    update = awareness.encode_awareness_update([doc.client_id])
    frame = frames.read(create_awareness_message(update), entries=10)
    assert isinstance(frame, frames.Awareness)
    [entry] = frame.entries
    assert entry.client == doc.client_id
    assert json.loads(entry.state) == {"user": {"name": "Ada"}}


def test_other_yjs_clients_understand_our_frames() -> None:
    there: Awareness = Awareness(Doc())
    frame = frames.awareness([Entry(7, 3, '{"at":null}'), Entry(8, 1, "null")])
    assert frame[0] == frames.AWARENESS
    there.apply_awareness_update(read_message(frame[1:]), "us")
    assert there.states[7] == {"at": None}
    assert read_message(frames.update(b"abc")[2:]) == b"abc"


def test_more_clients_than_anybody_shows_are_refused() -> None:
    frame = frames.awareness(Entry(n, 1, "{}") for n in range(11))
    with pytest.raises(Malformed, match="too many"):
        frames.read(frame, entries=10)


def test_a_declaration_can_always_be_stored() -> None:
    said = {"passage": "\0" * 20, "class": "editorial", "reason": "a\ud800\0" + "b" * 900}
    body = json.dumps(said).encode()
    frame = frames.read(
        bytes((frames.DECLARE,)) + frames.write_varuint(len(body)) + body, entries=1
    )
    assert isinstance(frame, frames.Declare)
    assert "\0" not in frame.passage + frame.reason
    assert len(frame.reason) <= 500
    frame.reason.encode()


def test_types_that_nobody_knows_are_let_pass() -> None:
    assert frames.read(b"\xc8\x01whatever", entries=1) == frames.Unknown(200)
