"""What a room has done in threads: everything that asks or tells the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from folkmoot.commission import drafts
from folkmoot.commission.drafts import Kept, Settled
from folkmoot.commission.models import Text
from folkmoot.people.models import Person

from . import reconciling
from .document.paper import Written
from .reconciling import Facts
from .standing import Board, News
from .verifying import Unreadable, fingerprint_elsewhere

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a writer said of the change about to be made in a passage."""

    passage: str
    by: str
    editorial: bool
    reason: str


def keeping(
    text: int,
    written: Sequence[Written],
    order: Sequence[str] | None,
    writers: Mapping[str, Iterable[str]],
    declared: Sequence[Declared],
    outside: Facts | None,
    at: datetime,
) -> Callable[[], Kept]:
    """What is stored with a batch, in its transaction."""

    def keep() -> Kept:
        if declared:
            whole = Text.objects.get(pk=text)
            for one in declared:
                drafts.declare(
                    whole, one.passage, one.by, editorial=one.editorial, reason=one.reason
                )
        if outside is not None:
            reconciling.taken_up(text, outside)
        if not written and order is None:
            return Kept()
        return drafts.keep(text, written, order, writers, at)

    return keep


def outside(text: int) -> tuple[Facts, dict[str, int]]:
    """What was changed outside the document, and the persons who did it, by key."""
    facts = reconciling.read(text)
    keys = {one.editor for one in facts.changed if one.editor}
    people = dict(Person.objects.filter(key__in=keys).values_list("key", "pk")) if keys else {}
    return facts, people


def differs(text: int) -> bool:
    """Whether something was changed outside the document and not brought in yet."""
    return bool(reconciling.read(text))


def settle(text: int, due: Sequence[Written], everything: bool) -> tuple[Settled, list[int]]:
    """Record the drafts of passages that have come to rest, or of all; gives the comments that
    followed their words, too."""
    with transaction.atomic():
        whole = Text.objects.select_related("commission").get(pk=text)
        settled = drafts.settle(whole, None if everything else [w.id for w in due if not w.of])
    return settled, []


def verified(state: bytes, wanted: str) -> bool:
    """Whether another process reads in a state what its fingerprint promises."""
    try:
        return fingerprint_elsewhere(state) == wanted
    except Unreadable as error:
        log.error("a snapshot could not be read: %s", error)
        return False


def news(board: Board, persons: Sequence[int], fresh: Iterable[int]) -> dict[int, News]:
    """What each of these persons has to be told; those who came just now, everything."""
    for person in fresh:
        board.forget(person)
    return board.news(persons)
