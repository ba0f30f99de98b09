"""Thinning a log: the keystrokes of old sessions of editing become one update for each.

A log is cut wherever a session of editing begins or ends, and where a snapshot stands. What lies
between two cuts becomes one update, so that the text can still be read exactly as it was at the
beginning and the end of every session; what was typed and deleted in between is gone. Who wrote
what stays with the sessions. Where several people wrote at once, their update is nobody's.

One update is made of many by applying them in one transaction of the engine, which hands back what
changed (merging them as bytes takes a time that grows with the square of their number).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from pycrdt import Doc, TransactionEvent

from folkmoot.commission.models import Text
from folkmoot.live.models import Document, EditingSession, Snapshot, Update

from .folding import fold
from .moment import Log
from .replay import Replay, stored

REPLACED_AT_ONCE = 100
"""Stretches of the log that one transaction replaces."""


class Differs(RuntimeError):
    """The thinned log would not give the same text. Nothing was changed."""


class Disturbed(RuntimeError):
    """The log is not what it was when it was read. What was replaced so far stays, and is right."""


@dataclass(frozen=True)
class Thinned:
    """How many updates and bytes there were in what was replaced, and how many there are now."""

    updates_before: int = 0
    updates_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


@dataclass(frozen=True)
class _Stretch:
    """Updates after `start` up to `end`, as one."""

    start: int
    end: int
    count: int
    size: int
    author: int | None
    data: bytes


def thin(text: Text, *, older_than: datetime) -> Thinned:
    """Replace the updates of sessions that ended before a time by one for each stretch.

    Nothing after the snapshot before the newest is touched: that is what a room opens with. All of
    it is checked before any of it is stored: the text, the wordings being prepared and what each
    client has sent must be the same at every cut, and at the end of the log. Raises `Differs` when
    they are not. May be stopped at any time, and done again.
    """
    log = Log.of(text)
    if log is None:
        return Thinned()
    fold(text, log=log)
    document = log.document
    cuts = _cuts(text, document, older_than)
    stretches = _combined(document, cuts)
    for start in range(0, len(stretches), REPLACED_AT_ONCE):
        _replace(document, stretches[start : start + REPLACED_AT_ONCE])
    return Thinned(
        sum(one.count for one in stretches),
        len(stretches),
        sum(one.size for one in stretches),
        sum(len(one.data) for one in stretches),
    )


def _cuts(text: Text, document: Document, older_than: datetime) -> list[int]:
    """Where the log is cut, in order; what lies after the last cut is left alone."""
    snapshots = list(
        Snapshot.objects.filter(document=document).order_by("seq").values_list("seq", flat=True)
    )
    if len(snapshots) < 2:
        return []
    sessions = EditingSession.objects.filter(text=text, source=EditingSession.Source.LIVE)
    ends = list(sessions.values_list("first", "last", "ended"))
    young = [first - 1 for first, _last, ended in ends if ended >= older_than]
    end = min([snapshots[-2], *young])
    cuts = {end, *snapshots}
    for first, last, _ended in ends:
        cuts |= {first - 1, last}
    return sorted(cut for cut in cuts if 0 <= cut <= end)


def _combined(document: Document, cuts: Sequence[int]) -> list[_Stretch]:
    """The stretches that are worth replacing, checked."""
    if not cuts:
        return []
    seqs = list(
        Update.objects.filter(document=document, seq__lte=cuts[-1])
        .order_by("seq")
        .values_list("seq", flat=True)
    )
    many = [bisect_right(seqs, b) - bisect_right(seqs, a) > 1 for a, b in pairwise(cuts)]
    if True not in many:
        return []
    # What was thinned before is left out, so that a nightly run costs what is new.
    cuts = cuts[many.index(True) :]
    replay = Replay(document, cuts[0])
    combining = _Combining(document, cuts[0])
    thinned = Replay(document, cuts[0])
    found: list[_Stretch] = []
    try:
        for start, end in pairwise(cuts):
            rows = list(
                Update.objects.filter(document=document, seq__gt=start, seq__lte=end)
                .order_by("seq")
                .values_list("seq", "author_id", "data")
            )
            data = [bytes(row[2]) for row in rows]
            touched = {
                t.passage
                for (seq, *_), one in zip(rows, data, strict=True)
                for t in replay.step(seq, one)
            }
            one = combining.take(data)
            whole = sum(map(len, data))
            if len(rows) > 1 and len(one) < whole:
                authors = {author for _seq, author, _data in rows}
                author = authors.pop() if len(authors) == 1 else None
                found.append(_Stretch(start, end, len(rows), whole, author, one))
                data = [one]
            touched |= {t.passage for part in data for t in thinned.step(end, part)}
            _compare(replay, thinned, touched, end)
        _compare_ends(document, thinned, cuts[-1])
    finally:
        replay.close()
        thinned.close()
        combining.close()
    return found


class _Combining:
    """Makes one update of many."""

    def __init__(self, document: Document, seq: int) -> None:
        self._doc: Doc[Any] = Doc()
        for data in stored(document, seq):
            self._doc.apply_update(data)
        self._made = b""
        self._watching = self._doc.observe(self._notice)

    def take(self, updates: Sequence[bytes]) -> bytes:
        self._made = b""
        with self._doc.transaction():
            for update in updates:
                self._doc.apply_update(update)
        return self._made

    def close(self) -> None:
        self._doc.unobserve(self._watching)

    def _notice(self, event: TransactionEvent) -> None:
        self._made = event.update


def _compare(one: Replay, other: Replay, touched: set[str], seq: int) -> None:
    """Whether both say the same; they did so before, and only `touched` changed since."""
    if (
        one.order() != other.order()
        or any(one.wording(id) != other.wording(id) for id in touched)
        or one.sent() != other.sent()
        or one.prepared() != other.prepared()
    ):
        raise Differs(f"Thinning would change the text at update {seq}.")


def _compare_ends(document: Document, thinned: Replay, cut: int) -> None:
    """Whether the rest of the log, which stays as it is, leads to the same end from both."""
    end = Replay(document, document.seq)
    rows = Update.objects.filter(document=document, seq__gt=cut, seq__lte=document.seq)
    try:
        for seq, data in rows.order_by("seq").values_list("seq", "data").iterator(chunk_size=5000):
            thinned.step(seq, bytes(data))
        _compare(end, thinned, {*end.order(), *thinned.order()}, document.seq)
    finally:
        end.close()


@transaction.atomic
def _replace(document: Document, stretches: Sequence[_Stretch]) -> None:
    for one in stretches:
        rows = Update.objects.filter(document=document, seq__gt=one.start, seq__lte=one.end)
        last = rows.order_by("-seq").first()
        if last is None or rows.count() != one.count:
            raise Disturbed(f"The log changed between updates {one.start} and {one.end}.")
        rows.exclude(pk=last.pk).delete()
        # It has the number and the time of the last of those it stands for.
        last.author_id, last.data = one.author, one.data
        last.save(update_fields=["author", "data"])
