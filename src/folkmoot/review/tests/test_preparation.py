"""The way to an edition in the browser: pre-flight, candidate, signatures, publication."""

from __future__ import annotations

import pytest

from folkmoot.algorithms.wording import text
from folkmoot.commission.models import Seat
from folkmoot.people.models import Person
from folkmoot.review.models import Candidate, Edition

PREPARE, FREEZE = "/texts/way/edition/", "/texts/way/edition/freeze/"
CANDIDATE = "/texts/way/candidate/"


def words(response) -> str:
    return " ".join(response.content.decode().split())


def frozen_by(assembly, signed_in):
    browser = signed_in(assembly.secretary)
    head = browser.get(FREEZE).context["head"]
    browser.post(FREEZE, {"head": head})
    return Candidate.objects.latest("pk"), browser


def test_the_preflight_says_what_is_in_and_what_is_not_and_why(assembly, signed_in) -> None:
    assembly.agree(but=[assembly.passages[7]])
    page = signed_in(assembly.author).get(PREPARE)
    found = page.context["found"]
    assert (len(found.included), len(found.left_out)) == (11, 1)
    assert found.kinds["recommendation"] == 3
    assert "Amina objects." in words(page)


def test_in_a_secret_vote_the_preflight_names_nobody(assembly, signed_in) -> None:
    assembly.text.commission.visibility = "secret"
    assembly.text.commission.save()
    assembly.agree(but=[assembly.passages[7]])
    page = words(signed_in(assembly.author).get(PREPARE))
    assert "1 seat objects." in page
    assert "Amina" not in page


def test_an_officer_with_a_seat_learns_nothing_before_answering(assembly, signed_in) -> None:
    """Whoever holds a seat is treated as a seat, also while preparing an edition."""
    seat = Seat.objects.create(
        commission=assembly.text.commission, number=16, person=assembly.author, public_name="Owen"
    )
    seat.join(assembly.secretary)
    assembly.agree(but=[assembly.passages[7]])
    page = words(signed_in(assembly.author).get(PREPARE))
    assert "Amina" not in page
    assert "It waits for your own answer." in page


def test_the_preflight_finds_what_a_reader_would_stumble_over(begin, signed_in) -> None:
    assembly = begin(
        words=[
            text("heading", "Left out", depth=1),
            text("paragraph", "As recommendation 12 says, TBC."),
            text("heading", "Nothing under it", depth=1),
        ]
    )
    assembly.agree(assembly.passages[1:])
    found = signed_in(assembly.author).get(PREPARE).context["found"]
    assert [one.words for one in found.broken] == ["recommendation 12"]
    assert len(found.unfinished) == 1
    assert [one.passage for one in found.hollow] == [assembly.passages[2]]
    assert [one.passage for one in found.headless] == [assembly.passages[0]]


def test_the_preflight_tells_which_recommendations_get_another_number(published, signed_in) -> None:
    assembly, _ = published
    assembly.passages[3].withdraw(assembly.author)
    page = signed_in(assembly.author).get(PREPARE)
    found = [(one.before, one.after) for one in page.context["found"].renumbered]
    assert found == [("1", ""), ("2", "1"), ("3", "2")]
    assert "2 → 1" in words(page)


def test_nothing_agreed_says_how_to_begin(assembly, signed_in) -> None:
    assert "Nothing is agreed yet" in words(signed_in(assembly.author).get(PREPARE))
    assert "Nothing is agreed yet" in words(signed_in(assembly.author).get(FREEZE))


def test_from_freezing_to_publication(assembly, signed_in, client) -> None:
    assembly.agree(but=[assembly.passages[7]])
    candidate, secretary = frozen_by(assembly, signed_in)
    assert "15 signatures are missing" in words(secretary.get(CANDIDATE))
    for seat in assembly.seats:
        browser = signed_in(seat.person)
        for _ in range(2):
            browser.post(f"{CANDIDATE}sign/", {"manifest": candidate.digest})
        assert "You signed on" in words(browser.get(CANDIDATE))
    assert candidate.sign_offs.count() == 15
    for _ in range(2):
        answer = secretary.post(f"{CANDIDATE}publish/", {"manifest": candidate.digest})
        assert answer["Location"] == "/reviews/way/1/"
    assert Edition.objects.count() == 1
    assert client.get("/reviews/way/1/").status_code == 200
    assert "Every seat signed" in words(secretary.get(CANDIDATE))


