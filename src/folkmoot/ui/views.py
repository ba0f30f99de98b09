"""The styleguide, the organisation's colour, and the pages for what goes wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from folkmoot.ui.context import current_organisation
from folkmoot.ui.styleguide import samples, specimens


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """A stylesheet of one rule. The colour is in the address, so it can be kept for ever."""
    return HttpResponse(f":root {{ --accent: #{colour}; }}\n", content_type="text/css")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with its states and the words that make it."""
    return render(request, "ui/styleguide.html", {"chapters": specimens(), **samples(request)})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request was damaged."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: says who may, from the exception's `who_may` or its own sentence."""
    who_may = getattr(exception, "who_may", "") or str(exception)
    return render(request, "403.html", {"who_may": who_may}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing is at this address."""
    return render(request, "404.html", status=404)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413: a file of more than `limit` bytes."""
    return render(request, "413.html", {"limit": limit}, status=413)


def too_many(request: HttpRequest, wait: str = "") -> HttpResponse:
    """429: too many attempts; `wait` is how long to wait, in words."""
    return render(request, "429.html", {"wait": wait}, status=429)


def broken(request: HttpRequest) -> HttpResponse:
    """500: asks nothing of the request or the database, either of which may be what broke."""
    return HttpResponse(
        render_to_string("500.html", {"organisation": current_organisation()}), status=500
    )
