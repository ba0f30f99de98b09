"""The ledger of a text as one viewer may read it.

The chain is open to every seat, but the entry of a stance names the seat and the passage, which
would tell a seat that has not answered how many have. Such an entry is folded for that seat: its
number and its place in the chain stay, its content does not, until the seat has answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from folkmoot.ledger.models import Entry

from .sight import Sight

FOLDED = frozenset({"stance.given", "objection.addressed"})

ACTS = {
    "charter.adopted": _("The charter was adopted"),
    "charter.change_proposed": _("A change of the charter was proposed"),
    "charter.change_accepted": _("A seat accepted a change of the charter"),
    "seat.joined": _("A seat was taken"),
    "seat.left": _("A seat was left"),
    "passage.added": _("A passage was added"),
    "passage.opened": _("A passage was opened"),
    "passage.edited": _("The words of a passage were changed"),
    "edit.disputed": _("An edit was disputed"),
    "passage.withdrawn": _("A passage was withdrawn"),
    "passage.restored": _("A passage was put back"),
    "variant.proposed": _("Another wording was proposed"),
    "variant.withdrawn": _("A proposed wording was withdrawn"),
    "stance.given": _("A stance was taken"),
    "objection.addressed": _("An answer to an objection was noted"),
    "call.opened": _("A call for consensus was opened"),
    "call.closed": _("A call for consensus was closed"),
    "candidate.frozen": _("A candidate was made"),
    "candidate.signed": _("A candidate was signed"),
    "candidate.returned": _("A candidate was sent back"),
    "edition.published": _("An edition was published"),
}


@dataclass(frozen=True)
class Line:
    """One entry as it is shown. `passage` and `seat` are empty when folded or not concerned."""

    seq: int
    words: str
    at: datetime | None
    passage: str
    seat: str
    actor: str
    digest: str
    folded: bool
    kind: str = ""


def passage_of(entry: Entry) -> str:
    """The passage an entry is about, even where it is sealed."""
    return str(entry.opened.get("passage", ""))


def is_folded(entry: Entry, sight: Sight) -> bool:
    """Whether this entry would tell the viewer something about stances that are sealed to them."""
    if entry.act not in FOLDED or not sight.seals:
        return False
    return entry.opened.get("seat") != sight.seat and sight.is_sealed(passage_of(entry))


def lines(entries: Iterable[Entry], sight: Sight, names: dict[str, str]) -> Iterator[Line]:
    """Entries as lines. `names` maps actors to what they are called."""
    for entry in entries:
        folded = is_folded(entry, sight)
        secret = not sight.named and entry.act in FOLDED and entry.opened.get("seat") != sight.seat
        known = {} if folded or secret else entry.payload
        yield Line(
            seq=entry.seq,
            words=str(_("An answer, folded until you have given yours"))
            if folded
            else str(ACTS.get(entry.act, entry.act)),
            at=None if folded else entry.at,
            passage="" if folded else passage_of(entry),
            seat=names.get(f"seat:{known.get('seat', '')}", "") if known else "",
            actor="" if folded or secret else names.get(entry.actor, ""),
            digest=entry.digest,
            folded=folded,
            kind=str(known.get("class", "")),
        )


def links(entries: Iterable[Entry], sight: Sight) -> Iterator[dict[str, Any]]:
    """Entries for taking away: links of the chain without what is sealed. A folded one has only
    its number, the digest before it and its own."""
    for entry in entries:
        if is_folded(entry, sight) or (
            not sight.named and entry.act in FOLDED and entry.opened.get("seat") != sight.seat
        ):
            yield {
                "seq": entry.seq,
                "previous": entry.previous,
                "digest": entry.digest,
                "folded": True,
            }
        else:
            yield entry.as_link()
