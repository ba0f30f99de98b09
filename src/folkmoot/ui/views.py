"""The page that shows every component, and the stylesheet that sets the organisation's colour."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from folkmoot.ui.styleguide import specimens


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """A stylesheet of one rule. The colour is in the address, so it can be kept for ever."""
    return HttpResponse(f":root {{ --accent: #{colour}; }}\n", content_type="text/css")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with its states and the words that make it."""
    return render(request, "ui/styleguide.html", {"specimens": specimens(request)})
