"""Bringing into the live document what was changed outside it, by a form or an import.

The commission's rows say for each passage which wording the document has taken up. Where the row
has another one by now, the difference between the two is laid over the live words, so that what
somebody is typing at the same moment stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, Value, When

from folkmoot.algorithms.wording import Wording
from folkmoot.commission.drafts import foreign
from folkmoot.commission.models import Draft, Passage, StoredWording
from folkmoot.commission.models import Edit as RecordedEdit
from folkmoot.commission.models.passage import new_id

from .document.edits import Edit, Insert, Move, Remove, Replace

_STANDS = Case(When(withdrawn=None, then=F("wording_id")), default=Value(""))


@dataclass(frozen=True)
class Outside:
    """A passage that the ledger has in other words than the document took up. `taken_up` is None
    for one the document never had, `now` is None for one that was taken out of the text."""

    id: str
    label: str
    taken_up: Wording | None
    now: Wording | None
    digest: str
    editor: str
    """The key of the person who changed it."""


@dataclass(frozen=True)
class Facts:
    """What the database says, read at one moment: what changed outside, which passages a form has
    put somewhere else, and the order."""

    changed: tuple[Outside, ...]
    moved: frozenset[str]
    order: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    """Passages of the document whose ids are those of passages of other texts."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.moved or self.elsewhere)


def read(text_id: int) -> Facts:
    """What changed outside the document since it was last brought in. At most five queries."""
    rows = list(
        Passage.objects.filter(text=text_id)
        .order_by("place")
        .values_list("id", "label", "wording_id", "withdrawn", "taken_up", "moved")
    )
    differing = [
        (pk, label, "" if withdrawn else digest, taken_up)
        for pk, label, digest, withdrawn, taken_up, _moved in rows
        if taken_up != ("" if withdrawn else digest)
    ]
    order = tuple(pk for pk, _label, _digest, withdrawn, *_rest in rows if withdrawn is None)
    moved = frozenset(row[0] for row in rows if row[-1])
    known = {row[0] for row in rows}
    new = (
        Draft.objects.of_passages()
        .filter(text=text_id, content__isnull=False)
        .values_list("name", flat=True)
    )
    elsewhere = frozenset(foreign(text_id, [name for name in new if name not in known]))
    if not differing:
        return Facts((), moved, order, elsewhere)
    stored = StoredWording.objects.in_bulk(
        {d for _pk, _label, now, was in differing for d in (now, was) if d}
    )
    editors: dict[str, str] = {}
    for passage, key in (
        RecordedEdit.objects.filter(passage__in=[pk for pk, *_rest in differing])
        .order_by("seq")
        .values_list("passage_id", "editor__key")
    ):
        editors[passage] = key or ""
    return Facts(
        tuple(
            Outside(
                pk,
                label,
                stored[was].value if was in stored else None,
                stored[now].value if now in stored else None,
                now,
                editors.get(pk, ""),
            )
            for pk, label, now, was in differing
        ),
        moved,
        order,
        elsewhere,
    )


def edits(
    facts: Facts, live: Mapping[str, Wording], order: Sequence[str]
) -> list[tuple[str, list[Edit]]]:
    """What to do in the document, grouped by the person who did it outside, in order.

    `live` and `order` are the passages of the document now. Nothing is done where the document has
    the words already.
    """
    found: list[tuple[str, list[Edit]]] = []

    def do(editor: str, edit: Edit) -> None:
        if not found or found[-1][0] != editor:
            found.append((editor, []))
        found[-1][1].append(edit)

    standing = list(order)
    before = dict(zip(facts.order, ["", *facts.order], strict=False))
    # From the top, so that of two new neighbours the first is there when the second follows it.
    rank = {name: n for n, name in enumerate(facts.order)}
    for one in sorted(facts.changed, key=lambda one: rank.get(one.id, -1)):
        here = live.get(one.id)
        if one.now is None:
            if here is not None:
                do(one.editor, Remove(one.id))
                standing.remove(one.id)
            continue
        if here is None:
            after = _nearest(one.id, before, set(standing))
            do(one.editor, Insert(one.id, one.label, one.now, after))
            standing.insert(standing.index(after) + 1 if after else 0, one.id)
        elif here.digest != one.digest:
            do(one.editor, Replace(one.id, one.taken_up or here, one.now))
    for name in sorted(facts.elsewhere & live.keys()):
        # Copied from another text, where its address leads.
        do("", Insert(new_id(), "", live[name], name))
        do("", Remove(name))
    for name in facts.order:
        if name in facts.moved and name in standing:
            standing.remove(name)
            after = _nearest(name, before, set(standing))
            do("", Move(name, after))
            standing.insert(standing.index(after) + 1 if after else 0, name)
    return found


def taken_up(text_id: int, facts: Facts) -> None:
    """Note that the document has what `facts` said, in the transaction that stores its edits and
    before they are kept. A passage that has been changed again meanwhile is left for the next
    time."""
    by_digest: dict[str, list[str]] = {}
    for one in facts.changed:
        by_digest.setdefault(one.digest, []).append(one.id)
    for digest, ids in by_digest.items():
        Passage.objects.filter(text=text_id, pk__in=ids).update(taken_up=digest)
    if facts.moved:
        Passage.objects.filter(text=text_id, pk__in=facts.moved).update(moved=False)


def begun(text_id: int) -> list[tuple[str, str, Wording]]:
    """The passages a new document begins with: id, label and words, in order. Notes in the same
    transaction that the document has them."""
    rows = list(
        Passage.objects.filter(text=text_id, withdrawn=None)
        .order_by("place")
        .select_related("wording")
    )
    Passage.objects.filter(text=text_id).update(taken_up=_STANDS, moved=False)
    return [(row.pk, row.label, row.value) for row in rows]


def _nearest(name: str, before: Mapping[str, str], standing: set[str]) -> str:
    """The nearest passage before `name` that stands in the document; empty for the beginning."""
    at = before.get(name, "")
    while at and at not in standing:
        at = before.get(at, "")
    return at
