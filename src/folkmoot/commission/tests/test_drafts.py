"""Words being written: kept with the keystrokes, recorded as acts when they rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms.consent import Refused, Status, Why
from folkmoot.algorithms.wording import Asks, Run, Wording, text
from folkmoot.commission import drafts
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import Draft, Edit, Passage
from folkmoot.people.models import Person

from .cast import Cast, cast

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Wrote:
    """What the live document says of one passage."""

    id: str
    wording: Wording | None
    of: str = ""
    label: str = ""

    @property
    def digest(self) -> str:
        return self.wording.digest if self.wording else ""


@pytest.fixture
def story() -> Cast:
    return cast()


def keep(
    story: Cast,
    *written: Wrote,
    by: Person | None = None,
    order: Iterable[str] | None = None,
) -> drafts.Kept:
    writer = (by or story.author).key
    with transaction.atomic():
        return drafts.keep(
            story.text.pk,
            written,
            None if order is None else list(order),
            {one.id: [writer] for one in written},
            timezone.now(),
        )


def status(story: Cast, passage: Passage) -> Status:
    with reading(story.text) as state:
        return state.status(passage.id)


def paragraph(words: str) -> Wording:
    return text("paragraph", words)


def test_the_first_keystroke_after_a_rest_is_recorded_and_the_next_wait(story: Cast) -> None:
    passage = story.passages[1]
    assert keep(story, Wrote(passage.id, paragraph("W"))).recorded == (passage.id,)
    kept = keep(story, Wrote(passage.id, paragraph("We lost fifty-one seats.")))
    assert kept == drafts.Kept((), (passage.id,))
    assert passage.edits.count() == 1
    settled = drafts.settle(story.text, [passage.id])
    passage.refresh_from_db()
    assert settled.recorded == (passage.id,)
    assert passage.value.plain == "We lost fifty-one seats."
    assert passage.edits.first().editor == story.author
    assert not Draft.objects.exists()


def test_when_a_change_is_recorded_tells_nobody_of_a_stance(story: Cast) -> None:
    silent, spoken = story.passages[1], story.passages[2]
    story.all_accept(spoken)
    for words in ("One.", "One and two.", "One and two and three."):
        first = keep(story, Wrote(silent.id, paragraph(f"{words} Here.")))
        second = keep(story, Wrote(spoken.id, paragraph(f"{words} There.")))
        assert bool(first.recorded) == bool(second.recorded)


def test_the_first_keystroke_on_accepted_words_is_recorded_at_once(story: Cast) -> None:
    passage = story.passages[1]
    story.all_accept(passage)
    assert status(story, passage) is Status.AGREED
    kept = keep(story, Wrote(passage.id, paragraph("We lost fifty seats in four weeksx.")))
    assert kept.recorded == (passage.id,)
    assert status(story, passage) is Status.AWAITING


def test_going_back_to_accepted_words_revives_with_the_keystroke(story: Cast) -> None:
    passage = story.passages[1]
    agreed = passage.value
    story.all_accept(passage)
    keep(story, Wrote(passage.id, paragraph("Other words.")))
    keep(story, Wrote(passage.id, paragraph("Other words again.")))
    kept = keep(story, Wrote(passage.id, agreed))
    assert kept.recorded == (passage.id,)
    assert status(story, passage) is Status.AGREED


def test_a_draft_goes_when_the_words_are_what_they_were(story: Cast) -> None:
    passage = story.passages[1]
    keep(story, Wrote(passage.id, paragraph("Half")))
    keep(story, Wrote(passage.id, paragraph("Half a th")))
    assert Draft.objects.count() == 1
    keep(story, Wrote(passage.id, paragraph("Half")))
    assert not Draft.objects.exists()
    assert passage.edits.count() == 1


def test_a_declared_slip_waits_and_carries(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    drafts.declare(story.text, passage.id, story.author.key, editorial=True, reason="A comma.")
    kept = keep(story, Wrote(passage.id, paragraph("Branches should meet, every month.")))
    assert kept.recorded == ()
    drafts.settle(story.text)
    assert passage.edits.get().kind == Edit.Kind.EDITORIAL
    assert status(story, passage) is Status.AGREED


def test_a_declared_slip_that_changes_the_sense_is_one_of_substance(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    drafts.declare(story.text, passage.id, story.author.key, editorial=True, reason="A comma.")
    keep(story, Wrote(passage.id, paragraph("Branches must meet every month.")))
    drafts.settle(story.text)
    assert passage.edits.get().kind == Edit.Kind.SUBSTANTIVE
    assert status(story, passage) is Status.AWAITING


def test_a_new_passage_is_recorded_at_its_place_once_it_has_words(story: Cast) -> None:
    ids = [p.id for p in story.passages]
    order = [*ids[:2], "newone0001", *ids[2:]]
    keep(story, Wrote("newone0001", paragraph("")), order=order)
    assert drafts.settle(story.text).unfinished == ("newone0001",)
    keep(story, Wrote("newone0001", paragraph("A new thought.")))
    assert drafts.settle(story.text).recorded == ("newone0001",)
    assert [p.id for p in story.text.outline()] == order


def test_new_passages_find_each_other_when_both_are_recorded_together(story: Cast) -> None:
    ids = [p.id for p in story.passages]
    order = ["firstnew01", "secondnew1", *ids, "lastnew001"]
    keep(
        story,
        Wrote("secondnew1", paragraph("Two.")),
        Wrote("lastnew001", paragraph("Three.")),
        Wrote("firstnew01", paragraph("One.")),
        order=order,
    )
    drafts.settle(story.text)
    assert [p.id for p in story.text.outline()] == order


def test_a_passage_taken_out_is_withdrawn_and_comes_back_with_its_words(story: Cast) -> None:
    passage = story.passages[1]
    words = passage.value
    story.all_accept(passage)
    rest = [p.id for p in story.passages if p != passage]
    assert keep(story, Wrote(passage.id, None), order=rest).recorded == (passage.id,)
    passage.refresh_from_db()
    assert passage.withdrawn is not None
    keep(story, Wrote(passage.id, words), order=[p.id for p in story.passages])
    passage.refresh_from_db()
    assert passage.withdrawn is None
    assert status(story, passage) is Status.AGREED


def test_a_passage_that_was_emptied_is_out_of_the_text(story: Cast) -> None:
    passage = story.passages[1]
    keep(story, Wrote(passage.id, paragraph(" ")))
    drafts.settle(story.text)
    passage.refresh_from_db()
    assert passage.withdrawn is not None


def test_cutting_an_accepted_passage_in_two_carries_to_both_halves(story: Cast) -> None:
    passage = story.passages[1]
    story.all_accept(passage)
    ids = [p.id for p in story.passages]
    kept = keep(
        story,
        Wrote(passage.id, paragraph("We lost fifty seats ")),
        Wrote("secondhalf", paragraph("in four weeks.")),
        order=[*ids[:2], "secondhalf", *ids[2:]],
    )
    assert set(kept.recorded) == {passage.id, "secondhalf"}
    assert passage.edits.get().kind == Edit.Kind.SPLIT
    with reading(story.text) as state:
        assert state.status(passage.id) is Status.AGREED
        assert state.status("secondhalf") is Status.AGREED
        assert {n.why for n in state.needs("s01") if n.passage == "secondhalf"} == {Why.CARRIED}


def test_joining_two_accepted_passages_carries(story: Cast) -> None:
    one, two = story.passages[1], story.passages[2]
    story.all_accept(one, two)
    joined = paragraph(f"{one.value.plain} {two.value.plain}")
    rest = [p.id for p in story.passages if p != two]
    keep(story, Wrote(one.id, joined), Wrote(two.id, None), order=rest)
    two.refresh_from_db()
    assert two.withdrawn is not None
    assert one.edits.get().kind == Edit.Kind.MERGE
    assert status(story, one) is Status.AGREED


def test_half_of_a_passage_with_other_words_carries_nothing(story: Cast) -> None:
    passage = story.passages[1]
    story.all_accept(passage)
    keep(
        story,
        Wrote(passage.id, paragraph("We lost fifty seats")),
        Wrote("secondhalf", paragraph("in five weeks.")),
    )
    assert passage.edits.get().kind == Edit.Kind.SUBSTANTIVE
    assert status(story, passage) is Status.AWAITING


def test_a_recommendation_without_addressee_waits(story: Cast) -> None:
    passage = story.passages[1]
    keep(
        story,
        Wrote(passage.id, Wording("recommendation", (Run("Do it."),), asks=Asks("", "", "both"))),
    )
    assert drafts.settle(story.text).unfinished == (passage.id,)
    with pytest.raises(Refused, match="not finished"):
        drafts.settled_or_refused(story.text)


def test_moving_changes_places_and_no_stance(story: Cast) -> None:
    story.all_accept()
    ids = [p.id for p in story.passages]
    order = [ids[3], *ids[:3], *ids[4:]]
    keep(story, order=order)
    assert [p.id for p in story.text.outline()] == order
    assert status(story, story.passages[3]) is Status.AGREED


def test_a_stance_on_words_that_are_being_changed_is_refused(story: Cast) -> None:
    passage = story.passages[1]
    keep(story, Wrote(passage.id, paragraph("What I")))
    passage.refresh_from_db()
    read = passage.wording_id
    keep(story, Wrote(passage.id, paragraph("What I write now.")))
    with pytest.raises(Refused) as refusal:
        passage.take_stance(story.ada, read, "accept")
    assert refusal.value.code == "stale_wording"
    passage.refresh_from_db()
    assert passage.value.plain == "What I write now."


def test_a_wording_being_prepared_is_no_passage(story: Cast) -> None:
    passage = story.passages[1]
    keep(story, Wrote("var0000001", paragraph("Another way."), of=passage.id))
    drafts.settle(story.text)
    assert Draft.objects.get().of == passage.id
    keep(story, Wrote("var0000001", None, of=passage.id))
    assert not Draft.objects.exists()


def test_everybody_who_wrote_is_named_the_latest_last(story: Cast) -> None:
    passage = story.passages[1]
    keep(story, Wrote(passage.id, paragraph("By somebody.")))
    for person in (story.author, story.secretary, story.author):
        keep(story, Wrote(passage.id, paragraph(f"By {person.name}.")), by=person)
    assert Draft.objects.get().writers == [story.secretary.key, story.author.key]


@given(st.permutations(range(9)), st.lists(st.integers(1, 30), min_size=9, max_size=9))
def test_moved_passages_stand_in_the_order_asked_for(order: list[int], gaps: list[int]) -> None:
    places, rows = 0, []
    for n, gap in enumerate(gaps):
        places += gap
        rows.append((str(n), places))
    wanted = [str(n) for n in order if n != 4]
    moved = drafts.moves(rows, wanted)
    after = {**dict(rows), **moved}
    assert sorted(wanted, key=after.__getitem__) == wanted
    assert len({after[name] for name in wanted}) == len(wanted)
