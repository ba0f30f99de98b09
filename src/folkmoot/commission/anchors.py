"""Comments go with their words when passages change, and wait in the tray when they are gone."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from folkmoot.algorithms.anchoring import Anchor, Flow, regrown

from .models import Comment

ASKED_AT_ONCE = 1000

log = logging.getLogger(__name__)


class Written(Protocol):
    """What is known of a passage that changed: its plain text before and after; no text where it
    was not there."""

    @property
    def id(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str | None: ...


def follow_changes(text_id: int, written: Sequence[Written]) -> list[int]:
    """Let the comments on passages that changed follow their words, and put orphans back whose
    words have come back. Part of the transaction that records the change.

    Gives the numbers of the comments that changed. One query when there is nothing to do.
    """
    before = {one.id: one.before for one in written if one.before}
    after = {one.id: one.after for one in written if one.after}
    return follow(text_id, before, after)


def follow(text_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> list[int]:
    """As `follow_changes`, with the plain texts of the passages by id."""
    touched = [id for id in dict.fromkeys([*before, *after]) if before.get(id) != after.get(id)]
    if not touched:
        return []
    before = {id: before[id] for id in touched if id in before}
    after = {id: after[id] for id in touched if id in after}
    flow = Flow(before, after)
    changed: list[Comment] = []
    moved: list[Comment] = []
    for comment in _concerned(text_id, touched):
        old = comment.anchor
        try:
            new = _now(comment, old, flow)
        except Exception:
            # The words are recorded whatever becomes of a comment; it stays where it was.
            log.exception("comment %d could not follow its words", comment.pk)
            continue
        if new is None:
            if comment.orphaned is None:
                comment.orphaned = timezone.now()
                changed.append(comment)
        elif new != old or comment.orphaned is not None:
            comment.anchor, comment.orphaned = new, None
            changed.append(comment)
            if new.passage != old.passage:
                moved.append(comment)
    if changed:
        _store(changed)
    for comment in moved:
        comment.answers.update(passage=comment.passage_id)
    return [comment.pk for comment in changed]


def _store(comments: Sequence[Comment]) -> None:
    """Write where comments are. One statement for all: a `bulk_update` of hundreds is one
    expression with as many cases, which SQLite cuts up and takes seconds over."""
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE commission_comment SET passage_id = %s, quote = %s, prefix = %s, suffix = %s,"
            " start = %s, orphaned = %s WHERE id = %s",
            [
                (
                    one.passage_id,
                    one.quote,
                    one.prefix,
                    one.suffix,
                    one.start,
                    moment(one.orphaned),
                    one.pk,
                )
                for one in comments
            ],
        )


def _concerned(text_id: int, touched: Sequence[str]) -> list[Comment]:
    """The points on passages that changed, and the orphans of the text."""
    points = Comment.objects.points().filter(passage__text=text_id)
    found = {}
    for first in range(0, len(touched), ASKED_AT_ONCE):
        some = touched[first : first + ASKED_AT_ONCE]
        for comment in points.filter(Q(passage__in=some) | ~Q(orphaned=None)).order_by("pk"):
            found[comment.pk] = comment
    return list(found.values())


def _now(comment: Comment, anchor: Anchor, flow: Flow) -> Anchor | None:
    """Where a comment is after a change; the words it was made on, when they stand there again."""
    if comment.orphaned is None:
        found = flow.follow(anchor)
    else:
        first = Anchor(
            anchor.passage, comment.quote_then, anchor.prefix, anchor.suffix, anchor.start
        )
        found = flow.again(first) if comment.reworded else None
        found = found or flow.again(anchor)
    if found is None or found.passage not in flow.after:
        return found
    return regrown(found, comment.quote_then, flow.after[found.passage])
