"""The history of a text: who wrote what when, session by session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from folkmoot.commission.models import Passage
from folkmoot.commission.outline import Chapter, Outline
from folkmoot.commission.shown import Difference, difference
from folkmoot.commission.views.room import Room
from folkmoot.live.history import record
from folkmoot.live.history.folding import PAGE, Reached, fold
from folkmoot.live.history.moment import Log, around
from folkmoot.live.models import EditingSession, TouchedPassage
from folkmoot.people.models import Person

SESSIONS_SHOWN = 40
PASSAGES_SHOWN = 40
CHAPTERS_NAMED = 3
OUTSIDE_SHOWN = 50


class History:
    """The history of a text, entered by somebody who may read the text, and read on a little."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self.room = Room(request, slug)
        self.text = self.room.text
        self.log = Log.of(self.text)
        self.reached: Reached = fold(self.text, most=PAGE, log=self.log)

    def render(self, template: str, *, status: int = 200, **more: object) -> HttpResponse:
        return render(
            self.room.request,
            f"live/{template}.html",
            self.room.context(reached=self.reached, **more),
            status=status,
        )


@dataclass
class Shown:
    """A session of editing as a list shows it."""

    session: EditingSession
    chapters: list[str] = field(default_factory=list)
    more_chapters: int = 0

    @property
    def day(self) -> date:
        return localtime(self.session.ended).date()


@dataclass
class Touch:
    """What a session did to one passage, as its page shows it."""

    touched: TouchedPassage
    change: Difference
    chapter: str
    beginning: str
    is_passage: bool
    others: list[str]


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions of editing, newest first."""
    entered = History(request, slug)
    text, outline = entered.text, entered.room.outline
    people = sorted(
        Person.objects.filter(editing_sessions__text=text).distinct(),
        key=lambda person: person.shown_name.casefold(),
    )
    by = next((p for p in people if p.key == request.GET.get("by")), None)
    chapter = outline.chapter(request.GET.get("chapter", ""))
    sessions = EditingSession.objects.with_changes().filter(text=text)
    if by is not None:
        sessions = sessions.filter(person=by)
    if chapter is not None:
        ids = [row.id for row in outline.of(chapter)]
        within = TouchedPassage.objects.filter(passage__in=ids).values("session")
        sessions = sessions.filter(pk__in=within)
    page = Paginator(sessions.select_related("person"), SESSIONS_SHOWN).get_page(
        request.GET.get("page")
    )
    return entered.render(
        "history",
        page=page,
        sessions=_shown(list(page.object_list), outline),
        people=people,
        by=by,
        outline=outline,
        chapter=chapter,
        outside=_outside(entered),
    )


@require_safe
def session(request: HttpRequest, slug: str, session: int) -> HttpResponse:
    """One session of editing: what changed in it, passage by passage."""
    entered = History(request, slug)
    rows = EditingSession.objects.select_related("person")
    found = get_object_or_404(rows, pk=session, text=entered.text)
    page = Paginator(found.touched.order_by("first", "pk"), PASSAGES_SHOWN).get_page(
        request.GET.get("page")
    )
    before, after = around(found)
    return entered.render(
        "history_session",
        session=found,
        page=page,
        touches=_touches(entered.room, found, list(page.object_list)),
        around=urlencode({"from": before, "to": after}),
    )


def _shown(sessions: Sequence[EditingSession], outline: Outline) -> list[Shown]:
    touched: dict[int, dict[Chapter | None, None]] = {}
    rows = TouchedPassage.objects.filter(session__in=[s.pk for s in sessions])
    for session_id, passage in rows.order_by("first").values_list("session_id", "passage"):
        touched.setdefault(session_id, {})[outline.chapter_of(passage)] = None
    shown = []
    for one in sessions:
        names = [_chapter_name(chapter) for chapter in touched.get(one.pk, {})]
        shown.append(Shown(one, names[:CHAPTERS_NAMED], max(0, len(names) - CHAPTERS_NAMED)))
    return shown


def _chapter_name(chapter: Chapter | None) -> str:
    if chapter is None:
        return _("what is no longer in the text")
    return chapter.title or _("Opening")


def _touches(room: Room, session: EditingSession, some: Sequence[TouchedPassage]) -> list[Touch]:
    words = record.wordings(
        {digest for one in some for digest in (one.before, one.after) if digest}
    )
    ids = [one.passage for one in some]
    known = set(Passage.objects.filter(text=room.text, pk__in=ids).values_list("pk", flat=True))
    others = _others(session, some)
    shown = []
    for one in some:
        before, after = words.get(one.before), words.get(one.after)
        current = after or before
        chapter = room.outline.chapter_of(one.passage)
        shown.append(
            Touch(
                one,
                difference(before, after),
                _chapter_name(chapter),
                current.plain if current else "",
                one.passage in known,
                others.get(one.passage, []),
            )
        )
    return shown


def _others(session: EditingSession, some: Sequence[TouchedPassage]) -> dict[str, list[str]]:
    """Who else wrote in the same passages at the same time."""
    if session.source != EditingSession.Source.LIVE or not some:
        return {}
    at = {one.passage: one for one in some}
    rows = (
        TouchedPassage.objects.filter(
            session__text=session.text_id,
            session__source=session.source,
            passage__in=at,
            first__lte=max(one.last for one in some),
            last__gte=min(one.first for one in some),
        )
        .exclude(session=session)
        .select_related("session__person")
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        ours = at[row.passage]
        person = row.session.person
        if person is not None and row.first <= ours.last and row.last >= ours.first:
            names = found.setdefault(row.passage, [])
            if person.shown_name not in names:
                names.append(person.shown_name)
    return found


def _outside(entered: History) -> list[Passage]:
    """Passages that were changed in forms, which the room has not taken over yet."""
    if entered.log is None:
        return []
    changed = ~Q(taken_up="") & ~Q(taken_up=F("wording_id"))
    added = Q(taken_up="", created__gt=entered.log.start)
    rows = Passage.objects.filter(changed | added, text=entered.text, withdrawn=None)
    return list(rows.select_related("wording")[:OUTSIDE_SHOWN])


def passage_of(room: Room, passage: str) -> Passage | None:
    """The passage of that id if the ledger has it; None when it is only known to the room so far.
    Raises 404 for one that was never in this text."""
    found = Passage.objects.filter(pk=passage, text=room.text).select_related("wording").first()
    if found is not None:
        found.text = room.text
        return found
    rows = TouchedPassage.objects.filter(session__text=room.text, passage=passage)
    if not rows.exists():
        raise Http404
    return None
