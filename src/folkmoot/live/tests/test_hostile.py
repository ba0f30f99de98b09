"""Frames that lie, floods, and readers that do not read: one is cut off, the others go on."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment

from folkmoot.algorithms.wording import text
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast
from folkmoot.live import frames, limits
from folkmoot.live.models import Document, Update

from .conftest import Join, cookie, eventually
from .served import Server

HUGE = b"\xff" * 7 + b"\x0f"


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff" * 100,
        b"\x00\x02" + HUGE + b"abc",
        b"\x00\x02\x03",
        b"\x00\x00\x00",
        b"\x00\x00\x03\xff\xff\xff",
        frames.update(b"\x01"),
        frames.update(random.Random(7).randbytes(400)),
        frames.update(b"\x01" + HUGE + b"\x01\x00"),
        frames.step2(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        frames.awareness(frames.Entry(n, 1, "{}") for n in range(10_000)),
        b"\x01\x02" + b"\x05\x01",
        bytes((frames.HELLO,)) + b"\x03{}}",
        frames.say(frames.DECLARE, {"passage": 7, "class": [], "reason": None}),
    ],
    ids=lambda frame: frame[:6].hex(),
)
def test_a_frame_that_lies_cuts_its_sender_off_and_nobody_else(
    frame: bytes, joined: Join, story: Cast
) -> None:
    arthur, sofia = joined(story.author), joined(story.secretary)
    before = sofia.plain()
    arthur.send(frame)
    assert arthur.closed() == 4400
    sofia.type(2, "On. ")
    sofia.settle()
    assert sofia.plain()[1] == before[1]
    assert Update.objects.count() == 1


def test_a_text_message_is_no_frame(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    arthur.socket.send("hello")
    assert arthur.closed() == 4400


def foreign() -> bytes:
    """An update that puts something among the passages that is none."""
    doc: Doc[Any] = Doc()
    root = doc.get("prosemirror", type=XmlFragment)
    root.children.append(XmlElement("script", {"src": "x"}))
    return doc.get_update()


def test_what_is_no_text_is_refused_and_leaves_no_trace(joined: Join, story: Cast) -> None:
    arthur, sofia = joined(story.author), joined(story.secretary)
    arthur.type(1, "Good. ")
    arthur.write(foreign())
    arthur.type(1, "Bad. ")
    assert arthur.closed() == 4400
    assert arthur.codes()
    assert all(arthur.said(frames.NOTICE)[0]["say"])
    assert arthur.acked <= 1
    sofia.type(2, "On. ")
    sofia.settle()
    sofia.until(lambda: "Good. " in sofia.plain()[1])
    assert "script" not in str(sofia.root)
    assert not any(b"script" in bytes(row.data) for row in Update.objects.all())


def test_somebody_who_writes_on_what_we_lack_is_asked_for_it(joined: Join, story: Cast) -> None:
    # So does every Yjs client that is written in while it connects again.
    arthur = joined(story.author)
    arthur.words(1).insert(0, "kept offline ")
    arthur._unsent.clear()
    arthur.type(1, "typed on ")
    arthur.until(lambda: arthur.acked == arthur.sent == 2, "both")
    ada = joined(story.ada.person)
    assert ada.plain()[1].startswith("typed on kept offline ")


def test_a_frame_that_is_too_large_is_refused_with_a_reason(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    arthur.send(frames.update(bytes(limits.FRAME + 1)))
    assert arthur.closed() == 4413
    assert arthur.codes() == ["too-large"]
    assert not Update.objects.exists()


def test_a_writer_who_never_stops_is_cut_off(
    joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folkmoot.live.limits.Allowance.__init__", lenient(20_000))
    arthur, sofia = joined(story.author), joined(story.secretary)
    monkeypatch.undo()
    for _ in range(30):
        arthur.type(1, "x" * 1000)
    assert arthur.closed() == 4429
    assert arthur.codes() == ["too-fast"]
    sofia.type(2, "On. ")
    sofia.settle()


def lenient(burst: int) -> Any:
    """An allowance of so many bytes and hardly any more."""
    begin = limits.Allowance.__init__

    def init(self: limits.Allowance) -> None:
        begin(self, sustained=1.0, burst=burst + limits.SUSTAINED)

    return init


def test_an_allowance_fills_again() -> None:
    now = [0.0]
    allowance = limits.Allowance(sustained=10, burst=100, clock=lambda: now[0])
    assert allowance.take(100)
    assert not allowance.take(1)
    now[0] = 5
    assert allowance.take(50)
    assert not allowance.take(1)
    now[0] = 1000
    assert allowance.take(100)
    assert not allowance.take(1)


def stalled(server: Server, slug: str, session: str, questions: int) -> socket.socket:
    """A connection that asks for the text over and over and reads nothing."""
    host, port = server.url.removeprefix("http://").split(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((host, int(port)))
    line.sendall(
        f"GET /live/text/{slug}/ HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.url}\r\n"
        f"Cookie: sessionid={session}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
    )
    assert b"101 Switching" in line.recv(50)
    question = frames.step1(frames.EMPTY_VECTOR)
    line.sendall((bytes((0x82, 0x80 | len(question))) + bytes(4) + question) * questions)
    return line


def test_a_reader_that_does_not_read_is_cut_off_and_holds_nothing(
    server: Server, joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OWED", 2_000_000)
    monkeypatch.setattr("folkmoot.live.socket.GRACE", 0.2)
    long = text("paragraph", "Words go on. " * 4000)
    story.text.add([Incoming(long) for _ in range(30)], story.author)
    arthur = joined(story.author)
    room = server.room(story.text.slug)
    assert room is not None
    line = stalled(server, story.text.slug, cookie(story.ada.person), 40)
    eventually(lambda: len(room.members) == 2)
    eventually(lambda: len(room.members) == 1, 30)
    arthur.type(1, "On. ")
    arthur.settle()
    # What was sent and not read is thrown away; the end of it tells the client.
    with suppress(ConnectionResetError):
        while line.recv(1 << 20):
            pass
    line.close()


def test_clients_that_come_and_go_leave_everything_and_nothing(
    server: Server, joined: Join, story: Cast
) -> None:
    for turn in range(25):
        client = joined(story.author)
        client.type(1, f"[{turn}]")
        if turn % 3:
            client.settle()
        client.close()
    last = joined(story.secretary)
    last.until(lambda: all(f"[{turn}]" in last.plain()[1] for turn in range(25)))
    assert Document.objects.get().seq == Update.objects.count() == 25
    room = server.room(story.text.slug)
    assert room is not None
    assert len(room.members) == 1


def test_many_coming_at_once_cost_one_encoding(
    server: Server, joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.live.document.paper import Paper

    joined(story.author)
    encodings = []
    state = Paper.state
    monkeypatch.setattr(Paper, "state", lambda self: encodings.append(1) or state(self))
    several = [joined(story.ada.person, ready=False) for _ in range(12)]
    for one in several:
        one.until(lambda one=one: one.synced)
    assert len(encodings) <= 1
