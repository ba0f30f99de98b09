"""The desk: what waits for the person who has just come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from folkmoot.commission import policies
from folkmoot.commission.consent_log import looking
from folkmoot.commission.doors import Door, doors
from folkmoot.commission.models import Call, Comment, Commission, Text
from folkmoot.commission.sight import sight
from folkmoot.people.policies import is_administrator, signed_in, who_asks

SOON = timedelta(days=3)


@dataclass
class OnDesk:
    """A text, as far as it concerns the person."""

    text: Text
    waiting: int
    open_comments: int = 0
    doors: list[Door] = field(default_factory=list)


@dataclass
class Desk:
    """A commission in which the person holds a seat or an office."""

    commission: Commission
    held: policies.Standing
    texts: list[OnDesk] = field(default_factory=list)


@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the visitor in each commission, and what was said about their comments."""
    person = who_asks(request)
    commissions = Commission.objects.filter(
        pk__in={
            *person.seats.current().values_list("commission", flat=True),
            *person.commission_offices.current().values_list("commission", flat=True),
        }
    ).prefetch_related("texts")
    desks, texts = [], []
    for commission in commissions:
        found = Desk(commission, policies.standing(person, commission))
        for text in commission.texts.all():
            text.commission = commission
            texts.append(text)
            with looking(text) as (state, digest):
                waiting = len(sight(text, found.held, state, digest).waiting)
            comments = 0
            if found.held.writes:
                comments = Comment.objects.open().filter(passage__text=text).count()
            found.texts.append(OnDesk(text, waiting, comments, doors(text, person)))
        desks.append(found)
    now = timezone.now()
    calls = (
        Call.objects.filter(text__in=texts, closed=None, closes__gt=now)
        .select_related("text")
        .order_by("closes")[:10]
    )
    answered = (
        Comment.objects.points()
        .filter(author=person, kept="", passage__text__in=texts)
        .exclude(disposition__in=["", Comment.Disposition.WITHDRAWN])
        .select_related("passage__text", "passage__wording")
        .order_by("-disposed")[:10]
    )
    return render(
        request,
        "commission/desk.html",
        {
            "desks": desks,
            "calls": [(call, call.closes - now < SOON) for call in calls],
            "answered": answered,
            "administrator": is_administrator(person),
            "branch": person.branch,
        },
    )
