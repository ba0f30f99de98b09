"""An edition to read: its front, its chapters, its pictures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from folkmoot.commission.models import Picture
from folkmoot.review import frozen
from folkmoot.review.citation import citation, public
from folkmoot.review.downloads import OFFERED
from folkmoot.review.layout import layout, newest


@require_safe
@never_cache
def newest_edition(request: HttpRequest, slug: str) -> HttpResponse:
    """To the latest edition of a text."""
    return redirect(newest(slug))


@require_safe
def front(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What an edition is, who agreed to it and how, and what is in it."""
    return frozen.serve(request, ("front", slug, number), lambda: _front(slug, number))


def _front(slug: str, number: int) -> frozen.Frozen:
    book = layout(slug, number)
    return frozen.drawn(
        "review/edition.html",
        {
            "book": book,
            "edition": book.edition,
            "seats": book.edition.manifest["roster"],
            "contents": book.contents_html(),
            "forms": OFFERED,
            "citation": citation(book.edition),
            "aside": _aside(book.edition.manifest),
        },
    )


def _aside(manifest: dict[str, list[list[str]]]) -> list[tuple[str, int]]:
    """Under the consensus rule: the names of those who stand aside, and on how many passages."""
    names = {seat["seat"]: seat["name"] for seat in manifest["roster"]}  # type: ignore[call-overload]
    counts: dict[str, int] = {}
    for _, seat in manifest["aside"]:
        counts[names[seat]] = counts.get(names[seat], 0) + 1
    return sorted(counts.items())


@require_safe
def chapter(request: HttpRequest, slug: str, number: int, chapter: str) -> HttpResponse:
    """One chapter to read."""
    return frozen.serve(
        request, ("chapter", slug, number, chapter), lambda: _chapter(slug, number, chapter)
    )


def _chapter(slug: str, number: int, address: str) -> frozen.Frozen:
    book = layout(slug, number)
    found = book.chapter(address)
    before, after = book.around(found)
    return frozen.drawn(
        "review/chapter.html",
        {
            "book": book,
            "edition": book.edition,
            "chapter": found,
            "source": public(book.address("chapter", found.slug)),
            "text": book.chapter_html(found),
            "contents": book.contents_html(found.slug),
            "before": before,
            "after": after,
        },
    )


@require_safe
def picture(request: HttpRequest, slug: str, number: int, digest: str) -> HttpResponse:
    """A picture in an edition, by the digest of its bytes."""
    key = ("picture", slug, number, digest)
    return frozen.serve(request, key, lambda: _picture(slug, number, digest))


def _picture(slug: str, number: int, digest: str) -> frozen.Frozen:
    book = layout(slug, number)
    if not any(line.wording.figure and line.wording.figure.image == digest for line in book.lines):
        raise Http404
    found = Picture.objects.filter(digest=digest).first()
    if found is None:
        raise Http404
    try:
        with found.file.open("rb") as stored:
            data = stored.read()
    except OSError:
        raise Http404 from None
    drawn = found.media_type == "image/svg+xml"
    return frozen.freeze(
        data,
        found.media_type,
        cache=frozen.FOR_EVER,
        pack=drawn,
        # A drawing opened by itself must not run anything, whatever came into it.
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        }
        if drawn
        else None,
    )
