"""What each person in the room may know of where passages stand, told as it changes.

The room asks after every change; what is the same as what a person was told before is not told
again. What somebody may know is decided by `commission.sight`, here as on every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from folkmoot.commission.consent_log import looking
from folkmoot.commission.models import Comment, CommissionOffice, Draft, Passage, Text, Variant
from folkmoot.commission.policies import Standing
from folkmoot.commission.sight import Sight, sight
from folkmoot.ui.statuses import status_of

DIGEST_SHOWN = 12

type Row = dict[str, Any]
"""A passage as one person may know it: `s` status, `d` the beginning of the digest the ledger has,
`p` how many agreements an edit would set aside (None when that is sealed); and where they are not
empty `w` why it waits for this person, `n` being written now, `c` open comments, `v` variants."""


@dataclass(frozen=True)
class News:
    """What one person is told: rows that changed (None for a passage that is gone), the head of the
    ledger, and whether the text is frozen as a candidate."""

    passages: Mapping[str, Row | None]
    head: int
    frozen: bool

    def as_json(self) -> dict[str, Any]:
        """The body of a news frame, without what the room adds."""
        return {"passages": dict(self.passages), "head": self.head, "frozen": self.frozen}


@dataclass
class _Facts:
    """What is the same for everybody."""

    digests: dict[str, str]
    prices: dict[str, int]
    written: set[str]
    comments: Counter[str]
    confidential: list[tuple[str, int | None]]
    variants: Counter[str]
    head: int
    frozen: bool


@dataclass
class Board:
    """What the people in one room were told. Used by one thread at a time."""

    text_id: int
    _told: dict[int, dict[str, Row]] = field(default_factory=dict)

    def forget(self, person: int) -> None:
        """Tell a person everything when they are asked for next: they have just come."""
        self._told.pop(person, None)

    def news(self, persons: Iterable[int]) -> dict[int, News]:
        """What each of these persons (by id) has to be told now; nobody who knows it all already.

        Somebody who is not in `persons` is forgotten. Costs six queries whatever their number.
        """
        wanted = set(persons)
        for gone in self._told.keys() - wanted:
            del self._told[gone]
        if not wanted:
            return {}
        text = Text.objects.select_related("commission").get(pk=self.text_id)
        held = _held(text, wanted)
        with looking(text) as (state, digest):
            facts = _facts(text, state)
            sights: dict[object, Sight] = {}
            for person, standing in held.items():
                key = standing.seat.key if standing.seat else ""
                if key not in sights:
                    sights[key] = sight(text, standing, state, digest)
        found: dict[int, News] = {}
        for person, standing in held.items():
            seen = sights[standing.seat.key if standing.seat else ""]
            rows = _rows(facts, seen, _confidential(facts, person, standing))
            told = self._told.get(person)
            changed: dict[str, Row | None] = (
                dict(rows)
                if told is None
                else {name: row for name, row in rows.items() if told.get(name) != row}
            )
            if told is not None:
                changed.update(dict.fromkeys(told.keys() - rows.keys()))
            self._told[person] = rows
            if changed or told is None:
                found[person] = News(changed, facts.head, facts.frozen)
        return found


def _held(text: Text, persons: set[int]) -> dict[int, Standing]:
    """The seats and offices of these persons in the commission of a text."""
    seats = {
        seat.person_id: seat
        for seat in text.commission.seats.current().filter(person__in=persons)
        if seat.person_id is not None
    }
    kinds: dict[int, set[str]] = {}
    for person, kind in (
        CommissionOffice.objects.current()
        .filter(commission=text.commission, person__in=persons)
        .values_list("person_id", "kind")
    ):
        kinds.setdefault(person, set()).add(kind)
    held = {
        person: Standing(
            seat=seats.get(person),
            secretary=CommissionOffice.Kind.SECRETARY in kinds.get(person, ()),
            author=CommissionOffice.Kind.AUTHOR in kinds.get(person, ()),
        )
        for person in persons
    }
    return {person: standing for person, standing in held.items() if standing.inside}


def _facts(text: Text, state: Any) -> _Facts:
    passages = set(state.passages())
    return _Facts(
        digests=dict(
            Passage.objects.filter(text=text, withdrawn=None).values_list("id", "wording_id")
        ),
        prices={name: state.price(name) for name in passages},
        written=set(Draft.objects.of_passages().filter(text=text).values_list("name", flat=True)),
        comments=Counter(
            dict(
                Comment.objects.open()
                .filter(passage__text=text, confidential=False)
                .order_by()
                .values_list("passage")
                .annotate(Count("pk"))
            )
        ),
        confidential=list(
            Comment.objects.open()
            .filter(passage__text=text, confidential=True)
            .values_list("passage_id", "author_id")
        ),
        variants=Counter(
            dict(
                Variant.objects.standing()
                .filter(passage__text=text)
                .order_by()
                .values_list("passage")
                .annotate(Count("pk"))
            )
        ),
        head=state.head,
        frozen=state.candidate is not None,
    )


def _confidential(facts: _Facts, person: int, held: Standing) -> Counter[str]:
    """The comments on each passage that this person may read although they are confidential."""
    return Counter(
        passage for passage, author in facts.confidential if held.writes or author == person
    )


def _rows(facts: _Facts, seen: Sight, confidential: Counter[str]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    waiting, sealed, slugs = seen.waiting, seen.sealed, _SLUGS
    for name, digest in facts.digests.items():
        status = seen.status(name)
        row: Row = {
            "s": slugs.get(status) or slugs.setdefault(status, status_of(status).slug),
            "d": digest[:DIGEST_SHOWN],
            "p": None if name in sealed else facts.prices.get(name, 0),
        }
        if name in waiting:
            row["w"] = waiting[name].value
        if name in facts.written:
            row["n"] = True
        if comments := facts.comments[name] + confidential[name]:
            row["c"] = comments
        if variants := facts.variants[name]:
            row["v"] = variants
        rows[name] = row
    for name in facts.written - facts.digests.keys():
        rows[name] = {"s": "not-open", "d": "", "p": 0, "n": True}
    return rows


_SLUGS: dict[str, str] = {}
