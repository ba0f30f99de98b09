"""The page on which a text is written together, and the pictures that come with it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.models import Picture
from folkmoot.commission.photograph import Unusable, redrawn
from folkmoot.commission.views.room import Room
from folkmoot.live.words import interface_words

ANY = "ID"
"""Stands in an address for the id of a passage or picture; the script puts the id there."""


@require_safe
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor over the whole text. Those who may not edit read along."""
    room = Room(request, slug)
    with reading(room.text) as state:
        frozen = state.candidate is not None
    may_edit = policies.may_edit(room.person, room.text) and not frozen
    return render(
        request,
        "live/write.html",
        room.context(frozen=frozen, may_write=may_edit, config=_config(room, may_edit)),
    )


def _config(room: Room, may_edit: bool) -> dict[str, Any]:
    """What the script on the page has to know."""
    text, person, slug = room.text, room.person, room.text.slug
    seat = room.held.seat
    return {
        "slug": slug,
        "title": text.title,
        "language": text.language,
        "socket": f"/live/text/{slug}/",
        "person": {"key": person.key, "name": person.shown_name},
        "role": "write" if may_edit else "read",
        "seat": seat.key if seat else "",
        "mayEdit": may_edit,
        "mayPropose": policies.may_propose(person, text),
        "urls": {
            "panel": reverse("live:panel", args=[slug, ANY]),
            "passage": reverse("commission:passage", args=[slug, ANY]),
            "comments": reverse("commission:comments-json", args=[slug]),
            "comment": reverse("commission:comment", args=[slug, ANY]),
            "commentList": reverse("commission:comments", args=[slug]),
            "read": reverse("commission:read-first", args=[slug]),
            "queue": reverse("commission:queue", args=[slug]) if seat else "",
            "pictures": reverse("commission:picture", args=[slug, ANY]),
            "upload": reverse("live:upload", args=[slug]),
            "history": reverse("live:history", args=[slug]),
        },
        "words": interface_words(),
    }


@require_POST
def upload(request: HttpRequest, slug: str) -> JsonResponse:
    """Take in a picture for this text. Answers `{image, url}`, or 422 with `{error}`."""
    room = Room(request, slug)
    room.require(policies.may_propose(room.person, room.text), policies.READ_TEXT)
    file = request.FILES.get("picture")
    if file is None:
        return JsonResponse({"error": _("Choose a picture.")}, status=422)
    try:
        content, media_type = redrawn(cast("BinaryIO", file), file.size or 0)
    except Unusable as error:
        return JsonResponse({"error": str(error)}, status=422)
    picture = Picture.keep(content, media_type)
    picture.texts.add(room.text)
    return JsonResponse({"image": picture.digest, "url": room.picture_url(picture.digest)})
