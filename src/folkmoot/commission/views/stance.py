"""Taking a stance, and what goes with it: disputing an edit, marking an objection addressed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from folkmoot.algorithms.consent import Refused
from folkmoot.commission import policies
from folkmoot.commission.forms.stance import StanceForm
from folkmoot.commission.models import Edit, Passage, StoredWording
from folkmoot.commission.shown import Difference, difference

from .passage import address_of, page
from .room import Room


@require_POST
def take_stance(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Record the stance of the visitor's own seat on exactly the words they read."""
    return stance_taken(Room(request, slug), passage)


def stance_taken(room: Room, passage: str) -> HttpResponse:
    request, seat = room.request, room.held.seat
    room.require(policies.may_take_stance(room.person, seat), policies.TAKE_STANCE)
    assert seat is not None
    found = room.passage(passage)
    form = StanceForm(request.POST, passage=found, text=room.text)
    if not form.is_valid():
        if form.data.get("digest") not in _on_the_table(room, found):
            return _stale(room, found, form)
        return page(room, found, bound=form, status=422)
    said = form.cleaned_data
    try:
        stance = found.take_stance(
            seat,
            said["digest"],
            said["position"],
            reason=said["reason"],
            would_accept=said["would_accept"],
            conditions=form.conditions,
        )
    except Refused as refusal:
        if refusal.code != "stale_wording":
            messages.error(request, str(refusal))
            return room.answer(found)
        return _stale(room, found, form)
    if stance is None:
        messages.info(request, _("Your answer is recorded already."))
    else:
        messages.success(request, _("Your answer is recorded."))
    return room.answer(found, after(request, address_of(room, found.id)))


def _stale(room: Room, passage: Passage, form: StanceForm) -> HttpResponse:
    """The words changed meanwhile: show them, what changed, and keep what was typed."""
    passage.refresh_from_db()
    passage.text = room.text
    now = room.words(passage)
    data = room.request.POST.copy()
    read = StoredWording.objects.filter(digest=data.get("digest", "")[:64]).first()
    data["digest"] = now.digest
    # The choice was made about other words, so it has to be made again.
    data.pop("position", None)
    again = StanceForm(data, passage=passage, text=room.text)
    again.errors.clear()
    again.add_error(
        None,
        _(
            "The words changed while you were reading, so your answer was not recorded. Please "
            "read them again and answer on them. What you typed is still here."
        ),
    )
    change: Difference | None = difference(read.value, now) if read else None
    return page(room, passage, bound=again, stale=change, status=409)


def _on_the_table(room: Room, passage: Passage) -> set[str]:
    """The wordings of a passage that can be answered on now."""
    proposed = passage.variants.standing().values_list("wording_id", flat=True)
    return {room.words(passage).digest, *proposed}


def after(request: HttpRequest, otherwise: str) -> str:
    """Where a form says it wants to go next, if that is on this site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return target
    return otherwise


@require_POST
def dispute(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Say that the last edit was not editorial, while the window is open."""
    return edit_disputed(Room(request, slug), passage)


def edit_disputed(room: Room, passage: str) -> HttpResponse:
    request, seat = room.request, room.held.seat
    room.require(policies.may_take_stance(room.person, seat), policies.TAKE_STANCE)
    assert seat is not None
    found = room.passage(passage)
    latest = found.edits.first()
    if latest is not None:
        latest.passage = found
    if (
        latest is None
        or latest.kind != Edit.Kind.EDITORIAL
        or timezone.now() > latest.disputable_until
    ):
        messages.error(request, _("The time in which this edit could be disputed has passed."))
        return room.answer(found)
    try:
        found.dispute(seat)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("This edit now counts as one of substance: every seat is asked again."),
        )
    return room.answer(found)


@require_POST
def address(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Note that an answer was given to an objection. The objection stays open."""
    return objection_addressed(Room(request, slug), passage)


def objection_addressed(room: Room, passage: str) -> HttpResponse:
    request = room.request
    room.require(
        policies.may_see_what_stands_in_the_way(room.person, room.text), policies.SEE_ONE_AWAY
    )
    found = room.passage(passage)
    number = request.POST.get("stance", "")
    stance = get_object_or_404(
        found.stances.select_related("seat"), pk=int(number) if number.isdecimal() else 0
    )
    room.require(not room.sight.is_sealed(found.id), policies.SEE_STANCES)
    try:
        found.address(stance.seat, room.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _(
                "Noted that an answer was given. The objection stays open until its seat "
                "says otherwise."
            ),
        )
    return room.answer(found)