def test_the_candidate_can_be_read_as_it_would_be_published(assembly, signed_in) -> None:
    assembly.agree(but=[assembly.passages[7]])
    frozen_by(assembly, signed_in)
    page = words(signed_in(assembly.seats[3].person).get(f"{CANDIDATE}read/"))
    assert "Nobody had asked the branches." in page
    assert "A kitchen table" not in page


def test_publishing_before_all_have_signed_is_refused_in_a_sentence(assembly, signed_in) -> None:
    assembly.agree()
    candidate, secretary = frozen_by(assembly, signed_in)
    assembly.sign(candidate, assembly.seats[1:])
    answer = secretary.post(f"{CANDIDATE}publish/", {"manifest": candidate.digest}, follow=True)
    assert "Not every seat has signed this candidate yet." in words(answer)
    assert not Edition.objects.exists()


def test_freezing_what_was_not_looked_at_asks_once_more(assembly, signed_in) -> None:
    assembly.agree()
    browser = signed_in(assembly.secretary)
    head = browser.get(FREEZE).context["head"]
    assembly.passages[2].take_stance(
        assembly.seats[0], assembly.passages[2].wording_id, "object", reason="Wait."
    )
    answer = browser.post(FREEZE, {"head": head}, follow=True)
    assert "Something changed since you looked" in words(answer)
    assert not Candidate.objects.exists()


def test_two_who_freeze_at_once_get_one_candidate(assembly, signed_in) -> None:
    assembly.agree()
    one, other = signed_in(assembly.secretary), signed_in(assembly.author)
    heads = [browser.get(FREEZE).context["head"] for browser in (one, other)]
    for browser, head in zip((one, other), heads, strict=True):
        answer = browser.post(FREEZE, {"head": head})
        assert answer["Location"] == CANDIDATE
    assert Candidate.objects.count() == 1
    assert "A candidate is being signed" in words(other.get(CANDIDATE))


def test_sending_back_needs_a_reason_and_keeps_what_was_typed(assembly, signed_in) -> None:
    assembly.agree()
    candidate, _ = frozen_by(assembly, signed_in)
    browser = signed_in(assembly.seats[2].person)
    sent = {"manifest": candidate.digest, "reason": " "}
    answer = browser.post(f"{CANDIDATE}return/", sent)
    assert answer.status_code == 422
    assert "Give a reason" in words(answer)
    sent["reason"] = "Chapter 1 <b>first</b>."
    answer = browser.post(f"{CANDIDATE}return/", sent, follow=True)
    assert "Chapter 1 &lt;b&gt;first&lt;/b&gt;." in words(answer)
    stale = signed_in(assembly.seats[1].person).post(
        f"{CANDIDATE}sign/", {"manifest": candidate.digest}, follow=True
    )
    assert "The candidate was sent back meanwhile" in words(stale)
    assert not candidate.sign_offs.exists()


def test_a_signature_for_another_candidate_than_was_read_does_not_count(
    assembly, signed_in
) -> None:
    assembly.agree()
    first, _ = frozen_by(assembly, signed_in)
    first.send_back(assembly.seats[0], "Again.")
    assembly.passages[2].withdraw(assembly.author)
    second, _ = frozen_by(assembly, signed_in)
    answer = signed_in(assembly.seats[1].person).post(
        f"{CANDIDATE}sign/", {"manifest": first.digest}, follow=True
    )
    assert "A new candidate was frozen while you were reading" in words(answer)
    assert not second.sign_offs.exists()


