"""Private first: nobody sees another's stance before giving theirs, through any page at all."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from folkmoot.algorithms.wording import text
from folkmoot.commission import policies
from folkmoot.commission.consent_log import looking
from folkmoot.commission.models import CommissionOffice, Passage, Stance
from folkmoot.commission.sight import YOURS, Sight, sight
from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.commission.tests.test_pages import urls
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]

MARKS = ("ZEBRAREASON", "ZEBRAWISH")
VARYING = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'name="once" value="[^"]+"'),
    re.compile(rb"[0-9a-f]{12,64}"),
    re.compile(rb'<time datetime="[^"]*"[^>]*>[^<]*</time>'),
    re.compile(rb'"at": "[^"]*"'),
    re.compile(rb'"X-CSRFToken": *"[^"]+"'),
)


def seen(client: Client, url: str) -> bytes:
    """What a page shows, without what is random or tells the time."""
    response = client.get(url, follow=True)
    assert response.status_code == 200, url
    body = b"".join(response) if response.streaming else response.content
    for pattern in VARYING:
        body = pattern.sub(b"", body)
    return body


def speak(story: Cast, position: str, *, condition: bool = False) -> None:
    """Both others answer on everything; objections and conditions carry marked words."""
    conditions = [(story.passages[0].id, story.passages[0].wording_id)] if condition else []
    for passage in story.passages:
        passage.refresh_from_db()
        for holder in (story.bea, story.cem):
            passage.take_stance(
                holder,
                passage.wording_id,
                position,
                reason=MARKS[0] if position != "accept" else "",
                would_accept=MARKS[1] if position == "object" else "",
                conditions=conditions if passage != story.passages[0] else (),
            )


@pytest.mark.parametrize("position", ["object", "reserve", "stand_aside", "undecided"])
@pytest.mark.parametrize("visibility", ["private-first", "secret"])
def test_a_fresh_seat_reads_no_word_of_the_others(
    db: None, signed_in: Enter, position: str, visibility: str
) -> None:
    story = cast(visibility)
    speak(story, position)
    story.passages[1].propose(text("paragraph", "Another."), story.bea.person, seat=story.bea)
    variant = story.passages[1].variants.get()
    for holder in (story.bea, story.cem):
        story.passages[1].take_stance(
            holder, variant.wording_id, "object", reason=MARKS[0], would_accept=MARKS[1]
        )
    client = signed_in(story.ada.person)
    for url in urls(story):
        body = seen(client, url)
        for mark in MARKS:
            assert mark.encode() not in body, url


@pytest.mark.parametrize("position", ["object", "undecided"])
@pytest.mark.parametrize("visibility", ["private-first", "secret"])
def test_a_fresh_seat_sees_the_same_bytes_whatever_the_others_said(
    db: None, signed_in: Enter, position: str, visibility: str
) -> None:
    story = cast(visibility)
    client = signed_in(story.ada.person)
    pages: dict[str, dict[str, bytes]] = {}
    for said in ("accept", position):
        point = transaction.savepoint()
        speak(story, said, condition=said == "object")
        pages[said] = {url: seen(client, url) for url in urls(story)}
        transaction.savepoint_rollback(point)
    for url, body in pages["accept"].items():
        assert body == pages[position][url], url


def test_a_fresh_seat_sees_the_same_bytes_before_anybody_spoke(
    story: Cast, signed_in: Enter
) -> None:
    """Not even whether others have answered. Two things tell everybody that somebody has spoken
    somewhere, and must: the length of the ledger, and that the charter is fixed."""
    client = signed_in(story.ada.person)
    silent = {
        url: seen(client, url)
        for url in urls(story)
        if "ledger" not in url and "charter" not in url
    }
    speak(story, "object")
    for url, body in silent.items():
        assert seen(client, url) == body, url


def test_after_answering_one_passage_that_one_opens_and_no_other(
    story: Cast, signed_in: Enter
) -> None:
    speak(story, "object")
    answered, other = story.passages[1], story.passages[2]
    client = signed_in(story.ada.person)
    answered.take_stance(story.ada, answered.wording_id, "accept")
    body = client.get(answered.get_absolute_url()).content.decode()
    assert MARKS[0] in body
    assert "Bea" in body
    assert MARKS[0] not in client.get(other.get_absolute_url()).content.decode()


def test_an_edit_of_substance_closes_it_again(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    speak(story, "object")
    passage.take_stance(story.ada, passage.wording_id, "accept")
    passage.edit(text("paragraph", "Quite other words."), story.author)
    passage.take_stance(story.bea, passage.wording_id, "object", reason=MARKS[0])
    body = signed_in(story.ada.person).get(passage.get_absolute_url()).content.decode()
    assert MARKS[0] not in body
    assert "Waits for your answer" in body


def test_answering_a_proposed_wording_does_not_open_the_words_of_the_text(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    variant = passage.propose(text("paragraph", "Another."), story.bea.person, seat=story.bea)
    client = signed_in(story.ada.person)
    passage.take_stance(story.ada, variant.wording_id, "accept")
    before = seen(client, passage.get_absolute_url())
    passage.take_stance(story.bea, passage.wording_id, "object", reason=MARKS[0])
    assert seen(client, passage.get_absolute_url()) == before


def test_a_variant_opens_by_itself(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    variant = passage.propose(text("paragraph", "Another."), story.bea.person, seat=story.bea)
    passage.take_stance(story.bea, variant.wording_id, "object", reason=MARKS[0])
    passage.take_stance(story.ada, passage.wording_id, "accept")
    client = signed_in(story.ada.person)
    assert MARKS[0] not in client.get(passage.get_absolute_url()).content.decode()
    passage.take_stance(story.ada, variant.wording_id, "accept")
    assert MARKS[0] in client.get(passage.get_absolute_url()).content.decode()


def test_an_author_who_holds_a_seat_is_a_seat(story: Cast, signed_in: Enter) -> None:
    CommissionOffice.objects.create(
        commission=story.commission, person=story.ada.person, kind="author"
    )
    speak(story, "accept")
    passage = story.passages[1]
    client = signed_in(story.ada.person)
    away = reverse("commission:one-away", args=[story.text.slug])
    # All but Ada agree, so each is one seat away: hers. She must not read that off the list.
    assert passage.id not in client.get(away).content.decode()
    assert "unsettles" not in client.get(f"{passage.get_absolute_url()}edit/").content.decode()
    assert passage.id in signed_in(story.author).get(away).content.decode()


def test_in_a_secret_vote_nobody_reads_names(db: None, signed_in: Enter) -> None:
    story = cast("secret")
    passage = story.passages[1]
    speak(story, "object")
    passage.take_stance(story.ada, passage.wording_id, "accept")
    for person in (story.ada.person, story.author, story.secretary):
        body = signed_in(person).get(passage.get_absolute_url()).content.decode()
        # Who can be mentioned in a comment says nothing of who took a stance.
        body = re.sub(r'<select name="mention".*?</select>', "", body, flags=re.DOTALL)
        assert MARKS[0] in body
        for name in ("Bea", "Cem"):
            assert name not in body
    away = reverse("commission:one-away", args=[story.text.slug])
    story.passages[2].take_stance(story.bea, story.passages[2].wording_id, "accept")
    story.passages[2].take_stance(story.ada, story.passages[2].wording_id, "accept")
    body = signed_in(story.author).get(away).content.decode()
    assert MARKS[1] in body
    assert "Cem" not in body


def test_where_stances_are_named_all_is_seen_at_once(db: None, signed_in: Enter) -> None:
    story = cast("named")
    speak(story, "object")
    body = signed_in(story.ada.person).get(story.passages[1].get_absolute_url()).content.decode()
    assert MARKS[0] in body
    assert "Bea" in body


def test_those_who_write_read_objections_and_what_would_help(story: Cast, signed_in: Enter) -> None:
    speak(story, "object")
    for person in (story.author, story.secretary):
        body = signed_in(person).get(story.passages[1].get_absolute_url()).content.decode()
        assert MARKS[0] in body
        assert MARKS[1] in body


def test_the_ledger_folds_what_a_seat_has_not_answered(story: Cast, signed_in: Enter) -> None:
    speak(story, "object")
    answered = story.passages[1]
    answered.take_stance(story.ada, answered.wording_id, "accept")
    url = reverse("commission:ledger-jsonl", args=[story.text.slug])
    lines = [
        json.loads(line)
        for line in b"".join(signed_in(story.ada.person).get(url)).decode().splitlines()
    ]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    for before, after in itertools.pairwise(lines):
        assert after["previous"] == before["digest"]
    shown = [line for line in lines if line.get("act") == "stance.given"]
    assert {line["payload"]["passage"] for line in shown} == {answered.id}
    folded = [line for line in lines if line.get("folded")]
    assert len(folded) == 2 * (len(story.passages) - 1)
    assert all(set(line) == {"seq", "previous", "digest", "folded"} for line in folded)
    whole = b"".join(signed_in(story.author).get(url)).decode()
    assert "folded" not in whole


def test_a_receipt_holds_the_seats_own_salts_and_no_others(story: Cast, signed_in: Enter) -> None:
    speak(story, "object")
    passage = story.passages[1]
    passage.take_stance(story.ada, passage.wording_id, "reserve", reason="My own words")
    url = reverse("commission:receipt", args=[story.text.slug])
    receipt = signed_in(story.ada.person).get(url).json()
    assert receipt["seat"] == "s01"
    [entry] = receipt["entries"]
    assert entry["sealed"]["reason"]["value"]["reason"] == "My own words"
    assert MARKS[0] not in json.dumps(receipt)


def looked(story: Cast, held: policies.Standing) -> Sight:
    with looking(story.text) as (state, digest):
        return sight(story.text, held, state, digest)


def test_a_seat_that_is_not_on_the_roster_sees_nothing(story: Cast) -> None:
    speak(story, "object")
    story.ada.number = 99
    found = looked(story, policies.Standing(seat=story.ada))
    assert set(found.statuses.values()) == {YOURS}


def test_a_carried_answer_still_opens_the_others(story: Cast) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    passage.edit(
        text("paragraph", "Branches should meet every month ."),
        story.author,
        editorial=True,
        reason="A space",
    )
    found = looked(story, policies.Standing(seat=story.ada))
    assert found.status(passage.id) == "agreed"
    assert passage.id in found.waiting


def test_nobody_acts_for_another_seat(story: Cast, signed_in: Enter) -> None:
    """Whatever a form says, the stance is the signed-in person's own, or there is none."""
    passage: Passage = story.passages[1]
    url = reverse("commission:stance", args=[story.text.slug, passage.id])
    data = {"digest": passage.wording_id, "position": "accept", "seat": story.bea.pk}
    for person in (story.author, story.secretary, story.administrator, story.outsider):
        assert signed_in(person).post(url, data).status_code == 403
    assert not Stance.objects.exists()
    signed_in(story.ada.person).post(url, data)
    assert [s.seat for s in Stance.objects.all()] == [story.ada]
    story.ada.leave(story.ada.person)
    assert signed_in(story.ada.person).post(url, data).status_code == 403
