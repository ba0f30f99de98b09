"""The ledger of a text: reading it, checking it, taking it away."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from folkmoot.commission import policies
from folkmoot.commission.record import lines, links
from folkmoot.ledger.models import Entry, Stream
from folkmoot.people.models import Person

from .room import Room

PAGE = 60


@require_safe
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    """The entries, newest first, with the head and the count that everybody can compare."""
    room = Room(request, slug)
    stream = Stream.objects.get(key=room.text.stream_key)
    entries = Entry.objects.filter(stream=stream).order_by("-seq")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    return room.render(
        "ledger",
        stream=stream,
        page=page,
        lines=list(lines(shown, room.sight, _names(room, shown))),
    )


def _names(room: Room, entries: list[Entry]) -> dict[str, str]:
    names = {seat.actor: seat.public_name for seat in room.commission.seats.all()}
    keys = {e.actor.removeprefix("person:") for e in entries if e.actor.startswith("person:")}
    for person in Person.objects.filter(key__in=keys):
        names[person.actor] = person.shown_name
    return names


@require_POST
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow the chain from its first entry to its head."""
    room = Room(request, slug)
    stream = Stream.objects.get(key=room.text.stream_key)
    broken = stream.broken()
    if broken is None:
        messages.success(
            request,
            _("The chain holds: %(n)s entries, each bound to the one before.")
            % {"n": stream.head_seq},
        )
    else:
        messages.error(request, _("The chain does not hold: %(why)s.") % {"why": broken.why})
    return redirect("commission:ledger", slug=slug)


@require_safe
def download(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The chain as JSON lines, for a seat to keep."""
    room = Room(request, slug)
    room.require(
        policies.may_take_stance(room.person, room.held.seat) or room.held.writes,
        policies.READ_TEXT,
    )
    sight = room.sight
    entries = (
        Entry.objects.filter(stream__key=room.text.stream_key)
        .select_related("stream")
        .order_by("seq")
    )

    def written() -> Iterator[bytes]:
        for link in links(entries.iterator(chunk_size=2000), sight):
            yield json.dumps(link, ensure_ascii=False, sort_keys=True).encode() + b"\n"

    return StreamingHttpResponse(
        written(),
        content_type="application/jsonl; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{room.text.slug}-ledger.jsonl"'},
    )


@require_safe
def receipt(request: HttpRequest, slug: str) -> JsonResponse:
    """A seat's own stances with the salts that open them in the chain."""
    room = Room(request, slug)
    seat = room.held.seat
    room.require(policies.may_take_stance(room.person, seat), policies.TAKE_STANCE)
    assert seat is not None
    entries = Entry.objects.filter(
        stream__key=room.text.stream_key, act="stance.given", actor=seat.actor
    ).order_by("seq")
    return JsonResponse(
        {
            "text": room.text.slug,
            "seat": seat.key,
            "entries": [
                {
                    "seq": entry.seq,
                    "digest": entry.digest,
                    "passage": entry.payload["passage"],
                    "sealed": entry.sealed,
                }
                for entry in entries
            ],
        },
        headers={"Content-Disposition": f'attachment; filename="{room.text.slug}-receipt.json"'},
    )
