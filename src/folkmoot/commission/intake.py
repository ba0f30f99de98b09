"""A document that comes in: into an empty text as passages, over a text as proposals.

Nothing of a text that is already there is overwritten. What an import would change waits, passage
by passage, for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from folkmoot.algorithms.anchoring import CONTEXT, Anchor, find, find_loosely, placed
from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.findings import likely_recommendations
from folkmoot.algorithms.redline import Pairing, match
from folkmoot.algorithms.wording import Asks, Wording
from folkmoot.documents.block import Block, Imported, ImportedComment
from folkmoot.documents.tracked import Tracked
from folkmoot.people.models import Person

from .models import Comment, Intake, Passage, Picture, Proposal, StoredWording, Text
from .models.text import Incoming

if TYPE_CHECKING:
    from folkmoot.documents.reading import Changes

Kind = Proposal.Kind
Decision = Proposal.Decision


class Undecided(Exception):
    """Somebody has to say what becomes of the changes that are tracked in a document."""

    def __init__(self, tracked: Tracked) -> None:
        super().__init__(f"changes are tracked in {tracked.paragraphs} paragraphs")
        self.tracked = tracked


def receive(
    text: Text, path: Path, filename: str, by: Person, *, changes: Changes | None
) -> Intake:
    """Read a document and take it in.

    Raises `documents.refusal.Refusal` for one that cannot be read, and `Undecided` for one that
    tracks changes while `changes` is None; then nothing was kept.
    """
    # Loaded when somebody brings a document: what reads them takes several megabytes.
    from folkmoot.documents.reading import read_file

    imported = read_file(path, changes=changes or "accept")
    if changes is None and imported.tracked:
        raise Undecided(imported.tracked)
    return take_in(text, imported, filename, by)


@transaction.atomic
def take_in(text: Text, imported: Imported, filename: str, by: Person) -> Intake:
    """Keep a document that was read: its pictures, its loss report, and its passages, which are
    added to a text that is empty and proposed to one that is not."""
    for picture in imported.pictures.values():
        Picture.keep(picture.data, picture.media_type).texts.add(text)
    intake = Intake.objects.create(
        text=text,
        filename=filename[:255],
        source_format=imported.source_format[:20],
        by=by,
        losses=[loss.to_json() for loss in imported.losses],
        passages=len(imported.blocks),
    )
    if text.passages.filter(withdrawn=None).exists():
        _propose(intake, imported.blocks)
    else:
        _add(intake, imported.blocks, by)
    return intake


def _add(intake: Intake, blocks: Sequence[Block], by: Person) -> None:
    """Into an empty text: every passage, its comments, and changes as wordings beside it."""
    text = intake.text
    standing = [b for b in blocks if b.change is None or b.change.before is not None]
    passages = text.add([Incoming(b.wording, b.label) for b in standing], by)
    StoredWording.objects.keep(b.wording for b in blocks)
    proposals: list[Proposal] = []
    previous: Passage | None = None
    at = iter(passages)
    for position, block in enumerate(blocks):
        change = block.change
        if change is not None and change.before is None:
            # The change adds this passage, so it is not in the text until somebody says so.
            proposals.append(
                _proposal(intake, position, Kind.NEW, block, after=previous, why=change.author)
            )
            continue
        previous = next(at)
        _comment(previous, block.comments)
        if change is not None and change.after is None:
            proposals.append(
                _proposal(intake, position, Kind.GONE, None, passage=previous, why=change.author)
            )
        elif change is not None and change.after != block.wording:
            assert change.after is not None
            if change.after.digest != block.wording.digest:
                previous.text = text
                previous.propose(change.after, by, note=change.author[:200])
    found = likely_recommendations(
        [(p.id, b.wording) for p, b in zip(passages, standing, strict=True)]
    )
    by_id = {p.id: p for p in passages}
    for position, one in enumerate(found, len(blocks)):
        proposals.append(_recommendation(intake, position, by_id[one.passage], one.reason))
    Proposal.objects.bulk_create(proposals, batch_size=200)


def _propose(intake: Intake, blocks: Sequence[Block]) -> None:
    """Over a text: what is new, changed or gone, each for a person to decide."""
    outline = intake.text.outline()
    by_id = {p.id: p for p in outline}
    existing = [(p.id, p.value) for p in outline]
    blocks = [b for b in blocks if b.change is None or b.change.after is not None]
    wordings = [
        b.change.after if b.change is not None and b.change.after is not None else b.wording
        for b in blocks
    ]
    StoredWording.objects.keep(wordings)
    proposals: list[Proposal] = []
    previous: Passage | None = None
    for position, pairing in enumerate(match(existing, wordings)):
        passage = by_id.get(pairing.id or "")
        block = blocks[pairing.index] if pairing.index is not None else None
        if block is not None:
            block = replace(block, wording=wordings[pairing.index or 0])
        kind = _kind(pairing)
        if kind is not None:
            proposals.append(
                _proposal(intake, position, kind, block, passage=passage, after=previous)
            )
        if passage is not None and block is not None:
            _comment(passage, block.comments)
        previous = passage or previous
    Proposal.objects.bulk_create(proposals, batch_size=200)


def _kind(pairing: Pairing) -> str | None:
    if pairing.before is None:
        return Kind.NEW
    if pairing.after is None:
        return Kind.GONE
    return Kind.CHANGED if pairing.before.digest != pairing.after.digest else None


def _proposal(
    intake: Intake,
    position: int,
    kind: str,
    block: Block | None,
    *,
    passage: Passage | None = None,
    after: Passage | None = None,
    why: str = "",
) -> Proposal:
    return Proposal(
        intake=intake,
        position=position,
        kind=kind,
        passage=passage,
        after=after,
        wording_id=block.wording.digest if block else None,
        label=block.label[:20] if block else "",
        why=why[:300],
        comments=[c.to_json() for c in block.comments] if block and passage is None else [],
    )


def _recommendation(intake: Intake, position: int, passage: Passage, why: str) -> Proposal:
    return Proposal(
        intake=intake,
        position=position,
        kind=Kind.RECOMMENDATION,
        passage=passage,
        why=why[:300],
    )


def _comment(passage: Passage, comments: Iterable[ImportedComment]) -> None:
    """Comments of the document become comments here, under the names the document gives."""
    for one in comments:
        point = _kept_comment(passage, one, None)
        for reply in one.replies:
            _kept_comment(passage, reply, point)


def _kept_comment(passage: Passage, one: ImportedComment, parent: Comment | None) -> Comment:
    anchor, lost = _where(passage, one) if parent is None else (Anchor(passage.pk, ""), False)
    comment, _new = Comment.objects.get_or_create(
        passage=passage,
        parent=parent,
        imported_author=one.author[:120],
        body=one.body,
        defaults={
            "quote": anchor.quote,
            "quote_then": one.quote,
            "prefix": anchor.prefix,
            "suffix": anchor.suffix,
            "start": anchor.start,
            "orphaned": timezone.now() if lost else None,
            "wording_id": passage.wording_id,
            "created": _moment(one.date),
        },
    )
    return comment


def _where(passage: Passage, one: ImportedComment) -> tuple[Anchor, bool]:
    """The words of a passage that a comment of the document was made on, and whether they were not
    found there. Those that reach into later passages are placed on as many as this one holds."""
    text = passage.value.plain
    given = Anchor(passage.pk, one.quote, one.prefix[-CONTEXT:])
    if not one.quote:
        return given, False
    after = find(Anchor(passage.pk, given.prefix + one.quote), text, hint=False)
    if after is not None:
        start = after.start + len(given.prefix)
        return placed(passage.pk, text, start, start + len(one.quote)), False
    found = find_loosely(given, text)
    return found or given, found is None


def _moment(date: str | None) -> datetime:
    """When the document says a comment was made; now, when it does not say it readably."""
    try:
        found = parse_datetime(date or "")
    except ValueError:
        found = None
    if found is None:
        return timezone.now()
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@transaction.atomic
def decide(proposal: Proposal, decision: str, by: Person, asks: Asks | None = None) -> None:
    """Do what a person decided about one proposal. Deciding twice changes nothing.

    Raises `consent.Refused` when the text does not allow it.
    """
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not proposal.is_open:
        return
    if decision != Decision.DECLINED:
        _carry_out(proposal, decision, by, asks)
    proposal.decision = decision
    proposal.decided_by, proposal.decided = by, timezone.now()
    proposal.save(update_fields=["decision", "decided_by", "decided", "passage"])


def _carry_out(proposal: Proposal, decision: str, by: Person, asks: Asks | None) -> None:
    text, passage = proposal.intake.text, proposal.passage
    wording = proposal.wording.value if proposal.wording else None
    if passage is not None:
        passage.text = text
    reason = proposal.intake.filename[:500]
    match proposal.kind:
        case Kind.NEW if wording is not None:
            after = proposal.after
            [made] = text.add(
                [Incoming(wording, proposal.label)], by, after=_latest_after(proposal, after)
            )
            proposal.passage = made
            _comment(made, [_from_json(c) for c in proposal.comments])
        case Kind.CHANGED if wording is not None and passage is not None:
            if decision == Decision.AS_VARIANT:
                if wording.digest != passage.wording_id:
                    passage.propose(wording, by, note=reason)
            else:
                passage.edit(wording, by, reason=reason)
        case Kind.RECOMMENDATION if passage is not None and asks is not None:
            given = passage.value
            passage.edit(
                Wording(
                    kind="recommendation",
                    content=given.content,
                    language=given.language,
                    asks=asks,
                ),
                by,
                reason=reason,
            )
        case Kind.GONE if passage is not None:
            passage.withdraw(by)
        case _:
            raise Refused("incomplete")


def _latest_after(proposal: Proposal, after: Passage | None) -> Passage | None:
    """After the last passage that this intake added at the same place, so that several in a row
    keep their order whichever is taken first."""
    earlier = (
        Proposal.objects.filter(
            intake=proposal.intake,
            kind=Kind.NEW,
            decision=Decision.TAKEN,
            after=after,
            position__lt=proposal.position,
        )
        .exclude(passage=None)
        .order_by("-position")
        .first()
    )
    return earlier.passage if earlier is not None else after


def _from_json(value: dict[str, object]) -> ImportedComment:
    date, replies = value.get("date"), value.get("replies")
    return ImportedComment(
        author=str(value.get("author", "")),
        date=date if isinstance(date, str) else None,
        body=str(value.get("body", "")),
        quote=str(value.get("quote", "")),
        replies=tuple(map(_from_json, replies)) if isinstance(replies, list) else (),
        resolved=bool(value.get("resolved")),
        prefix=str(value.get("prefix", "")),
    )
