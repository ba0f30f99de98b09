"""Fifteen people write in a report of 60,000 words while 300 comments land on it.

A short version by default; FOLKMOOT_REPORT_MINUTES=10 makes an evening of it. The report lies
beside the repository; without it a text of the same length is made up.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from folkmoot.algorithms.wording import text as wording
from folkmoot.commission.models import Comment, CommissionOffice, Passage, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast, person
from folkmoot.documents.reading import read_file
from folkmoot.people.models import Person

from .house import House, disagreements, housed, stored
from .replica import Replica, lost, reading
from .test_torture import alike, rest

ROOT = Path(__file__).resolve().parents[4]
REPORT = ROOT.parent / "shared" / "data" / "iraq-inquiry-report" / "executive-summary.md"
MINUTES = float(os.environ.get("FOLKMOOT_REPORT_MINUTES", "0.1"))
WRITERS, COMMENTS, EDITS_A_SECOND = 15, 300, 2


@pytest.fixture
def house(story: Cast, tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path) as running:
        yield running


def the_report(cast: Cast) -> Text:
    """The executive summary of the Iraq Inquiry, or as many words of nobody's."""
    text = Text.begin(cast.commission, "report", "The report of the inquiry", cast.secretary)
    if REPORT.exists():
        blocks = [Incoming(block.wording, block.label) for block in read_file(REPORT).blocks]
    else:
        chance = random.Random(3)
        words = [
            "what",
            "we",
            "were",
            "told",
            "in",
            "that",
            "year",
            "about",
            "the",
            "campaign",
            "was",
            "not",
            "so",
        ]
        blocks = [
            Incoming(wording("paragraph", " ".join(chance.choices(words, k=35)).capitalize() + "."))
            for _ in range(1700)
        ]
    text.add(blocks, cast.author)
    return text


async def write(one: Replica, number: int, seconds: float) -> int:
    """Somebody at work in their own stretch of the report, now and then elsewhere."""
    loop, chance, done = asyncio.get_running_loop(), random.Random(number), 0
    until = loop.time() + seconds
    size = len(one.blocks())
    at = number * size // WRITERS
    while loop.time() < until:
        if chance.random() < 0.1:
            at = chance.randrange(size)
        what = chance.choices(("type", "erase", "split", "merge", "mark"), (80, 12, 3, 2, 3))[0]
        one.act(what, at, chance.randrange(400), chance.randrange(30))
        done += 1
        await asyncio.sleep(chance.uniform(0.5, 1.5) / EDITS_A_SECOND)
    return done


def comment(passage: Passage, author: Person, number: int) -> bool:
    """A comment on a few words of a passage as it stands in the ledger. Runs in a thread."""
    try:
        passage = Passage.objects.select_related("wording", "text__commission").get(pk=passage.pk)
        words = passage.value.plain.split()
        if passage.withdrawn is not None or len(words) < 4:
            return False
        start = number % (len(words) - 3)
        quote = " ".join(words[start : start + 3])
        if quote not in passage.value.plain:
            quote = ""
        Comment.make(passage, author, f"Comment {number}: is this so?", quote=quote)
        return True
    finally:
        connection.close()


async def land(passages: list[Passage], authors: list[Person], seconds: float) -> int:
    """Comments by everybody, spread over the time."""
    chance, landed = random.Random(5), 0
    for number in range(COMMENTS):
        passage = chance.choice(passages)
        landed += await asyncio.to_thread(comment, passage, authors[number % len(authors)], number)
        await asyncio.sleep(seconds / COMMENTS / 2)
    return landed


async def evening(
    people: list[Replica], passages: list[Passage], authors: list[Person]
) -> tuple[int, int]:
    """Everybody comes, writes and comments; gives how many edits and comments there were."""
    seconds = MINUTES * 60
    try:
        await asyncio.gather(*(one.connect() for one in people))
        *edits, comments = await asyncio.gather(
            *(write(one, number, seconds) for number, one in enumerate(people)),
            land(passages, authors, seconds),
        )
        for one in people:
            await one.told(60)
        await alike(people, 60)
        return sum(edits), comments
    finally:
        for one in people:
            one.cut()
        await asyncio.sleep(0)


@pytest.mark.slow
def test_fifteen_people_write_in_the_report_while_comments_land(house: House, story: Cast) -> None:
    text = the_report(story)
    writers = [person(f"Writer{number}") for number in range(WRITERS)]
    for one in writers:
        CommissionOffice.objects.create(commission=story.commission, person=one, kind="author")
    people = [house.visitor(text, one, number) for number, one in enumerate(writers)]
    standing = text.passages.select_related("wording").order_by("place")
    passages = [one for one in standing if one.value.kind in ("paragraph", "item")]
    try:
        edits, comments = asyncio.run(evening(people, passages, writers))
        assert edits >= WRITERS
        told = [update for one in people for update in one.stored]
        assert not [code for one in people for code in one.codes]
        assert not lost(stored(text), told)
        assert reading(stored(text)) == reading(people[0].doc)
        assert asyncio.run(rest(house, [text], people[0], 60)) == []
        assert disagreements(text, stored(text)) == []
        found = Comment.objects.filter(passage__text=text).select_related("passage__wording")
        assert len(found) == comments
        in_tray = set(Comment.objects.in_tray().values_list("pk", flat=True))
        for one in found:
            if one.quote and one.pk not in in_tray:
                assert one.quote in one.passage.value.plain, "a comment sits on other words"
    finally:
        for one in people:
            one.close()
