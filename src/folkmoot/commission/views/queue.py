"""A seat's queue: what waits for it, with the change since it last accepted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from folkmoot.algorithms.consent import Why
from folkmoot.commission import policies
from folkmoot.commission.consent_log import looking
from folkmoot.commission.models import StoredWording
from folkmoot.commission.outline import Row, kept
from folkmoot.commission.queue_order import Waiting, ordered, waiting
from folkmoot.commission.shown import KIND_WORDS, Difference, difference, wording_html

from .room import Room

PAGE = 8

WHY = {
    Why.STALE: gettext_lazy("The words changed since you answered"),
    Why.ORPHAN: gettext_lazy("A seat that objected has left, so everybody is asked again"),
    Why.NEVER_ANSWERED: gettext_lazy("You have not answered yet"),
    Why.RECALL: gettext_lazy("A seat has left, so everybody is asked again"),
    Why.CARRIED: gettext_lazy("Your answer was carried over a small correction; please confirm it"),
}


@dataclass
class Item:
    """One passage of the queue as it is shown."""

    row: Row
    kind: str
    why: str
    html: SafeString
    change: Difference | None
    next: str


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for the visitor's seat: some at a time, or one at a time (`?one=`)."""
    room = Room(request, slug)
    seat = room.held.seat
    room.require(policies.may_take_stance(room.person, seat), policies.TAKE_STANCE)
    items = _waiting(room)
    call = room.text.calls.filter(pk=_number(request.GET.get("call", ""))).first()
    if call is not None:
        asked = {passage for passage, _digest in call.items}
        items = [item for item in items if item.passage in asked]
    one = "one" in request.GET
    if one:
        at = next((n for n, item in enumerate(items) if item.passage == request.GET["one"]), 0)
        shown, page = items[at : at + 1], None
        following = items[at + 1] if at + 1 < len(items) else None
    else:
        page = Paginator(items, PAGE).get_page(request.GET.get("page"))
        shown, following, at = list(page.object_list), None, 0
    total = len(room.outline.rows)
    return room.render(
        "queue",
        items=_items(room, shown, following if one else None, page.number if page else 0, call),
        page=page,
        one=one,
        at=at + 1,
        left=len(items),
        following=following,
        call=call,
        total=total,
        answered=total - len(_waiting(room)),
        keys=[
            ("a", _("I can live with this")),
            ("e", _("I support this")),
            ("n", _("Next")),
        ],
    )


def _number(words: str) -> int:
    return int(words) if words.isdecimal() and len(words) < 10 else 0


def _waiting(room: Room) -> list[Waiting]:
    """The whole queue in order, kept for as long as neither text nor ledger changes."""
    with looking(room.text) as (state, digest):
        sight, outline = room.sight, room.outline
        found = kept(
            ("waits", room.text.pk, room.text.revision, digest, sight.key),
            lambda: waiting(sight, outline, state),
        )
    return kept(
        ("queue", room.text.pk, room.text.revision, digest, sight.key),
        lambda: ordered(found, outline),
    )


def _items(
    room: Room, shown: list[Waiting], following: Waiting | None, page: int, call: object
) -> list[Item]:
    rows = {item.passage: room.outline.rows[room.outline.at[item.passage]] for item in shown}
    digests = {row.digest for row in rows.values()} | {i.accepted for i in shown if i.accepted}
    stored = StoredWording.objects.in_bulk(digests)
    base = reverse("commission:queue", args=[room.text.slug])
    out = []
    for n, item in enumerate(shown):
        row = rows[item.passage]
        current = stored[row.digest].value
        earlier = stored.get(item.accepted or "")
        query: dict[str, object] = {"call": call.pk} if call else {}  # type: ignore[attr-defined]
        if page:
            query |= {"page": page} if page > 1 else {}
            after = shown[n + 1].passage if n + 1 < len(shown) else ""
            target = (
                f"{base}?{urlencode(query)}#q-{after}" if after else f"{base}?{urlencode(query)}"
            )
        else:
            query["one"] = following.passage if following else ""
            target = f"{base}?{urlencode(query)}"
        out.append(
            Item(
                row=row,
                kind=str(KIND_WORDS[row.kind]),
                why=str(WHY[item.why]),
                html=wording_html(current, room.picture_url, number=row.label, anchor=row.id),
                change=difference(earlier.value, current)
                if earlier and earlier.digest != row.digest
                else None,
                next=target,
            )
        )
    return out
