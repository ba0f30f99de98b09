"""What people do to a text, and what the ledger makes of it."""

from __future__ import annotations

import json

import pytest

from folkmoot.algorithms.consent import Event, Refused, Status, replay
from folkmoot.algorithms.wording import Run, Wording, text
from folkmoot.commission.consent_log import _states, reading
from folkmoot.commission.models import Call, Passage, Seat, Stance, Text
from folkmoot.commission.models.passage import Overtaken, ReasonNeeded
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast, person, seat
from folkmoot.ledger.models import Entry, Stream


def status(passage: Passage) -> Status:
    with reading(passage.text) as state:
        return state.status(passage.id)


def entries(text: Text) -> list[Entry]:
    return list(Entry.objects.filter(stream__key=text.stream_key).order_by("seq"))


def test_a_passage_is_agreed_when_every_seat_accepts_its_words(story: Cast) -> None:
    passage = story.passages[1]
    for holder in (story.ada, story.bea):
        passage.take_stance(holder, passage.wording_id, "accept")
    assert status(passage) is Status.AWAITING
    passage.take_stance(story.cem, passage.wording_id, "endorse")
    assert status(passage) is Status.AGREED


def test_the_same_answer_sent_twice_is_one_event(story: Cast) -> None:
    passage = story.passages[1]
    assert passage.take_stance(story.ada, passage.wording_id, "accept") is not None
    before = len(entries(story.text))
    assert passage.take_stance(story.ada, passage.wording_id, "accept") is None
    assert len(entries(story.text)) == before
    assert Stance.objects.count() == 1


def test_changing_ones_mind_and_back_is_three_events(story: Cast) -> None:
    passage = story.passages[1]
    for position in ("accept", "endorse", "accept"):
        assert passage.take_stance(story.ada, passage.wording_id, position) is not None


def test_the_same_answer_after_an_edit_and_back_is_not_asked_again(story: Cast) -> None:
    passage = story.passages[1]
    first = passage.value
    passage.take_stance(story.ada, first.digest, "accept")
    passage.edit(text("paragraph", "We lost sixty seats in four weeks."), story.author)
    with pytest.raises(Refused, match="changed"):
        passage.take_stance(story.ada, first.digest, "accept")
    passage.edit(first, story.author)
    assert passage.take_stance(story.ada, first.digest, "accept") is None


def test_a_stance_on_words_that_changed_is_refused_and_changes_nothing(story: Cast) -> None:
    passage = story.passages[1]
    read = passage.wording_id
    passage.edit(text("paragraph", "We lost sixty seats."), story.author)
    before = len(entries(story.text))
    with pytest.raises(Refused) as refusal:
        passage.take_stance(story.ada, read, "accept")
    assert refusal.value.code == "stale_wording"
    assert refusal.value.current == passage.wording_id
    assert len(entries(story.text)) == before
    assert not Stance.objects.exists()


@pytest.mark.parametrize("position", ["reserve", "stand_aside", "object"])
def test_some_answers_need_a_reason(story: Cast, position: str) -> None:
    passage = story.passages[1]
    with pytest.raises(ReasonNeeded):
        passage.take_stance(story.ada, passage.wording_id, position, reason="  ")
    assert passage.take_stance(story.ada, passage.wording_id, position, reason="Because.")


def test_a_seat_of_another_commission_cannot_speak(story: Cast) -> None:
    from folkmoot.commission.models import Commission

    other = Commission.objects.create(slug="other", name="Other")
    stranger = seat(other, 1, person("Zoe"))
    passage = story.passages[1]
    with pytest.raises(Refused, match="roster"):
        passage.take_stance(stranger, passage.wording_id, "accept")


