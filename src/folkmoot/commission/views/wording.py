"""Writing: changing a passage, proposing another wording, adding, moving, taking out."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.editorial import obstacles
from folkmoot.algorithms.wording import Wording
from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.forms.wording import AddForm, EditForm, KindForm, ProposalForm, used
from folkmoot.commission.models import Passage, Variant
from folkmoot.commission.models.passage import Overtaken, new_id
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.shown import KIND_WORDS, difference

from .room import Room

_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{10}")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Change the words in place, having been told the price; or propose them instead."""
    room = Room(request, slug)
    room.require(policies.may_edit(room.person, room.text), policies.EDIT_TEXT)
    found = room.passage(passage)
    before = found.value
    if request.method != "POST":
        form = EditForm(
            kind=before.kind, text=room.text, wording=before, initial={"seen": before.digest}
        )
        return _edit_page(room, found, form)
    form = EditForm(request.POST, request.FILES, kind=before.kind, text=room.text, wording=before)
    if not form.is_valid() or form.wording is None:
        return _edit_page(room, found, form, status=422)
    action = request.POST.get("action", "preview")
    after = form.wording
    try:
        if action == "propose":
            return _proposed(room, found, after, form.cleaned_data["reason"])
        if action not in {"save", "substantive"}:
            return _edit_page(room, found, form, after=after)
        editorial = form.cleaned_data["change"] == "editorial" and action != "substantive"
        if editorial and obstacles(before, after) and form.cleaned_data["seen"] == before.digest:
            return _edit_page(room, found, form, after=after, objecting=True, status=422)
        done = found.edit(
            after,
            room.person,
            editorial=editorial,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
    except Overtaken:
        return _overtaken(room, found, form)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _edit_page(room, found, form, status=409)
    if done is None:
        messages.info(request, _("Nothing changed: these are the words that stand already."))
    else:
        messages.success(request, _("The new words stand. The earlier ones are in the history."))
    return redirect(found)


def _proposed(room: Room, passage: Passage, wording: Wording, note: str) -> HttpResponse:
    passage.propose(wording, room.person, note=note, seat=room.held.seat)
    messages.success(
        room.request,
        _("Your wording stands beside the other one. Every seat can take a stance on it."),
    )
    return redirect(passage)


def _overtaken(room: Room, passage: Passage, form: EditForm) -> HttpResponse:
    """Somebody changed the words meanwhile: show both, keep what was typed."""
    passage.refresh_from_db()
    passage.text = room.text
    read = room.wording(form.cleaned_data["seen"])
    form.show_again("seen", passage.wording_id)
    form.add_error(
        None,
        _(
            "Somebody changed these words while you were writing. Nothing was overwritten. Read "
            "what stands now, take over what you need, and save again."
        ),
    )
    return _edit_page(
        room,
        passage,
        form,
        after=form.wording,
        overtaken=difference(read, passage.value),
        status=409,
    )


def _edit_page(
    room: Room,
    passage: Passage,
    form: EditForm,
    *,
    after: Wording | None = None,
    objecting: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    sealed = room.sight.is_sealed(passage.id)
    with reading(room.text) as state:
        price = None if sealed else state.price(passage.id)
        frozen = state.candidate is not None
    before = passage.value
    against = obstacles(before, after) if after is not None else []
    return room.render(
        "edit",
        status=status,
        passage=passage,
        kind=KIND_WORDS[before.kind],
        form=form,
        price=price,
        sealed=sealed,
        frozen=frozen,
        change=difference(before, after) if after is not None else None,
        same=after is not None and after.digest == before.digest,
        obstacles=against,
        objecting=objecting,
        used=used(room.text) if before.kind == "recommendation" else {},
        **more,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Propose another wording, while the one that stands stays."""
    room = Room(request, slug)
    room.require(policies.may_propose(room.person, room.text), policies.READ_TEXT)
    found = room.passage(passage)
    before = found.value
    if request.method == "POST":
        form = ProposalForm(
            request.POST, request.FILES, kind=before.kind, text=room.text, wording=before
        )
        if form.is_valid() and form.wording is not None:
            if form.wording.digest == found.wording_id:
                form.add_error("words", _("These are the words that stand already."))
            elif request.POST.get("action") == "preview":
                return _propose_page(room, found, form, form.wording)
            else:
                try:
                    return _proposed(room, found, form.wording, form.cleaned_data["note"])
                except Refused as refusal:
                    form.add_error(None, str(refusal))
        return _propose_page(room, found, form, form.wording, status=422)
    return _propose_page(
        room, found, ProposalForm(kind=before.kind, text=room.text, wording=before)
    )


def _propose_page(
    room: Room,
    passage: Passage,
    form: ProposalForm,
    after: Wording | None = None,
    status: int = 200,
) -> HttpResponse:
    return room.render(
        "propose",
        status=status,
        passage=passage,
        kind=KIND_WORDS[passage.value.kind],
        form=form,
        change=difference(passage.value, after) if after is not None else None,
        used=used(room.text) if passage.value.kind == "recommendation" else {},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a passage after another one (`?after=`), or at the end. `?kind=` chooses its kind."""
    room = Room(request, slug)
    room.require(policies.may_edit(room.person, room.text), policies.EDIT_TEXT)
    after = None
    if where := request.GET.get("after", ""):
        after = room.passage(where)
    kind = request.GET.get("kind", "")
    if kind not in KIND_WORDS:
        return room.render("add_kind", after=after, form=KindForm())
    if request.method == "POST":
        form = AddForm(request.POST, request.FILES, kind=kind, text=room.text)
        if form.is_valid() and form.wording is not None:
            try:
                return _added(room, form, after)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        status = 422
    else:
        form = AddForm(kind=kind, text=room.text, initial={"once": new_id()})
        status = 200
    return room.render(
        "add",
        status=status,
        after=after,
        kind=KIND_WORDS[kind],
        form=form,
        used=used(room.text) if kind == "recommendation" else {},
    )


def _added(room: Room, form: AddForm, after: Passage | None) -> HttpResponse:
    """Add the passage. Its id came with the form, so a form sent twice adds one."""
    once = form.cleaned_data["once"]
    if not _ID.fullmatch(once):
        once = new_id()
    earlier = Passage.objects.filter(pk=once).first()
    if earlier is not None and earlier.text_id == room.text.pk:
        return redirect(earlier)
    if earlier is not None:
        once = new_id()
    assert form.wording is not None
    [made] = room.text.add(
        [Incoming(form.wording, form.cleaned_data["label"], once)], room.person, after=after
    )
    messages.success(room.request, _("Added. Every seat is asked about it."))
    return redirect(made)


@require_POST
def withdraw(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Take a passage out of the text."""
    room = Room(request, slug)
    room.require(policies.may_edit(room.person, room.text), policies.EDIT_TEXT)
    found = room.passage(passage)
    try:
        found.withdraw(room.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. It keeps its address and can be put back."))
    return redirect(found)


@require_POST
def restore(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Put a withdrawn passage back where it stood."""
    room = Room(request, slug)
    room.require(policies.may_edit(room.person, room.text), policies.EDIT_TEXT)
    found = room.passage(passage)
    try:
        found.restore(room.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It stands in the text again."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Put a passage somewhere else. Stances are untouched."""
    room = Room(request, slug)
    room.require(policies.may_edit(room.person, room.text), policies.EDIT_TEXT)
    found = room.passage(passage)
    if request.method == "POST":
        target = request.POST.get("after", "")
        if target and not _ID.fullmatch(target):
            raise Http404
        after = room.passage(target) if target else None
        try:
            found.move(after, room.person)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Moved. Nobody's answer changed."))
        return redirect(found)
    chosen = room.outline.chapter(request.GET.get("chapter", "")) or room.outline.chapter_of(
        found.id
    )
    rows = [row for row in room.outline.of(chosen) if row.id != found.id] if chosen else []
    return room.render("move", passage=found, chosen=chosen, rows=rows, outline=room.outline)


@require_POST
def withdraw_variant(request: HttpRequest, slug: str, variant: int) -> HttpResponse:
    """Take a proposed wording back."""
    return variant_withdrawn(Room(request, slug), variant)


def variant_withdrawn(room: Room, variant: int) -> HttpResponse:
    found = _variant(room, variant)
    room.require(policies.may_withdraw_variant(room.person, found), policies.WITHDRAW_PROPOSAL)
    try:
        found.withdraw(room.person)
    except Refused as refusal:
        messages.error(room.request, str(refusal))
    else:
        messages.success(room.request, _("Your proposal is withdrawn."))
    return room.answer(found.passage)


@require_POST
def make_current(request: HttpRequest, slug: str, variant: int) -> HttpResponse:
    """Let a proposed wording stand in the text."""
    return variant_made_current(Room(request, slug), variant)


def variant_made_current(room: Room, variant: int) -> HttpResponse:
    room.require(policies.may_make_current(room.person, room.text), policies.EDIT_TEXT)
    found = _variant(room, variant)
    try:
        found.make_current(room.person)
    except Refused as refusal:
        messages.error(room.request, str(refusal))
    else:
        messages.success(room.request, _("This wording stands in the text now."))
    return room.answer(found.passage)


def _variant(room: Room, variant: int) -> Variant:
    found = get_object_or_404(
        Variant.objects.select_related("passage", "wording"), pk=variant, passage__text=room.text
    )
    found.passage.text = room.text
    return found
