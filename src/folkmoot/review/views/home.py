"""The front door: what this site is, and what has been published."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from folkmoot.review.models import Edition, EditionPassage


@dataclass(frozen=True)
class Published:
    """The latest edition of a text, with what there is to say of it at a glance."""

    edition: Edition
    passages: int
    recommendations: int
    editions: int


def published() -> list[Published]:
    """The latest edition of every text that has one, newest first."""
    latest = Edition.objects.values("text").annotate(last=Max("number"))
    wanted = Q()
    for row in latest:
        wanted |= Q(text=row["text"], number=row["last"])
    if not wanted:
        return []
    editions = Edition.objects.filter(wanted).select_related("text__commission")
    counts = {
        row["edition"]: row
        for row in EditionPassage.objects.filter(edition__in=editions)
        .order_by()
        .values("edition")
        .annotate(
            passages=Count("pk"),
            recommendations=Count("pk", filter=Q(wording__kind="recommendation")),
        )
    }
    return [
        Published(
            edition,
            counts[edition.pk]["passages"],
            counts[edition.pk]["recommendations"],
            edition.number,
        )
        for edition in editions.order_by("-published")
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this site is; the published reviews; the way in."""
    return render(request, "review/home.html", {"published": published(), "demo": settings.DEMO})