def test_an_edit_of_substance_unsettles_and_an_editorial_one_carries(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    edit = passage.edit(
        text("paragraph", "Branches should meet every month ."),
        story.author,
        editorial=True,
        reason="A space.",
    )
    assert edit is not None
    assert edit.kind == "editorial"
    assert status(passage) is Status.AGREED
    edit = passage.edit(text("paragraph", "Branches must meet every month."), story.author)
    assert edit is not None
    assert edit.kind == "substantive"
    assert status(passage) is Status.AWAITING


def test_a_change_of_should_to_must_is_never_editorial(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    edit = passage.edit(
        text("paragraph", "Branches must meet every month."), story.author, editorial=True
    )
    assert edit is not None
    assert edit.kind == "substantive"


def test_a_dispute_takes_away_what_an_editorial_edit_carried(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    passage.edit(
        text("paragraph", "Branches should meet every month ."), story.author, editorial=True
    )
    passage.dispute(story.bea)
    assert status(passage) is Status.AWAITING


def test_white_space_is_no_change(story: Cast) -> None:
    passage = story.passages[2]
    before = len(entries(story.text))
    same = Wording("paragraph", (Run("Branches  should meet\nevery month. "),))
    assert passage.edit(same, story.author) is None
    assert len(entries(story.text)) == before


def test_a_stale_editor_overwrites_nothing(story: Cast) -> None:
    passage = story.passages[2]
    seen = passage.wording_id
    passage.edit(text("paragraph", "Branches should meet often."), story.bea.person)
    with pytest.raises(Overtaken) as overtaken:
        passage.edit(text("paragraph", "Branches might meet."), story.author, seen=seen)
    assert overtaken.value.current.plain == "Branches should meet often."
    passage.refresh_from_db()
    assert passage.value.plain == "Branches should meet often."


def test_a_variant_that_all_accept_is_agreed_when_made_current(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    better = text("paragraph", "Branches should meet every week.")
    variant = passage.propose(better, story.ada.person, seat=story.ada)
    assert status(passage) is Status.AGREED
    for holder in story.seats:
        passage.take_stance(holder, better.digest, "accept")
    assert status(passage) is Status.TIE
    variant.make_current(story.author)
    passage.refresh_from_db()
    assert passage.value == better
    assert status(passage) is Status.AGREED
    variant.refresh_from_db()
    assert variant.adopted


def test_proposing_the_same_words_twice_is_one_proposal(story: Cast) -> None:
    passage = story.passages[2]
    better = text("paragraph", "Branches should meet every week.")
    first = passage.propose(better, story.ada.person)
    assert passage.propose(better, story.bea.person) == first
    with pytest.raises(Refused):
        passage.propose(passage.value, story.ada.person)
    first.withdraw(story.ada.person)
    first.withdraw(story.ada.person)
    assert passage.propose(better, story.bea.person) != first


def test_a_withdrawn_passage_leaves_the_text_and_can_come_back(story: Cast) -> None:
    passage = story.passages[1]
    passage.withdraw(story.author)
    assert passage.id not in [p.id for p in story.text.outline()]
    with pytest.raises(Refused):
        passage.take_stance(story.ada, passage.wording_id, "accept")
    passage.restore(story.author)
    assert [p.id for p in story.text.outline()].index(passage.id) == 1


def test_moving_changes_the_order_and_no_stance(story: Cast) -> None:
    passage = story.passages[1]
    story.all_accept(passage)
    passage.move(story.passages[4], story.author)
    order = [p.id for p in story.text.outline()]
    assert order.index(passage.id) == order.index(story.passages[4].id) + 1
    assert status(passage) is Status.AGREED
    passage.move(None, story.author)
    assert story.text.outline()[0].id == passage.id


def test_passages_can_be_added_between_two_again_and_again(story: Cast) -> None:
    anchor = story.passages[1]
    for n in range(40):
        story.text.add([Incoming(text("paragraph", f"Number {n}."))], story.author, after=anchor)
    plain = [p.value.plain for p in story.text.outline()]
    assert plain[2:42] == [f"Number {n}." for n in reversed(range(40))]


def test_a_seat_that_leaves_keeps_its_objection_alive(story: Cast) -> None:
    contested, agreed = story.passages[1], story.passages[2]
    story.all_accept(agreed)
    contested.take_stance(story.ada, contested.wording_id, "object", reason="No.")
    story.ada.leave(story.ada.person)
    story.ada.leave(story.ada.person)
    story.ada.refresh_from_db()
    assert not story.ada.is_current
    assert status(agreed) is Status.AGREED
    for holder in (story.bea, story.cem):
        contested.take_stance(holder, contested.wording_id, "accept")
    assert status(contested) is not Status.AGREED
    Call.open(
        story.text, "Once more", [contested], contested.created.replace(year=2099), story.secretary
    )
    assert status(contested) is Status.AGREED


def test_a_kept_seat_counts_once_it_is_taken(story: Cast) -> None:
    passage = story.passages[1]
    kept = Seat.keep(story.commission, "Dora")
    story.all_accept(passage)
    assert status(passage) is Status.AGREED
    kept.take(person("Dora"))
    assert status(passage) is Status.AWAITING


def test_the_charter_is_fixed_by_the_first_stance(story: Cast) -> None:
    story.commission.adopt_charter(story.secretary, rule="consensus")
    with reading(story.text) as state:
        assert state.charter.rule == "consensus"
    story.passages[1].take_stance(story.ada, story.passages[1].wording_id, "accept")
    with pytest.raises(Refused, match="fixed"):
        story.commission.adopt_charter(story.secretary, rule="unanimity")
    story.commission.refresh_from_db()
    assert story.commission.rule == "consensus"


def test_closing_a_call_changes_no_status(story: Cast) -> None:
    call = Call.open(
        story.text,
        "Answer by Friday",
        story.passages,
        story.text.created.replace(year=2099),
        story.secretary,
    )
    with reading(story.text) as state:
        before = dict(state.statuses())
    call.close(story.secretary)
    call.close(story.secretary)
    with reading(story.text) as state:
        assert dict(state.statuses()) == before


def busy(story: Cast) -> None:
    """A bit of everything."""
    p = story.passages
    story.all_accept(but=[story.cem])
    p[1].take_stance(story.cem, p[1].wording_id, "object", reason="No.", would_accept="Fewer.")
    p[1].address(story.cem, story.author)
    p[2].edit(text("paragraph", "Branches should meet every month ."), story.author, editorial=True)
    p[2].dispute(story.bea)
    p[4].edit(text("item", "Write to every member once a year.", depth=1), story.author)
    p[5].propose(text("paragraph", "Two secretaries."), story.ada.person)
    p[6].withdraw(story.author)
    p[3].move(p[5], story.author)
    story.ada.leave(story.ada.person)


def test_replaying_the_ledger_gives_the_state_and_the_rows(story: Cast) -> None:
    busy(story)
    events = [Event(e.seq, e.act, e.opened) for e in entries(story.text)]
    fresh = replay(events)
    with reading(story.text) as state:
        assert fresh.statuses() == state.statuses()
        assert fresh.included() == state.included()
        assert fresh.roster == state.roster
    for passage in Passage.objects.filter(text=story.text):
        assert fresh.current(passage.id) == passage.wording_id
        assert set(fresh.variants(passage.id)) == set(
            passage.variants.standing().values_list("wording_id", flat=True)
        )
        assert (fresh.status(passage.id) is Status.WITHDRAWN) == (passage.withdrawn is not None)


def test_another_process_comes_to_the_same_state(story: Cast) -> None:
    busy(story)
    with reading(story.text) as state:
        kept = dict(state.statuses())
    _states.forget(story.text.stream_key)
    with reading(story.text) as state:
        assert dict(state.statuses()) == kept


def test_the_chain_holds_and_shows_nothing_that_is_sealed(story: Cast) -> None:
    busy(story)
    stream = Stream.objects.get(key=story.text.stream_key)
    assert stream.broken() is None
    shown = json.dumps([e.payload for e in entries(story.text)])
    for secret in ("object", "accept", "No.", "Fewer.", "seats_beyond"):
        assert f'"{secret}"' not in shown


def test_the_chain_looks_the_same_whatever_a_seat_says(story: Cast) -> None:
    passage = story.passages[1]
    passage.take_stance(story.ada, passage.wording_id, "accept")
    passage.take_stance(
        story.bea, passage.wording_id, "object", reason="A reason", would_accept="Other words"
    )
    accept, objection = entries(story.text)[-2:]
    assert accept.payload.keys() == objection.payload.keys()
    assert accept.payload["sealed"].keys() == objection.payload["sealed"].keys()


def test_a_failed_transaction_leaves_no_trace_in_the_state(story: Cast) -> None:
    from django.db import transaction

    passage = story.passages[1]

    def fail() -> None:
        with transaction.atomic():
            passage.take_stance(story.ada, passage.wording_id, "accept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(story.text) as state:
        assert state.price(passage.id) == 0
    passage.take_stance(story.bea, passage.wording_id, "accept")
    with reading(story.text) as state:
        assert state.price(passage.id) == 1
