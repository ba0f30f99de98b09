"""The permanent address of a passage, and the passage as it stands in one edition."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from folkmoot.review import frozen
from folkmoot.review.citation import citation
from folkmoot.review.layout import layout, layout_of, newest
from folkmoot.review.models import EditionPassage
from folkmoot.review.proof import proof_text


@require_safe
@never_cache
def permanent(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """To where the passage stands in the newest edition that has it; when that is not the newest
    one, a page that says so."""
    latest = newest(slug)
    found = (
        EditionPassage.objects.filter(edition__text=latest.text_id, passage=passage)
        .select_related("edition__text")
        .order_by("-edition__number")
        .first()
    )
    if found is None:
        raise Http404
    if found.edition_id == latest.pk:
        return redirect(found)
    book = layout_of(found.edition)
    line = book.line(passage)
    return render(
        request,
        "review/passage_gone.html",
        {
            "passage": found,
            "edition": found.edition,
            "latest": latest,
            "words": book.passages_html((line,)),
        },
    )


@require_safe
def within(request: HttpRequest, slug: str, number: int, passage: str) -> HttpResponse:
    """One passage in one edition: its words, how to cite it, and its proof."""
    return frozen.serve(
        request, ("passage", slug, number, passage), lambda: _within(slug, number, passage)
    )


def _within(slug: str, number: int, passage: str) -> frozen.Frozen:
    book = layout(slug, number)
    line = book.line(passage)
    numbered = book.numbering.numbers.get(passage)
    if numbered is not None and numbered.kind == "item":
        numbered = None
    return frozen.drawn(
        "review/passage.html",
        {
            "book": book,
            "edition": book.edition,
            "line": line,
            "name": numbered.spoken if numbered else _("A passage"),
            "chapter": book.chapter(line.chapter),
            "words": book.passages_html((line,)),
            "where": book.where(passage),
            "citation": citation(book.edition, numbered, passage),
            "proof": proof_text(book.edition, line),
        },
    )
