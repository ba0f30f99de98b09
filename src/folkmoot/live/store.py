"""What is kept of live documents, and the one transaction that a batch of updates is.

All of this runs in threads, on a connection of the thread's own. Writing is by plain SQL that
SQLite and PostgreSQL both take, since it happens at every keystroke.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import Text

from . import hearing
from .models import Document, Snapshot
from .reconciling import begun

log = logging.getLogger(__name__)

KEPT_EVERY: Final = 20_000
"""Updates between two snapshots that are kept for history, beside the first and the newest two."""


class Unavailable(Exception):
    """Nothing can be stored just now: the disk is full, or the database does not answer."""


class Overtaken(Exception):
    """Another process has taken the document over; this one must not write any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """An update about to be stored: who wrote it (None: the server) and its bytes."""

    author: int | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as it was loaded: its newest snapshot and the updates after it. Whoever opened it
    holds `fence`."""

    document: int
    epoch: str
    seq: int
    fence: int
    snapshot_seq: int
    snapshot: bytes
    tail: tuple[bytes, ...]


type Passages = list[tuple[str, str, Wording]]
"""Ids, labels and wordings, in order."""


def begin(text: int, make: Callable[[Passages], bytes]) -> int:
    """The document of a text, begun with what stands in the text when there is none; gives its key.

    `make` turns the passages into the state of a document. It is called inside the transaction,
    with the text locked, so that two who open the text at once begin one document and nothing
    that is changed meanwhile is missed.
    """
    found = Document.objects.filter(text=text).values_list("pk", flat=True).first()
    if found is not None:
        return found
    with transaction.atomic():
        Text.objects.select_for_update().get(pk=text)
        found = Document.objects.filter(text=text).values_list("pk", flat=True).first()
        if found is None:
            document = Document.objects.create(text_id=text)
            Snapshot.objects.create(document=document, seq=0, data=make(begun(text)))
            found = document.pk
        return found


def load(document: int, fence: int, before: int | None = None) -> Opened:
    """A document, for whoever holds `fence`.

    `before` asks for an older snapshot and a longer tail, for when the newest cannot be read.
    Raises `Overtaken` when somebody else holds the fence by now, and `LookupError` when there is
    no snapshot.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT epoch, seq, fence FROM live_document WHERE id = %s", [document])
        epoch, seq, held = cursor.fetchone()
        if held != fence:
            raise Overtaken(document)
        cursor.execute(
            "SELECT seq, data FROM live_snapshot WHERE document_id = %s AND seq < %s"
            " ORDER BY seq DESC LIMIT 1",
            [document, seq + 1 if before is None else before],
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError("There is no snapshot to begin with.")
        cursor.execute(
            "SELECT seq, data FROM live_update WHERE document_id = %s AND seq > %s ORDER BY seq",
            [document, row[0]],
        )
        later = cursor.fetchall()
    # History may have made one update of many, which keeps the number of the last one.
    if (later[-1][0] if later else row[0]) != seq:
        raise LookupError("The newest updates are missing from the log.")
    tail = tuple(bytes(data) for _seq, data in later)
    return Opened(document, epoch, seq, fence, row[0], bytes(row[1]), tail)


def append[T](
    document: int,
    fence: int,
    seq: int,
    rows: Sequence[Row],
    at: datetime,
    also: Callable[[], T],
    *,
    again: bool = False,
) -> T | None:
    """Store updates after `seq`, and whatever `also` stores, in one transaction; gives its result.

    `again` says that this may have been stored in an attempt whose answer never came; then None.
    Raises `Overtaken` when the fence is no longer ours, and `Unavailable` when nothing can be
    stored now; nothing of it has then been stored, as far as can be known.
    """
    _durable()
    try:
        with hearing.ours(), transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE live_document SET seq = %s WHERE id = %s AND fence = %s AND seq = %s",
                    [seq + len(rows), document, fence, seq],
                )
                if not cursor.rowcount:
                    cursor.execute("SELECT fence, seq FROM live_document WHERE id = %s", [document])
                    if again and cursor.fetchone() == (fence, seq + len(rows)):
                        return None
                    raise Overtaken(document)
                moment = connection.ops.adapt_datetimefield_value(at)
                cursor.executemany(
                    "INSERT INTO live_update (document_id, seq, author_id, at, data)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    [(document, seq + n, r.author, moment, r.data) for n, r in enumerate(rows, 1)],
                )
            return also()
    except (OperationalError, InterfaceError, InternalError, OSError) as error:
        connection.close()
        raise Unavailable(str(error)) from error


def keep_snapshot(document: int, seq: int, data: bytes) -> None:
    """Store a verified snapshot, and let go of those that history does not need.

    The first and the newest two are kept, and one for every so many updates.
    """
    with transaction.atomic():
        Snapshot.objects.get_or_create(
            document_id=document, seq=seq, defaults={"data": data, "at": timezone.now()}
        )
        rows = list(
            Snapshot.objects.filter(document_id=document).order_by("seq").values_list("seq", "pk")
        )
        kept: set[int] = {pk for _seq, pk in (*rows[:1], *rows[-2:])}
        reached = 0
        for at, pk in rows:
            if at // KEPT_EVERY > reached:
                reached = at // KEPT_EVERY
                kept.add(pk)
        gone = [pk for _seq, pk in rows if pk not in kept]
        if gone:
            Snapshot.objects.filter(pk__in=gone).delete()


def closing_connection[**P, T](work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do some work, and let go of the connection when the database failed, so that the next work
    finds a fresh one."""
    try:
        return work(*arguments, **named)
    except (DatabaseError, InterfaceError):
        connection.close()
        raise


def let_go() -> None:
    """Close the connection of the thread that this runs in."""
    connection.close()


_thread = threading.local()


def _durable() -> None:
    """Have the connection of this thread wait for the disk, whatever the server's default is."""
    try:
        connection.ensure_connection()
        if getattr(_thread, "durable", None) is connection.connection:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA synchronous=FULL")
            else:
                cursor.execute("SHOW synchronous_commit")
                if cursor.fetchone()[0] == "off":
                    cursor.execute("SET synchronous_commit TO on")
                # A process that stands still within a transaction would keep the document's row
                # locked, and with it everybody who could take over.
                cursor.execute("SET idle_in_transaction_session_timeout TO '5s'")
        _thread.durable = connection.connection
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        raise Unavailable(str(error)) from error
