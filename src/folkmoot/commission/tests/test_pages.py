"""Every page opens for whom it is meant, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from folkmoot.algorithms.wording import text
from folkmoot.commission.models import Call, Comment, Variant
from folkmoot.commission.tests.cast import Cast
from folkmoot.people.models import Person

type Enter = Callable[[Person | None], Client]

TEXT_PAGES = (
    "text",
    "read-first",
    "comments",
    "left-out",
    "calls",
    "ledger",
    "ledger-jsonl",
)
SEAT_PAGES = ("queue", "receipt")
WRITER_PAGES = ("one-away", "import")


def lively(story: Cast) -> Cast:
    """Something of everything, so that every part of a page is drawn."""
    p = story.passages
    story.all_accept(p[0], p[2])
    p[1].take_stance(story.ada, p[1].wording_id, "accept")
    p[1].take_stance(
        story.bea,
        p[1].wording_id,
        "object",
        reason="Too blunt.",
        would_accept="Fewer words.",
        conditions=[(p[2].id, p[2].wording_id)],
    )
    p[1].propose(text("paragraph", "We lost."), story.cem.person, note="Shorter", seat=story.cem)
    p[2].edit(
        text("paragraph", "Branches should meet every month ."),
        story.author,
        editorial=True,
        reason="A space",
    )
    p[4].take_stance(story.ada, p[4].wording_id, "accept")
    p[4].edit(text("item", "Write to every member once a year.", depth=1), story.author)
    point, _new = Comment.make(p[1], story.ada.person, "What of the councils?", quote="fifty")
    Comment.make(p[1], story.author, "They come later.", parent=point)
    Call.open(story.text, "By Friday", p[:2], story.text.created.replace(year=2099), story.author)
    return story


def urls(story: Cast) -> list[str]:
    """Every page of the text that is read, for somebody who holds a seat."""
    slug = story.text.slug
    names = [*TEXT_PAGES, *SEAT_PAGES]
    found = [reverse(f"commission:{name}", args=[slug]) for name in names]
    for passage in story.passages:
        for name in ("passage", "edit", "propose", "move"):
            found.append(reverse(f"commission:{name}", args=[slug, passage.id]))
    for chapter in ("what-happened", "what-to-do"):
        found.append(reverse("commission:chapter", args=[slug, chapter]))
        for view in ("agreed", "bracketed", "mine"):
            found.append(reverse("commission:read", args=[slug, chapter]) + f"?view={view}")
    base = reverse("commission:passages", args=[slug])
    found += [f"{base}?status={s}" for s in ("agreed", "contested", "awaiting", "yours")]
    found += [
        reverse("commission:queue", args=[slug]) + "?one=",
        reverse("commission:text", args=[slug]) + "?chapter=what-happened",
        reverse("commission:comments", args=[slug]) + "?state=all&chapter=what-happened",
        reverse("commission:add", args=[slug]) + f"?after={story.passages[1].id}",
        reverse("commission:desk"),
        reverse("commission:commissions"),
        reverse("commission:commission", args=[story.commission.slug]),
        reverse("commission:charter", args=[story.commission.slug]),
        reverse("commission:leave-seat", args=[story.commission.slug, story.ada.number]),
    ]
    for kind in ("paragraph", "heading", "item", "quote", "table", "figure", "recommendation"):
        found.append(reverse("commission:add", args=[slug]) + f"?kind={kind}")
    return found


def test_a_commissioner_opens_every_page(story: Cast, signed_in: Enter) -> None:
    lively(story)
    client = signed_in(story.ada.person)
    for url in urls(story):
        response = client.get(url, follow=True)
        assert response.status_code == 200, (url, response.status_code)


@pytest.mark.parametrize("form", ["pdf", "docx", "odt", "epub", "html", "markdown"])
def test_the_working_draft_can_be_taken_away(story: Cast, signed_in: Enter, form: str) -> None:
    response = signed_in(story.ada.person).get(
        reverse("commission:export", args=[story.text.slug, form])
    )
    assert response.status_code == 200
    assert len(response.content) > 500


def test_those_who_write_open_their_pages(story: Cast, signed_in: Enter) -> None:
    lively(story)
    point = Comment.objects.points().get()
    for person in (story.author, story.secretary):
        client = signed_in(person)
        for name in (*TEXT_PAGES, *WRITER_PAGES):
            url = reverse(f"commission:{name}", args=[story.text.slug])
            assert client.get(url, follow=True).status_code == 200, url
        for passage in story.passages:
            assert client.get(passage.get_absolute_url()).status_code == 200
        assert (
            client.get(
                reverse("commission:disposition", args=[story.text.slug, point.pk])
            ).status_code
            == 200
        )
        new = reverse("commission:new-text", args=[story.commission.slug])
        assert client.get(new).status_code == 200
        assert client.get(reverse("commission:desk")).status_code == 200


@pytest.mark.parametrize("who", ["outsider", "administrator"])
def test_nobody_else_reads_a_working_text(story: Cast, signed_in: Enter, who: str) -> None:
    lively(story)
    client = signed_in(getattr(story, who))
    for name in (*TEXT_PAGES, *SEAT_PAGES, *WRITER_PAGES):
        response = client.get(reverse(f"commission:{name}", args=[story.text.slug]))
        assert response.status_code == 403, name
        assert "commissioners of this commission" in response.content.decode() or name in (
            *SEAT_PAGES,
            *WRITER_PAGES,
        )
    for passage in story.passages:
        for name in ("passage", "edit", "propose", "move"):
            url = reverse(f"commission:{name}", args=[story.text.slug, passage.id])
            assert client.get(url).status_code == 403


def test_a_visitor_is_asked_to_sign_in_and_comes_back(story: Cast, signed_in: Enter) -> None:
    response = signed_in(None).get(story.text.get_absolute_url())
    assert response.status_code == 302
    assert f"next=%2Ftexts%2F{story.text.slug}" in response["Location"]


def test_the_desk_of_somebody_without_a_seat_is_friendly(story: Cast, signed_in: Enter) -> None:
    response = signed_in(story.outsider).get(reverse("commission:desk"))
    assert "Published reviews" in response.content.decode()
    assert "review" not in response.context["desks"]


def test_unknown_things_are_not_found(story: Cast, signed_in: Enter) -> None:
    client = signed_in(story.author)
    slug = story.text.slug
    for path in (
        "/texts/nothing/",
        f"/texts/{slug}/p/zzzzzzzzzz/",
        f"/texts/{slug}/p/zzzzzzzzzz/edit/",
        f"/texts/{slug}/read/nothing/",
        f"/texts/{slug}/outline/nothing/",
        f"/texts/{slug}/passages/?status=nothing",
        f"/texts/{slug}/export/nothing/",
        f"/texts/{slug}/pictures/{'0' * 64}/",
        f"/texts/{slug}/import/999/",
        f"/texts/{slug}/comments/999/",
        "/commissions/nothing/",
        f"/commissions/{story.commission.slug}/seats/99/leave/",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        f"/texts/{slug}/variants/999/current/",
        f"/texts/{slug}/variants/999/withdraw/",
        f"/texts/{slug}/calls/999/close/",
        f"/texts/{slug}/import/999/all/",
        f"/texts/{slug}/comments/999/dispose/",
    ):
        assert client.post(path).status_code == 404, path


def test_looking_changes_nothing(story: Cast, signed_in: Enter) -> None:
    from folkmoot.ledger.models import Entry

    lively(story)
    before = Entry.objects.count(), Variant.objects.count(), Comment.objects.count()
    client = signed_in(story.ada.person)
    for url in urls(story):
        client.get(url)
    assert (Entry.objects.count(), Variant.objects.count(), Comment.objects.count()) == before


def test_acts_are_not_done_by_looking(story: Cast, signed_in: Enter) -> None:
    client = signed_in(story.ada.person)
    passage = story.passages[1]
    for name in ("stance", "dispute", "address", "comment", "withdraw", "restore"):
        url = reverse(f"commission:{name}", args=[story.text.slug, passage.id])
        assert client.get(url).status_code == 405, name
