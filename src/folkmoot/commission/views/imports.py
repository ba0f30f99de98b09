"""Importing a document, reading its loss report, and deciding on what it proposes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.wording import Asks
from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.forms.intake import AsksForm, ChangesForm, ImportForm
from folkmoot.commission.forms.wording import used
from folkmoot.commission.intake import Undecided, decide, receive
from folkmoot.commission.models import Intake, Proposal
from folkmoot.commission.shown import Difference, difference
from folkmoot.commission.waiting_document import WaitingDocument
from folkmoot.documents.refusal import Refusal

from .room import Room

if TYPE_CHECKING:
    from folkmoot.documents.reading import Changes

PAGE = 20
NAMED = 4
SEVERITY = {"lost": _("Lost"), "changed": _("Changed"), "note": _("To look at")}


def _enter(request: HttpRequest, slug: str) -> Room:
    room = Room(request, slug)
    room.require(policies.may_import(room.person, room.text), policies.IMPORT)
    return room


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a document in. Over a text that has words it only proposes."""
    room = _enter(request, slug)
    if request.method == "POST" and "waiting" in request.POST:
        return _answered(room)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        document = form.cleaned_data["document"]
        name = document.name or "document"
        with _on_disk(document) as path:
            try:
                return _taken_in(room, form, path, name, form.cleaned_data["changes"] or None)
            except Undecided as undecided:
                kept = WaitingDocument.keep(path, name, room.text, room.person, undecided.tracked)
                return _ask(room, kept, ChangesForm(initial={"waiting": kept.token}))
    return _upload_page(room, form)


def _answered(room: Room) -> HttpResponse:
    """The uploader has said what becomes of the changes in a document that waits."""
    answer = ChangesForm(room.request.POST)
    kept = WaitingDocument.find(room.request.POST["waiting"], room.text, room.person)
    if kept is None:
        form = ImportForm({}, {})
        form.errors.clear()
        form.add_error("document", _("This document is no longer kept. Choose it once more."))
        return _upload_page(room, form)
    if not answer.is_valid():
        return _ask(room, kept, answer)
    try:
        changes: Changes = answer.cleaned_data["changes"]
        return _taken_in(room, ImportForm({}, {}), kept.path, kept.filename, changes)
    finally:
        kept.discard()


def _taken_in(
    room: Room, form: ImportForm, path: Path, name: str, changes: Changes | None
) -> HttpResponse:
    """Read a file and go on to its loss report; or say at the form why that cannot be."""
    try:
        intake = receive(room.text, path, name, room.person, changes=changes)
    except Refusal as refusal:
        form.errors.clear()
        form.add_error("document", refusal.message)
        return _upload_page(room, form)
    except Refused as refusal:
        form.errors.clear()
        form.add_error(None, str(refusal))
        return _upload_page(room, form)
    messages.success(
        room.request,
        ngettext(
            "%(n)d passage read from %(name)s.",
            "%(n)d passages read from %(name)s.",
            intake.passages,
        )
        % {"n": intake.passages, "name": intake.filename},
    )
    return redirect("commission:intake", slug=room.text.slug, intake=intake.pk)


def _upload_page(room: Room, form: ImportForm) -> HttpResponse:
    return room.render(
        "import",
        form=form,
        intakes=room.text.intakes.select_related("by")[:20],
        empty=not room.outline.rows,
        status=422 if form.is_bound else 200,
    )


def _ask(room: Room, kept: WaitingDocument, form: ChangesForm) -> HttpResponse:
    """Ask what becomes of tracked changes; the document waits meanwhile."""
    return room.render("import_changes", form=form, kept=kept, who=_who(kept), status=422)


def _who(kept: WaitingDocument) -> str:
    """Who made the tracked changes, the first few by name."""
    names = kept.tracked.authors
    more = len(names) - NAMED
    if more > 0:
        said = ngettext("%(n)d other", "%(n)d others", more) % {"n": more}
        return str(get_text_list([*names[:NAMED], said], _("and")))
    return str(get_text_list(list(names), _("and")))


@contextmanager
def _on_disk(document: UploadedFile[bytes]) -> Iterator[Path]:
    """The uploaded document as a file; it is gone afterwards."""
    path = getattr(document, "temporary_file_path", None)
    if path is not None:
        yield Path(path())
        return
    # A small upload is held in memory; the reader wants a file.
    suffix = Path(document.name or "").suffix[:10]
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        for chunk in document.chunks():
            file.write(chunk)
        file.flush()
        yield Path(file.name)


@dataclass
class Shown:
    """A proposal with its change and, for a likely recommendation, the form that confirms it."""

    proposal: Proposal
    change: Difference
    form: AsksForm | None = None
    place: str = ""
    price: int | None = None


@require_safe
def intake(request: HttpRequest, slug: str, intake: int) -> HttpResponse:
    """What an import brought: what could not be kept, and what it proposes."""
    return _page(_enter(request, slug), intake)


