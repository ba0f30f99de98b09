"""Any two moments of a text, compared word by word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from folkmoot.commission.shown import KIND_WORDS, Difference, difference
from folkmoot.live.history.comparison import Comparison, Line, comparison
from folkmoot.live.history.words import words_at
from folkmoot.live.moments_form import MomentsForm

from .history import History

CHANGES_SHOWN = 50
ALL_SHOWN = 1_000


@dataclass(frozen=True)
class Shown:
    """One passage that changed, and its redline."""

    line: Line
    change: Difference
    kind: str
    new_chapter: bool


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose two moments; see what was added, left out, moved and reworded between them."""
    entered = History(request, slug)
    text, log = entered.text, entered.log
    asked = request.GET if any(name in request.GET for name in ("from", "to")) else None
    form = MomentsForm(asked, text=text, log=log)
    if asked is None or not form.is_valid():
        return entered.render("history_compare", status=200 if asked is None else 400, form=form)
    found = comparison(
        words_at(text, form.earlier.moment, log), words_at(text, form.later.moment, log)
    )
    return entered.render("history_compare", form=form, **_result(request, found))


def _result(request: HttpRequest, found: Comparison) -> dict[str, Any]:
    """What the page shows: all counts, and a page of the changes."""
    whole = "all" in request.GET and len(found.lines) <= ALL_SHOWN
    size = ALL_SHOWN if whole else CHANGES_SHOWN
    page = Paginator(found.lines, size).get_page(request.GET.get("page"))
    lines, chapter = [], None
    for line in page.object_list:
        change = line.change
        words = change.after or change.before
        assert words is not None
        redline = difference(change.before, change.after)
        lines.append(Shown(line, redline, str(KIND_WORDS[words.kind]), line.chapter != chapter))
        chapter = line.chapter
    return {
        "found": found,
        "counts": {
            "added": found.counts["added"],
            "left_out": found.counts["left out"],
            "reworded": found.counts["reworded"],
            "moved": found.moved,
            "unchanged": found.counts["unchanged"],
        },
        "page": page,
        "lines": lines,
        "may_show_all": not whole and CHANGES_SHOWN < len(found.lines) <= ALL_SHOWN,
    }
