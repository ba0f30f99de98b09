"""What a form does with what people type, press twice, or send from an old tab."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from folkmoot.algorithms.wording import text
from folkmoot.commission.models import Comment, Commission, Passage, Picture, Seat, Stance, Text
from folkmoot.commission.tests.cast import Cast, person
from folkmoot.ledger.models import Entry
from folkmoot.people.models import Invitation, Person

type Enter = Callable[[Person | None], Client]

ROOT = Path(__file__).resolve().parents[4]
INPUTS = ROOT.parent / "shared" / "data" / "malicious-inputs"
NAUGHTY = INPUTS / "big-list-of-naughty-strings.blns.json"
OWN = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% now 'Y' %}",
    "\u202eright to left\u202c",
    "😀👩‍👩‍👧‍👦 e\u0301 \ufeff zero\u200bwidth",
    "&lt;b&gt; &amp; &#x27;",
    "a" * 3000,
    "=1+1 @SUM(A1) -cmd|' /C calc'!A0",
    "NUL \x00 inside",
    "lone \ud800 surrogate",
    "| pipe | table |\n| --- | --- |",
    "^[footnote [in] brackets",
]


def url(story: Cast, name: str, passage: Passage | None = None) -> str:
    found = [story.text.slug, passage.id] if passage else [story.text.slug]
    return reverse(f"commission:{name}", args=found)


def entries() -> int:
    return Entry.objects.filter(stream__key="text:the-report").count()


def test_a_stance_is_recorded(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    data = {"digest": passage.wording_id, "position": "accept"}
    response = signed_in(story.ada.person).post(url(story, "stance", passage), data)
    assert response["Location"] == passage.get_absolute_url()
    assert Stance.objects.get().seat == story.ada


def test_pressing_twice_is_one_event(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    client, before = signed_in(story.ada.person), entries()
    for _press in range(3):
        client.post(
            url(story, "stance", passage), {"digest": passage.wording_id, "position": "accept"}
        )
    assert entries() == before + 1


@pytest.mark.parametrize("position", ["reserve", "stand_aside", "object"])
def test_a_missing_reason_is_asked_for_at_its_field(
    story: Cast, signed_in: Enter, position: str
) -> None:
    passage = story.passages[1]
    response = signed_in(story.ada.person).post(
        url(story, "stance", passage),
        {"digest": passage.wording_id, "position": position, "would_accept": "Kept words"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "only taken with a reason" in page
    assert "Kept words" in page
    assert not Stance.objects.exists()


def test_a_stale_wording_is_refused_with_its_change_and_what_was_typed(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[1]
    read = passage.wording_id
    passage.edit(text("paragraph", "We lost sixty seats in four weeks."), story.author)
    response = signed_in(story.ada.person).post(
        url(story, "stance", passage),
        {"digest": read, "position": "reserve", "reason": "My careful reason"},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "sixty" in page
    assert '<del class="redline-removed">' in page
    assert "My careful reason" in page
    assert f'value="{passage.wording_id}"' in page
    assert not Stance.objects.exists()


def test_conditions_are_named_by_link_and_kept_with_their_wording(
    story: Cast, signed_in: Enter
) -> None:
    passage, other = story.passages[1], story.passages[2]
    client = signed_in(story.ada.person)
    data = {"digest": passage.wording_id, "position": "accept"}
    link = f"https://example.org{other.get_absolute_url()}"
    client.post(url(story, "stance", passage), {**data, "condition": link})
    assert Stance.objects.get().conditions == [[other.id, other.wording_id]]
    for wrong in ("nothing at all", "zzzzzzzzzz", passage.id):
        response = client.post(url(story, "stance", passage), {**data, "condition": wrong})
        assert response.status_code == 422, wrong
        assert wrong in response.content.decode()


@pytest.mark.parametrize("size", [0, 2_000_000])
def test_empty_and_enormous_words_are_refused_at_the_field(
    story: Cast, signed_in: Enter, size: int
) -> None:
    passage = story.passages[1]
    client = signed_in(story.author)
    words = "wörd " * (size // 5)
    for name, data in (
        ("edit", {"words": words, "change": "substantive", "seen": passage.wording_id}),
        ("propose", {"words": words}),
        ("comment", {"body": words}),
    ):
        response = client.post(url(story, name, passage), {**data, "action": "save"})
        page = response.content.decode()
        assert response.status_code == 422, name
        assert "field-error" in page
        if size:
            assert words[:1000].strip() in page
    passage.refresh_from_db()
    assert passage.value.plain == "We lost fifty seats in four weeks."
    assert not Comment.objects.exists()


def test_an_edit_is_shown_before_it_is_saved(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    story.all_accept(passage)
    client = signed_in(story.author)
    assert "This unsettles 3 agreements" in client.get(url(story, "edit", passage)).content.decode()
    data = {
        "words": "We lost **sixty** seats.",
        "change": "substantive",
        "seen": passage.wording_id,
        "reason": "The count was wrong.",
    }
    response = client.post(url(story, "edit", passage), {**data, "action": "preview"})
    assert "sixty" in response.content.decode()
    passage.refresh_from_db()
    assert "fifty" in passage.value.plain
    client.post(url(story, "edit", passage), {**data, "action": "save"})
    passage.refresh_from_db()
    assert passage.value.plain == "We lost sixty seats."
    assert passage.edits.get().reason == "The count was wrong."


def test_an_edit_can_become_a_proposal_instead(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[1]
    signed_in(story.ada.person).post(
        url(story, "edit", passage),
        {
            "words": "We lost sixty seats.",
            "change": "substantive",
            "seen": passage.wording_id,
            "action": "propose",
        },
    )
    passage.refresh_from_db()
    assert "fifty" in passage.value.plain
    assert passage.variants.get().seat == story.ada


def test_what_is_not_editorial_is_only_saved_when_confirmed(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[2]
    story.all_accept(passage)
    client = signed_in(story.author)
    data = {
        "words": "Branches must meet every month.",
        "change": "editorial",
        "seen": passage.wording_id,
        "reason": "Tidying",
    }
    response = client.post(url(story, "edit", passage), {**data, "action": "save"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "“should” became “must”" in page
    passage.refresh_from_db()
    assert "should" in passage.value.plain
    client.post(url(story, "edit", passage), {**data, "action": "substantive"})
    passage.refresh_from_db()
    assert passage.edits.get().kind == "substantive"


def test_an_editorial_edit_needs_a_reason(story: Cast, signed_in: Enter) -> None:
    passage = story.passages[2]
    response = signed_in(story.author).post(
        url(story, "edit", passage),
        {
            "words": "Branches should meet every month .",
            "change": "editorial",
            "seen": passage.wording_id,
            "action": "save",
        },
    )
    assert response.status_code == 422
    assert "Say why this is only editorial" in response.content.decode()


def test_a_stale_tab_overwrites_nothing_and_keeps_what_was_typed(
    story: Cast, signed_in: Enter
) -> None:
    passage = story.passages[2]
    seen = passage.wording_id
    passage.edit(text("paragraph", "Branches should meet often."), story.bea.person)
    client = signed_in(story.author)
    data = {"words": "Branches may meet.", "change": "substantive", "seen": seen, "action": "save"}
    response = client.post(url(story, "edit", passage), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Branches may meet." in page
    assert "often" in page
    passage.refresh_from_db()
    assert passage.value.plain == "Branches should meet often."
    client.post(url(story, "edit", passage), {**data, "seen": passage.wording_id})
    passage.refresh_from_db()
    assert passage.value.plain == "Branches may meet."


def test_a_seat_that_may_not_edit_is_told_who_may(story: Cast, signed_in: Enter) -> None:
    Commission.objects.update(seats_may_edit=False)
    client = signed_in(story.ada.person)
    for name in ("edit", "move"):
        response = client.get(url(story, name, story.passages[1]))
        assert response.status_code == 403
        assert "secretary and report author" in response.content.decode()
    assert client.get(url(story, "propose", story.passages[1])).status_code == 200


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("paragraph", {"words": "A new one."}),
        ("heading", {"words": "A heading", "depth": "2"}),
        ("item", {"words": "An item", "depth": "2", "ordered": "on"}),
        ("quote", {"words": "Somebody said so."}),
        ("table", {"words": "| Year | Seats |\n| --- | --- |\n| 2019 | 12 |\nTable: Seats"}),
        (
            "recommendation",
            {"words": "Do it.", "area": "Branches", "addressee": "All", "level": "both"},
        ),
    ],
)
def test_every_kind_of_passage_can_be_added_once(
    story: Cast, signed_in: Enter, kind: str, data: dict[str, str]
) -> None:
    client = signed_in(story.author)
    target = f"{url(story, 'add')}?kind={kind}&after={story.passages[1].id}"
    once = client.get(target).context["form"].initial["once"]
    for _press in range(2):
        assert client.post(target, {**data, "once": once}).status_code == 302
    outline = story.text.outline()
    assert outline[2].value.kind == kind
    assert len(outline) == len(story.passages) + 1


def test_a_recommendation_says_whom_it_asks(story: Cast, signed_in: Enter) -> None:
    response = signed_in(story.author).post(
        f"{url(story, 'add')}?kind=recommendation", {"words": "Do it.", "level": "both"}
    )
    assert response.status_code == 422
    assert "Say whom it asks." in response.content.decode()


def photograph(mode: str = "RGB", form: str = "JPEG") -> bytes:
    image = Image.new(mode, (40, 30), "red")
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    out = io.BytesIO()
    image.save(out, form, **({"exif": exif} if form == "JPEG" else {}))
    return out.getvalue()


def test_a_picture_is_drawn_anew_and_needs_words(story: Cast, signed_in: Enter) -> None:
    client = signed_in(story.author)
    target = f"{url(story, 'add')}?kind=figure"
    upload = photograph()
    assert b"SECRETPLACE" in upload
    response = client.post(target, {"picture": SimpleUploadedFile("a.jpg", upload)})
    assert response.status_code == 422
    digest = Picture.objects.get().digest
    # What was uploaded is kept, so it need not be chosen again.
    response = client.post(target, {"image": digest, "alt": "A red field", "words": "Caption"})
    assert response.status_code == 302
    kept = Picture.objects.get()
    assert b"SECRETPLACE" not in kept.file.read()
    shown = client.get(f"/texts/{story.text.slug}/pictures/{digest}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert signed_in(story.outsider).get(shown.request["PATH_INFO"]).status_code == 403


@pytest.mark.parametrize(
    "data", [b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", photograph()[:90]]
)
def test_what_is_no_picture_is_refused_at_the_field(
    story: Cast, signed_in: Enter, data: bytes
) -> None:
    response = signed_in(story.author).post(
        f"{url(story, 'add')}?kind=figure",
        {"picture": SimpleUploadedFile("a.png", data), "alt": "Something"},
    )
    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_a_comment_sent_twice_is_one(story: Cast, signed_in: Enter) -> None:
    client = signed_in(story.ada.person)
    for _press in range(2):
        client.post(
            url(story, "comment", story.passages[1]), {"body": "What of it?", "once": "abc"}
        )
    assert Comment.objects.count() == 1


def test_a_comment_is_declined_only_with_a_reason_and_its_author_has_the_last_word(
    story: Cast, signed_in: Enter
) -> None:
    point, _new = Comment.make(story.passages[1], story.ada.person, "What of it?")
    author, ada = signed_in(story.author), signed_in(story.ada.person)
    target = reverse("commission:dispose", args=[story.text.slug, point.pk])
    assert ada.post(target, {"disposition": "taken"}).status_code == 403
    assert author.post(target, {"disposition": "declined"}).status_code == 422
    author.post(target, {"disposition": "declined", "reason": "Said elsewhere."})
    point.refresh_from_db()
    assert point.disposition == "declined"
    desk = ada.get(reverse("commission:desk")).content.decode()
    assert "Said elsewhere." in desk
    kept = reverse("commission:say-kept", args=[story.text.slug, point.pk])
    assert author.post(kept, {"kept": "yes"}).status_code == 403
    ada.post(kept, {"kept": "no"})
    assert Comment.objects.open().get() == point


def test_comments_merge_into_one_and_are_answered_together(story: Cast, signed_in: Enter) -> None:
    points = [Comment.make(story.passages[1], story.ada.person, f"Point {n}")[0] for n in range(4)]
    client = signed_in(story.author)
    target = reverse("commission:dispose", args=[story.text.slug, points[0].pk])
    assert client.post(target, {"disposition": "merged"}).status_code == 422
    client.post(target, {"disposition": "merged", "merged_into": points[1].pk})
    points[0].refresh_from_db()
    assert points[0].merged_into == points[1]
    many = reverse("commission:dispose-many", args=[story.text.slug])
    assert client.post(many, {"disposition": "taken"}).status_code == 422
    client.post(many, {"disposition": "taken", "comment": [points[1].pk, points[2].pk]})
    assert list(Comment.objects.open()) == [points[3]]


def test_only_its_author_withdraws_a_comment(story: Cast, signed_in: Enter) -> None:
    point, _new = Comment.make(story.passages[1], story.ada.person, "What of it?")
    target = reverse("commission:withdraw-comment", args=[story.text.slug, point.pk])
    assert signed_in(story.author).post(target).status_code == 403
    signed_in(story.ada.person).post(target)
    point.refresh_from_db()
    assert point.disposition == "withdrawn"


def naughty() -> list[str]:
    listed = json.loads(NAUGHTY.read_text()) if NAUGHTY.exists() else []
    return [words for words in [*OWN, *listed] if words.strip()]


@pytest.mark.slow
def test_every_naughty_string_is_stored_and_shown_as_text(story: Cast, signed_in: Enter) -> None:
    """In every field at once: no error of ours, no markup of theirs."""
    client = signed_in(story.author)
    ada = signed_in(story.ada.person)
    passage = story.passages[1]
    for words in naughty():
        words = words.encode("utf-8", "replace").decode()
        response = client.post(
            url(story, "edit", passage),
            {"words": words, "change": "substantive", "seen": "", "action": "preview"},
        )
        assert response.status_code in {200, 422}
        client.post(
            f"{url(story, 'add')}?kind=recommendation",
            {"words": words, "area": words[:100], "addressee": words[:100], "level": "both"},
        )
        ada.post(
            url(story, "stance", passage),
            {
                "digest": passage.wording_id,
                "position": "object",
                "reason": words,
                "would_accept": words,
            },
        )
        ada.post(
            url(story, "comment", passage),
            {"body": words[:900], "quote": words[:900], "prefix": words[:90], "start": "0"},
        )
    story.text.refresh_from_db()
    for target in (
        passage.get_absolute_url(),
        url(story, "text"),
        url(story, "comments") + "?state=all",
        reverse("commission:read", args=[story.text.slug, "what-to-do"]),
    ):
        page = client.get(target).content.decode()
        assert "<script>alert" not in page
        assert "onerror=alert(1)>" not in page.replace("&gt;", "")
        assert "\x00" not in page
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;"
        in client.get(url(story, "comments") + "?state=all").content.decode()
    )


def test_a_seat_is_kept_invited_and_taken(story: Cast, signed_in: Enter) -> None:
    from folkmoot.people.invitations import accept

    target = reverse("commission:invite-seat", args=[story.commission.slug])
    data = {"seat-name": "Dora", "seat-email": "dora@example.org"}
    assert signed_in(story.ada.person).post(target, data).status_code == 403
    client = signed_in(story.secretary)
    client.post(target, data)
    assert client.post(target, data).status_code == 422
    [seat] = Seat.objects.filter(public_name="Dora")
    assert not seat.is_current
    dora = person("Dora")
    accept(Invitation.objects.get(email="dora@example.org"), dora)
    seat.refresh_from_db()
    assert seat.person == dora
    assert seat.is_current


def test_a_list_of_commissioners_is_invited(story: Cast, signed_in: Enter) -> None:
    target = reverse("commission:invite-seats", args=[story.commission.slug])
    listed = b"name;email\nDora;dora@example.org\nEve;eve@example.org\nDora;DORA@example.org\n"
    signed_in(story.secretary).post(target, {"list-list": SimpleUploadedFile("a.csv", listed)})
    assert Seat.objects.filter(person=None).count() == 2
    wrong = SimpleUploadedFile("a.csv", b"\x00\x01\x02")
    assert signed_in(story.secretary).post(target, {"list-list": wrong}).status_code == 422


def test_leaving_needs_to_be_meant(story: Cast, signed_in: Enter) -> None:
    target = reverse("commission:leave-seat", args=[story.commission.slug, story.ada.number])
    assert signed_in(story.bea.person).get(target).status_code == 403
    assert signed_in(story.administrator).get(target).status_code == 403
    client = signed_in(story.ada.person)
    assert client.post(target).status_code == 422
    client.post(target, {"sure": "on"})
    story.ada.refresh_from_db()
    assert story.ada.ended is not None


def test_a_commission_and_its_first_text_are_set_up_from_nothing(
    story: Cast, signed_in: Enter
) -> None:
    client = signed_in(story.administrator)
    data = {
        "name": "The Second Review",
        "rule": "unanimity",
        "visibility": "private-first",
        "editorial_window": "7",
    }
    response = client.post(reverse("commission:new-commission"), data)
    assert response.status_code == 302
    assert client.post(reverse("commission:new-commission"), data).status_code == 422
    made = Commission.objects.get(slug="the-second-review")
    begin = reverse("commission:new-text", args=[story.commission.slug])
    said = {"title": "Zweiter Text", "paragraphs": "none", "headings": "decimal"}
    assert signed_in(story.ada.person).post(begin, said).status_code == 403
    assert signed_in(story.author).post(begin, said).status_code == 302
    assert Text.objects.get(slug="zweiter-text").passages.count() == 0
    assert made.charter["rule"] == "unanimity"


def test_a_call_names_a_part_of_the_text_and_a_future_moment(story: Cast, signed_in: Enter) -> None:
    client = signed_in(story.author)
    target = url(story, "calls")
    wrong = {"title": "Now", "part": "", "closes": "2001-01-01T10:00"}
    assert client.post(target, wrong).status_code == 422
    right = {"title": "By then", "part": "what-to-do", "closes": "2027-10-01T10:00"}
    assert signed_in(story.ada.person).post(target, right).status_code == 403
    assert client.post(target, right).status_code == 302
    assert len(story.text.calls.get().items) == 4
    assert "By then" in signed_in(story.ada.person).get(reverse("commission:desk")).content.decode()
