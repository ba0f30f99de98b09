"""Two editions side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from folkmoot.review import frozen
from folkmoot.review.comparison import Comparison
from folkmoot.review.layout import layout


@require_safe
def compare(request: HttpRequest, slug: str, number: int, other: int) -> HttpResponse:
    """What changed from edition `other` to edition `number`, the later one."""
    if number == other:
        raise Http404
    if number < other:
        layout(slug, other)
        return redirect("review:compare", slug, other, number)
    key = ("compare", slug, number, other)
    return frozen.serve(request, key, lambda: _compare(slug, number, other))


def _compare(slug: str, number: int, other: int) -> frozen.Frozen:
    found = Comparison(layout(slug, other), layout(slug, number))
    return frozen.drawn(
        "review/compare.html",
        {
            "comparison": found,
            "edition": found.new.edition,
            "older": found.old.edition,
            "book": found.new,
            "counts": found.counts,
        },
    )
