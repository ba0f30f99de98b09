"""From keystrokes to acts: what is written in the live room, until the ledger has recorded it.

`keep` runs in the transaction that stores the keystrokes, so words and drafts can never disagree.
`settle` records drafts as the acts they amount to: an edit, a passage added, taken out or put back.
The keystroke that first changes a passage which was at rest is recorded at once, and so is the one
that brings back words it had before; what comes between is recorded when it comes to rest, or
before anybody acts on it. See docs/decisions/007-drafts.md.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.wording import Run, Wording
from folkmoot.people.models import Person

from .consent_log import Recorder, recording
from .models import Draft, Passage, Text
from .models.passage import STEP
from .models.text import Incoming, new_revision

REST = timedelta(seconds=3)
"""After how long without a change a passage is at rest. Not whether anybody has taken a stance on
its words: when a change is recorded would then tell who has not spoken that somebody has."""


LOT = 3
"""Passages that are recorded in one transaction while others write: about ten milliseconds."""


class Written(Protocol):
    """What the live document says of a passage that was touched: `of` is empty for a passage of the
    text and names the passage for another wording being prepared; no `wording`: it is gone."""

    @property
    def id(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def wording(self) -> Wording | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Kept:
    """`recorded` are the passages that were recorded at once, because they had been at rest or have
    words again that they had before; `waiting` those whose drafts wait until they rest."""

    recorded: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    comments: tuple[int, ...] = ()
    """The comments that followed their words, or lost them."""


@dataclass(frozen=True)
class Settled:
    """`recorded` are the passages whose drafts were recorded; `unfinished` those that stay drafts
    because they have no words yet, or not all that their kind needs; `frozen` says that nothing
    could be recorded because a candidate is open."""

    recorded: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    frozen: bool = False
    comments: tuple[int, ...] = ()
    """The comments that followed their words, or lost them."""
    elsewhere: bool = False
    """Whether some bear the id of a passage of another text, and need one of their own first."""


@dataclass(frozen=True)
class _Row:
    """What the database has of a passage."""

    digest: str
    withdrawn: bool
    label: str


def keep(
    text_id: int,
    written: Sequence[Written],
    order: Sequence[str] | None,
    writers: Mapping[str, Iterable[str]],
    at: datetime,
) -> Kept:
    """Store what was written as drafts, inside the transaction of the caller.

    `order` are the ids of all passages of the document, when the order or membership changed;
    `writers` the keys of the persons who touched each passage.
    """
    rows = _rows(text_id, [w.id for w in written if not w.of])
    drafts = _begun(text_id, [w.id for w in written])
    changed, had = _changed(list(rows)), _had([w.digest for w in written if w.id in rows])
    prompt: list[str] = []
    upserts: list[tuple[Any, ...]] = []
    dropped: list[str] = []
    for one in written:
        row, draft = rows.get(one.id), drafts.get(one.id)
        gone = one.wording is None or (not one.of and row is not None and _empty(one.wording))
        if row is not None and not gone and row.label != one.label[:20]:
            Passage.objects.filter(pk=one.id).update(label=one.label[:20])
        stands = row is not None and not row.withdrawn
        same = (not gone and stands and row and row.digest == one.digest) or (gone and not stands)
        if same:
            if draft is not None:
                dropped.append(one.id)
            continue
        people = [*(draft.writers if draft else [])]
        for writer in writers.get(one.id, ()):
            # Whoever wrote last is last.
            people = [*(p for p in people if p != writer), writer]
        upserts.append(
            (
                text_id,
                one.id,
                one.of,
                "" if gone else one.digest,
                None if gone or one.wording is None else json.dumps(one.wording.to_json()),
                one.label[:20],
                json.dumps(people),
                connection.ops.adapt_datetimefield_value(at),
                connection.ops.adapt_datetimefield_value(at),
            )
        )
        declared = draft is not None and draft.editorial
        rested = one.id not in changed or at - changed[one.id] >= REST
        if row is not None and (
            (stands and rested and not declared)
            or (not gone and (one.id, one.digest) in had)
            or (not gone and row.withdrawn and one.digest == row.digest)
        ):
            prompt.append(one.id)
    if dropped:
        Draft.objects.filter(text=text_id, name__in=dropped).delete()
    if upserts:
        _upsert(upserts)
    if order is not None:
        _keep_order(text_id, order)
    settled = Settled()
    if prompt:
        text = Text.objects.select_related("commission").get(pk=text_id)
        # With them whatever came or went in the same moment: a passage that was split or merged
        # is only seen to be when both of its halves are looked at.
        halves = [w.id for w in written if not w.of and (w.id not in rows or w.wording is None)]
        settled = _settle(text, [*prompt, *halves])
    done = set(settled.recorded) | set(dropped)
    waiting = tuple(w.id for w in written if not w.of and w.id not in done)
    return Kept(settled.recorded, waiting, settled.comments)


def declare(text: Text, passage: str, by: str, *, editorial: bool, reason: str) -> None:
    """Note what a writer said of the change about to be made in a passage: that it is editorial,
    and why; or that it is not."""
    found = Passage.objects.filter(pk=passage, text=text, withdrawn=None).first()
    if found is None:
        return
    now = timezone.now()
    Draft.objects.update_or_create(
        text=text,
        name=passage,
        defaults={"editorial": editorial, "reason": reason[:500]},
        create_defaults={
            "digest": found.wording_id,
            "content": found.value.to_json(),
            "label": found.label,
            "writers": [by],
            "editorial": editorial,
            "reason": reason[:500],
            "since": now,
            "changed": now,
        },
    )


def settle(text: Text, ids: Iterable[str] | None = None) -> Settled:
    """Record the drafts of these passages, or of all, as the acts they amount to, each by the
    person who wrote last. What cannot be recorded stays a draft."""
    wanted = Draft.objects.of_passages().filter(text=text)
    if ids is not None:
        ids = list(ids)
        wanted = wanted.filter(name__in=ids)
    if not wanted.exists():
        return Settled()
    with transaction.atomic():
        return _settle(text, ids)


def lots(text: Text, ids: Iterable[str]) -> list[list[str]]:
    """The drafts of these passages in lots that can be recorded one after the other, so that
    nobody's keystrokes wait for long: what belongs together is in one lot.

    That is what came and went, since a passage may have been cut or two joined, and everything when
    words that a comment is on have left their passage, since they may be in another one now.
    """
    from .models import Comment

    chosen = list(Draft.objects.of_passages().filter(text=text, name__in=list(ids)))
    passages = {
        p.pk: p
        for p in Passage.objects.filter(text=text, pk__in=[d.name for d in chosen]).select_related(
            "wording"
        )
    }
    seams = _seams(chosen, passages)
    words = {d.name: d.value.plain if d.value is not None else "" for d in chosen}
    for passage, quote in (
        Comment.objects.open().filter(passage__in=words).values_list("passage_id", "quote")
    ):
        if quote and quote not in words[passage]:
            return [list(words)]
    together = [d.name for d in chosen if d.gone or d.name not in passages or d.name in seams]
    apart = [name for name in words if name not in set(together)]
    parts = [apart[start : start + LOT] for start in range(0, len(apart), LOT)]
    return [together, *parts] if together else parts


def foreign(text_id: int, names: Iterable[str]) -> list[str]:
    """Those of these ids that passages of other texts bear."""
    return list(
        Passage.objects.filter(pk__in=list(names))
        .exclude(text=text_id)
        .order_by()
        .values_list("pk", flat=True)
    )


def unfinished(wording: Wording) -> bool:
    """Whether a wording lacks what its kind needs: words, a picture described, whom it asks."""
    if wording.figure is not None:
        return not (wording.figure.image and wording.figure.alt.strip())
    if wording.asks is not None and not (
        wording.asks.area.strip() and wording.asks.addressee.strip()
    ):
        return True
    return _empty(wording)


def _settle(text: Text, ids: Sequence[str] | None) -> Settled:
    """Record drafts, inside a transaction. The ledger's row is locked first, as for every act."""
    recorded: list[str] = []
    waiting: list[str] = []
    with recording(text, "system:room") as log:
        drafts = {d.name: d for d in Draft.objects.of_passages().filter(text=text)}
        chosen = [d for name, d in drafts.items() if ids is None or name in set(ids)]
        if not chosen:
            return Settled()
        if log.state.candidate is not None:
            return Settled(unfinished=tuple(d.name for d in chosen), frozen=True)
        # What was copied from another text may bear an id that stands there.
        elsewhere = set(foreign(text.pk, [d.name for d in chosen if not d.gone]))
        waiting += elsewhere
        chosen = [d for d in chosen if d.name not in elsewhere]
        passages = {
            p.pk: p
            for p in Passage.objects.filter(
                text=text,
                pk__in={d.name for d in chosen} | {d.after for d in drafts.values() if d.after},
            ).select_related("wording")
        }
        people = _people(chosen)
        seams = _seams(chosen, passages)
        for draft in _by_place(chosen, drafts, seams):
            by = people.get(draft.writers[-1] if draft.writers else "")
            log.actor = by.actor if by is not None else "system:room"
            passage = passages.get(draft.name)
            if passage is not None:
                passage.text = text
            if _record(text, log, draft, passage, by, drafts, seams.get(draft.name)):
                recorded.append(draft.name)
            else:
                waiting.append(draft.name)
        Draft.objects.filter(pk__in=[drafts[name].pk for name in recorded]).delete()
    return Settled(
        tuple(recorded),
        tuple(waiting),
        comments=tuple(log.followed),
        elsewhere=bool(elsewhere),
    )


