"""What forms change comes into the live document once, and what is being typed stays."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.wording import Wording, text
from folkmoot.commission import drafts
from folkmoot.commission.models import Passage, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.live import reconciling
from folkmoot.live.document.edits import Edit, Insert, Move, Remove, Replace
from folkmoot.live.document.paper import Outcome, Paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Cast:
    return cast()


@pytest.fixture
def paper(story: Cast) -> Paper:
    with transaction.atomic():
        return Paper.of_passages(reconciling.begun(story.text.pk))


def paragraph(words: str) -> Wording:
    return text("paragraph", words)


def bring_in(story: Cast, paper: Paper) -> list[tuple[str, list[Edit]]]:
    """As a room does when it hears that something changed."""
    facts = reconciling.read(story.text.pk)
    found = reconciling.edits(facts, paper.passages, paper.order)
    outcomes = [paper.edit(some, editor) for editor, some in found]
    with transaction.atomic():
        reconciling.taken_up(story.text.pk, facts)
        for outcome in outcomes:
            stored(story, replace(outcome, order=paper.order))
    return found


def stored(story: Cast, outcome: Outcome) -> None:
    """As a room does with what the document says."""
    drafts.keep(
        story.text.pk,
        outcome.written,
        outcome.order,
        outcome.writers or {w.id: [story.author.key] for w in outcome.written},
        timezone.now(),
    )


def type_into(story: Cast, paper: Paper, passage: Passage, wording: Wording) -> None:
    before = paper.wording(passage.pk)
    assert before is not None
    outcome = paper.edit([Replace(passage.pk, before, wording)], story.author.key)
    with transaction.atomic():
        stored(story, outcome)


def test_nothing_is_brought_in_when_nothing_changed(story: Cast, paper: Paper) -> None:
    assert bring_in(story, paper) == []


def test_an_edit_by_form_is_brought_in_once(story: Cast, paper: Paper) -> None:
    passage = story.passages[1]
    passage.edit(paragraph("We lost many seats."), story.secretary)
    [(editor, _edits)] = bring_in(story, paper)
    assert editor == story.secretary.key
    assert paper.plain(passage.pk) == "We lost many seats."
    assert bring_in(story, paper) == []


def test_what_is_being_typed_stays_when_a_form_changes_another_part(
    story: Cast, paper: Paper
) -> None:
    passage = story.passages[1]
    # The form and the room at the same moment: neither has heard of the other.
    outcome = paper.edit(
        [
            Replace(
                passage.pk, passage.value, paragraph("Truly, we lost fifty seats in four weeks.")
            )
        ],
        story.author.key,
    )
    passage.edit(paragraph("We lost fifty seats in just four weeks."), story.secretary)
    with transaction.atomic():
        stored(story, outcome)
    bring_in(story, paper)
    assert paper.plain(passage.pk) == "Truly, we lost fifty seats in just four weeks."


def test_what_the_room_wrote_itself_does_not_come_back(story: Cast, paper: Paper) -> None:
    passage = story.passages[1]
    type_into(story, paper, passage, paragraph("We lost."))
    drafts.settle(story.text)
    type_into(story, paper, passage, paragraph("We lost it all."))
    assert bring_in(story, paper) == []
    assert paper.plain(passage.pk) == "We lost it all."


def test_passages_added_moved_withdrawn_and_restored_by_forms(story: Cast, paper: Paper) -> None:
    one, two, three = story.passages[1:4]
    story.text.add([Incoming(paragraph("New."), "7")], story.secretary, after=one)
    three.move(None, story.secretary)
    two.withdraw(story.secretary)
    bring_in(story, paper)
    assert list(paper.order) == [p.pk for p in story.text.outline()]
    two.restore(story.secretary)
    bring_in(story, paper)
    assert list(paper.order) == [p.pk for p in story.text.outline()]
    assert paper.plain(two.pk) == two.value.plain


def test_a_form_reads_what_the_room_writes_first(story: Cast, paper: Paper) -> None:
    passage = story.passages[1]
    type_into(story, paper, passage, paragraph("We lost in the room."))
    passage.edit(paragraph("We lost by form."), story.secretary)
    assert [edit.after.plain for edit in passage.edits.order_by("seq")] == [
        "We lost in the room.",
        "We lost by form.",
    ]
    bring_in(story, paper)
    assert paper.plain(passage.pk) == "We lost by form."


def test_what_was_copied_from_another_text_gets_an_id_of_its_own(story: Cast, paper: Paper) -> None:
    other = Text.begin(story.commission, "other", "Another text", story.secretary)
    [theirs] = other.add([Incoming(paragraph("Copied."))], story.secretary)
    outcome = paper.edit(
        [Insert(theirs.pk, "", theirs.value, story.passages[1].pk)], story.author.key
    )
    with transaction.atomic():
        stored(story, outcome)
    assert drafts.settle(story.text).elsewhere
    bring_in(story, paper)
    drafts.settle(story.text)
    theirs.refresh_from_db()
    assert (theirs.text, theirs.value.plain) == (other, "Copied.")
    ours = story.text.outline()[2]
    assert (ours.value.plain, ours.pk) == ("Copied.", paper.order[2])
    assert ours.pk != theirs.pk
    assert bring_in(story, paper) == []


def test_whatever_happens_the_two_sides_agree_in_the_end(story: Cast, paper: Paper) -> None:
    chance = random.Random(3)
    fresh = 0
    for turn in range(120):
        rows = list(story.text.passages.filter(withdrawn=None).order_by("place"))
        row = chance.choice(rows)
        row.text = story.text
        act = chance.choice(["form", "add", "withdraw", "restore", "move", "type", "new", "out"])
        words = paragraph(f"Turn {turn} of the {act}.")
        # What the room writes may have put back or taken out what a form is about.
        with contextlib.suppress(Refused):
            if act == "form" and row.value.kind == "paragraph":
                row.edit(words, story.secretary)
            elif act == "add":
                story.text.add([Incoming(words)], story.secretary, after=row)
            elif act == "withdraw" and len(rows) > 4:
                row.withdraw(story.secretary)
            elif act == "restore":
                if gone := story.text.passages.exclude(withdrawn=None).first():
                    gone.restore(story.secretary)
            elif act == "move":
                row.move(chance.choice([None, *rows]), story.secretary)
            elif act == "type" and row.value.kind == "paragraph" and row.pk in paper.order:
                type_into(story, paper, row, words)
            elif act == "new":
                fresh += 1
                after = chance.choice(paper.order)
                edit = Insert(f"fresh{fresh:05}".replace("l", "k"), "", words, after)
                with transaction.atomic():
                    stored(story, paper.edit([edit], story.author.key))
            elif act == "out" and len(paper.order) > 4:
                names = chance.sample(paper.order, 2)
                with transaction.atomic():
                    stored(story, paper.edit([Remove(names[0])], story.author.key))
                    stored(story, paper.edit([Move(names[1], "")], story.author.key))
        if chance.random() < 0.4:
            bring_in(story, paper)
        if chance.random() < 0.2:
            drafts.settle(story.text)
    bring_in(story, paper)
    drafts.settle(story.text)
    bring_in(story, paper)
    here = [(p.pk, p.wording_id) for p in story.text.outline()]
    assert [(name, w.digest) for name, w in paper.passages.items()] == here
