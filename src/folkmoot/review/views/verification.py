"""The certificate of an edition, from the real check of its bundle."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from folkmoot.algorithms.bundle import Fault
from folkmoot.review import downloads, frozen
from folkmoot.review.layout import layout
from folkmoot.review.verification import verify as check


@require_safe
def verify(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the check of the bundle found, in words; the result is kept in this process."""
    try:
        return frozen.serve(request, ("verify", slug, number), lambda: _verified(slug, number))
    except Fault as fault:
        return _refused(request, slug, number, str(fault))


def _verified(slug: str, number: int) -> frozen.Frozen:
    book = layout(slug, number)
    made = downloads.ready(book, downloads.BY_NAME["bundle"])
    assert isinstance(made, downloads.Made)
    certificate = check(made.path, book.edition.digest)
    return frozen.drawn(
        "review/verify.html",
        {
            "book": book,
            "edition": book.edition,
            "certificate": certificate,
            "file": downloads.file_name(book.edition, downloads.BY_NAME["bundle"]),
        },
    )


def _refused(request: HttpRequest, slug: str, number: int, fault: str) -> HttpResponse:
    """Never kept: somebody will look into it, and then it should be gone."""
    book = layout(slug, number)
    page = frozen.drawn(
        "review/verify.html", {"book": book, "edition": book.edition, "fault": fault}
    )
    response = HttpResponse(page.body, page.kind)
    response["Cache-Control"] = "no-store"
    return response