def _record(
    text: Text,
    log: Recorder,
    draft: Draft,
    passage: Passage | None,
    by: Person | None,
    drafts: Mapping[str, Draft],
    seam: Seam | None,
) -> bool:
    """Record one draft. False when it has to wait."""
    wording = draft.value
    if passage is None:
        if wording is None:
            return True
        if unfinished(wording):
            return False
        after = _standing_before(text, draft, drafts)
        if after is None:
            first = text.passages.order_by("place").values_list("place", flat=True).first()
            places = [(first if first is not None else 2 * STEP) - STEP]
        else:
            places = text._places(1, after)
        [passage] = text.take_in(
            log,
            [Incoming(wording, draft.label, draft.name)],
            places,
            split_from=[seam.whole, seam.digest] if seam else None,
        )
        _taken_up(passage, passage.wording_id)
        return True
    if wording is None:
        if passage.withdrawn is None:
            passage.take_out(log)
        _taken_up(passage, "")
        return True
    if unfinished(wording):
        return False
    if passage.withdrawn is not None:
        passage.put_back(log)
    before = passage.value
    if before.digest != wording.digest:
        if seam is not None:
            passage.cut_or_join(log, before, wording, by, seam.kind, seam.merged)
        else:
            passage.replace_words(
                log, before, wording, by, editorial=draft.editorial, reason=draft.reason
            )
    _taken_up(passage, wording.digest)
    return True


