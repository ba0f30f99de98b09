"""What each person in the room may know of where passages stand, told as it changes.

The room asks after every change; what is the same as what a person was told before is not told
again. What somebody may know is decided by `commission.sight`, here as on every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from folkmoot.algorithms.consent import State, Status
from folkmoot.commission.consent_log import Mark, watching
from folkmoot.commission.models import Comment, CommissionOffice, Draft, Passage, Text, Variant
from folkmoot.commission.policies import Standing
from folkmoot.commission.sight import Sight, renewed, sight
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


@dataclass(frozen=True)
class _Facts:
    """What is the same for everybody. `common` has for each passage the beginning of its digest,
    the price of an edit, whether it is being written, its open comments and its variants."""

    common: Mapping[str, tuple[str, int, bool, int, int]]
    confidential: tuple[tuple[str, int | None], ...]
    head: int
    frozen: bool


@dataclass
class _View:
    """The rows that people see who may know the same, and the sight they came from."""

    sight: Sight
    rows: dict[str, Row] = field(default_factory=dict)


type _Key = tuple[str, frozenset[tuple[str, int]]]
"""Who sees the same: the same seat or none, and the same confidential comments."""


@dataclass
class Board:
    """What the people in one room were told. Used by one thread at a time.

    Most of what a change of a text of thousands of passages leaves alone is left alone here too:
    only rows of passages that differ in some fact are made anew, once for all who see the same.
    """

    text_id: int
    _facts: _Facts | None = None
    _mark: Mark | None = None
    _statuses: dict[str, Status] = field(default_factory=dict)
    _digests: tuple[str, dict[str, str]] = ("", {})
    _views: dict[_Key, _View] = field(default_factory=dict)
    _told: dict[int, _Key] = field(default_factory=dict)

    def forget(self, person: int) -> None:
        """Tell a person everything when they are asked for next: they have just come."""
        self._told.pop(person, None)

    def news(self, persons: Iterable[int]) -> dict[int, News]:
        """What each of these persons (by id) has to be told now; nobody who knows it all already.

        Somebody who is not in `persons` is forgotten. Costs eight queries whatever their number.
        """
        wanted = set(persons)
        for gone in self._told.keys() - wanted:
            del self._told[gone]
        if not wanted:
            self._views.clear()
            return {}
        text = Text.objects.select_related("commission").get(pk=self.text_id)
        held = _held(text, wanted)
        before, stood = self._facts, self._statuses
        with watching(text, self._mark) as (state, digest, mark, touched):
            self._mark = mark
            facts = self._facts = self._look(text, state)
            statuses = self._statuses = dict(state.statuses())
            # A change of one passage can settle another, by a condition or a tie.
            moved = None if touched is None else touched | _different(stood, statuses)
            keys = {person: _key(facts, person, standing) for person, standing in held.items()}
            seen: dict[str, Sight] = {}
            for person, standing in held.items():
                seat = keys[person][0]
                if seat not in seen:
                    view = self._views.get(keys[person])
                    again = None
                    if view is not None and moved is not None:
                        again = renewed(view.sight, state, digest, moved) if moved else view.sight
                    seen[seat] = again or sight(text, standing, state, digest)
        common = _different(before.common if before else {}, facts.common)
        views: dict[_Key, _View] = {}
        deltas: dict[_Key, dict[str, Row | None]] = {}
        for key in set(keys.values()):
            views[key] = self._views.get(key) or _View(seen[key[0]])
            deltas[key] = _renew(views[key], key, facts, seen[key[0]], common, moved)
        told, self._told = self._told, keys
        earlier, self._views = self._views, views
        froze = before is not None and before.frozen != facts.frozen
        found: dict[int, News] = {}
        for person, key in keys.items():
            anew = told.get(person) != key
            delta = deltas[key]
            if anew:
                known = earlier[told[person]].rows if person in told else {}
                delta = {**dict.fromkeys(known), **views[key].rows}
            if delta or anew or froze:
                found[person] = News(delta, facts.head, facts.frozen)
        return found

    def _look(self, text: Text, state: State) -> _Facts:
        """The facts as they are now. What stands in the text is read when it changed."""
        if self._digests[0] != text.revision:
            rows = Passage.objects.filter(text=text, withdrawn=None).values_list("id", "wording_id")
            self._digests = (text.revision, {pk: d[:DIGEST_SHOWN] for pk, d in rows})
        digests = self._digests[1]
        written = set(Draft.objects.of_passages().filter(text=text).values_list("name", flat=True))
        open_points = Comment.objects.open().filter(passage__text=text)
        comments = _counted(open_points.filter(confidential=False))
        variants = _counted(Variant.objects.standing().filter(passage__text=text))
        known = set(state.passages())
        common = {
            name: (
                digest,
                state.price(name) if name in known else 0,
                name in written,
                comments.get(name, 0),
                variants.get(name, 0),
            )
            for name, digest in digests.items()
        }
        for name in written - digests.keys():
            common[name] = ("", 0, True, 0, 0)
        return _Facts(
            common,
            tuple(
                open_points.filter(confidential=True)
                .order_by("pk")
                .values_list("passage_id", "author_id")
            ),
            state.head,
            state.candidate is not None,
        )


def _counted(found: QuerySet[Any]) -> dict[str, int]:
    """How many of these there are for each passage that has any."""
    return dict(found.order_by().values_list("passage").annotate(Count("pk")))


def _different(before: Mapping[str, object], now: Mapping[str, object]) -> set[str]:
    """The keys that one of the two has in another way than the other, or alone."""
    differing = {name for name, value in now.items() if before.get(name) != value}
    return differing | (before.keys() - now.keys())


def _renew(
    view: _View,
    key: _Key,
    facts: _Facts,
    seen: Sight,
    common: set[str],
    moved: frozenset[str] | None,
) -> dict[str, Row | None]:
    """Bring a view up to date; gives the rows that changed, None for those that are gone. `common`
    and `moved` are the passages of which facts and standing changed, `moved` None for any."""
    changed = set(common)
    if not view.rows:
        changed = set(facts.common)
    elif moved is not None:
        changed |= moved
    else:
        changed |= _different(view.sight.statuses, seen.statuses)
        changed |= _different(view.sight.waiting, seen.waiting)
        changed |= view.sight.sealed ^ seen.sealed
    view.sight = seen
    confidential = dict(key[1])
    delta: dict[str, Row | None] = {}
    for name in changed:
        row = _row(name, facts, seen, confidential) if name in facts.common else None
        if row != view.rows.get(name):
            delta[name] = row
        if row is None:
            view.rows.pop(name, None)
        else:
            view.rows[name] = row
    return delta


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


def _key(facts: _Facts, person: int, held: Standing) -> _Key:
    """Whose view this person shares. Confidential comments are for the offices and for whoever made
    them."""
    mine = Counter(
        passage for passage, author in facts.confidential if held.writes or author == person
    )
    return held.seat.key if held.seat else "", frozenset(mine.items())


def _row(name: str, facts: _Facts, seen: Sight, confidential: Mapping[str, int]) -> Row:
    digest, price, written, comments, variants = facts.common[name]
    if not digest:
        return {"s": status_of("not_open").slug, "d": "", "p": 0, "n": True}
    row: Row = {
        "s": status_of(seen.status(name)).slug,
        "d": digest,
        "p": None if name in seen.sealed else price,
    }
    if name in seen.waiting:
        row["w"] = seen.waiting[name].value
    if written:
        row["n"] = True
    if comments := comments + confidential.get(name, 0):
        row["c"] = comments
    if variants:
        row["v"] = variants
    return row
