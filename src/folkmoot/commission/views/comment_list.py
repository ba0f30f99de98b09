"""The comments on a text: by state, chapter, person and words; the tray of those whose words are
gone; and the same as data for the editor. Nobody is shown, counted or found anything confidential
of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from folkmoot.commission import policies
from folkmoot.commission.forms.comment import DispositionForm
from folkmoot.commission.mentions import people_inside
from folkmoot.commission.models import Comment
from folkmoot.commission.models.comment import CommentQuerySet

from .room import Room

PAGE = 25
EXCERPT = 400
LISTED = 5_000

OPEN = Q(disposition="")
STATES: dict[str, tuple[Any, Q]] = {
    "open": (_("Open"), OPEN),
    "tray": (_("In the tray"), OPEN & ~Q(orphaned=None)),
    "answered": (_("Ended, in any way"), ~OPEN),
    **{value: (label, Q(disposition=value)) for value, label in Comment.Disposition.choices},
    "confidential": (_("Confidential"), Q(confidential=True)),
    "all": (_("All"), Q()),
}
"""The states a list can be of, with their names; "mine" is added for the visitor."""


@dataclass(frozen=True)
class Choice:
    """A state that can be chosen, and how many comments have it."""

    value: str
    label: Any
    count: int


@require_safe
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """All comments on a text that the visitor may read."""
    return page(Room(request, slug))


def page(room: Room, form: DispositionForm | None = None, status: int = 200) -> HttpResponse:
    """The list, with a form that came back when several were to be ended together."""
    request, outline = room.request, room.outline
    states = STATES | {"mine": (_("Mine"), Q(author=room.person))}
    state = request.GET.get("state", "open")
    if state not in states:
        state = "open"
    found = _readable(room)
    chapter = outline.chapter(request.GET.get("chapter", ""))
    if chapter is not None:
        found = found.filter(passage__in=[row.id for row in outline.of(chapter)])
    who = _words(request, "by")
    if who:
        found = found.filter(Q(imported_author=who) | Q(author__name=who))
    words = _words(request, "q")
    if words:
        found = _saying(found, words)
    counts = found.order_by().aggregate(
        **{name: Count("pk", filter=wanted) for name, (_label, wanted) in states.items() if wanted},
        all=Count("pk"),
    )
    found = (
        found.filter(states[state][1])
        .select_related("passage__wording", "author", "disposed_by", "merged_into")
        .prefetch_related("answers__author")
        .order_by("passage__place", "created", "pk")
    )
    shown = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for point in shown.object_list:
        point.passage.text = room.text
        point.is_own = policies.may_withdraw_comment(room.person, point)
        point.may_be_placed = policies.may_place_comment(room.person, point, room.text)
    return room.render(
        "comments",
        page=shown,
        state=state,
        states=[Choice(name, label, counts[name]) for name, (label, _wanted) in states.items()],
        tray=counts["tray"],
        chapter=chapter,
        outline=outline,
        by=who,
        words=words,
        people=_people(room),
        form=form or DispositionForm(),
        may_answer=policies.may_answer_comments(room.person, room.text),
        status=status,
    )


@require_safe
def as_data(request: HttpRequest, slug: str) -> JsonResponse:
    """Open comments with where they stand, for the editor: `comments`, and the `people` who can be
    mentioned in them."""
    room = Room(request, slug)
    found = (
        _readable(room)
        .filter(OPEN)
        .select_related("author")
        .annotate(answered=Count("answers"))
        .order_by("created", "pk")[:LISTED]
    )
    people = people_inside(room.commission)
    response = JsonResponse(
        {
            "comments": [as_json(room, one, getattr(one, "answered", 0)) for one in found],
            "people": [{"key": one.key, "name": one.shown_name} for one in people],
        }
    )
    response["Cache-Control"] = "no-store"
    return response


def as_json(room: Room, comment: Comment, answers: int = 0) -> dict[str, Any]:
    """One comment as the editor reads it. Lengths and `start` are in characters (code points) of
    the plain words of the passage; `place` is where it can be put on other words, if it can."""
    may_place = policies.may_place_comment(room.person, comment, room.text)
    slug = room.text.slug
    return {
        "id": comment.pk,
        "passage": comment.passage_id,
        "quote": comment.quote,
        "prefix": comment.prefix,
        "suffix": comment.suffix,
        "start": comment.start,
        "orphan": comment.orphaned is not None,
        "anchor": "orphan" if comment.orphaned else "words" if comment.quote else "passage",
        "author": comment.author_name,
        "body": Truncator(comment.body).chars(EXCERPT),
        "answers": answers,
        "disposition": comment.disposition,
        "confidential": comment.confidential,
        "mine": comment.author_id == room.person.pk,
        "url": reverse("commission:passage", args=[slug, comment.passage_id])
        + f"#comment-{comment.pk}",
        "place": reverse("commission:place-comment", args=[slug, comment.pk]) if may_place else "",
    }


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, and not a person's browser."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _readable(room: Room) -> CommentQuerySet:
    found: CommentQuerySet = Comment.objects.points()
    return found.filter(passage__text=room.text).readable(room.person, room.held.writes)


def _words(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:120].replace("\x00", "").strip()


def _saying(found: CommentQuerySet, words: str) -> CommentQuerySet:
    """Those in whose thread, quote or author's name all these words are."""
    for word in words.split()[:8]:
        answers = Comment.objects.filter(parent=OuterRef("pk"), body__icontains=word)
        found = found.filter(
            Q(body__icontains=word)
            | Q(quote__icontains=word)
            | Q(quote_then__icontains=word)
            | Q(imported_author__icontains=word)
            | Q(author__name__icontains=word)
            | Exists(answers)
        )
    return found


def _people(room: Room) -> list[str]:
    """Everybody who made a point on this text that the visitor may read, by name."""
    names = _readable(room).order_by().values_list("author__name", "imported_author").distinct()
    return sorted({name for pair in names for name in pair if name})
