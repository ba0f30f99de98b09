"""What the styleguide shows: each component as the words that make it, and values to draw with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from folkmoot.algorithms import hexmap
from folkmoot.algorithms.markup import Notes, Shown, passages_html
from folkmoot.algorithms.redline import redline
from folkmoot.algorithms.wording import Asks, Footnote, Run, Wording
from folkmoot.ui.state_bar import Part
from folkmoot.ui.statuses import STATUSES
from folkmoot.ui.templatetags.ui import ICONS
from folkmoot.ui.widgets import Combobox, DateInput, FileInput, RadioCards, ReadingTextarea

SPECIMENS = Path(__file__).resolve().parent / "templates" / "ui" / "specimens"


@dataclass(frozen=True)
class Specimen:
    """One component: its name, what it is for, and its template."""

    name: str
    about: str
    words: str

    @property
    def slug(self) -> str:
        """The end of its address on the page."""
        return slugify(self.name)

    def draw(self, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The component drawn with `context`."""
        source = "{% load i18n ui %}" + self.words
        return engines["django"].from_string(source).render(context, request)


@dataclass(frozen=True)
class Chapter:
    """Specimens that belong together."""

    name: str
    specimens: tuple[Specimen, ...]

    @property
    def slug(self) -> str:
        """The end of its address on the page."""
        return slugify(self.name)


@cache
def specimens() -> tuple[Chapter, ...]:
    """All chapters, read from `templates/ui/specimens/`.

    A file is a chapter (`2-forms.html`); each part begins with a line `== Name: what it is for`.
    """
    return tuple(_chapter(path) for path in sorted(SPECIMENS.glob("*.html")))


def _chapter(path: Path) -> Chapter:
    parts = path.read_text(encoding="utf-8").split("\n== ")
    found = []
    for part in ("\n" + parts[0]).split("\n== ")[1:] + parts[1:]:
        heading, _newline, words = part.partition("\n")
        name, _colon, about = heading.partition(": ")
        found.append(Specimen(name.strip(), about.strip(), words.strip()))
    name = path.stem.partition("-")[2].replace("-", " ").capitalize()
    return Chapter(name, tuple(found))


class Answer(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label=_("Short title"), max_length=80, help_text=_("Shown in lists."))
    words = forms.CharField(label=_("Proposed words"), widget=ReadingTextarea)
    stance = forms.ChoiceField(
        label=_("Your stance"),
        choices=[("accept", _("I can live with this")), ("object", _("I object"))],
        widget=RadioCards(
            hints={
                "accept": _("Counts as agreement to exactly these words."),
                "object": _("Keeps these words out until you say otherwise."),
            }
        ),
    )
    branch = forms.ChoiceField(
        label=_("Branch"),
        required=False,
        choices=[("", _("Choose a branch"))]
        + [(n.lower(), n) for n in ("Aberavon", "Bath", "Cardiff West", "Leeds East", "Ynys Môn")],
        widget=Combobox,
        help_text=_("Type a few letters."),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("centre", _("Centre")), ("branch", _("Branches"))]
    )
    day = forms.DateField(label=_("By when"), widget=DateInput, required=False)
    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        required=False,
        choices=[("a", _("Belonging")), ("b", _("Money")), ("c", _("Learning"))],
        widget=forms.CheckboxSelectMultiple,
    )
    paper = forms.FileField(
        label=_("Paper"),
        required=False,
        widget=FileInput(limit=40 * 1024 * 1024, kinds=".docx,.odt,.md,.html"),
    )
    read = forms.BooleanField(label=_("I have read the whole passage"))


_REFUSED = {"name": "", "words": "Every report should be answered.", "branch": "bath"}


def _parts() -> list[Part]:
    """A text of nine chapters, always the same."""
    names = (
        "Why this review", "What we heard", "Belonging", "Money", "Learning",
        "Candidates", "Conduct", "Technology", "What happens next",
    )  # fmt: skip
    unsettled = ("contested", "awaiting", "held", "tie")
    parts = []
    for number in range(330):
        chapter = number * len(names) // 330
        roll = (number * 7919 + chapter * 104729) % 100
        status = "not-open" if chapter == 8 else "agreed"
        if roll < 10 + chapter * 3:
            status = unsettled[min(roll % 7, 3)] if roll % 7 != 6 else "awaiting"
        if roll == 97:
            status = "withdrawn"
        parts.append(
            Part(status, f"#passage-{number}", f"Passage {number + 1}", 30 + (number * 37) % 140,
                 f"{chapter + 1} {names[chapter]}")
        )  # fmt: skip
    return parts


def _map() -> SafeString:
    """A made-up country of hexagons in five tints."""
    places = {
        f"{q}-{r}": {"q": q, "r": r}
        for r in range(9)
        for q in range(12)
        if 2 < q + r < 17 and not (r > 5 and q > 8)
    }
    cells = hexmap.layout({"layout": "odd-r", "hexes": places})
    return mark_safe(  # noqa: S308 - hexmap escapes what it is given
        hexmap.svg(
            cells,
            title=str(_("Practices by branch")),
            classes={
                key: f"hex-{(place['q'] * place['r'] + place['q']) % 5}"
                for key, place in places.items()
            },
            regions={key: "north" if place["r"] > 4 else "south" for key, place in places.items()},
            id="guide",
        )
    )


def _text() -> dict[str, SafeString]:
    """A few passages as the reading site shows them, and their notes."""
    notes = Notes(prefix="guide-")
    shown = [
        Shown("guide17", Wording("paragraph", content=(
            Run("Branch secretaries spoke most of all about time: the hours that reports take, and"
                " the silence that follows them."),
            Footnote((Run("Minutes of the commission, 4 March 2024, paragraph 12."),)),
            Run(" Nobody said that the organisation asks too much of them."),
        )), "17"),
        Shown("guider7", Wording("recommendation", content=(
            Run("Every report that a branch sends should be answered within four weeks, by a named"
                " person, in words that were written for that branch."),
        ), asks=Asks("Belonging", "the general secretary", "both")), "7"),
    ]  # fmt: skip
    drawn = passages_html(shown, footnote=notes, permalinks=True)
    # Both escape what they are given.
    return {"passages": mark_safe(drawn), "notes": mark_safe(notes.html())}  # noqa: S308


def samples(request: HttpRequest) -> dict[str, Any]:
    """Values for the specimens, and the page's own drawings of them."""
    parts = _parts()
    values: dict[str, Any] = {
        "form": Answer(),
        "refused": Answer(_REFUSED, prefix="refused"),
        "parts": parts,
        "strip": [part._replace(group="") for part in parts[:60]],
        "statuses": list(STATUSES.values()),
        "change": redline(
            Wording("paragraph", content=(Run("A report may be answered in a reasonable time."),)),
            Wording("paragraph", content=(Run("A report should be answered in four weeks."),)),
        ),
        "map": _map(),
        **_text(),
        "then": dt.datetime(2026, 3, 2, 19, 0, tzinfo=dt.UTC),
        "page_obj": Paginator(range(430), 20).page(4),
        "icons": sorted(path.stem for path in ICONS.glob("*.svg")),
        "here": request.path,
        "keys": [("j", _("Next passage")), ("k", _("Passage before"))],
    }
    return {
        **values,
        "drawn": {s.slug: s.draw(values, request) for c in specimens() for s in c.specimens},
    }
