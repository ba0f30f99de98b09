"""Taking an edition away as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe

from folkmoot.review import downloads
from folkmoot.review.downloads import Failed, Made
from folkmoot.review.frozen import FOR_EVER
from folkmoot.review.layout import layout


@require_safe
def download(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponse:
    """The file; a page that waits while it is made; or a page that says why it cannot be."""
    offer = downloads.BY_NAME.get(form)
    if offer is None:
        raise Http404
    book = layout(slug, number)
    found = downloads.ready(book, offer)
    if isinstance(found, Made):
        return _file(request, found, downloads.file_name(book.edition, offer), offer.media_type)
    context = {
        "book": book,
        "edition": book.edition,
        "offer": offer,
        "forms": [other for other in downloads.OFFERED if other is not offer],
    }
    if isinstance(found, Failed):
        page = render(
            request, "review/download_failed.html", {**context, "why": found.why}, status=503
        )
        page["Retry-After"] = str(int(downloads.RETRY))
    else:
        page = render(request, "review/download_wait.html", context, status=202)
        page["Refresh"] = "3"
    page["Cache-Control"] = "no-store"
    return page


def _file(request: HttpRequest, made: Made, name: str, kind: str) -> HttpResponse:
    asked = request.headers.get("If-None-Match", "")
    response: HttpResponse
    if made.tag in {part.strip().removeprefix("W/") for part in asked.split(",")}:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else made.path.read_bytes(), kind)
        response["Content-Length"] = str(made.size)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = made.tag
    response["Cache-Control"] = FOR_EVER
    return response
