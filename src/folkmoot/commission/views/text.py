"""The state of a text: how much of it is agreed, and where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.commission.outline import Chapter, Outline, Row, kept
from folkmoot.commission.shown import KIND_WORDS
from folkmoot.commission.sight import Sight
from folkmoot.documents.exporting import FORMS
from folkmoot.ui.state_bar import Part, draw
from folkmoot.ui.statuses import STATUSES, status_of
from folkmoot.ui.templatetags.ui import status_pill

from .room import Room

PAGE = 100
"""Passages on a page of a list."""


@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The bar of the whole outline, the counts, and the chapters."""
    room = Room(request, slug)
    sight, outline = room.sight, room.outline
    # Named by the statuses themselves: most stances change none, and many seats see the same.
    statuses = tuple(sight.status(row.id) for row in outline.rows)
    drawn = kept(
        ("state", room.text.pk, room.text.revision, statuses, get_language()),
        lambda: _Drawn(room, outline, sight),
    )
    opened = outline.chapter(request.GET.get("chapter", ""))
    return room.render(
        "text",
        bar=drawn.bar,
        counts=drawn.counts,
        chapters=drawn.chapters,
        opened=opened.slug if opened else "",
        rows=rows_html(room, opened) if opened else "",
        total=len(outline.rows),
        exports=[(form.name, form.suffix.removeprefix(".").upper()) for form in FORMS.values()],
    )


class _Drawn:
    """What the state page shows that is the same for everybody with the same sight."""

    def __init__(self, room: Room, outline: Outline, sight: Sight) -> None:
        base = reverse("commission:text", args=[room.text.slug])
        names = {c.index: c.title or _("Opening") for c in outline.chapters}
        self.bar = draw(
            (
                Part(
                    _slug(sight.status(row.id)),
                    f"{base}p/{row.id}/",
                    (row.label or row.excerpt)[:40],
                    max(row.length, 40),
                    names[row.chapter],
                )
                for row in outline.rows
            ),
            prefix="all",
        )
        href = reverse("commission:passages", args=[room.text.slug])
        self.counts = format_html_join(
            "",
            '<li><a href="{}?status={}">{}</a></li>',
            (
                (href, slug, status_pill(slug, number))
                for slug, number in _counted(sight, outline.rows)
            ),
        )
        self.chapters = [
            (
                chapter,
                names[chapter.index],
                format_html_join(
                    "",
                    "{}",
                    (
                        (status_pill(slug, number),)
                        for slug, number in _counted(sight, outline.of(chapter))
                    ),
                ),
            )
            for chapter in outline.chapters
        ]


def _counted(sight: Sight, rows: Sequence[Row]) -> list[tuple[str, int]]:
    """How many of these passages have each status, in the order in which statuses are shown."""
    counts = sight.counts(row.id for row in rows)
    order = list(STATUSES)
    pairs = [(_slug(value), number) for value, number in counts.items() if number]
    return sorted(pairs, key=lambda pair: order.index(pair[0]))


def _slug(status: str) -> str:
    return status_of(status).slug


def rows_html(room: Room, chapter: Chapter) -> SafeString:
    """The passages of a chapter as a list, each with its status: one string, since a chapter can
    have hundreds."""
    return passage_list(room, room.outline.of(chapter))


def passage_list(room: Room, rows: tuple[Row, ...] | list[Row]) -> SafeString:
    """Passages as a list of links with their status."""
    base = reverse("commission:text", args=[room.text.slug])
    words = {name: escape(str(status.word)) for name, status in STATUSES.items()}
    out = ['<ul class="outline-rows" data-keys>']
    for row in rows:
        slug = _slug(room.sight.status(row.id))
        number = f'<span class="outline-number">{escape(row.label)}</span> ' if row.label else ""
        excerpt = escape(row.excerpt) or escape(str(KIND_WORDS[row.kind]))
        out.append(
            f'<li class="outline-row outline-{row.kind}" data-item>'
            f'<a href="{base}p/{row.id}/">{number}{excerpt}</a>'
            f'<span class="outline-status status status-{slug}">{words[slug]}</span></li>'
        )
    out.append("</ul>")
    # Every value above is escaped or one of our own.
    return mark_safe("".join(out))  # noqa: S308


@require_safe
def chapter(request: HttpRequest, slug: str, chapter: str) -> HttpResponse:
    """The passages of one chapter, as the fragment that opens it in the outline."""
    room = Room(request, slug)
    found = room.outline.chapter(chapter)
    if found is None:
        raise Http404
    return HttpResponse(rows_html(room, found))


@require_safe
def passages(request: HttpRequest, slug: str) -> HttpResponse:
    """All passages with one status, in the order of the text."""
    from django.core.paginator import Paginator

    room = Room(request, slug)
    wanted = request.GET.get("status", "")
    if not wanted:
        return redirect(room.text)
    if wanted not in STATUSES:
        raise Http404
    rows = [row for row in room.outline.rows if _slug(room.sight.status(row.id)) == wanted]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return room.render(
        "passages", status_slug=wanted, page=page, rows=passage_list(room, list(page.object_list))
    )