def _taken_up(passage: Passage, digest: str) -> None:
    Passage.objects.filter(pk=passage.pk).update(taken_up=digest)


@dataclass(frozen=True)
class Seam:
    """Where a passage was cut in two, or two were joined, without a word changed: as seen from one
    of the drafts. `whole` and `digest` name the passage that was cut and what it was; `merged` the
    passages that were joined to this one, with what they were."""

    kind: str
    whole: str = ""
    digest: str = ""
    merged: tuple[tuple[str, str], ...] = ()


def _seams(chosen: Sequence[Draft], passages: Mapping[str, Passage]) -> dict[str, Seam]:
    """Which of these drafts are two halves of what was one passage, or one of what were two."""
    found: dict[str, Seam] = {}
    changed = [
        (draft, passages[draft.name], draft.value)
        for draft in chosen
        if draft.name in passages and draft.value is not None
    ]
    for draft in chosen:
        passage = passages.get(draft.name)
        if passage is None and draft.value is not None and not unfinished(draft.value):
            for other, whole, rest in changed:
                if other.name not in found and rest and _joins(rest, draft.value, whole.wording_id):
                    found[draft.name] = Seam("split", whole.pk, whole.wording_id)
                    found[other.name] = Seam("split")
                    break
        elif passage is not None and draft.value is None and passage.withdrawn is None:
            for other, kept, joined in changed:
                if (
                    other.name not in found
                    and joined
                    and _joins(kept.value, passage.value, joined.digest)
                ):
                    merged = ((passage.pk, passage.wording_id),)
                    found[other.name] = Seam("merge", merged=merged)
                    found[draft.name] = Seam("merge")
                    break
    return found


