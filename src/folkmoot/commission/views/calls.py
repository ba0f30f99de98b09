"""Calls for consensus: asking every seat by a date."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from folkmoot.algorithms.consent import Refused
from folkmoot.commission import policies
from folkmoot.commission.forms.call import CallForm
from folkmoot.commission.models import Call, Passage

from .room import Room


@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: HttpRequest, slug: str) -> HttpResponse:
    """The calls of a text, and for those who may, a form that opens one."""
    room = Room(request, slug)
    may = policies.may_call(room.person, room.text)
    status = 200
    if request.method == "POST":
        room.require(may, policies.CALL)
        form = CallForm(request.POST, outline=room.outline)
        if form.is_valid():
            passages = list(Passage.objects.filter(text=room.text, pk__in=form.passages))
            try:
                Call.open(
                    room.text,
                    form.cleaned_data["title"],
                    passages,
                    form.cleaned_data["closes"],
                    room.person,
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The call is open. Every seat finds it on its desk."))
                return redirect("commission:calls", slug=slug)
        status = 422
    else:
        form = CallForm(outline=room.outline)
    waiting = room.sight.waiting
    found = [
        (call, len(call.items), sum(p in waiting for p, _digest in call.items))
        for call in room.text.calls.select_related("opened_by")
    ]
    return room.render("calls", calls=found, form=form, status=status)


@require_POST
def close(request: HttpRequest, slug: str, call: int) -> HttpResponse:
    """End a call. No stance changes and nothing is included."""
    room = Room(request, slug)
    room.require(policies.may_call(room.person, room.text), policies.CALL)
    found = get_object_or_404(Call, pk=call, text=room.text)
    found.text = room.text
    try:
        found.close(room.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The call is closed. No answer changed."))
    return redirect("commission:calls", slug=slug)
