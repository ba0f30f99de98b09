"""The words of a whole text as they stood at a moment."""

from __future__ import annotations

from collections.abc import Hashable

from folkmoot.commission.models import Text
from folkmoot.commission.outline import Kept

from . import record
from .moment import Log, Moment
from .reading import Reading
from .replay import Replay

_readings: Kept[Hashable, Reading] = Kept(8)
"""Readings of whole texts are large; the page that compares two shows several pages of them."""


def words_at(text: Text, moment: Moment, log: Log | None = None) -> Reading:
    """The passages of a text and their order at a moment: the nearest snapshot before it and the
    updates from there, or what the ledger says. Kept for a while, since the past never changes.

    Raises `ValueError` for a moment that the history does not have.
    """
    if moment.source == "record":
        # The ledger does not know the order, so what is read depends on how passages stand now.
        key: Hashable = ("record", text.pk, text.revision, moment.seq)
        return _readings.get(key, lambda: record.read(text, moment.seq))
    log = log or Log.of(text)
    if log is None or moment.seq > log.document.seq:
        raise ValueError(f"The history does not reach to {moment}.")
    document = log.document
    key = ("live", document.pk, document.epoch, moment.seq)

    def read() -> Reading:
        replay = Replay(document, moment.seq)
        try:
            return replay.reading()
        finally:
            replay.close()

    return _readings.get(key, read)