def _joins(one: Wording, other: Wording, digest: str) -> bool:
    """Whether the two, put together in either order as the first kind, are the wording `digest`."""
    if one.table is not None or other.table is not None or one.figure or other.figure:
        return False
    return any(
        replace(one, content=(*first.content, *space, *second.content)).digest == digest
        for first, second in ((one, other), (other, one))
        for space in ((), (Run(" "),))
    )


def _by_place(
    chosen: Sequence[Draft], drafts: Mapping[str, Draft], seams: Mapping[str, Seam]
) -> list[Draft]:
    """New passages first, each after the new ones it follows, so that it finds its neighbour
    recorded and a passage that was cut is still whole; then changes; what is gone last, so that a
    passage that was joined to another is still there."""

    def rank(draft: Draft) -> tuple[int, int]:
        if draft.name in seams:
            seam = seams[draft.name]
            first = 0 if seam.whole else 2 if draft.gone else 1
        else:
            first = 1
        steps, at = 0, draft
        while at.after in drafts and steps < len(drafts):
            at, steps = drafts[at.after], steps + 1
        return first, steps

    return sorted(chosen, key=rank)


def _standing_before(text: Text, draft: Draft, drafts: Mapping[str, Draft]) -> Passage | None:
    """The nearest passage before a new one that the ledger has; None for the beginning."""
    seen, name = set(), draft.after
    while name and name not in seen:
        seen.add(name)
        found = Passage.objects.filter(pk=name, text=text).first()
        if found is not None:
            return found
        name = drafts[name].after if name in drafts else ""
    return None


def _people(drafts: Iterable[Draft]) -> dict[str, Person]:
    keys = {draft.writers[-1] for draft in drafts if draft.writers}
    return {person.key: person for person in Person.objects.filter(key__in=keys)}


def _empty(wording: Wording) -> bool:
    return wording.figure is None and not wording.plain.strip()


# What follows is asked with every keystroke, so it is asked without the object-relational mapper,
# which takes several times as long as the database.


def _rows(text_id: int, ids: Sequence[str]) -> dict[str, _Row]:
    found = _among(
        "SELECT id, wording_id, withdrawn, label FROM commission_passage"
        " WHERE text_id = %s AND id IN",
        [text_id],
        ids,
    )
    return {
        pk: _Row(digest, withdrawn is not None, label) for pk, digest, withdrawn, label in found
    }


@dataclass(frozen=True)
class _Begun:
    """What a draft that is there already says of those who wrote."""

    writers: Sequence[str]
    editorial: bool


def _begun(text_id: int, names: Sequence[str]) -> dict[str, _Begun]:
    found = _among(
        "SELECT name, writers, editorial FROM commission_draft WHERE text_id = %s AND name IN",
        [text_id],
        names,
    )
    return {
        name: _Begun(json.loads(writers) if isinstance(writers, str) else writers, bool(editorial))
        for name, writers, editorial in found
    }


def _changed(ids: Sequence[str]) -> dict[str, datetime]:
    """When the words of each of these passages were changed last, of those that ever were."""
    found = _among(
        "SELECT passage_id, MAX(at) FROM commission_edit WHERE passage_id IN",
        [],
        ids,
        " GROUP BY passage_id",
    )
    # SQLite has no times; Django stores them there in UTC and in words.
    return {
        pk: datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
        for pk, at in found
    }


def _had(digests: Sequence[str]) -> set[tuple[str, str]]:
    """Which passages once had words with one of these digests, as pairs of both."""
    before = "SELECT passage_id, before_id FROM commission_edit WHERE before_id IN"
    after = "SELECT passage_id, after_id FROM commission_edit WHERE after_id IN"
    return {
        (passage, digest)
        for query in (before, after)
        for passage, digest in _among(query, [], digests)
    }


def _among(
    query: str, parameters: Sequence[Any], values: Sequence[str], rest: str = ""
) -> list[tuple[Any, ...]]:
    """The rows of a query that ends in IN, with these values in brackets after it."""
    if not values:
        return []
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ({marks}){rest}", [*parameters, *values])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _upsert(rows: Sequence[tuple[Any, ...]]) -> None:
    # One statement for each draft; the declaration of a writer and the place stay as they are.
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO commission_draft (text_id, name, of, digest, content, label, after,"
            " writers, editorial, reason, since, changed)"
            " VALUES (%s, %s, %s, %s, %s, %s, '', %s, false, '', %s, %s)"
            " ON CONFLICT (text_id, name) DO UPDATE SET digest = excluded.digest,"
            " content = excluded.content, label = excluded.label, writers = excluded.writers,"
            " changed = excluded.changed",
            rows,
        )


