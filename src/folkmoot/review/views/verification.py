"""The certificate of an edition, from the real check of its bundle."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from folkmoot.algorithms.bundle import Certificate
from folkmoot.review import certificates, downloads, frozen
from folkmoot.review.downloads import Failed
from folkmoot.review.layout import Layout, layout


class _NotYet(Exception):
    """There is no certificate to show, and so no page to keep."""

    def __init__(self, book: Layout, found: Failed | None) -> None:
        super().__init__()
        self.book = book
        self.found = found


@require_safe
def verify(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the check of the bundle found, in words; a page that waits while it is under way."""
    try:
        return frozen.serve(request, ("verify", slug, number), lambda: _verified(slug, number))
    except _NotYet as not_yet:
        return _without(request, not_yet.book, not_yet.found)


def _verified(slug: str, number: int) -> frozen.Frozen:
    book = layout(slug, number)
    found = certificates.certificate(book)
    if not isinstance(found, Certificate):
        raise _NotYet(book, found)
    return frozen.drawn(
        "review/verify.html",
        {
            "book": book,
            "edition": book.edition,
            "certificate": found,
            "file": downloads.file_name(book.edition, downloads.BY_NAME["bundle"]),
        },
    )


def _without(request: HttpRequest, book: Layout, found: Failed | None) -> HttpResponse:
    """Never kept: a check ends, and a fault is looked into and then gone."""
    context = {"book": book, "edition": book.edition}
    if found is None:
        response = render(request, "review/verify_wait.html", context, status=202)
        response["Refresh"] = "3"
    else:
        page = frozen.drawn("review/verify.html", context | {"fault": found.why or "?"})
        response = HttpResponse(page.body, page.kind)
    response["Cache-Control"] = "no-store"
    return response
