"""Wordings and changes as the commission's pages show them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from folkmoot.algorithms.markup import FieldWords, Notes, Shown, passages_html
from folkmoot.algorithms.redline import SPOKEN, Spoken, redline, summary, to_html
from folkmoot.algorithms.wording import Wording
from folkmoot.commission.outline import Kept

KEPT = 2_000

KIND_WORDS = {
    "heading": gettext_lazy("Heading"),
    "paragraph": gettext_lazy("Paragraph"),
    "item": gettext_lazy("List item"),
    "quote": gettext_lazy("Quotation"),
    "table": gettext_lazy("Table"),
    "figure": gettext_lazy("Figure"),
    "recommendation": gettext_lazy("Recommendation"),
    "code": gettext_lazy("Code"),
}


@dataclass(frozen=True)
class Difference:
    """A change as a page shows it: the marked words, how much there is to read, and in words."""

    html: SafeString
    size: int
    summary: str


changes: Kept[Hashable, Difference] = Kept(KEPT)
words_shown: Kept[Hashable, SafeString] = Kept(KEPT)


def field_words() -> FieldWords:
    """The fixed words around a text, in the language of the page."""
    return FieldWords(
        area=_("Area"),
        addressee=_("To"),
        level=_("Level"),
        levels={
            "centre": _("Centre"),
            "branch": _("Branches"),
            "both": _("Centre and branches"),
        },
        table=_("Table"),
        recommendation=_("Recommendation"),
        permalink=_("Link to this passage"),
        back=_("Back to the text, note"),
    )


def spoken() -> Spoken:
    """What a redline says aloud, in the language of the page."""
    return Spoken(
        added=_("added:"),
        removed=_("removed:"),
        end=_("end of change."),
        became=_("became"),
        nothing=_("none"),
        names=SPOKEN,
    )


def wording_html(
    wording: Wording, figure_url: Callable[[str], str], *, number: str = "", anchor: str = "w"
) -> SafeString:
    """One wording on its own, its notes after it. Kept for a while, as `figure_url` gives the same
    address for the same picture of a text."""
    image = figure_url(wording.figure.image) if wording.figure else ""
    key = ("wording", wording.digest, number, anchor, image, get_language())
    return words_shown.get(
        key, lambda: run_html([Shown(anchor, wording, number)], figure_url, prefix=f"{anchor}-")
    )


def run_html(
    shown: Iterable[Shown],
    figure_url: Callable[[str], str],
    *,
    heading_offset: int = 1,
    class_of: Callable[[str], str] | None = None,
    permalinks: bool = False,
    prefix: str = "",
    notes: Notes | None = None,
) -> SafeString:
    """A run of passages and the notes in it. With `notes` given, they are gathered there, to
    stand at the end of the page (`notes_html`)."""
    words = field_words()
    gathered = notes if notes is not None else Notes(prefix=prefix, words=words)
    html = passages_html(
        shown,
        footnote=gathered,
        figure_url=figure_url,
        heading_offset=heading_offset,
        class_of=class_of,
        permalinks=permalinks,
        words=words,
    )
    if notes is None:
        html += gathered.html(title=_("Notes"))
    # The writer of markup escapes every word it is given.
    return mark_safe(html)  # noqa: S308


def notes_html(notes: Notes) -> SafeString:
    """The notes gathered over several runs."""
    return mark_safe(notes.html(title=_("Notes")))  # noqa: S308 - escaped by its writer


def difference(before: Wording | None, after: Wording | None) -> Difference:
    """What changed from one wording to another. Kept for a while, since a change never changes."""
    key = ("difference", before and before.digest, after and after.digest, get_language())
    return changes.get(key, lambda: _difference(before, after))


def _difference(before: Wording | None, after: Wording | None) -> Difference:
    change = redline(before, after)
    # The redline escapes every word it is given.
    html = mark_safe(to_html(change, spoken=spoken()))  # noqa: S308
    return Difference(html, change.size, summary(change))
