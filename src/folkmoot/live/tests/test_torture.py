"""People who do everything at once, on a real server that is cut off, stopped and killed.

Afterwards all copies and the store are the same, nothing that was acknowledged is missing, and the
commission's rows say what the document says. Each story takes about two seconds; set
FOLKMOOT_TORTURE to a number of stories for a longer evening, each then drawn anew.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlFragment

from folkmoot.algorithms.wording import text as wording
from folkmoot.commission.drafts import unfinished
from folkmoot.commission.models import Draft, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast

from .house import House, disagreements, housed, stored
from .replica import ACTS, Replica, lost, reading

STORIES = int(os.environ.get("FOLKMOOT_TORTURE", "0"))
WRITERS, ENDS = 4, 2
_numbers = itertools.count(1)

act = st.tuples(
    st.integers(0, WRITERS - 1),
    st.sampled_from(ACTS),
    st.integers(0, 40),
    st.integers(0, 400),
    st.integers(0, 30),
)
mishap = st.tuples(
    st.integers(0, WRITERS - 1),
    st.sampled_from(("cut", "cut", "back", "back", "slow", "kill", "stop", "pause", "pause")),
)
story = st.lists(st.one_of(act, act, act, act, act, mishap), min_size=30, max_size=120)


@pytest.fixture
def house(story_cast: Cast, tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path) as running:
        yield running


@pytest.fixture
def story_cast(story: Cast) -> Cast:
    """The small commission; `story` means something else in this module."""
    return story


def begin(cast: Cast) -> Text:
    """A fresh text of a dozen passages, some of which everybody has accepted."""
    number = next(_numbers)
    made = Text.begin(cast.commission, f"torture-{number}", f"Torture {number}", cast.secretary)
    rows = made.add(
        [Incoming(wording("heading", "What happened", depth=1))]
        + [
            Incoming(wording("paragraph", f"Passage {n} says that we lost seats in week {n}."))
            for n in range(10)
        ]
        + [Incoming(wording("item", "Ring every member once a year.", depth=1))],
        cast.author,
    )
    for row in rows[2:5]:
        for seat in cast.seats:
            row.take_stance(seat, row.wording_id, "accept")
    return made


async def play(
    house: House, text: Text, people: list[Replica], acts: list[tuple[object, ...]]
) -> None:
    """Everybody does what the story says; after each kill or stop, see what is left."""
    try:
        await _play(house, text, people, acts)
    finally:
        for one in people:
            one.cut()
        await asyncio.sleep(0)


async def _play(
    house: House, text: Text, people: list[Replica], acts: list[tuple[object, ...]]
) -> None:
    await asyncio.gather(*(one.connect() for one in people))
    ends = 0
    for step in acts:
        if len(step) == 5:
            who, what, a, b, c = step
            people[who].act(what, a, b, c)  # type: ignore[index,arg-type]
            await asyncio.sleep(0)
            continue
        who, what = step
        one = people[who]  # type: ignore[index]
        if what == "cut":
            one.cut()
        elif what == "back" and not one.online:
            await one.connect()
        elif what == "slow" and one.online:
            assert one.socket is not None
            one.socket.stop_reading()
            await asyncio.sleep(0.03)
            if one.online:
                one.socket.go_on_reading()
        elif what == "pause":
            await asyncio.sleep(0.02)
        elif what in ("kill", "stop") and ends < ENDS:
            ends += 1
            await asyncio.to_thread(house.kill if what == "kill" else house.stop)
            # What the dead server had sent may still be on its way.
            await asyncio.sleep(0.02)
            told = [update for one in people for update in one.stored]
            for one in people:
                one.cut()
            await asyncio.to_thread(house.start)
            await nothing_is_lost(house, text, people[0], told)
    for one in people:
        if not one.online:
            await one.connect()
    for one in people:
        await one.told()
    await alike(people)


async def nothing_is_lost(house: House, text: Text, like: Replica, told: list[bytes]) -> None:
    """A newcomer, who can have it from nowhere but the store, has all that anybody was told."""
    late = Replica(lambda: house.address(text), like.cookie, house.origin)
    await late.connect()
    missing = lost(late.doc, told)
    late.cut()
    late.close()
    assert not missing, f"{missing} of {len(told)} acknowledged edits are lost"


async def alike(people: list[Replica], seconds: float = 20) -> None:
    """Wait until all copies are the same."""
    deadline = time.monotonic() + seconds
    while True:
        states = [one.doc.get_state() for one in people]
        if len({tuple(sorted(_clocks(state))) for state in states}) == 1:
            readings = [reading(one.doc) for one in people]
            if all(other == readings[0] for other in readings):
                return
        assert time.monotonic() < deadline, "the copies never became the same"
        await asyncio.sleep(0.02)


def _clocks(vector: bytes) -> list[tuple[int, int]]:
    from .wire import read_varuint

    count, at = read_varuint(vector)
    clocks = []
    for _ in range(count):
        client, at = read_varuint(vector, at)
        clock, at = read_varuint(vector, at)
        clocks.append((client, clock))
    return clocks


async def rest(house: House, texts: list[Text], like: Replica, seconds: float = 30) -> list[str]:
    """Open the texts again, and stay until all that can be recorded is; gives the texts where that
    does not come to pass."""
    visitors = [Replica(lambda t=t: house.address(t), like.cookie, house.origin) for t in texts]
    deadline = time.monotonic() + seconds
    try:
        await asyncio.gather(*(one.connect() for one in visitors))
        while waiting := await asyncio.to_thread(unrecorded, texts):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        return waiting
    finally:
        for one in visitors:
            one.cut()
            one.close()
        await asyncio.sleep(0)


def unrecorded(texts: list[Text]) -> list[str]:
    """Texts with drafts that could be recorded. Called in a thread, whose connection it closes."""
    try:
        return sorted(
            {
                draft.text.slug
                for draft in Draft.objects.of_passages()
                .filter(text__in=texts)
                .select_related("text")
                if draft.value is None or not unfinished(draft.value)
            }
        )
    finally:
        connection.close()


@pytest.mark.slow
def test_copies_and_store_agree_whatever_happens(house: House, story_cast: Cast) -> None:
    played: list[tuple[Text, Replica]] = []

    @settings(
        max_examples=STORIES or 12,
        deadline=None,
        derandomize=not STORIES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(acts=story)
    def everything_agrees(acts: list[tuple[object, ...]]) -> None:
        text = begin(story_cast)
        writers = [story_cast.author, story_cast.secretary] * (WRITERS // 2)
        people = [house.visitor(text, person, n) for n, person in enumerate(writers)]
        try:
            asyncio.run(play(house, text, people, acts))
            kept = stored(text)
            assert reading(kept) == reading(people[0].doc), "the store has something else"
            told = [update for one in people for update in one.stored]
            assert told
            assert not lost(kept, told)
            refused = {n["code"] for one in people for n in one.notices}
            assert refused <= {"moved", "slow"}
            # Drafts are stored with the keystrokes they come from, so there is nothing to wait for.
            assert disagreements(text, stored(text)) == []
        finally:
            for one in people:
                one.close()
            if not house.up:
                house.start()
        played.append((text, people[0]))

    everything_agrees()
    assert asyncio.run(rest(house, [text for text, _ in played], played[0][1])) == []
    for text, _ in played:
        assert disagreements(text, stored(text)) == [], text.slug


def test_a_lost_edit_would_be_noticed() -> None:
    """The test of the test: an edit that is not in a document counts as lost, one that is, not."""
    from .replica import passage

    one: Doc[XmlFragment] = Doc()
    root = one.get("prosemirror", type=XmlFragment)
    updates: list[bytes] = []
    observer = one.observe(lambda event: updates.append(event.update))
    root.children.append(passage("0000000000", "paragraph", "Once."))
    root.children[0].children[0].insert(0, "Twice. ")
    del root.children[0]
    one.unobserve(observer)
    whole: Doc[XmlFragment] = Doc()
    whole.apply_update(one.get_update())
    assert lost(whole, updates) == 0
    part: Doc[XmlFragment] = Doc()
    part.apply_update(updates[0])
    assert lost(part, updates[:1]) == 0
    assert lost(part, updates) == 2
