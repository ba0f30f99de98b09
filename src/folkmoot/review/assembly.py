"""From the state of agreement to the manifest of an edition."""

from __future__ import annotations

from typing import Any

from folkmoot.algorithms import edition
from folkmoot.algorithms.consent import State
from folkmoot.algorithms.numbering import Scheme, numbers
from folkmoot.commission.models import Passage, Text


def agreed_passages(text: Text, state: State) -> list[Passage]:
    """The passages that are in by the consent rules, in the order of the text."""
    included = state.included()
    passages = [p for p in text.outline() if p.id in included]
    wrong = [p.id for p in passages if p.wording_id != included[p.id]]
    if wrong:
        raise RuntimeError(f"The text and its ledger disagree about passages {wrong}.")
    return passages


def shown_numbers(text: Text, passages: list[Passage]) -> dict[str, tuple[str, str]]:
    """For each passage id the number and the list marker it is shown with."""
    scheme = Scheme(paragraphs=text.paragraphs, headings=text.headings)
    numbered = numbers([(p.id, p.value, p.label) for p in passages], scheme)
    return {p.id: (numbered[p.id].shown, numbered[p.id].marker) for p in passages}


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
        rule=text.commission.rule,
        roster=[edition.Signatory(s.key, s.public_name, s.public_description) for s in seats],
        passages=[edition.Included(p.id, p.value, *shown[p.id]) for p in passages],
        aside=aside,
    )
