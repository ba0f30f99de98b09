"""Reading the working text, chapter by chapter, in one of three views."""

from __future__ import annotations

from html import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.algorithms.consent import Status
from folkmoot.algorithms.markup import Notes, Shown, inline_html
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import StoredWording, Variant
from folkmoot.commission.outline import Chapter
from folkmoot.commission.shown import difference, field_words, notes_html, run_html
from folkmoot.ui.statuses import status_of

from .room import Room

VIEWS = ("bracketed", "agreed", "mine")


@require_safe
def read(request: HttpRequest, slug: str, chapter: str = "") -> HttpResponse:
    """One chapter: as far as agreed, with brackets and alternatives, or as the visitor's seat last
    accepted it."""
    room = Room(request, slug)
    outline = room.outline
    if not chapter:
        if not outline.chapters:
            return room.render("read", chapter=None, outline=outline)
        return redirect("commission:read", slug=slug, chapter=outline.chapters[0].slug)
    found = outline.chapter(chapter)
    if found is None:
        raise Http404
    view = request.GET.get("view", "bracketed")
    if view not in VIEWS or (view == "mine" and room.held.seat is None):
        view = "bracketed"
    last = found.index + 1 < len(outline.chapters)
    return room.render(
        "read",
        chapter=found,
        outline=outline,
        view=view,
        body={"agreed": _agreed, "bracketed": _bracketed, "mine": _mine}[view](room, found),
        previous=outline.chapters[found.index - 1] if found.index else None,
        next=outline.chapters[found.index + 1] if last else None,
    )


def _agreed(room: Room, chapter: Chapter) -> SafeString:
    """Only what all agreed to, as far as the visitor may know. What is not is a gap one can see."""
    rows = room.outline.of(chapter)
    stored = StoredWording.objects.in_bulk([row.digest for row in rows])
    agreed = [row for row in rows if room.sight.status(row.id) == Status.AGREED.value]
    return run_html(
        (Shown(row.id, stored[row.digest].value, row.label) for row in agreed),
        room.picture_url,
        permalinks=True,
    )


def _bracketed(room: Room, chapter: Chapter) -> SafeString:
    """The whole chapter; what has alternatives or is contested stands in brackets."""
    rows = room.outline.of(chapter)
    stored = StoredWording.objects.in_bulk([row.digest for row in rows])
    variants: dict[str, list[Variant]] = {}
    for variant in (
        Variant.objects.standing()
        .filter(passage__in=[row.id for row in rows])
        .select_related("wording")
    ):
        variants.setdefault(variant.passage_id, []).append(variant)
    out: list[str] = []
    run: list[Shown] = []
    notes = Notes(words=field_words())

    def flush() -> None:
        if run:
            out.append(_run(room, run, notes))
            run.clear()

    for row in rows:
        run.append(Shown(row.id, stored[row.digest].value, row.label))
        if row.id in variants:
            flush()
            out.append(_alternatives(room, row.id, variants[row.id]))
    flush()
    out.append(notes_html(notes))
    return mark_safe("".join(out))  # noqa: S308 - each part is made by a writer that escapes


def _run(room: Room, run: list[Shown], notes: Notes) -> str:
    statuses = {shown.id: status_of(room.sight.status(shown.id)).slug for shown in run}
    return run_html(
        run,
        room.picture_url,
        permalinks=True,
        notes=notes,
        class_of=lambda passage: f"margin margin-{statuses[passage]}",
    )


def _alternatives(room: Room, passage: str, variants: list[Variant]) -> str:
    """The wordings proposed beside one passage."""
    shown = (inline_html(v.wording.value.content) or escape(v.wording.plain) for v in variants)
    items = "".join(f'<li><span class="brackets">{words}</span></li>' for words in shown)
    title = escape(_("Proposed instead"))
    return (
        f'<aside class="alternatives"><p class="alternatives-title">'
        f'<a href="../../p/{passage}/">{title}</a></p><ul>{items}</ul></aside>'
    )


def _mine(room: Room, chapter: Chapter) -> SafeString:
    """Each passage as the visitor's seat last accepted it, with what has changed since."""
    rows = room.outline.of(chapter)
    seat = room.held.seat
    assert seat is not None
    with reading(room.text) as state:
        accepted = {row.id: state.last_accepted(seat.key, row.id) for row in rows}
    digests = {row.digest for row in rows} | {d for d in accepted.values() if d}
    stored = StoredWording.objects.in_bulk(digests)
    out: list[str] = []
    run: list[Shown] = []
    notes = Notes(words=field_words())

    def flush() -> None:
        if run:
            out.append(_run(room, run, notes))
            run.clear()

    for row in rows:
        mine = accepted[row.id]
        if mine == row.digest:
            run.append(Shown(row.id, stored[row.digest].value, row.label))
            continue
        flush()
        link = f"../../p/{row.id}/"
        if mine is None or mine not in stored:
            words = escape(row.excerpt)
            title = escape(_("You have not accepted this yet"))
            inner = f'<p class="muted">{words}</p>'
        else:
            title = escape(_("Changed since you accepted it"))
            inner = difference(stored[mine].value, stored[row.digest].value).html
        out.append(
            f'<section class="changed-since" id="p-{row.id}">'
            f'<p class="alternatives-title"><a href="{link}">{title}</a></p>{inner}</section>'
        )
    flush()
    out.append(notes_html(notes))
    return mark_safe("".join(out))  # noqa: S308 - each part is made by a writer that escapes
