"""The panel beside the editor: where a passage stands, and everything one can do about it.

Each answer is a fragment of a page. What is done here is done by the same acts as on the page of a
passage; only the answer differs, which is the panel as it stands afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.commission import policies
from folkmoot.commission.drafts import unfinished
from folkmoot.commission.forms.words import clean_words
from folkmoot.commission.models import Draft, Passage
from folkmoot.commission.shown import KIND_WORDS, wording_html
from folkmoot.commission.views import comments, stance, wording
from folkmoot.commission.views.passage import page
from folkmoot.commission.views.room import Room

NOTE_LIMIT = 2_000


class PanelRoom(Room):
    """A text entered through the panel of the editor: an act is answered by the panel anew."""

    acts = "live:panel-"

    def answer(self, passage: Passage, to: str = "") -> HttpResponse:
        passage.refresh_from_db()
        passage.text = self.text
        self.__dict__.pop("sight", None)
        self._drafts.clear()
        return page(self, passage)

    def render(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        if template == "passage":
            passage = more["passage"]
            proposed = {side.digest for side in more["variants"]}
            more["prepared"] = [
                draft
                for draft in Draft.objects.prepared_for(passage)
                if draft.digest not in proposed
            ]
        response = render(
            self.request, f"live/panel_{template}.html", self.context(**more), status=status
        )
        # A panel shows a moment; what is asked for again is always asked for afresh.
        response["Cache-Control"] = "no-store"
        return response


@require_safe
def panel(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """The panel on one passage: recorded, or new and only being written so far."""
    room = PanelRoom(request, slug)
    draft = Draft.objects.of_passages().filter(text=room.text, name=passage).first()
    if draft is not None and not Passage.objects.filter(pk=passage, text=room.text).exists():
        if draft.value is None:
            raise Http404
        return room.render(
            "new",
            draft=draft,
            kind=KIND_WORDS[draft.value.kind],
            html=wording_html(draft.value, room.picture_url, number=draft.label, anchor="w"),
            unfinished=unfinished(draft.value),
        )
    return page(room, room.passage(passage))


type Act = Callable[..., HttpResponse]


def _in_panel(act: Act) -> Act:
    """The view that does an act of the commission's pages in the panel."""

    @require_POST
    def view(request: HttpRequest, slug: str, **named: Any) -> HttpResponse:
        return act(PanelRoom(request, slug), **named)

    return view


take_stance = _in_panel(stance.stance_taken)
dispute = _in_panel(stance.edit_disputed)
address = _in_panel(stance.objection_addressed)
withdraw_variant = _in_panel(wording.variant_withdrawn)
make_current = _in_panel(wording.variant_made_current)
comment = _in_panel(comments.point_made)
answer = _in_panel(comments.point_answered)
withdraw_comment = _in_panel(comments.point_withdrawn)
say_kept = _in_panel(comments.point_judged)
dispose = _in_panel(comments.point_disposed)


@require_safe
def disposition(request: HttpRequest, slug: str, comment: int) -> HttpResponse:
    """The form that says what becomes of a point, in the panel."""
    return comments.disposition_asked(PanelRoom(request, slug), comment)


@require_POST
def put_forward(request: HttpRequest, slug: str, prepared: str) -> HttpResponse:
    """Propose a wording that was prepared in the editor, in the words that are stored now."""
    room = PanelRoom(request, slug)
    room.require(policies.may_propose(room.person, room.text), policies.READ_TEXT)
    draft = get_object_or_404(Draft.objects.exclude(of=""), text=room.text, name=prepared)
    found = room.passage(draft.of)
    note = clean_words(request.POST.get("note", ""))
    problem = ""
    if draft.value is None or unfinished(draft.value):
        problem = _("Write the words first. Each kind also needs what belongs to it.")
    elif len(note) > NOTE_LIMIT:
        problem = _("The reason is too long: at most 2,000 characters fit here.")
    elif draft.digest == found.wording_id:
        problem = _("These are the words that stand already.")
    elif found.withdrawn is not None:
        problem = _("This passage is not part of the text any more.")
    else:
        try:
            found.propose(draft.value, room.person, note=note, seat=room.held.seat)
        except Refused as refusal:
            problem = str(refusal)
    if problem:
        messages.error(request, problem)
        return page(room, found, status=422)
    messages.success(
        request,
        _("Your wording stands beside the other one. Every seat can take a stance on it."),
    )
    response = room.answer(found)
    response["Folkmoot-Put-Forward"] = draft.name
    return response
