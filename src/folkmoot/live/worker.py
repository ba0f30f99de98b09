"""What a room has done in threads: everything that asks or tells the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from folkmoot.algorithms.wording import Wording
from folkmoot.commission import drafts
from folkmoot.commission.drafts import Kept, Settled
from folkmoot.commission.models import Draft, Passage, Text
from folkmoot.people.models import Person

from . import frames, hearing, limits, reconciling
from .document.paper import Written
from .reconciling import Facts
from .standing import Board
from .verifying import Contents, fingerprint_elsewhere


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


def settle(text: int, names: Sequence[str] | None) -> Settled:
    """Record the drafts of these passages, or of all. While somebody may be writing it is done in
    lots, with a pause after each: recording keeps the database from storing keystrokes."""
    with hearing.ours():
        whole = Text.objects.select_related("commission").get(pk=text)
        if names is None:
            return drafts.settle(whole)
        settled: list[Settled] = []
        for lot in drafts.lots(whole, names):
            if settled:
                time.sleep(limits.PAUSE)
            settled.append(drafts.settle(whole, lot))
    return Settled(
        tuple(name for one in settled for name in one.recorded),
        tuple(name for one in settled for name in one.unfinished),
        any(one.frozen for one in settled),
        tuple(dict.fromkeys(comment for one in settled for comment in one.comments)),
        any(one.elsewhere for one in settled),
    )


def behind(text: int, passages: Mapping[str, Wording]) -> list[str]:
    """The passages whose words the database has neither recorded nor as a draft; those that it has
    and the document does not, too."""
    known = dict(Passage.objects.filter(text=text, withdrawn=None).values_list("pk", "wording_id"))
    for name, digest, content in (
        Draft.objects.of_passages().filter(text=text).values_list("name", "digest", "content")
    ):
        if content is None:
            known.pop(name, None)
        else:
            known[name] = digest
    return [
        *(name for name, wording in passages.items() if known.get(name) != wording.digest),
        *(name for name in known if name not in passages),
    ]


def verified(state: bytes, contents: Contents) -> bool:
    """Whether another process reads in a state what it is to hold. Raises `Unreadable` when it
    cannot read it."""
    return fingerprint_elsewhere(state) == contents.fingerprint()


def news(
    board: Board,
    persons: Sequence[int],
    fresh: Iterable[int],
    settled: Sequence[str],
    comments: Sequence[int],
) -> dict[int, bytes]:
    """The frame for each of these persons who has to be told something; those who came just now
    are told everything."""
    for person in fresh:
        board.forget(person)
    found = board.news(persons)
    told = {}
    for person in persons:
        news = found.get(person)
        if news is not None or settled or comments:
            body = news.as_json() if news is not None else {"passages": {}}
            body |= {"settled": settled, "comments": comments}
            told[person] = frames.say(frames.NEWS, body)
    return told