def _page(
    room: Room, number: int, bound: tuple[int, AsksForm] | None = None, status: int = 200
) -> HttpResponse:
    found = get_object_or_404(Intake, pk=number, text=room.text)
    every = found.proposals.select_related("passage__wording", "wording", "decided_by", "after")
    open_ = every.filter(decision="")
    kind = room.request.GET.get("kind", "")
    if kind in Proposal.Kind.values:
        open_ = open_.filter(kind=kind)
    page = Paginator(open_, PAGE).get_page(room.request.GET.get("page"))
    counts = {
        value: found.proposals.filter(decision="", kind=value).count()
        for value in Proposal.Kind.values
    }
    return room.render(
        "intake",
        intake=found,
        losses=found.losses,
        page=page,
        shown=[_shown(room, proposal, bound) for proposal in page.object_list],
        kinds=[(v, Proposal.Kind(v).label, n) for v, n in counts.items() if n],
        kind=kind,
        decided=found.proposals.exclude(decision="").count(),
        left=sum(counts.values()),
        used=used(room.text),
        bulk_unanswered=not room.sight.seals,
        status=status,
    )


def _shown(room: Room, proposal: Proposal, bound: tuple[int, AsksForm] | None) -> Shown:
    before = proposal.passage.value if proposal.passage else None
    after = proposal.wording.value if proposal.wording else None
    form = None
    if proposal.kind == Proposal.Kind.RECOMMENDATION:
        after = after or before
        asks = after.asks if after else None
        form = AsksForm(
            prefix=f"p{proposal.pk}",
            initial={"area": asks.area, "addressee": asks.addressee, "level": asks.level}
            if asks
            else None,
        )
        if bound and bound[0] == proposal.pk:
            form = bound[1]
        before = after
    at = proposal.passage or proposal.after
    chapter = room.outline.chapter_of(at.id) if at else None
    return Shown(proposal, difference(before, after), form, chapter.title if chapter else "")


@require_POST
def decide_one(request: HttpRequest, slug: str, intake: int, proposal: int) -> HttpResponse:
    """Take one proposal, take it as another wording, or leave things as they are."""
    room = _enter(request, slug)
    found = get_object_or_404(
        Proposal.objects.select_related("intake"),
        pk=proposal,
        intake=intake,
        intake__text=room.text,
    )
    decision = request.POST.get("decision", "")
    asks = None
    if decision not in Proposal.Decision.values:
        messages.error(request, _("Choose what to do with it."))
        return redirect("commission:intake", slug=slug, intake=intake)
    if found.kind == Proposal.Kind.RECOMMENDATION and decision != Proposal.Decision.DECLINED:
        form = AsksForm(request.POST, prefix=f"p{found.pk}")
        if not form.is_valid():
            return _page(room, intake, (found.pk, form), status=422)
        said = form.cleaned_data
        asks = Asks(said["area"], said["addressee"], said["level"])
    try:
        decide(found, decision, room.person, asks)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect(_back(request, slug, intake))


def _back(request: HttpRequest, slug: str, intake: int) -> str:
    from django.urls import reverse

    from .stance import after

    return after(request, reverse("commission:intake", args=[slug, intake]))


BULK = {
    "new": (Proposal.Kind.NEW, Proposal.Decision.TAKEN),
    "variants": (Proposal.Kind.CHANGED, Proposal.Decision.AS_VARIANT),
    "unanswered": (Proposal.Kind.CHANGED, Proposal.Decision.TAKEN),
    "leave-gone": (Proposal.Kind.GONE, Proposal.Decision.DECLINED),
    "leave-recommendations": (Proposal.Kind.RECOMMENDATION, Proposal.Decision.DECLINED),
}


@require_POST
def decide_many(request: HttpRequest, slug: str, intake: int) -> HttpResponse:
    """Decide on all proposals of a kind at once."""
    room = _enter(request, slug)
    found = get_object_or_404(Intake, pk=intake, text=room.text)
    chosen = request.POST.get("all", "")
    if chosen not in BULK or (chosen == "unanswered" and room.sight.seals):
        messages.error(request, _("Choose what to do with them."))
        return redirect("commission:intake", slug=slug, intake=intake)
    kind, decision = BULK[chosen]
    proposals = list(found.proposals.filter(kind=kind, decision="").select_related("passage"))
    if chosen == "unanswered":
        with reading(room.text) as state:
            proposals = [
                p
                for p in proposals
                if p.passage_id
                and not any(s.seq for s in state.standing(p.passage_id).stands.values())
            ]
    done = 0
    try:
        for proposal in proposals:
            decide(proposal, decision, room.person)
            done += 1
    except Refused as refusal:
        messages.error(request, str(refusal))
    messages.success(request, ngettext("%(n)d done.", "%(n)d done.", done) % {"n": done})
    return redirect("commission:intake", slug=slug, intake=intake)
