"""Finding words in an edition."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from folkmoot.review.layout import layout
from folkmoot.search.index import find

MOST = 100
LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """A passage that was found."""

    name: str
    chapter: str
    excerpt: SafeString
    address: str
    kind: str


@require_safe
def search(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The passages in which all the words occur, best first."""
    book = layout(slug, number)
    query = _clean(request.GET.get("q", ""))
    found = find(book.edition.scope, query, MOST) if query else []
    hits = []
    for each in found:
        line = book.by_id.get(each.key)
        if line is None:
            continue
        numbered = book.numbering.numbers.get(line.id)
        named = numbered is not None and numbered.kind not in ("item",)
        heading = line.wording.kind == "heading"
        hits.append(
            Hit(
                numbered.spoken if numbered is not None and named else "",
                book.chapter(line.chapter).title,
                each.excerpt if not heading else _escaped(each.title),
                book.where(line.id),
                line.wording.kind,
            )
        )
    return render(
        request,
        "review/search.html",
        {
            "book": book,
            "edition": book.edition,
            "query": query,
            "hits": hits,
            "more": len(found) == MOST,
            "most": MOST,
        },
    )


def _clean(words: str) -> str:
    """What was typed, without what no text can hold, and not longer than anybody types."""
    plain = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain.replace("\0", "").strip()[:LONGEST]


def _escaped(words: str) -> SafeString:
    from django.utils.html import format_html

    return format_html("{}", words)
