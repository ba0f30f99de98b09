"""The history of what was written in the room, over real sockets and in made-up logs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from folkmoot.commission.models import Draft
from folkmoot.commission.tests.cast import Cast
from folkmoot.live.history.folding import fold
from folkmoot.live.models import EditingSession, Update
from folkmoot.people.models import Person

from .conftest import Join, eventually
from .history_log import Log

type Enter = Callable[[Person | None], Client]


def look(client: Client, name: str, *args: object, asked: str = "") -> str:
    response = client.get(reverse(f"live:{name}", args=["the-report", *args]) + asked)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_written_in_the_room_is_in_its_history_at_once(
    joined: Join, story: Cast, signed_in: Enter
) -> None:
    one, arthur = story.passages[1], joined(story.author)
    arthur.type(1, "Truly, ")
    arthur.until(lambda: arthur.acked == 1)
    ada = signed_in(story.ada.person)
    assert "7 characters added" in look(ada, "history")
    wordings = look(ada, "passage-history", one.pk)
    assert "Truly," in wordings
    assert wordings.count("stands now") == 1
    assert "1 word added" in look(ada, "compare-moments", asked="?from=u0&to=now")


def test_words_from_before_the_room_come_back_as_a_proposal(
    joined: Join, story: Cast, signed_in: Enter
) -> None:
    one, arthur = story.passages[1], joined(story.author)
    earlier = one.wording_id
    arthur.type(1, "Truly, ")
    arthur.until(lambda: arthur.acked == 1)
    where = reverse("live:propose-earlier", args=["the-report", one.pk, earlier])
    assert signed_in(story.ada.person).post(where).status_code == 302
    one.refresh_from_db()
    # What was being written was recorded first, so that the proposal stands beside it.
    assert one.value.plain.startswith("Truly, ")
    assert one.variants.standing().get().wording_id == earlier


def test_a_change_made_in_a_form_is_its_editors_once_the_room_has_it(
    joined: Join, story: Cast
) -> None:
    from folkmoot.algorithms.wording import text as wording

    arthur = joined(story.author)
    arthur.type(2, "Truly, ")
    arthur.until(lambda: arthur.acked == 1)
    story.passages[1].edit(wording("paragraph", "We lost sixty seats."), story.secretary)
    eventually(lambda: Update.objects.count() > 1)
    fold(story.text)
    sessions = EditingSession.objects.filter(text=story.text, source="live")
    assert {s.person for s in sessions} == {story.author, story.secretary}


@pytest.fixture
def log(story: Cast) -> Log:
    """Ada and Bea write in one passage at once; Ada adds one, which is not recorded yet."""
    fold(story.text)
    log = Log.of(story.text, [(p.pk, p.value) for p in story.passages])
    ada, bea = log.join(story.ada.person), log.join(story.bea.person)
    for writer in (ada, bea, ada):
        log.spread(writer)
        writer.type(story.passages[1].pk, 0, "Well, ")
        log.send(writer)
    ada.add(0, "A new passage.", "newnewnew0")
    log.send(ada)
    return log


def test_a_session_says_who_wrote_in_the_same_passage_at_the_same_time(
    log: Log, story: Cast, signed_in: Enter
) -> None:
    fold(log.text)
    session = EditingSession.objects.get(text=log.text, source="live", person=story.ada.person)
    shown = look(signed_in(story.cem.person), "editing-session", session.pk)
    assert "their words are in what follows: Bea" in shown
    assert "A new passage." in shown


def test_a_passage_that_is_not_recorded_yet_has_a_history(
    log: Log, story: Cast, signed_in: Enter
) -> None:
    shown = look(signed_in(story.cem.person), "passage-history", "newnewnew0")
    assert "1 wording so far" in shown
    assert "Restore these words" not in shown


def test_the_page_says_how_much_it_has_not_read_yet(
    log: Log, story: Cast, signed_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folkmoot.live.views.history.PAGE", 3)
    cem = signed_in(story.cem.person)
    assert "1 change is not in this history yet" in look(cem, "history")
    assert "not in this history yet" not in look(cem, "history")


def test_words_being_written_are_the_current_ones(log: Log, story: Cast, signed_in: Enter) -> None:
    """Restoring what the ledger has is allowed while other words are being written."""
    one = story.passages[1]
    Draft.objects.create(
        text=log.text,
        name=one.pk,
        digest="f" * 64,
        content=one.value.to_json(),
        since=log.now,
        changed=log.now,
    )
    where = reverse("live:propose-earlier", args=["the-report", one.pk, one.wording_id])
    assert "Propose these words" in signed_in(story.ada.person).get(where).content.decode()