def test_one_act_reaffirms_all_shown_and_each_is_its_own_stance(assembly, signed_in) -> None:
    changed = [assembly.passages[2], assembly.passages[10]]
    for passage in changed:
        for seat in assembly.seats:
            passage.take_stance(seat, passage.wording_id, "accept", reason="Yes.")
    assembly.agree([p for p in assembly.passages if p not in changed])
    for passage in changed:
        plain = passage.value.plain
        passage.edit(
            text("paragraph", plain.replace(".", "!")), assembly.author, editorial=True, reason="!"
        )
    candidate, _ = frozen_by(assembly, signed_in)
    seat = assembly.seats[4]
    browser = signed_in(seat.person)
    page = browser.get(CANDIDATE)
    assert "2 passages were changed editorially" in words(page)
    refused = browser.post(f"{CANDIDATE}sign/", {"manifest": candidate.digest}, follow=True)
    assert "please confirm them first" in words(refused)
    shown = [f"{one.passage}:{one.digest}" for one in page.context["carried"]]
    sent = {"manifest": candidate.digest, "shown": [*shown, "rubbish", "a:b"]}
    answer = browser.post(f"{CANDIDATE}reaffirm/", sent, follow=True)
    assert "2 answers are re-affirmed." in words(answer)
    for passage in changed:
        passage.refresh_from_db()
        stance = passage.stances.filter(seat=seat).order_by("-seq").first()
        assert (stance.wording_id, stance.reason) == (passage.wording_id, "Yes.")
    browser.post(f"{CANDIDATE}sign/", {"manifest": candidate.digest})
    assert candidate.sign_offs.filter(seat=seat).exists()


def test_a_seat_that_joined_meanwhile_is_told_of(assembly, signed_in) -> None:
    assembly.agree()
    candidate, secretary = frozen_by(assembly, signed_in)
    late = Seat.objects.create(
        commission=assembly.text.commission,
        number=16,
        person=Person.objects.create_user("late@example.org", "Late"),
        public_name="Late Comer",
    )
    late.join(assembly.secretary)
    page = words(secretary.get(CANDIDATE))
    assert "Late Comer joined after this candidate was frozen" in page
    answer = signed_in(late.person).post(
        f"{CANDIDATE}sign/", {"manifest": candidate.digest}, follow=True
    )
    assert "The seats have changed since this candidate was made." in words(answer)


@pytest.mark.parametrize("address", [PREPARE, FREEZE])
def test_only_the_secretary_and_the_author_prepare(assembly, signed_in, address: str) -> None:
    assert signed_in(assembly.author).get(address).status_code == 200
    for person in (assembly.seats[0].person, assembly.outsider):
        answer = signed_in(person).get(address)
        assert answer.status_code == 403
        assert "the secretary and the report author" in words(answer)
    assert "/accounts/" in signed_in(None).get(address)["Location"]


def test_only_a_seat_signs_and_only_the_secretary_publishes(assembly, signed_in) -> None:
    assembly.agree()
    candidate, _ = frozen_by(assembly, signed_in)
    sent = {"manifest": candidate.digest, "reason": "No."}
    for act in ("sign", "return", "reaffirm"):
        for person in (assembly.secretary, assembly.author, assembly.outsider):
            assert signed_in(person).post(f"{CANDIDATE}{act}/", sent).status_code == 403
    assembly.sign(candidate)
    for person in (assembly.author, assembly.seats[0].person, assembly.outsider):
        assert signed_in(person).post(f"{CANDIDATE}publish/", sent).status_code == 403
    assert not Edition.objects.exists()


def test_looking_changes_nothing(assembly, signed_in) -> None:
    assembly.agree()
    browser = signed_in(assembly.secretary)
    for address in (PREPARE, FREEZE, CANDIDATE):
        browser.get(address)
    assert not Candidate.objects.exists()
    for act in ("sign", "return", "reaffirm", "publish"):
        assert browser.get(f"{CANDIDATE}{act}/").status_code == 405
