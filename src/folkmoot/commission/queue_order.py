"""What waits for one seat, in the order in which it is quickest to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from folkmoot.algorithms.consent import State, Why
from folkmoot.algorithms.redline import redline

from .models import StoredWording
from .outline import Outline
from .sight import Sight

SIZES_KEPT = 50_000
_ORDER = (Why.STALE, Why.ORPHAN, Why.RECALL, Why.CARRIED, Why.NEVER_ANSWERED)


class Waiting(NamedTuple):
    """One passage that waits: why, and from which wording the change is measured, if any."""

    passage: str
    why: Why
    accepted: str | None
    size: int


def waiting(sight: Sight, outline: Outline, state: State) -> list[tuple[str, Why, str | None]]:
    """The passages that stand in the text and wait for the viewer's seat, in text order."""
    return [
        (
            row.id,
            why,
            state.last_accepted(sight.seat, row.id) if why != Why.NEVER_ANSWERED else None,
        )
        for row in outline.rows
        if (why := sight.waiting.get(row.id)) is not None
    ]


def ordered(found: list[tuple[str, Why, str | None]], outline: Outline) -> list[Waiting]:
    """Changed passages first, the smallest change first; then what is new, in the order of the
    text, where each is read after what comes before it."""
    pairs = {
        (accepted, outline.rows[outline.at[passage]].digest)
        for passage, _why, accepted in found
        if accepted
    }
    sizes = _sizes(pairs)
    items = [
        Waiting(
            passage,
            why,
            accepted,
            sizes.get((accepted or "", outline.rows[outline.at[passage]].digest), 0),
        )
        for passage, why, accepted in found
    ]
    return sorted(items, key=lambda item: (_ORDER.index(item.why), item.size))


def _sizes(pairs: set[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """How much there is to read in each change. A change never changes, so sizes are kept."""
    known = {pair: size for pair in pairs if (size := _known.get(pair)) is not None}
    missing = pairs - known.keys()
    if missing:
        digests = {digest for pair in missing for digest in pair}
        stored = StoredWording.objects.in_bulk(digests)
        for pair in missing:
            before, after = (stored.get(digest) for digest in pair)
            size = redline(before.value, after.value).size if before and after else 0
            if len(_known) >= SIZES_KEPT:
                _known.clear()
            known[pair] = _known[pair] = size
    return known


_known: dict[tuple[str, str], int] = {}
