"""The history that the ledger has: changes made in forms, and imports.

The ledger knows who added, changed, withdrew and put back which passage; it does not know moves, so
a text read at a moment of the ledger has the order it has now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from folkmoot.algorithms.redline import redline
from folkmoot.algorithms.wording import Content, Wording
from folkmoot.commission.models import Edit, Passage, StoredWording, Text
from folkmoot.ledger.models import Entry
from folkmoot.people.models import Person

from .reading import Reading
from .tally import Step, Touch

ACTS = ("passage.added", "passage.edited", "passage.withdrawn", "passage.restored")
MEMBERSHIP = ("passage.added", "passage.withdrawn", "passage.restored")
ASKED_AT_ONCE = 2000


def entries(text: Text, after: int, until: datetime | None = None) -> QuerySet[Entry]:
    """The entries about words after number `after`, in order, and not later than `until`."""
    found = Entry.objects.filter(stream__key=text.stream_key, seq__gt=after, act__in=ACTS)
    if until is not None:
        found = found.filter(at__lte=until)
    return found.order_by("seq")


def steps(text: Text, some: Sequence[Entry]) -> Iterator[Step]:
    """Entries as steps of the history."""
    if not some:
        return
    known = people(some)
    edits = {
        edit.seq: edit
        for edit in Edit.objects.filter(
            passage__text=text, seq__gte=some[0].seq, seq__lte=some[-1].seq
        )
    }
    put_back = [e for e in some if e.act in ("passage.withdrawn", "passage.restored")]
    stood = _stood(text, {str(e.payload["passage"]) for e in put_back})
    pairs: list[tuple[Entry, str, str]] = []
    for entry in some:
        passage = str(entry.payload["passage"])
        if entry.act == "passage.added":
            pairs.append((entry, "", str(entry.opened["digest"])))
        elif entry.act == "passage.edited":
            edit = edits.get(entry.seq)
            if edit is not None:
                pairs.append((entry, edit.before_id, edit.after_id))
        else:
            digest = stood.at(passage, entry.seq)
            gone = entry.act == "passage.withdrawn"
            pairs.append((entry, digest, "") if gone else (entry, "", digest))
    words = wordings({digest for _entry, *both in pairs for digest in both if digest})
    for entry, before, after in pairs:
        one, other = words.get(before), words.get(after)
        added, removed = written(one, other)
        yield Step(
            entry.seq,
            known.get(entry.actor),
            entry.at,
            (Touch(str(entry.payload["passage"]), one, other, added, removed),),
        )


def written(before: Wording | None, after: Wording | None) -> tuple[int, int]:
    """Characters added and removed from one wording to another, word by word."""
    if before is None or after is None:
        return len(after.plain) if after else 0, len(before.plain) if before else 0
    change = redline(before, after)
    counts = {"added": 0, "removed": 0}
    for piece in change.all_pieces():
        if piece.state in counts:
            counts[piece.state] += _length(piece.content)
    return counts["added"], counts["removed"]


def read(text: Text, seq: int) -> Reading:
    """The text after entry `seq` of its ledger, in the order its passages have now."""
    stood = _stood(text, None)
    standing: dict[str, bool] = {}
    for entry in Entry.objects.filter(
        stream__key=text.stream_key,
        seq__lte=seq,
        act__in=MEMBERSHIP,
    ).order_by("seq"):
        standing[str(entry.payload["passage"])] = entry.act != "passage.withdrawn"
    rows = text.passages.order_by("place").values_list("pk", "label")
    order = [(pk, label) for pk, label in rows if standing.get(pk)]
    digests = {pk: stood.at(pk, seq) for pk, _label in order}
    words = wordings(set(digests.values()))
    return Reading(
        tuple((pk, words[digests[pk]]) for pk, _label in order if digests[pk] in words),
        {pk: label for pk, label in order if label},
    )


def wordings(digests: Iterable[str]) -> dict[str, Wording]:
    """Stored wordings by digest; those that are not stored are left out."""
    wanted = sorted(digests)
    found: dict[str, Wording] = {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = StoredWording.objects.filter(digest__in=wanted[start : start + ASKED_AT_ONCE])
        found.update((row.digest, row.value) for row in some)
    return found


class _Stood:
    """Which words a passage had at which entry of the ledger."""

    def __init__(self, now: dict[str, str], edits: Iterable[tuple[str, int, str, str]]) -> None:
        self._now = now
        self._edits: dict[str, list[tuple[int, str, str]]] = {}
        for passage, seq, before, after in edits:
            self._edits.setdefault(passage, []).append((seq, before, after))

    def at(self, passage: str, seq: int) -> str:
        """The digest after entry `seq`; empty for a passage that is not known."""
        edits = self._edits.get(passage)
        if not edits:
            return self._now.get(passage, "")
        stood = edits[0][1]
        for number, _before, after in edits:
            if number > seq:
                break
            stood = after
        return stood


def _stood(text: Text, passages: set[str] | None) -> _Stood:
    """What is known of the words of these passages, or of all."""
    rows = Passage.objects.filter(text=text)
    edits = Edit.objects.filter(passage__text=text)
    if passages is not None:
        rows, edits = rows.filter(pk__in=passages), edits.filter(passage__in=passages)
    return _Stood(
        dict(rows.values_list("pk", "wording_id")),
        edits.order_by("seq").values_list("passage_id", "seq", "before_id", "after_id"),
    )


def people(some: Iterable[Entry]) -> dict[str, int]:
    """Persons by how the ledger names them."""
    keys = {e.actor.removeprefix("person:") for e in some if e.actor.startswith("person:")}
    return {p.actor: p.pk for p in Person.objects.filter(key__in=keys)}


def _length(content: Content) -> int:
    return len(Wording("paragraph", content).plain)
