"""A moment in the history of a text: after one update of its log, or one entry of its ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from django.db.models import QuerySet

from folkmoot.commission.models import Text
from folkmoot.ledger.models import Entry
from folkmoot.live.models import Document, EditingSession, Snapshot, Update

type Source = Literal["live", "record"]

_SPELLED = re.compile(r"([ue])(\d{1,15})")


@dataclass(frozen=True, order=True)
class Moment:
    """`live`: after update `seq` of the log, 0 being how the text was when it was opened. `record`:
    after entry `seq` of the ledger, for texts that were never opened live and the time before."""

    source: Source
    seq: int

    def __str__(self) -> str:
        """As it stands in addresses: u12 or e12."""
        return f"{'u' if self.source == 'live' else 'e'}{self.seq}"

    @classmethod
    def parse(cls, spelled: str) -> Self | None:
        """A moment from an address; None when it is not one."""
        found = _SPELLED.fullmatch(spelled)
        if found is None:
            return None
        return cls("live" if found[1] == "u" else "record", int(found[2]))


@dataclass(frozen=True)
class Log:
    """The log of a text that was opened live: since when, and up to which update it reaches."""

    document: Document
    start: datetime

    @classmethod
    def of(cls, text: Text) -> Self | None:
        """None for a text that was never opened live."""
        document = Document.objects.filter(text=text).first()
        if document is None:
            return None
        firsts = [
            rows.filter(document=document).order_by("seq").values_list("at", flat=True).first()
            for rows in (Snapshot.objects, Update.objects)
        ]
        start = min((at for at in firsts if at is not None), default=None)
        return None if start is None else cls(document, start)


def newest(text: Text, log: Log | None) -> Moment:
    """The moment now."""
    if log is not None:
        return Moment("live", log.document.seq)
    return Moment("record", _entries(text).values_list("seq", flat=True).last() or 0)


def moment_at(text: Text, log: Log | None, time: datetime) -> Moment:
    """The last moment not after a time; for a time before anything was written, the first."""
    if log is not None and time >= log.start:
        rows = Update.objects.filter(document=log.document, at__lte=time)
        return Moment("live", rows.order_by("seq").values_list("seq", flat=True).last() or 0)
    return Moment(
        "record", _entries(text).filter(at__lte=time).values_list("seq", flat=True).last() or 0
    )


def time_of(text: Text, log: Log | None, moment: Moment) -> datetime | None:
    """When it was; None when the history does not reach there."""
    if moment.source == "record":
        if moment.seq == 0:
            return text.created
        return _entries(text).filter(seq=moment.seq).values_list("at", flat=True).first()
    if log is None or moment.seq > log.document.seq:
        return None
    rows = Update.objects.filter(document=log.document, seq__lte=moment.seq)
    return rows.order_by("seq").values_list("at", flat=True).last() or log.start


def around(session: EditingSession) -> tuple[Moment, Moment]:
    """The moments before the first and after the last change of a session of editing."""
    live = session.source == EditingSession.Source.LIVE
    source: Source = "live" if live else "record"
    return Moment(source, session.first - 1), Moment(source, session.last)


def _entries(text: Text) -> QuerySet[Entry]:
    return Entry.objects.filter(stream__key=text.stream_key).order_by("seq")
