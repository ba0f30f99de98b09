"""The recommendations of an edition: as rows, filtered, and as files."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.algorithms.wording import Footnote, Wording
from folkmoot.review.citation import public
from folkmoot.review.layout import Layout

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Row:
    """One recommendation in a list."""

    id: str
    number: str
    words: str
    area: str
    addressee: str
    level: str
    chapter: str
    address: str
    place: str

    def matches(self, chosen: Mapping[str, str]) -> bool:
        return (
            (not chosen["area"] or self.area == chosen["area"])
            and (not chosen["addressee"] or self.addressee == chosen["addressee"])
            and (not chosen["level"] or chosen["level"] == self.level)
        )


def rows(book: Layout) -> list[Row]:
    """All recommendations in their order."""
    out = []
    for line in book.recommendations:
        asks = line.wording.asks
        if asks is None:  # pragma: no cover - a recommendation has them
            continue
        out.append(
            Row(
                line.id,
                line.number,
                words_of(line.wording),
                asks.area,
                asks.addressee,
                asks.level,
                book.chapter(line.chapter).title,
                reverse("review:recommendation", args=[book.slug, line.id]),
                book.where(line.id),
            )
        )
    return out


def words_of(wording: Wording) -> str:
    """The words of a passage without its notes."""
    content = tuple(inline for inline in wording.content if not isinstance(inline, Footnote))
    return Wording("paragraph", content).plain


@dataclass(frozen=True)
class Choice:
    """One value that a list can be filtered by, and how many rows have it."""

    value: str
    label: str
    count: int


FILTERS = ("area", "addressee", "level")


def choices(every: Iterable[Row], name: str) -> list[Choice]:
    """The values of a filter in the order in which they first occur."""
    labels = {"centre": _("Centre"), "branch": _("Branches"), "both": _("Centre and branches")}
    counts = Counter(getattr(row, name) for row in every)
    named = labels if name == "level" else {}
    return [Choice(value, named.get(value, value), counts[value]) for value in counts]


def chosen(every: Iterable[Row], query: Mapping[str, str]) -> dict[str, str]:
    """What a query asks for; a value that no recommendation has counts as none."""
    every = list(every)
    out = {}
    for name in FILTERS:
        wanted = query.get(name, "")
        out[name] = wanted if any(getattr(row, name) == wanted for row in every) else ""
    return out


COLUMNS = ("number", "recommendation", "area", "addressee", "level", "chapter", "id", "address")


def _values(row: Row) -> tuple[str, ...]:
    return (
        row.number,
        row.words,
        row.area,
        row.addressee,
        row.level,
        row.chapter,
        row.id,
        public(row.address),
    )


def as_csv(found: Iterable[Row]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as what it is. A cell that a
    spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in _values(row)] for row in found)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def as_json(book: Layout, found: Iterable[Row]) -> bytes:
    """The same as JSON, with the edition they stand in."""
    value = {
        "title": book.edition.title,
        "edition": book.edition.number,
        "manifest": book.edition.digest,
        "address": public(book.edition.get_absolute_url()),
        "recommendations": [dict(zip(COLUMNS, _values(row), strict=True)) for row in found],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
