"""What those who write must know: what is one seat away, and what is left out."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from folkmoot.algorithms.consent import OneAway, Status, Why
from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import Passage, Stance
from folkmoot.commission.sight import YOURS

from .room import Room
from .text import passage_list

PAGE = 40

WHY = {
    Why.STALE: _("has not answered since the words changed"),
    Why.NEVER_ANSWERED: _("has not answered yet"),
    Why.ORPHAN: _("has not answered since a seat left"),
    Why.OBJECTS: _("objects"),
    Why.UNDECIDED: _("needs more discussion"),
    Why.STANDS_ASIDE: _("stands aside"),
    Why.CONDITION: _("accepts only if another passage is in"),
}


@require_safe
def one_away(request: HttpRequest, slug: str) -> HttpResponse:
    """Passages that one seat alone keeps out, with what would let it live with them."""
    room = Room(request, slug)
    room.require(
        policies.may_see_what_stands_in_the_way(room.person, room.text), policies.SEE_ONE_AWAY
    )
    with reading(room.text) as state:
        found = state.one_away()
    # Somebody who holds a seat as well learns nothing here about what that seat has not answered.
    found = [
        one
        for one in found
        if one.passage in room.outline.at and not room.sight.is_sealed(one.passage)
    ]
    found.sort(key=lambda one: room.outline.at[one.passage])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return room.render("one_away", page=page, items=_items(room, list(page.object_list)))


def _items(room: Room, found: list[OneAway]) -> list[dict[str, object]]:
    seats = {seat.key: seat for seat in room.commission.seats.all()}
    latest: dict[tuple[str, int], Stance] = {}
    for stance in Stance.objects.filter(passage__in=[one.passage for one in found]).order_by("seq"):
        latest[stance.passage_id, stance.seat_id] = stance
    out: list[dict[str, object]] = []
    for one in found:
        seat = seats.get(one.seat)
        said = latest.get((one.passage, seat.pk)) if seat else None
        out.append(
            {
                "row": room.outline.row(one.passage),
                "name": seat.public_name if seat and room.sight.named else "",
                "why": WHY.get(one.why, ""),
                "said": said if one.why in (Why.OBJECTS, Why.UNDECIDED, Why.STANDS_ASIDE) else None,
            }
        )
    return out


LEFT_OUT = (
    Status.CONTESTED.value,
    Status.AWAITING.value,
    Status.HELD_BY_CONDITION.value,
    Status.TIE.value,
    Status.NOT_OPEN.value,
    YOURS,
)


@require_safe
def left_out(request: HttpRequest, slug: str) -> HttpResponse:
    """What an edition made now would leave out, and why, as far as the visitor may know."""
    room = Room(request, slug)
    sight = room.sight
    rows = [row for row in room.outline.rows if sight.status(row.id) in LEFT_OUT]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    withdrawn = (
        Passage.objects.filter(text=room.text)
        .exclude(withdrawn=None)
        .select_related("wording")
        .order_by("place")[:200]
    )
    return room.render(
        "left_out",
        page=page,
        rows=passage_list(room, list(page.object_list)),
        withdrawn=withdrawn,
        total=len(room.outline.rows),
    )
