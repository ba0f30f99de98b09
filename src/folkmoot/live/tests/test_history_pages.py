"""The pages of a text's history, for a text that was written in forms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from folkmoot.algorithms.wording import text as wording
from folkmoot.commission.models import Commission, Passage, Text
from folkmoot.commission.tests.cast import Cast, cast, large
from folkmoot.live.history.folding import fold
from folkmoot.live.models import EditingSession, TouchedPassage
from folkmoot.people.models import Person
from folkmoot.review.models import Candidate

pytestmark = pytest.mark.django_db

type Enter = Callable[[Person | None], Client]
type AtMost = Callable[[int], AbstractContextManager[object]]

FIRST = "We lost fifty seats in four weeks."
SECOND = "We lost sixty seats in four weeks."
THIRD = "We lost sixty seats in five weeks."


@pytest.fixture
def story(db: None) -> Cast:
    """Two people changed the same passage, one after the other."""
    told = cast()
    one = told.passages[1]
    one.edit(wording("paragraph", SECOND), told.author, reason="Counted again.")
    one.edit(wording("paragraph", THIRD), told.secretary)
    return told


def address(name: str, *args: object) -> str:
    return reverse(f"live:{name}", args=["the-report", *args])


def page(signed_in: Enter, person: Person | None, where: str, status: int = 200) -> str:
    response = signed_in(person).get(where)
    assert response.status_code == status
    return response.content.decode()


def test_sessions_say_who_wrote_and_how_much(story: Cast, signed_in: Enter) -> None:
    shown = page(signed_in, story.ada.person, address("history"))
    assert "Arthur" in shown
    assert "Sofia" in shown
    assert "2 sessions of editing" in shown
    # “sixty” for “fifty”: five characters for five.
    assert "5 characters added, 5 removed" in shown


def test_sessions_are_chosen_by_person_and_by_chapter(story: Cast, signed_in: Enter) -> None:
    by = page(signed_in, story.author, address("history") + f"?by={story.author.key}")
    assert "1 session of editing" in by
    within = page(signed_in, story.author, address("history") + "?chapter=what-to-do")
    assert "1 session of editing" in within
    nobody = page(
        signed_in,
        story.author,
        address("history") + f"?by={story.author.key}&chapter=what-to-do",
    )
    assert "No sessions here" in nobody


def test_a_session_shows_what_changed_in_it_word_by_word(story: Cast, signed_in: Enter) -> None:
    fold(story.text)
    session = EditingSession.objects.get(text=story.text, person=story.author)
    shown = page(signed_in, story.bea.person, address("editing-session", session.pk))
    assert "sixty" in shown
    assert "fifty" in shown
    assert 'class="redline-added"' in shown
    assert address("passage-history", story.passages[1].pk) in shown


def test_a_session_of_another_text_is_not_found(story: Cast, signed_in: Enter) -> None:
    fold(story.text)
    other = Text.begin(story.commission, "other", "Another text", story.secretary)
    session = EditingSession.objects.filter(text=story.text).first()
    assert session is not None
    where = reverse("live:editing-session", args=[other.slug, session.pk])
    page(signed_in, story.ada.person, where, 404)


def test_a_passage_shows_all_its_wordings(story: Cast, signed_in: Enter) -> None:
    shown = page(signed_in, story.cem.person, address("passage-history", story.passages[1].pk))
    assert "3 wordings so far" in shown
    assert "Counted again." in shown
    assert "stands now" in shown


def test_two_wordings_are_compared(story: Cast, signed_in: Enter) -> None:
    where = address("passage-history", story.passages[1].pk)
    shown = page(signed_in, story.cem.person, where + "?from=1&to=3")
    assert "From wording 1 to wording 3" in shown
    assert "2 words added, 2 removed" in shown


@pytest.mark.parametrize("asked", ["?from=0&to=9", "?from=x&to=²", "?page=999999", "?from=1"])
def test_wordings_that_there_are_not_are_no_error(
    story: Cast, signed_in: Enter, asked: str
) -> None:
    page(signed_in, story.cem.person, address("passage-history", story.passages[1].pk) + asked)


def test_two_moments_are_compared(story: Cast, signed_in: Enter) -> None:
    fold(story.text)
    session = EditingSession.objects.get(text=story.text, person=story.author)
    before = f"?from=e{session.first - 1}"
    shown = page(signed_in, story.ada.person, address("compare-moments") + before + "&to=now")
    assert "2 words added, 2 removed" in shown
    assert "1 passage as before" in shown
    everything = page(signed_in, story.ada.person, address("compare-moments") + "?from=e0&to=now")
    assert everything.count('<span class="badge badge-added">') == len(story.passages)


def test_nothing_differs_between_a_moment_and_itself(story: Cast, signed_in: Enter) -> None:
    shown = page(signed_in, story.ada.person, address("compare-moments") + "?from=now&to=now")
    assert "Not one word differs" in shown


@pytest.mark.parametrize(
    "asked",
    ["?from=e99999&to=now", "?from=u3&to=now", "?from=nonsense", "?to=now&from_time=yesterday",
     "?from=e1&to_time=9999-99-99T99:99", "?from=%00"],
)  # fmt: skip
def test_a_moment_that_there_is_not_is_refused_at_its_field(
    story: Cast, signed_in: Enter, asked: str
) -> None:
    shown = page(signed_in, story.ada.person, address("compare-moments") + asked, 400)
    assert "error-summary" in shown


def test_a_moment_is_chosen_by_a_time(story: Cast, signed_in: Enter) -> None:
    where = address("compare-moments") + "?from=now&from_time=2001-01-01T10:00&to=now"
    shown = page(signed_in, story.ada.person, where)
    assert shown.count('<span class="badge badge-added">') == len(story.passages)


def restore(story: Cast, digest: str) -> str:
    return address("propose-earlier", story.passages[1].pk, digest)


def test_earlier_words_come_back_as_a_proposal(story: Cast, signed_in: Enter) -> None:
    one, client = story.passages[1], signed_in(story.ada.person)
    earlier = wording("paragraph", FIRST).digest
    asked = client.get(restore(story, earlier))
    assert "Propose these words" in asked.content.decode()
    assert not one.variants.exists()
    done = client.post(restore(story, earlier))
    assert done.status_code == 302
    variant = one.variants.standing().get()
    assert (variant.wording_id, variant.proposer, variant.seat) == (
        earlier,
        story.ada.person,
        story.ada,
    )
    assert variant.note.startswith("Restored from")
    one.refresh_from_db()
    assert one.value.plain == THIRD
    client.post(restore(story, earlier))
    assert one.variants.count() == 1


def test_the_words_that_stand_are_not_restored(story: Cast, signed_in: Enter) -> None:
    current = wording("paragraph", THIRD).digest
    response = signed_in(story.ada.person).post(restore(story, current))
    assert response.status_code == 409
    assert "nothing to restore" in response.content.decode()
    assert not story.passages[1].variants.exists()


def test_words_of_a_passage_that_was_taken_out_are_not_restored(
    story: Cast, signed_in: Enter
) -> None:
    story.passages[1].withdraw(story.author)
    response = signed_in(story.ada.person).post(restore(story, wording("paragraph", FIRST).digest))
    assert response.status_code == 409
    assert "Put it back first" in response.content.decode()


def test_words_that_the_passage_never_had_are_not_found(story: Cast, signed_in: Enter) -> None:
    elsewhere = story.passages[2].wording_id
    assert signed_in(story.ada.person).post(restore(story, elsewhere)).status_code == 404


def test_nothing_is_restored_while_a_candidate_is_signed(story: Cast, signed_in: Enter) -> None:
    story.all_accept()
    Candidate.freeze(story.text, story.secretary)
    earlier = wording("paragraph", FIRST).digest
    response = signed_in(story.ada.person).post(restore(story, earlier))
    assert response.status_code == 409
    assert not story.passages[1].variants.exists()


def test_a_passage_that_was_taken_out_keeps_its_history(story: Cast, signed_in: Enter) -> None:
    story.passages[1].withdraw(story.author)
    shown = page(signed_in, story.ada.person, address("passage-history", story.passages[1].pk))
    assert "Not in the text" in shown


def test_the_history_is_for_those_inside(story: Cast, signed_in: Enter) -> None:
    fold(story.text)
    session = EditingSession.objects.first()
    assert session is not None
    outsiders = [story.outsider, story.administrator]
    for where in (
        address("history"),
        address("compare-moments"),
        address("editing-session", session.pk),
        address("passage-history", story.passages[1].pk),
        restore(story, wording("paragraph", FIRST).digest),
    ):
        for person in outsiders:
            page(signed_in, person, where, 403)
        assert signed_in(None).get(where).status_code == 302


def test_a_text_in_which_nothing_was_written_says_so(story: Cast, signed_in: Enter) -> None:
    Text.begin(story.commission, "empty", "An empty text", story.secretary)
    shown = page(signed_in, story.ada.person, reverse("live:history", args=["empty"]))
    assert "No sessions here" in shown
    compared = reverse("live:compare-moments", args=["empty"]) + "?from=e0&to=now"
    assert "Not one word differs" in page(signed_in, story.ada.person, compared)


def test_looking_twice_counts_nothing_twice(story: Cast) -> None:
    fold(story.text)
    rows = list(EditingSession.objects.values()), list(TouchedPassage.objects.values())
    fold(story.text)
    assert (list(EditingSession.objects.values()), list(TouchedPassage.objects.values())) == rows


def test_a_long_ledger_is_read_a_part_at_a_time(
    story: Cast, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folkmoot.live.history.record.ASKED_AT_ONCE", 5)
    assert "4 changes are not in this history yet" in page(
        signed_in, story.ada.person, address("history")
    )
    assert "not in this history yet" not in page(signed_in, story.ada.person, address("history"))
    assert EditingSession.objects.get(person=story.secretary).passages == len(story.passages)


def test_a_session_goes_on_where_it_was_left(story: Cast) -> None:
    fold(story.text)
    session = EditingSession.objects.get(person=story.secretary)
    story.passages[2].edit(wording("paragraph", "Branches should meet."), story.secretary)
    fold(story.text)
    session.refresh_from_db()
    assert session.touched.filter(passage=story.passages[2].pk).get().after
    assert EditingSession.objects.filter(person=story.secretary).count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["history", "session", "passage", "compare"])
def test_pages_of_two_thousand_passages_ask_few_questions(
    signed_in: Enter, django_assert_max_num_queries: AtMost, name: str
) -> None:
    story = large(seats=3)
    fold(story.text)
    session = EditingSession.objects.filter(text=story.text).latest("passages")
    where = {
        "history": reverse("live:history", args=["long"]),
        "session": reverse("live:editing-session", args=["long", session.pk]),
        "passage": reverse("live:passage-history", args=["long", story.passages[3].pk]),
        "compare": reverse("live:compare-moments", args=["long"]) + "?from=e0&to=now",
    }[name]
    client = signed_in(story.ada.person)
    with django_assert_max_num_queries(24):
        assert client.get(where).status_code == 200


def test_commissions_do_not_see_one_another(story: Cast, signed_in: Enter) -> None:
    other = Commission.objects.create(slug="other", name="Another")
    text = Text.begin(other, "theirs", "Theirs", story.secretary)
    passage = Passage.objects.filter(text=story.text).first()
    assert passage is not None
    where = reverse("live:passage-history", args=[text.slug, passage.pk])
    page(signed_in, story.ada.person, where, 403)
