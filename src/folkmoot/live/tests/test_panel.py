"""The panel beside the editor: the same acts as on a passage's page, and no more to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from folkmoot.algorithms.wording import Wording, text
from folkmoot.commission.models import Comment, Draft, Passage, Stance, Variant
from folkmoot.commission.tests.cast import Cast, cast
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]


@pytest.fixture
def story(db: object) -> Cast:
    return cast()


def panel(story: Cast, name: str = "panel", *args: object) -> str:
    return reverse(f"live:{name}", args=[story.text.slug, *args])


def being_written(
    story: Cast, name: str, wording: Wording | None, *, ago: int = 60, of: str = "", by: str = ""
) -> Draft:
    """Words as the room keeps them until they are recorded."""
    at = timezone.now() - timedelta(seconds=ago)
    return Draft.objects.create(
        text=story.text,
        name=name,
        of=of,
        digest=wording.digest if wording else "",
        content=wording.to_json() if wording else None,
        writers=[by] if by else [],
        since=at,
        changed=at,
    )


def stance(story: Cast, passage: Passage, client: Client, **said: str) -> object:
    return client.post(
        panel(story, "panel-stance", passage.id), {"digest": passage.wording_id, **said}
    )


def test_a_panel_says_where_a_passage_stands(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    story.all_accept(passage, but=[story.cem])
    response = signed_in(story.author).get(panel(story, "panel", passage.id))
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert passage.wording_id in page
    assert "We lost fifty seats in four weeks." in page
    assert "Waiting for 1 seat." in page
    assert "unsettles 2 agreements" in page
    assert "no-store" in response["Cache-Control"]


def test_nobody_sees_others_answers_before_their_own(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    client = signed_in(story.cem.person)
    url = panel(story, "panel", passage.id)

    def shown() -> str:
        # Without what differs from one request to the next for everybody.
        page = client.get(url).content.decode()
        return re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]*"', "", page)

    before = shown()
    passage.take_stance(story.ada, passage.wording_id, "accept")
    passage.take_stance(
        story.bea, passage.wording_id, "object", reason="Too blunt.", would_accept="Fewer words."
    )
    sealed = shown()
    assert sealed == before
    assert "Too blunt" not in sealed
    assert "unsettles" not in sealed
    stance(story, passage, client, position="accept")
    assert "Too blunt." in shown()
    assert "unsettles 2 agreements" in shown()


def test_a_stance_is_taken_and_the_panel_comes_back(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    response = stance(story, passage, signed_in(story.ada.person), position="accept")
    page = response.content.decode()  # type: ignore[attr-defined]
    assert response.status_code == 200  # type: ignore[attr-defined]
    assert Stance.objects.get(passage=passage).position == "accept"
    assert "Your answer is recorded." in page
    assert "I can live with this" in page
    assert f'data-panel-of="{passage.id}"' in page


def test_an_objection_without_a_reason_is_refused_in_place(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    response = stance(
        story, passage, signed_in(story.ada.person), position="object", would_accept="Fewer words"
    )
    page = response.content.decode()  # type: ignore[attr-defined]
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "this answer is only taken with a reason" in page
    assert "Fewer words" in page
    assert not Stance.objects.exists()


def test_words_that_changed_are_shown_and_what_was_typed_stays(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    read = passage.wording_id
    passage.edit(text("paragraph", "We lost sixty seats in four weeks."), story.author)
    response = signed_in(story.ada.person).post(
        panel(story, "panel-stance", passage.id),
        {"digest": read, "position": "reserve", "reason": "It says too little."},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "<ins" in page
    assert "sixty" in page
    assert "It says too little." in page
    assert not Stance.objects.exists()


@pytest.mark.parametrize("position", ["reserve", ""])
def test_what_was_typed_stays_even_when_the_form_is_wrong_as_well(
    story: Cast, signed_in: Enter, position: str
) -> None:
    passage = story.passages[1]
    read = passage.wording_id
    passage.edit(text("paragraph", "We lost sixty seats in four weeks."), story.author)
    said = {"digest": read, "position": position, "would_accept": "Half of it"}
    response = signed_in(story.ada.person).post(panel(story, "panel-stance", passage.id), said)
    assert response.status_code == 409
    assert "Half of it" in response.content.decode()


def test_the_words_that_are_being_written_are_the_ones_shown(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    now = text("paragraph", "We lost fifty seats in three weeks.")
    being_written(story, passage.id, now, ago=0, by=story.author.key)
    page = signed_in(story.ada.person).get(panel(story, "panel", passage.id)).content.decode()
    assert f'data-digest="{now.digest}"' in page
    assert "being written at this moment, by Arthur" in page
    assert "data-again" in page
    assert 'name="position"' not in page


def test_an_answer_on_words_at_rest_records_them_first(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    now = text("paragraph", "We lost fifty seats in three weeks.")
    being_written(story, passage.id, now, by=story.author.key)
    client = signed_in(story.ada.person)
    page = client.get(panel(story, "panel", passage.id)).content.decode()
    assert f'name="digest" value="{now.digest}"' in page
    response = client.post(
        panel(story, "panel-stance", passage.id), {"digest": now.digest, "position": "accept"}
    )
    assert response.status_code == 200
    assert Stance.objects.get().wording_id == now.digest
    passage.refresh_from_db()
    assert passage.wording_id == now.digest
    assert "being written" not in response.content.decode()


def test_an_answer_on_words_somebody_went_on_writing_is_refused(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    being_written(story, passage.id, text("paragraph", "We lost nothing."), by=story.author.key)
    response = stance(story, passage, signed_in(story.ada.person), position="accept")
    page = response.content.decode()  # type: ignore[attr-defined]
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "We lost nothing" in page or "nothing" in page
    assert not Stance.objects.exists()


def test_unfinished_words_cannot_be_answered_on(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[5]
    asks = passage.value.asks
    assert asks is not None
    unfinished = Wording(
        "recommendation", passage.value.content, asks=type(asks)("", asks.addressee, asks.level)
    )
    being_written(story, passage.id, unfinished)
    page = signed_in(story.ada.person).get(panel(story, "panel", passage.id)).content.decode()
    assert "They are not finished" in page
    assert 'name="position"' not in page


def test_a_new_passage_has_a_panel_before_it_is_recorded(story: Cast, signed_in: Enter) -> None:
    being_written(story, "0000000042", text("paragraph", "Something new."))
    client = signed_in(story.ada.person)
    page = client.get(panel(story, "panel", "0000000042")).content.decode()
    assert "Something new." in page
    assert "every seat is asked about it" in page
    assert client.get(panel(story, "panel", "0000000043")).status_code == 404


def test_a_prepared_wording_is_put_forward_as_it_is_stored(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    other = text("paragraph", "We lost some seats.")
    draft = being_written(
        story,
        "0000000007",
        other,
        of=passage.id,
        by=story.ada.person.key,  # type: ignore[union-attr]
    )
    client = signed_in(story.ada.person)
    assert "We lost some seats." in client.get(panel(story, "panel", passage.id)).content.decode()
    for _twice in range(2):
        response = client.post(panel(story, "panel-put-forward", draft.name), {"note": "Kinder"})
        assert response.status_code == 200
        assert response["Folkmoot-Put-Forward"] == draft.name
    variant = Variant.objects.get()
    assert (variant.wording_id, variant.note, variant.seat) == (other.digest, "Kinder", story.ada)
    assert "Being prepared" not in response.content.decode()


@pytest.mark.parametrize("words", ["We lost fifty seats in four weeks.", "", "  "])
def test_the_same_words_or_none_are_not_put_forward(
    story: Cast, signed_in: Enter, words: str
) -> None:
    passage = story.passages[1]
    being_written(story, "0000000007", text("paragraph", words), of=passage.id)
    response = signed_in(story.ada.person).post(panel(story, "panel-put-forward", "0000000007"))
    assert response.status_code == 422
    assert not Variant.objects.exists()
    assert "Folkmoot-Put-Forward" not in response


def test_what_is_written_in_the_text_itself_cannot_be_put_forward(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    being_written(story, passage.id, text("paragraph", "Other words."))
    client = signed_in(story.ada.person)
    assert client.post(panel(story, "panel-put-forward", passage.id)).status_code == 404
    assert client.post(panel(story, "panel-put-forward", "0000000009")).status_code == 404


def test_other_wordings_are_answered_made_current_and_withdrawn(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    first = passage.propose(text("paragraph", "We lost."), story.ada.person, seat=story.ada)
    second = passage.propose(text("paragraph", "We lost a lot."), story.ada.person, seat=story.ada)
    ada, bea = signed_in(story.ada.person), signed_in(story.bea.person)
    page = bea.get(panel(story, "panel", passage.id)).content.decode()
    assert "Against the wording above" in page
    said = {"digest": first.wording_id, "position": "endorse"}
    assert bea.post(panel(story, "panel-stance", passage.id), said).status_code == 200
    assert Stance.objects.get().wording_id == first.wording_id
    assert bea.post(panel(story, "panel-withdraw-variant", second.pk)).status_code == 403
    assert ada.post(panel(story, "panel-withdraw-variant", second.pk)).status_code == 200
    response = signed_in(story.author).post(panel(story, "panel-make-current", first.pk))
    assert f'data-digest="{first.wording_id}"' in response.content.decode()
    second.refresh_from_db()
    assert second.withdrawn is not None


def test_a_comment_goes_its_whole_way_in_the_panel(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    ada, author = signed_in(story.ada.person), signed_in(story.author)
    url = panel(story, "panel-comment", passage.id)
    assert ada.post(url, {"body": ""}).status_code == 422
    page = ada.post(url, {"body": "Which ones?", "quote": "fifty seats"}).content.decode()
    assert "Which ones?" in page
    assert "fifty seats" in page
    point = Comment.objects.get()
    page = author.post(panel(story, "panel-answer", point.pk), {"body": "In the north."})
    assert "In the north." in page.content.decode()
    page = author.get(panel(story, "panel-disposition", point.pk)).content.decode()
    assert panel(story, "panel-dispose", point.pk) in page
    refused = author.post(panel(story, "panel-dispose", point.pk), {"disposition": "declined"})
    assert refused.status_code == 422
    assert "Which ones?" in refused.content.decode()
    said = {"disposition": "taken", "reason": "Named now."}
    assert (
        "Named now." in author.post(panel(story, "panel-dispose", point.pk), said).content.decode()
    )
    page = ada.post(panel(story, "panel-say-kept", point.pk), {"kept": "no"}).content.decode()
    assert "the point was lost" in page
    assert ada.post(panel(story, "panel-withdraw-comment", point.pk)).status_code == 200
    point.refresh_from_db()
    assert point.disposition == "withdrawn"


def test_an_objection_is_marked_as_answered_and_an_edit_disputed(
    story: Cast, signed_in: Enter
) -> None:
    passage, other = story.passages[1], story.passages[2]
    objection = passage.take_stance(
        story.bea, passage.wording_id, "object", reason="No.", would_accept="Yes."
    )
    assert objection is not None
    page = signed_in(story.author).post(
        panel(story, "panel-address", passage.id), {"stance": objection.pk}
    )
    assert "An answer was given" in page.content.decode()
    other.take_stance(story.ada, other.wording_id, "accept")
    other.edit(
        text("paragraph", "Branches should meet every month ."),
        story.author,
        editorial=True,
        reason="A space",
    )
    ada = signed_in(story.ada.person)
    assert "can dispute it until" in ada.get(panel(story, "panel", other.id)).content.decode()
    page = ada.post(panel(story, "panel-dispute", other.id)).content.decode()
    assert "every seat is asked again" in page


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_a_panel_is_closed_to_those_outside(story: Cast, signed_in: Enter, who: str) -> None:
    response = signed_in(getattr(story, who)).get(panel(story, "panel", story.passages[1].id))
    assert response.status_code == 403


def test_the_panels_of_another_text_do_not_open_this_passage(story: Cast, signed_in: Enter) -> None:
    from folkmoot.commission.models import Text

    other = Text.begin(story.commission, "annex", "Annex", story.secretary)
    url = reverse("live:panel", args=[other.slug, story.passages[1].id])
    assert signed_in(story.author).get(url).status_code == 404
