"""Reading the history on: from where it was read last to the end of the log.

The steps of the log are added up in memory and stored in one short transaction for each stretch of
it, together with how far it was read. So a fold that is interrupted loses nothing and counts
nothing twice, and two at a time do not disturb each other: the second to finish finds that the
stretch was read already, and goes on from there. Nothing is locked while the log is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import StoredWording, Text
from folkmoot.ledger.models import Entry
from folkmoot.live.models import EditingSession, Folded, TouchedPassage, Update

from . import record
from .moment import Log
from .replay import Replay
from .tally import PAUSE, Session, Step, Tally, Touch, Touched

STRETCH = 5_000
"""Updates added up in memory before they are stored."""
PAGE = 6_000
"""Updates that a page reads on at most."""

Source = EditingSession.Source


@dataclass(frozen=True)
class Reached:
    """How far the history is read: up to which update, and how many updates of the log and entries
    of the ledger are not read yet."""

    seq: int
    behind: int


def fold(text: Text, *, most: int | None = None, log: Log | None = None) -> Reached:
    """Read the history of a text on: to its end, or `most` updates further at most."""
    log = log or Log.of(text)
    folded, _new = Folded.objects.get_or_create(text=text)
    behind = _fold_record(text, folded, log, whole=most is None)
    if log is None:
        return Reached(0, behind)
    if folded.epoch != log.document.epoch:
        _begin(text, folded, log)
    if folded.seq < log.document.seq:
        end = log.document.seq if most is None else min(log.document.seq, folded.seq + most)
        _fold_log(text, folded, log, end)
    return Reached(folded.seq, behind + max(0, log.document.seq - folded.seq))


def _fold_record(text: Text, folded: Folded, log: Log | None, *, whole: bool) -> int:
    """What the ledger has of the time before the text was opened live: all of it, or the next
    part. Gives the number of entries that are left."""
    until = log.start if log else None
    while some := list(record.entries(text, folded.entry, until)[: record.ASKED_AT_ONCE]):
        tally = Tally(_unfinished(text, Source.RECORD, some[0].at))
        for step in record.steps(text, some):
            tally.add(step)
        _store(text, folded, tally, Source.RECORD, entry=some[-1].seq)
        if not whole:
            return record.entries(text, folded.entry, until).count()
    return 0


def _fold_log(text: Text, folded: Folded, log: Log, end: int) -> None:
    document = log.document
    replay = Replay(document, folded.seq)
    try:
        while folded.seq < end:
            if replay.seq != folded.seq:
                # Somebody else read on meanwhile.
                replay.close()
                replay = Replay(document, folded.seq)
            rows = list(
                Update.objects.filter(document=document, seq__gt=folded.seq, seq__lte=end)
                .order_by("seq")
                .values_list("seq", "author_id", "at", "data")[:STRETCH]
            )
            if not rows:
                break
            tally = Tally(_unfinished(text, Source.LIVE, rows[0][2]))
            outside: dict[tuple[str, bool], int | None] | None = None
            for seq, author, at, data in rows:
                step = Step(seq, author, at, replay.step(seq, bytes(data)))
                if author is not None or not step.touches:
                    tally.add(step)
                    continue
                if outside is None:
                    outside = _outside(text, log.start)
                for share in _by_person(step, outside):
                    tally.add(share)
            _store(text, folded, tally, Source.LIVE, seq=rows[-1][0])
    finally:
        replay.close()


def _begin(text: Text, folded: Folded, log: Log) -> None:
    """Begin with a document that was not read before. Sessions of another one are forgotten: the
    log they were read from is no more."""
    with transaction.atomic():
        EditingSession.objects.filter(text=text, source=Source.LIVE).delete()
        Folded.objects.filter(pk=folded.pk).update(epoch=log.document.epoch, seq=0)
    folded.refresh_from_db()


def _outside(text: Text, since: datetime) -> dict[tuple[str, bool], int | None]:
    """Who added passages in forms and imports, or put them back, and who took them out (True).

    The room takes such changes over without knowing who made them; the ledger knows.
    """
    found = Entry.objects.filter(
        stream__key=text.stream_key, act__in=record.MEMBERSHIP, at__gte=since
    ).order_by("seq")
    people = record.people(found)
    return {
        (str(entry.payload["passage"]), entry.act == "passage.withdrawn"): people.get(entry.actor)
        for entry in found
    }


def _by_person(step: Step, outside: dict[tuple[str, bool], int | None]) -> Iterable[Step]:
    """An update as the step of its author; what the room took over, as those of who made it."""
    shares: dict[int | None, list[Touch]] = {}
    for touch in step.touches:
        came_or_went = touch.before is None or touch.after is None
        known = (touch.passage, touch.after is None)
        shares.setdefault(outside.get(known) if came_or_went else None, []).append(touch)
    for person, some in shares.items():
        yield Step(step.seq, person, step.at, tuple(some))


def _unfinished(text: Text, source: str, at: datetime) -> list[Session]:
    """The latest session of each person, of those that a step at this time may still belong to."""
    rows = EditingSession.objects.filter(text=text, source=source, ended__gt=at - PAUSE)
    latest = {row.person_id: row for row in rows.order_by("last")}
    sessions = {
        row.pk: Session(
            row.person_id, row.first, row.last, row.began, row.ended, row.added, row.removed, row.pk
        )
        for row in latest.values()
    }
    for one in TouchedPassage.objects.filter(session__in=sessions):
        sessions[one.session_id].touched[one.passage] = Touched(
            one.passage,
            one.first,
            one.last,
            one.at,
            one.before,
            one.after,
            one.added,
            one.removed,
            one.moved,
        )
    return list(sessions.values())


def _store(text: Text, folded: Folded, tally: Tally, source: str, **reached: int) -> None:
    """Store a stretch and how far it was read; `folded` then says so. A stretch that somebody else
    stored meanwhile is dropped."""
    wordings = tally.finish()
    with transaction.atomic():
        ours = Folded.objects.filter(
            pk=folded.pk, epoch=folded.epoch, seq=folded.seq, entry=folded.entry
        ).update(**reached)
        if ours:
            _write(text, tally.sessions, wordings, source)
    folded.refresh_from_db()


def _write(text: Text, sessions: list[Session], wordings: list[Wording], source: str) -> None:
    if source == Source.LIVE:
        # Those of the ledger are stored already.
        StoredWording.objects.keep(wordings)
    rows = [
        EditingSession(
            pk=session.pk,
            text=text,
            person_id=session.person,
            automatic=session.person is None,
            source=source,
            first=session.first,
            last=session.last,
            began=session.began,
            ended=session.ended,
            added=session.added,
            removed=session.removed,
            passages=len(session.touched),
        )
        for session in sessions
    ]
    EditingSession.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)
    EditingSession.objects.bulk_update(
        [row for row, session in zip(rows, sessions, strict=True) if session.pk is not None],
        ["last", "ended", "added", "removed", "passages"],
        batch_size=200,
    )
    TouchedPassage.objects.bulk_create(
        [
            TouchedPassage(
                session=row,
                passage=one.passage,
                first=one.first,
                last=one.last,
                at=one.at,
                before=one.before,
                after=one.after,
                added=one.added,
                removed=one.removed,
                moved=one.moved,
            )
            for row, session in zip(rows, sessions, strict=True)
            for one in (session.touched[passage] for passage in session.touched)
            if one.passage in session.changed
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["session", "passage"],
        update_fields=["last", "at", "after", "added", "removed", "moved"],
    )
