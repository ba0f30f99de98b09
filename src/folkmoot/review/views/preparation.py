"""Before an edition: the pre-flight, and freezing the candidate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.commission.consent_log import looking
from folkmoot.commission.models import Text
from folkmoot.commission.policies import standing
from folkmoot.commission.sight import sight
from folkmoot.people.models import Person
from folkmoot.people.policies import require
from folkmoot.review import policies
from folkmoot.review.models import Candidate
from folkmoot.review.preflight import Preflight, preflight

LISTED = 200
"""How many left-out passages the page lists before it says that there are more."""


def text_for(request: HttpRequest, slug: str) -> Text:
    """A text for somebody who prepares its edition."""
    text = get_object_or_404(Text.objects.select_related("commission"), slug=slug)
    require(policies.may_prepare(request.user, text), policies.PREPARE)
    return text


def person(request: HttpRequest) -> Person:
    """Who asks, in a view that only lets persons in."""
    assert isinstance(request.user, Person)
    return request.user


def look_over(request: HttpRequest, text: Text) -> tuple[Preflight, str]:
    """The pre-flight as the visitor may know it, and the name of the state it is of."""
    held = standing(request.user, text.commission)
    seats = {seat.key: seat for seat in text.commission.seats.all()}
    with looking(text) as (state, head):
        return preflight(text, state, sight(text, held, state, head), seats), head


@require_safe
@never_cache
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """What the next edition would contain, and what to look at before it is frozen."""
    text = text_for(request, slug)
    found, head = look_over(request, text)
    return render(
        request,
        "review/prepare.html",
        {
            "text": text,
            "found": found,
            "left_out": found.left_out[:LISTED],
            "more": max(0, len(found.left_out) - LISTED),
            "candidate": text.candidates.open().first(),
            "head": head,
        },
    )


@never_cache
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then freeze what is agreed as the candidate."""
    text = text_for(request, slug)
    found, head = look_over(request, text)
    if request.method == "POST":
        if request.POST.get("head") != head and not text.candidates.open().exists():
            messages.warning(
                request,
                _("Something changed since you looked. Please check the figures once more."),
            )
            return redirect("review:freeze", slug)
        try:
            Candidate.freeze(text, person(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("The candidate is frozen. The seats can now read and sign it.")
            )
            return redirect("review:candidate", slug)
        open_ = text.candidates.open().exists()
        return redirect("review:candidate" if open_ else "review:prepare", slug)
    return render(
        request,
        "review/freeze.html",
        {
            "text": text,
            "found": found,
            "head": head,
            "candidate": text.candidates.open().first(),
            "seats": text.commission.seats.current().count(),
        },
    )
