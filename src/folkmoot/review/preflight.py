"""What the next edition would contain, what it would leave out and why, and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from folkmoot.algorithms.consent import Blocker, Refused, State, Status, Why
from folkmoot.algorithms.findings import findings
from folkmoot.algorithms.numbering import Numbering
from folkmoot.commission.models import Passage, Seat, Text
from folkmoot.commission.shown import KIND_WORDS
from folkmoot.commission.sight import YOURS, Sight
from folkmoot.review.assembly import agreed_passages, numbering
from folkmoot.review.models import Edition


@dataclass(frozen=True)
class LeftOut:
    """A passage that would not be in, and why."""

    passage: Passage
    status: str
    why: str


@dataclass(frozen=True)
class Notice:
    """Something to look at before publishing: where, and what."""

    passage: Passage
    words: str
    number: str = ""


@dataclass(frozen=True)
class Renumbered:
    """A recommendation whose number changes from the last edition; empty when it is not in."""

    passage: str
    before: str
    after: str


@dataclass
class Preflight:
    """The answer. `waiting` says that included stances were carried and wait to be re-affirmed."""

    included: list[Passage]
    left_out: list[LeftOut]
    numbers: Numbering = field(repr=False)
    broken: list[Notice] = field(default_factory=list)
    unfinished: list[Notice] = field(default_factory=list)
    hollow: list[Notice] = field(default_factory=list)
    headless: list[Notice] = field(default_factory=list)
    renumbered: list[Renumbered] = field(default_factory=list)
    carried: int = 0
    last: Edition | None = None
    same_as_last: bool = False

    @property
    def words(self) -> int:
        return sum(p.value.words for p in self.included)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(p.value.kind for p in self.included)

    @property
    def notices(self) -> int:
        return (
            len(self.broken)
            + len(self.unfinished)
            + len(self.hollow)
            + len(self.headless)
            + len(self.renumbered)
        )


def preflight(text: Text, state: State, sight: Sight, seats: Mapping[str, Seat]) -> Preflight:
    """Look a text over for somebody who may know what `sight` lets them know."""
    outline = text.outline()
    included = agreed_passages(text, state)
    inside = {p.id for p in included}
    numbers = numbering(text, included)
    found = Preflight(
        included=included,
        left_out=[
            LeftOut(p, sight.status(p.id), _why(p.id, state, sight, seats))
            for p in outline
            if p.id not in inside
        ],
        numbers=numbers,
    )
    by_id = {p.id: p for p in included}
    found.broken = [
        Notice(by_id[r.passage], r.words, _number(numbers, r.passage)) for r in numbers.broken
    ]
    for mark in findings((p.id, p.value) for p in included):
        passage, name = by_id[mark.passage], _number(numbers, mark.passage)
        if mark.kind == "heading with nothing under it":
            found.hollow.append(Notice(passage, passage.value.plain, name))
        else:
            words = mark.excerpt or str(KIND_WORDS[passage.value.kind])
            found.unfinished.append(Notice(passage, words, name))
    found.headless = [Notice(p, p.value.plain) for p in _headless(outline, inside)]
    found.carried = _carried(state, inside)
    found.last = text.editions.first()
    if found.last is not None:
        found.renumbered = _renumbered(found.last, included, numbers)
        found.same_as_last = [(e["id"], e["digest"]) for e in found.last.manifest["passages"]] == [
            (p.id, p.wording_id) for p in included
        ]
    return found


def _number(numbers: Numbering, passage: str) -> str:
    numbered = numbers.numbers.get(passage)
    return numbered.spoken if numbered and numbered.kind != "item" else ""


def _headless(outline: list[Passage], inside: set[str]) -> list[Passage]:
    """Headings that are left out while something under them is in."""
    out: list[Passage] = []
    open_: list[Passage] = []
    for passage in outline:
        wording = passage.value
        if wording.kind == "heading" and not wording.quoted:
            open_ = [p for p in open_ if p.value.depth < wording.depth]
            open_.append(passage)
        if passage.id in inside:
            out += [p for p in open_ if p.id not in inside and p not in out]
    return out


def _carried(state: State, inside: set[str]) -> int:
    """How many stances on what is in were carried over an edit and wait to be re-affirmed."""
    return sum(
        need.why is Why.CARRIED and need.passage in inside
        for seat in state.roster
        for need in state.needs(seat)
    )


def _renumbered(last: Edition, included: list[Passage], numbers: Numbering) -> list[Renumbered]:
    before = {
        row.passage_id: row.number for row in last.passages.filter(wording__kind="recommendation")
    }
    after = {
        p.id: numbers.numbers[p.id].value for p in included if p.value.kind == "recommendation"
    }
    return [
        Renumbered(passage, number, after.get(passage, ""))
        for passage, number in before.items()
        if after.get(passage, "") != number
    ]


def _why(passage: str, state: State, sight: Sight, seats: Mapping[str, Seat]) -> str:
    """Why a passage is left out, in a sentence, as far as `sight` lets it be known."""
    if sight.status(passage) == YOURS:
        return _("It waits for your own answer.")
    try:
        if state.status(passage) is Status.TIE:
            return _("Two wordings are accepted by every seat. One has to be withdrawn.")
        blockers = state.blockers(passage)
    except Refused:
        return ""
    return " ".join(_sentences(blockers, sight, seats))


def _sentences(blockers: tuple[Blocker, ...], sight: Sight, seats: Mapping[str, Seat]) -> list[str]:
    by_why: dict[Why, list[str]] = {}
    for blocker in blockers:
        names = by_why.setdefault(blocker.why, [])
        if blocker.seat is not None:
            seat = seats.get(blocker.seat)
            names.append(seat.public_name if seat else blocker.seat)
    out = []
    for why, names in by_why.items():
        count = len(names)
        who = ", ".join(names) if sight.named and 0 < count <= 3 else ""
        if not who:
            who = ngettext("%(count)d seat", "%(count)d seats", count) % {"count": count}
        match why:
            case Why.OBJECTS:
                said = ngettext("%(who)s objects.", "%(who)s object.", count)
            case Why.NEVER_ANSWERED:
                said = ngettext("%(who)s has not answered.", "%(who)s have not answered.", count)
            case Why.STALE:
                said = ngettext(
                    "%(who)s has not answered on the new words.",
                    "%(who)s have not answered on the new words.",
                    count,
                )
            case Why.UNDECIDED:
                said = ngettext(
                    "%(who)s wants more discussion.", "%(who)s want more discussion.", count
                )
            case Why.STANDS_ASIDE:
                said = ngettext("%(who)s stands aside.", "%(who)s stand aside.", count)
            case Why.ORPHAN:
                said = _("A seat that objected has left; every remaining seat is asked once more.")
            case Why.RECALL:
                said = _("A seat has left, so this needs a new call for consensus.")
            case Why.CONDITION:
                said = _("It is accepted only together with another passage, which is not in.")
            case Why.TIE:
                said = _("Two wordings are accepted by every seat. One has to be withdrawn.")
            case Why.NOT_OPEN:
                said = _("It is not open for answers yet.")
            case Why.WITHDRAWN:
                said = _("It is withdrawn.")
            case _:
                said = _("It waits for %(who)s.")
        out.append(said % {"who": who})
    return out