def _keep_order(text_id: int, order: Sequence[str]) -> None:
    """Store where passages stand: those the ledger has at their places, new ones after whom. Those
    that a form has moved meanwhile stay where it put them until the document has heard of it."""
    before: dict[str, str] = {}
    for previous, name in zip(["", *order], order, strict=False):
        before[name] = previous
    for draft in Draft.objects.of_passages().filter(text=text_id):
        after = before.get(draft.name, draft.after)
        if after != draft.after:
            Draft.objects.filter(pk=draft.pk).update(after=after)
    found = list(
        Passage.objects.filter(text=text_id).order_by("place").values_list("id", "place", "moved")
    )
    elsewhere = {name for name, _place, moved in found if moved}
    rows = [(name, place) for name, place, _moved in found]
    moved = moves(rows, [name for name in order if name not in elsewhere])
    if moved:
        Passage.objects.bulk_update(
            [Passage(pk=name, place=place) for name, place in moved.items()],
            ["place"],
            batch_size=300,
        )
        Text.objects.filter(pk=text_id).update(revision=new_revision())


def moves(rows: Sequence[tuple[str, int]], order: Sequence[str]) -> dict[str, int]:
    """New places for as few passages as possible, so that those of `order` stand in its order.

    `rows` are ids and places in the order they have now; those that `order` does not name (taken
    out of the text) stay where they are unless no room is left between two places.
    """
    place = dict(rows)
    wanted = [name for name in order if name in place]
    stays = _longest_rising([place[name] for name in wanted])
    if len(stays) == len(wanted):
        return {}
    moved: dict[str, int] = {}
    fixed = [wanted[index] for index in stays]
    upcoming = {name: n for n, name in enumerate(fixed)}
    following = 0
    last: int | None = None
    run: list[str] = []

    def lay(until: int | None) -> bool:
        """Spread the passages of a run between two fixed places."""
        low = last if last is not None else (until or 0) - STEP * (len(run) + 1)
        high = until if until is not None else low + STEP * (len(run) + 1)
        gap = (high - low) // (len(run) + 1)
        if gap < 1:
            return False
        for n, name in enumerate(run, 1):
            moved[name] = low + gap * n
        return True

    for name in [*wanted, None]:
        if name is not None and name not in upcoming:
            run.append(name)
            continue
        until = place[name] if name is not None else None
        if run and not lay(until):
            return _anew(rows, wanted)
        run = []
        last = until
        following += 1
    return moved


def _anew(rows: Sequence[tuple[str, int]], wanted: Sequence[str]) -> dict[str, int]:
    """Fresh places for all, those not wanted behind the one they stood behind."""
    behind: dict[str, list[str]] = {}
    previous, chosen = "", set(wanted)
    for name, _place in rows:
        if name in chosen:
            previous = name
        else:
            behind.setdefault(previous, []).append(name)
    every = [*behind.get("", [])]
    for name in wanted:
        every += [name, *behind.get(name, [])]
    return {name: STEP * n for n, name in enumerate(every, 1)}


def _longest_rising(values: Sequence[int]) -> list[int]:
    """Indexes of a longest rising subsequence (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        at = bisect_left(tails, value)
        if at == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[at] = value
            ends[at] = index
        before.append(ends[at - 1] if at else -1)
    found: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def settled_or_refused(text: Text) -> None:
    """Record all that is being written. Raises `Refused` when passages that stand in the text are
    changed in a way that cannot be recorded yet, so that what stands is not what people see."""
    from django.utils.translation import gettext as _

    left = settle(text)
    if left.frozen:
        return
    standing = Passage.objects.filter(pk__in=left.unfinished, text=text, withdrawn=None).count()
    if standing:
        raise Refused(
            "being_written",
            _("%(count)d passages are being written and not finished. Finish them first.")
            % {"count": standing},
        )
