"""The list of an edition's recommendations, and the page of each: the hub."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from folkmoot.commission.shown import Difference, difference
from folkmoot.review import frozen, hub, reservations
from folkmoot.review.citation import citation, public
from folkmoot.review.layout import layout, layout_of, newest
from folkmoot.review.models import Edition, EditionPassage
from folkmoot.review.recommendations import (
    FILTERS,
    as_csv,
    as_json,
    choices,
    chosen,
    rows,
)


@require_safe
@never_cache
def newest_list(request: HttpRequest, slug: str) -> HttpResponse:
    """To the recommendations of the latest edition."""
    return redirect("review:recommendations", slug, newest(slug).number)


@require_safe
def listing(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The recommendations, filtered by area, addressee and level."""
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    if any(asked.values()):
        asked = chosen(rows(layout(slug, number)), asked)
    key = ("recommendations", slug, number, *asked.values())
    return frozen.serve(request, key, lambda: _listing(slug, number, asked))


def _listing(slug: str, number: int, asked: dict[str, str]) -> frozen.Frozen:
    book = layout(slug, number)
    every = rows(book)
    query = "&".join(f"{name}={_quoted(value)}" for name, value in asked.items() if value)
    return frozen.drawn(
        "review/recommendations.html",
        {
            "book": book,
            "edition": book.edition,
            "total": len(every),
            "rows": [row for row in every if row.matches(asked)],
            "filters": [
                {"name": name, "choices": choices(every, name), "chosen": asked[name]}
                for name in FILTERS
            ],
            "filtered": bool(query),
            "query": f"?{query}" if query else "",
        },
    )


def _quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")


@require_safe
def file(request: HttpRequest, slug: str, number: int, form: str) -> HttpResponse:
    """The same list as CSV or JSON."""
    if form not in ("csv", "json"):
        raise Http404
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    if any(asked.values()):
        asked = chosen(rows(layout(slug, number)), asked)
    key = ("recommendations-file", slug, number, form, *asked.values())
    return frozen.serve(request, key, lambda: _file(slug, number, form, asked))


def _file(slug: str, number: int, form: str, asked: dict[str, str]) -> frozen.Frozen:
    book = layout(slug, number)
    found = [row for row in rows(book) if row.matches(asked)]
    name = f"{slugify(slug)}-{number}-recommendations.{form}"
    data, kind = (
        (as_csv(found), "text/csv; charset=utf-8")
        if form == "csv"
        else (as_json(book, found), "application/json")
    )
    return frozen.freeze(
        data, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@dataclass(frozen=True)
class Appearance:
    """How a recommendation stands in one edition, and what changed since the edition before."""

    edition: Edition
    number: str
    address: str
    change: Difference | None
    renumbered: bool


@require_safe
def recommendation(request: HttpRequest, slug: str, passage: str) -> HttpResponse:
    """Everything about one recommendation: its words, the reasons around it, its history, and
    what other rooms know of it. This page changes as that grows."""
    appearances = list(
        EditionPassage.objects.filter(
            edition__text__slug=slug, passage=passage, wording__kind="recommendation"
        )
        .select_related("edition__text", "wording")
        .order_by("edition__number")
    )
    if not appearances:
        raise Http404
    latest = appearances[-1]
    book = layout_of(latest.edition)
    line = book.line(passage)
    last = newest(slug)
    numbered = book.numbering.numbers.get(passage)
    at = [one.id for one in book.recommendations].index(passage)
    found = hub.Recommendation(passage, line.number, line.wording, latest.edition)
    address = reverse("review:recommendation", args=[slug, passage])
    section = book.section(line)
    around = tuple(one for one in section if one.wording.kind != "recommendation")
    return render(
        request,
        "review/recommendation.html",
        {
            "book": book,
            "edition": latest.edition,
            "latest": last,
            "dropped": last.pk != latest.edition_id,
            "line": line,
            "asks": line.wording.asks,
            "words": book.passages_html((line,), prefix="r-"),
            "where": book.where(passage),
            "chapter": book.chapter(line.chapter),
            "reasons": book.passages_html(around, prefix="s-") if len(around) > 1 else "",
            "others": [
                one for one in section if one.wording.kind == "recommendation" and one.id != passage
            ],
            "history": _history(appearances),
            "reservations": reservations.published(latest.edition, passage),
            "panels": hub.drawn(found, request),
            "citation": citation(latest.edition, numbered, passage),
            "share": public(address),
            "before": book.recommendations[at - 1] if at else None,
            "after": book.recommendations[at + 1] if at + 1 < len(book.recommendations) else None,
        },
    )


def _history(appearances: list[EditionPassage]) -> list[Appearance]:
    """Newest first."""
    out: list[Appearance] = []
    before: EditionPassage | None = None
    for one in appearances:
        change = None
        if before is not None and before.wording_id != one.wording_id:
            change = difference(before.wording.value, one.wording.value)
        out.append(
            Appearance(
                one.edition,
                one.number,
                one.get_absolute_url(),
                change,
                before is not None and before.number != one.number,
            )
        )
        before = one
    return out[::-1]
