"""From the state of agreement to the manifest of an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from folkmoot.algorithms import edition
from folkmoot.algorithms.consent import State
from folkmoot.algorithms.numbering import Number, Numbering, Scheme, number
from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import Passage, Text

OPENING = "opening"
"""The address of the page for what stands before the first chapter."""
RESERVED = (
    OPENING,
    "compare",
    "download",
    "notes",
    "p",
    "pictures",
    "recommendations",
    "search",
    "verify",
)
"""Addresses below an edition that no chapter can have."""


def agreed_passages(text: Text, state: State) -> list[Passage]:
    """The passages that are in by the consent rules, in the order of the text."""
    included = state.included()
    passages = [p for p in text.outline() if p.id in included]
    wrong = [p.id for p in passages if p.wording_id != included[p.id]]
    if wrong or len(passages) != len(included):
        raise RuntimeError(f"The text and its ledger disagree about passages {wrong}.")
    return passages


def scheme_of(text: Text) -> Scheme:
    """How a text is numbered."""
    return Scheme(paragraphs=text.paragraphs, headings=text.headings)  # type: ignore[arg-type]


def numbering(text: Text, passages: Iterable[Passage]) -> Numbering:
    """All numbers that these passages of a text have when they stand alone in this order."""
    entries = [(p.id, p.value, p.label) for p in passages]
    return number(entries, scheme_of(text), reserved=RESERVED)


def shown_numbers(text: Text, passages: Iterable[Passage]) -> dict[str, tuple[str, str]]:
    """For each passage id the number and the list marker it is shown with."""
    passages = list(passages)
    numbered = numbering(text, passages).numbers
    return {p.id: shown_as(p.value, numbered.get(p.id)) for p in passages}


def shown_as(wording: Wording, numbered: Number | None) -> tuple[str, str]:
    """The number and the list marker before a passage."""
    if numbered is None:
        return "", ""
    if wording.kind == "item":
        if numbered.value == "•":
            return "", ""
        return ("", numbered.value) if wording.ordered else (numbered.value, "")
    return (numbered.spoken if wording.kind in ("table", "figure") else numbered.value), ""


def assemble(text: Text, state: State) -> dict[str, Any]:
    """The manifest that the next edition would have if it were published from this state."""
    passages = agreed_passages(text, state)
    shown = shown_numbers(text, passages)
    seats = text.commission.seats.current().order_by("number")
    aside = []
    for passage in passages:
        stands = state.standing(passage.id).stands
        aside += [(passage.id, seat) for seat, s in stands.items() if s.stance == "stand_aside"]
    return edition.manifest(
        text=text.slug,
        title=text.title,
        language=text.language,
        commission=text.commission.name,
        edition=text.editions.count() + 1,
        rule=state.charter.rule,
        roster=[edition.Signatory(s.key, s.public_name, s.public_description) for s in seats],
        passages=[edition.Included(p.id, p.value, *shown[p.id]) for p in passages],
        aside=aside,
    )


def laid_out(
    entries: Iterable[Mapping[str, str]], wordings: Mapping[str, Wording], headings: str
) -> Numbering:
    """Chapters, contents and references of what a manifest includes, with its frozen numbers."""
    return number(
        [(e["id"], wordings[e["digest"]], e["number"] or e["marker"]) for e in entries],
        Scheme(paragraphs="kept", headings=headings),  # type: ignore[arg-type]
        reserved=RESERVED,
    )
