"""Putting a comment on words again when its own are gone."""

from __future__ import annotations

import re
from collections import Counter

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.commission import policies
from folkmoot.commission.forms.comment import PlaceForm
from folkmoot.commission.models import Comment, Passage

from .comment_list import as_json, wants_json
from .comments import refused_as_json
from .room import Room

OFFERED = 8
READ = 400
"""How many passages are looked at to find those that are offered."""


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """Choose the passage and the words to which a comment belongs now. Passages with most words in
    common with those it was made on are offered; others can be searched for."""
    room = Room(request, slug)
    point = get_object_or_404(
        Comment.objects.points()
        .readable(room.person, room.held.writes)
        .select_related("passage__wording", "author"),
        pk=comment,
        passage__text=room.text,
    )
    point.passage.text = room.text
    room.require(policies.may_place_comment(room.person, point, room.text), policies.PLACE_COMMENTS)
    words = (request.POST.get("q") or request.GET.get("q", ""))[:120].replace("\x00", "")
    offered = _offered(room, point, words)
    if request.method == "POST":
        chosen = request.POST.get("passage", "")[:10]
        if chosen not in offered:
            offered |= _texts(Passage.objects.filter(pk=chosen, text=room.text, withdrawn=None))
        if chosen in offered:
            offered[chosen] = _stands(room, chosen, offered[chosen])
        form = PlaceForm(request.POST, texts=offered)
        if form.is_valid():
            point.place(form.anchor)
            if wants_json(request):
                return JsonResponse(as_json(room, point))
            messages.success(request, _("The comment stands on these words now."))
            return redirect(Comment.objects.select_related("passage__text").get(pk=point.pk))
        if wants_json(request):
            return refused_as_json(form)
        return room.render("place_comment", point=point, form=form, words=words, status=422)
    first = next(iter(offered), None)
    form = PlaceForm(texts=offered, initial={"passage": first})
    return room.render("place_comment", point=point, form=form, words=words)


def _offered(room: Room, point: Comment, words: str) -> dict[str, str]:
    """The plain words of passages that may be meant, by id, the likeliest first."""
    standing = Passage.objects.filter(text=room.text, withdrawn=None)
    wanted = words or f"{point.quote_then} {point.quote}"
    counted = Counter(word.casefold() for word in re.findall(r"\w+", wanted))
    telling = sorted(counted, key=lambda word: (-len(word), word))[:6]
    if not telling:
        return _texts(standing.filter(pk=point.passage_id))
    some = Q()
    for word in telling:
        some |= Q(wording__plain__icontains=word)
    found = _texts(standing.filter(some).order_by("place")[:READ])

    def shared(id: str) -> int:
        own = {word.casefold() for word in re.findall(r"\w+", found[id])}
        return sum(len(word) for word in counted if word in own)

    best = sorted(found, key=shared, reverse=True)[:OFFERED]
    offered = {id: found[id] for id in best}
    if not words and point.passage_id not in offered:
        offered |= _texts(standing.filter(pk=point.passage_id))
    return offered


def _texts(passages: object) -> dict[str, str]:
    return dict(passages.values_list("id", "wording__plain"))  # type: ignore[attr-defined]


def _stands(room: Room, id: str, recorded: str) -> str:
    """The words of a passage at this moment, which may not be recorded yet."""
    passage = Passage(id=id, text=room.text)
    draft = room.draft(passage)
    return recorded if draft is None or draft.value is None else draft.value.plain
