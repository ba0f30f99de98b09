"""From what is agreed to an edition: nothing without every seat, nothing changes afterwards."""

import pytest

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.edition import manifest_digest
from folkmoot.algorithms.wording import text
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import Seat
from folkmoot.people.models import Person
from folkmoot.review.assembly import assemble
from folkmoot.review.models import Candidate, Edition
from folkmoot.review.packing import bundle_files


def test_an_edition_leaves_out_exactly_what_is_contested(published) -> None:
    assembly, edition = published
    contested = assembly.passages[7].id
    assert [e["id"] for e in edition.manifest["passages"]] == [
        p.id for p in assembly.passages if p.id != contested
    ]
    assert edition.number == 1
    assert edition.claim == "All 15 seats agree to every word of this text."


def test_nothing_agreed_cannot_be_frozen(assembly) -> None:
    with pytest.raises(Refused) as refused:
        assembly.candidate()
    assert refused.value.code == "nothing_agreed"


def test_one_candidate_at_a_time(assembly) -> None:
    assembly.agree()
    assembly.candidate()
    with pytest.raises(Refused) as refused:
        assembly.candidate()
    assert refused.value.code == "candidate_frozen"
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize("missing", [1, 15])
def test_publication_needs_every_signature(assembly, missing: int) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assembly.sign(candidate, assembly.seats[missing:])
    with pytest.raises(Refused) as refused:
        Edition.publish(candidate, assembly.secretary)
    assert refused.value.code == "not_signed"
    assert not Edition.objects.exists()


def test_signing_twice_signs_once(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assert candidate.sign(assembly.seats[0]) == candidate.sign(assembly.seats[0])
    assert candidate.sign_offs.count() == 1


def test_publishing_twice_publishes_once(published) -> None:
    assembly, edition = published
    assert Edition.publish(edition.candidate, assembly.secretary) == edition
    assert Edition.objects.count() == 1


def test_a_seat_that_joins_meanwhile_stops_the_publication(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assembly.sign(candidate)
    late = Seat.objects.create(
        commission=assembly.text.commission,
        number=16,
        person=Person.objects.create_user("late@example.org", "Late"),
        public_name="Late",
    )
    late.join(assembly.secretary)
    with pytest.raises(Refused):
        Edition.publish(candidate, assembly.secretary)
    candidate.send_back(assembly.seats[0], "Late has to read it.")
    assert not candidate.is_open


def test_an_objection_after_freezing_stops_the_publication(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assembly.sign(candidate)
    passage = assembly.passages[2]
    passage.take_stance(assembly.seats[3], passage.wording_id, "object", reason="No longer.")
    with pytest.raises(Refused):
        Edition.publish(candidate, assembly.secretary)
    assert not Edition.objects.exists()


def test_a_name_changed_after_signing_is_another_manifest_and_can_be_sent_back(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assembly.sign(candidate)
    assembly.seats[4].public_name = "Harpreet Dhanoa"
    assembly.seats[4].save()
    with pytest.raises(Refused) as refused:
        Edition.publish(candidate, assembly.secretary)
    assert refused.value.code == "wrong_manifest"
    candidate.send_back(assembly.seats[0], "A name has changed.")
    assert assembly.publish().number == 1


def test_what_all_signed_cannot_be_sent_back(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    assembly.sign(candidate)
    with pytest.raises(Refused) as refused:
        candidate.send_back(assembly.seats[0], "I changed my mind.")
    assert refused.value.code == "everyone_signed"


def test_sent_back_the_text_can_be_edited_and_frozen_again(assembly) -> None:
    assembly.agree()
    candidate = assembly.candidate()
    passage = assembly.passages[2]
    with pytest.raises(Refused):
        passage.edit(text("paragraph", "Other words."), assembly.author)
    with pytest.raises(Refused):
        passage.move(None, assembly.author)
    candidate.send_back(assembly.seats[0], "Not yet.")
    passage.edit(text("paragraph", "Other words."), assembly.author)
    again = assembly.candidate()
    assert passage.id not in {e["id"] for e in again.passages()}


def test_carried_answers_are_reaffirmed_before_signing(assembly) -> None:
    passage = assembly.passages[2]
    for seat in assembly.seats:
        passage.take_stance(seat, passage.wording_id, "accept")
    assembly.agree([p for p in assembly.passages if p.id != passage.id])
    passage.edit(
        text("paragraph", "Nobody had asked the branches!"),
        assembly.author,
        editorial=True,
        reason="A full stop too quiet.",
    )
    candidate = assembly.candidate()
    seat = assembly.seats[0]
    with pytest.raises(Refused) as refused:
        candidate.sign(seat)
    assert refused.value.code == "reaffirm_first"
    (carried,) = candidate.carried(seat)
    assert carried.passage == passage.id
    assert candidate.reaffirm(seat, [(carried.passage, "f" * 64)]) == 0
    pair = (carried.passage, carried.digest)
    assert candidate.reaffirm(seat, [pair, pair]) == 1
    assert candidate.reaffirm(seat, [pair]) == 0
    assert not candidate.carried(seat)
    candidate.sign(seat)
    assert candidate.carried(assembly.seats[1])


def test_no_later_event_changes_an_edition(published) -> None:
    assembly, edition = published
    before = bundle_files(edition), edition.manifest
    passage = assembly.passages[2]
    passage.edit(text("paragraph", "Other words."), assembly.author)
    assembly.passages[3].withdraw(assembly.author)
    assembly.passages[0].move(assembly.passages[5], assembly.author)
    assembly.text.title = "Another title"
    assembly.text.paragraphs = "continuous"
    assembly.text.save()
    again = Edition.objects.get(pk=edition.pk)
    assert (bundle_files(again), again.manifest) == before
    assert manifest_digest(again.manifest) == again.digest


def test_a_second_edition_keeps_ids_and_may_renumber(published) -> None:
    assembly, first = published
    assembly.passages[3].withdraw(assembly.author)
    second = assembly.publish()
    assert second.number == 2
    kept = assembly.passages[8].id
    numbers = [
        {e["id"]: e["number"] for e in edition.manifest["passages"]} for edition in (first, second)
    ]
    assert [n[kept] for n in numbers] == ["2", "1"]


def test_the_manifest_signed_is_the_one_computed_afresh(published) -> None:
    assembly, edition = published
    with reading(assembly.text) as state:
        fresh = assemble(assembly.text, state)
    assert fresh | {"edition": 1} == edition.manifest


def test_under_consensus_those_who_stand_aside_are_named(begin) -> None:
    assembly = begin(rule="consensus")
    passage = assembly.passages[2]
    assembly.agree([p for p in assembly.passages if p.id != passage.id])
    for seat in assembly.seats:
        position = "stand_aside" if seat == assembly.seats[5] else "accept"
        passage.take_stance(seat, passage.wording_id, position, reason="I was not there.")
    edition = assembly.publish()
    assert edition.manifest["aside"] == [[passage.id, assembly.seats[5].key]]
    assert edition.claim.startswith("Nobody of the 15 seats opposes")
