"""What two people really typed, keystroke by keystroke, through two sockets into one passage.

Each sends an edit only when the server has brought them everything that its author had seen when
making it, so the two are as far apart as they were then. Both end with exactly the words they ended
with, and so does the store.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from folkmoot.commission.tests.cast import Cast

from . import wire
from .house import House, housed, stored
from .replica import Replica

ROOT = Path(__file__).resolve().parents[4]
TRACE = ROOT.parent / "shared" / "data" / "editing-traces" / "friendsforever.json.gz"

# A trace of our own: two people write a sentence together, apart for two stretches, and meet again.
OWN: dict[str, Any] = {
    "endContent": "Both branches met twice, in May and in June.",
    "txns": [
        {"parents": [], "agent": 0, "patches": [[0, 0, "Branches met in May."]]},
        {"parents": [0], "agent": 0, "patches": [[19, 0, " and in July"]]},
        {"parents": [0], "agent": 1, "patches": [[12, 0, " twice,"]]},
        {"parents": [1, 2], "agent": 1, "patches": [[36, 2, "ne"]]},
        {"parents": [1], "agent": 0, "patches": [[0, 0, "Both "]]},
        {"parents": [3, 4], "agent": 0, "patches": [[5, 1, "b"]]},
    ],
}


@dataclass(frozen=True)
class Keystroke:
    """One edit of one of the two, as it goes over the wire, and how much of what the other has
    written they had seen: the other's clock."""

    agent: int
    update: bytes
    seen: int
    clock: int


def keystrokes(trace: dict[str, Any], state: bytes) -> tuple[list[int], list[Keystroke]]:
    """The trace as edits of two copies of a text whose first passage is empty; gives the two
    client ids first."""
    transactions = trace["txns"]
    # At one place both typed on the same spot at once. Which comes first is decided by the client
    # ids, and in what the two ended with it is the first agent's.
    docs: list[Doc[Any]] = sorted((Doc(), Doc()), key=lambda doc: doc.client_id)
    made: list[bytes] = []
    observers = []
    for doc in docs:
        doc.get("prosemirror", type=XmlFragment)
        doc.apply_update(state)

        def written(event: TransactionEvent) -> None:
            made.append(event.update)

        observers.append(doc.observe(written))
    clients = [doc.client_id for doc in docs]
    updates: list[bytes] = []
    strokes: list[Keystroke] = []
    # What each copy has: how many of the other's edits, which are applied in order.
    order: list[list[int]] = [[], []]
    has = [0, 0]
    known: list[list[int]] = []  # for each edit the newest of either that its author had seen
    for index, one in enumerate(transactions):
        agent = one["agent"]
        other = 1 - agent
        newest = [max((known[p][who] for p in one["parents"]), default=-1) for who in (0, 1)]
        needed = newest[other]
        newest[agent] = index
        known.append(newest)
        doc = docs[agent]
        while has[agent] < len(order[other]) and order[other][has[agent]] <= needed:
            doc.apply_update(updates[order[other][has[agent]]])
            has[agent] += 1
        content = _words(doc)
        made.clear()
        with doc.transaction():
            for at, gone, new in one["patches"]:
                before = str_of(content)
                start, end = len(before[:at].encode()), len(before[: at + gone].encode())
                if gone:
                    del content[start:end]
                if new:
                    content.insert(start, new)
        [update] = made
        updates.append(update)
        order[agent].append(index)
        seen = strokes[order[other][has[agent] - 1]].clock if has[agent] else 0
        strokes.append(Keystroke(agent, update, seen, _clock(doc, clients[agent])))
    for doc, observer in zip(docs, observers, strict=True):
        doc.unobserve(observer)
    return clients, strokes


def _words(doc: Doc[Any]) -> XmlText:
    root = doc.get("prosemirror", type=XmlFragment)
    passage = root.children[0]
    assert isinstance(passage, XmlElement)
    found = passage.children[0]
    assert isinstance(found, XmlText)
    return found


def str_of(content: XmlText) -> str:
    return "".join(str(run) for run, _ in content.diff())


def _clock(doc: Doc[Any], client: int) -> int:
    vector = doc.get_state()
    count, at = wire.read_varuint(vector)
    for _ in range(count):
        who, at = wire.read_varuint(vector, at)
        clock, at = wire.read_varuint(vector, at)
        if who == client:
            return clock
    return 0


def replayed(house: House, cast: Cast, trace: dict[str, Any]) -> list[str]:
    """Send everything through two sockets; gives the words that both see in the end."""
    people = [house.visitor(cast.text, cast.author, 0), house.visitor(cast.text, cast.secretary, 1)]
    try:
        return asyncio.run(replay(people, trace))
    finally:
        for one in people:
            one.close()


async def replay(people: list[Replica], trace: dict[str, Any]) -> list[str]:
    for one in people:
        await one.connect()
    with people[0].writing():
        first = people[0].blocks()[0]
        while len(first.children):
            del first.children[0]
        first.children.append(XmlText(""))
    await people[0].told()
    while people[1].doc.get_state() != people[0].doc.get_state():
        await asyncio.sleep(0.01)
    clients, strokes = keystrokes(trace, people[0].doc.get_update())

    async def send(agent: int) -> None:
        one, other = people[agent], clients[1 - agent]
        for stroke in strokes:
            if stroke.agent != agent:
                continue
            while _clock(one.doc, other) < stroke.seen:
                await asyncio.sleep(0.001)
                assert one.online, f"closed: {one.codes} {one.notices}"
            assert one.socket is not None
            one.take_in(stroke.update)
            one.socket.send(wire.change(stroke.update))
            one.sent.append(stroke.update)
            if len(one.sent) % 50 == 0:
                await asyncio.sleep(0)

    try:
        await asyncio.wait_for(asyncio.gather(send(0), send(1)), 180)
        for one in people:
            await one.told(60)
        for agent, one in enumerate(people):
            last = max((s.clock for s in strokes if s.agent != agent), default=0)
            while _clock(one.doc, clients[1 - agent]) < last:
                await asyncio.sleep(0.01)
        return [str_of(_words(one.doc)) for one in people]
    finally:
        for one in people:
            one.cut()
        await asyncio.sleep(0)


@pytest.fixture
def house(story: Cast, tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path) as running:
        yield running


def test_our_own_trace_ends_in_its_words(house: House, story: Cast) -> None:
    seen = replayed(house, story, OWN)
    assert seen == [OWN["endContent"]] * 2
    assert str_of(_words(stored(story.text))) == OWN["endContent"]


@pytest.mark.slow
@pytest.mark.skipif(not TRACE.exists(), reason="the trace lies beside the repository, not in it")
def test_what_two_friends_typed_ends_in_exactly_their_words(house: House, story: Cast) -> None:
    trace = json.loads(gzip.decompress(TRACE.read_bytes()))
    seen = replayed(house, story, trace)
    assert seen == [trace["endContent"]] * 2
    assert str_of(_words(stored(story.text))) == trace["endContent"]
