"""Reading a document of any accepted kind into blocks, pictures and a loss report."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote_to_bytes

from folkmoot.algorithms.wording import (
    Asks,
    Break,
    Content,
    Figure,
    Inline,
    Malformed,
    Run,
    Wording,
)
from folkmoot.documents import markdown_source, pandoc, plain_text, web_source
from folkmoot.documents.block import Block, Imported, ImportedChange, ImportedComment, Picture
from folkmoot.documents.limits import Limits
from folkmoot.documents.loss import LossReport, shorten
from folkmoot.documents.marker import Marker
from folkmoot.documents.missing_words import report_missing
from folkmoot.documents.numbering_runs import find_labels, opening, without_opening
from folkmoot.documents.open_document import OpenDocument
from folkmoot.documents.package import Package
from folkmoot.documents.passages import Draft, Walk
from folkmoot.documents.pictures import Unusable, picture
from folkmoot.documents.prepared import Prepared
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.sniffing import check_size, decode, sniff
from folkmoot.documents.tracked import tracked
from folkmoot.documents.word_changes import Choice, Revision
from folkmoot.documents.word_document import WordDocument

ORDINARY: Final = Limits()

_log = logging.getLogger(__name__)

type Changes = Literal["accept", "reject", "variants"]

_FIELDS: Final = re.compile(
    r"area:\s*(?P<area>.*?)\s*·\s*to:\s*(?P<to>.*?)\s*·\s*level:\s*(?P<level>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_DATA_ADDRESS: Final = re.compile(r"data:image/[\w.+-]+(;[\w=-]+)*,", re.IGNORECASE)


def read_file(
    path: str | Path, *, changes: Changes = "accept", limits: Limits = ORDINARY
) -> Imported:
    """As `read_document`, for a file on disk; one that is too large is refused unread."""
    path = Path(path)
    try:
        size = path.stat().st_size
        check_size(size, limits)
        data = path.read_bytes()
    except OSError:
        raise Refusal("damaged", "This file could not be opened.") from None
    return read_document(data, path.name, changes=changes, limits=limits)


def read_document(
    data: bytes,
    filename: str,
    *,
    changes: Changes = "accept",
    limits: Limits = ORDINARY,
) -> Imported:
    """Read a DOCX, ODT, Markdown, HTML or plain text file.

    `changes` says what becomes of tracked changes: all accepted, all rejected, or kept on each
    block as a change with both wordings. Raises `Refusal`, with one sentence for people, for
    everything that cannot be read; what was read but not kept is in `losses`.
    """
    form, package = sniff(data, filename, limits)
    report = LossReport()
    try:
        if package is not None:
            imported = _packaged(package, form, changes, limits, report)
        elif form == "markdown":
            imported = _markdown(decode(data, report), limits, report)
        elif form == "html":
            imported = _web(decode(data, report), limits, report)
        else:
            imported = _plain(decode(data, report), limits, report)
    except RecursionError:
        raise pandoc.too_deep() from None
    except Malformed as error:
        raise Refusal("reader", str(error)) from None
    except Refusal:
        raise
    except Exception:
        # A stranger's file may be broken in a way that nobody thought of. It is refused like any
        # other, and the log says where, so that the reader can be mended.
        _log.exception("Reading a file (%s) failed.", form)
        raise Refusal(
            "reader",
            "This file could not be read: its contents are damaged. "
            "Open it in the program that made it, save it again, and import that.",
        ) from None
    imported.source_format = form
    imported.losses = report.losses()
    if not imported.blocks:
        raise Refusal(
            "no-words",
            "There are no words in this file that could be imported. Choose another one.",
        )
    if len(imported.blocks) > limits.passages:
        raise Refusal(
            "too-many-passages",
            f"This file has more than {limits.passages:,} passages. "
            "Split it into parts and import them one by one.",
        )
    return imported


# The kinds of file


@dataclass(slots=True)
class _Read:
    """One reading of a packaged document."""

    drafts: list[Draft]
    prepared: Prepared
    quotes: dict[int, list[str]]
    prefixes: dict[int, str]


def _packaged(
    package: Package, form: str, changes: Changes, limits: Limits, report: LossReport
) -> Imported:
    choice: Choice = "reject" if changes == "reject" else "accept"
    pictures: dict[str, Picture] = {}
    read = _read_package(package, form, choice, limits, report)
    blocks = _finish(read.drafts, _from_package(package, read.prepared), pictures, limits, report)
    threads = read.prepared.comments
    comments = {} if threads is None else threads.read(read.quotes)
    comments = {
        number: replace(one, prefix=folded_before(read.prefixes.get(number, "")))
        for number, one in comments.items()
    }
    blocks = _with_comments(blocks, read.drafts, comments, report)
    placed = list(zip(blocks, read.drafts, strict=True))
    arrived = list(_all_words(blocks, read.prepared.title))
    report_missing(read.prepared.expected, arrived, read.prepared.places, report)
    if changes == "variants" and read.prepared.revisions:
        quiet = LossReport()
        before = _read_package(package, form, "reject", limits, quiet)
        before_blocks = _finish(
            before.drafts, _from_package(package, before.prepared), pictures, limits, quiet
        )
        out = _paired(
            list(zip(before_blocks, before.drafts, strict=True)),
            placed,
            {**before.prepared.revisions, **read.prepared.revisions},
            before.prepared.joined + read.prepared.joined,
        )
        report.note(
            "Tracked changes as variants",
            "",
            f"{sum(b.change is not None for b in out)} passages carry a change.",
        )
        blocks = out
    return Imported(
        title=read.prepared.title,
        language=read.prepared.language,
        blocks=blocks,
        pictures=_used(pictures, blocks),
        tracked=tracked(read.prepared.revisions),
    )


def _read_package(
    package: Package, form: str, choice: Choice, limits: Limits, report: LossReport
) -> _Read:
    if form == "docx":
        prepared = WordDocument(package, choice, limits, report).prepare()
    else:
        prepared = OpenDocument(package, choice, limits, report).prepare()
    tree = pandoc.read(prepared.source, prepared.reader, limits)
    walk = Walk(prepared.marker, report, limits, prepared.known, prepared.note_labels)
    walk.blocks(tree["blocks"])
    for draft in walk.drafts:
        if draft.figure is not None and draft.figure[0] in prepared.alternatives:
            source, said = draft.figure
            draft.figure = (source, prepared.alternatives[source] or said)
    drafts = _gather(walk.drafts, report)
    return _Read(drafts, prepared, walk.quotes, walk.prefixes)


def _from_package(package: Package, prepared: Prepared) -> Callable[[str], bytes]:
    def fetch(source: str) -> bytes:
        if source not in prepared.pictures:
            raise Unusable("it lies outside the document and was not fetched")
        part = prepared.pictures[source]
        if part not in package:
            raise Unusable("it lies outside the document and was not fetched")
        return package.bytes_of(part)

    return fetch


def _markdown(text: str, limits: Limits, report: LossReport) -> Imported:
    marker = Marker([text])
    source = markdown_source.prepare(text, marker, report)
    tree = pandoc.read(source.text.encode("utf-8", "replace"), source.reader, limits)
    walk = Walk(
        marker, report, limits, note_labels=source.note_labels, locate=markdown_source.Lines(text)
    )
    walk.blocks(tree["blocks"])
    markdown_source.report_unused_notes(source, walk.notes_seen, report)
    return _from_text(walk.drafts, source.title, source.language, limits, report)


def _web(text: str, limits: Limits, report: LossReport) -> Imported:
    marker = Marker([text])
    page = web_source.prepare(text, marker, report, limits)
    tree = pandoc.read(page.source, web_source.READER, limits)
    walk = Walk(marker, report, limits, page.known)
    walk.blocks(tree["blocks"])
    imported = _from_text(walk.drafts, page.title, page.language, limits, report)
    arrived = list(_all_words(imported.blocks, imported.title))
    report_missing(page.expected, arrived, {}, report)
    return imported


def _plain(text: str, limits: Limits, report: LossReport) -> Imported:
    return _from_text(plain_text.drafts(text), "", "", limits, report)


def _from_text(
    drafts: list[Draft], title: str, language: str, limits: Limits, report: LossReport
) -> Imported:
    pictures: dict[str, Picture] = {}
    drafts = _gather(drafts, report)
    blocks = _finish(drafts, _from_address, pictures, limits, report)
    return Imported(title=title, language=language, blocks=blocks, pictures=_used(pictures, blocks))


def _from_address(source: str) -> bytes:
    if not _DATA_ADDRESS.match(source):
        raise Unusable(f"it lies outside the document and was not fetched ({shorten(source, 100)})")
    head, _, body = source.partition(",")
    try:
        if head.lower().endswith(";base64"):
            return base64.b64decode(unquote_to_bytes(body), validate=False)
        return unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        raise Unusable("it is damaged") from None


# From drafts to blocks


def _gather(drafts: list[Draft], report: LossReport) -> list[Draft]:
    """Put captions to their figures and tables, and what a recommendation asks to its words."""
    out: list[Draft] = []
    taken: set[int] = set()
    for at, draft in enumerate(drafts):
        if at in taken or draft.role == "title":
            continue
        following = drafts[at + 1] if at + 1 < len(drafts) else None
        if draft.role == "caption" and draft.kind == "paragraph":
            before = out[-1] if out else None
            if before is not None and before.kind == "figure" and not before.content:
                _caption(before, draft)
                continue
            if following is not None and following.kind == "table" and not following.content:
                _caption(following, draft)
                continue
            if before is not None and before.kind == "table" and not before.content:
                _caption(before, draft)
                continue
            if following is not None and following.kind == "figure" and not following.content:
                _caption(following, draft)
                continue
        elif draft.role == "recommendation":
            draft.kind, draft.depth, draft.quoted = "recommendation", 0, False
            if following is not None and following.role == "fields":
                draft.asks = _asks(following.content)
                if draft.asks is not None:
                    taken.add(at + 1)
            if draft.asks is None:
                draft.asks = Asks("", "", "both")
                report.note(
                    "A recommendation that does not say whom it asks",
                    draft.place,
                    "Say its area, its addressee and its level.",
                )
        elif (
            draft.role == "code" and out and out[-1].role == "code" and _neighbours(out[-1], draft)
        ):
            merged = f"{_plain_text(out[-1].content)}\n{_plain_text(draft.content)}"
            out[-1].content = (Run(merged),)
            out[-1].paragraphs += draft.paragraphs
            continue
        out.append(draft)
    return out


def _neighbours(one: Draft, other: Draft) -> bool:
    return bool(one.paragraphs and other.paragraphs) and (
        max(one.paragraphs) + 1 == min(other.paragraphs)
    )


def _caption(of: Draft, draft: Draft) -> None:
    of.content = draft.content
    of.paragraphs += draft.paragraphs
    of.comments += draft.comments


def _asks(content: Content) -> Asks | None:
    match = _FIELDS.fullmatch(_plain_text(content).strip())
    if match is None:
        return None
    level = match["level"].lower()
    return Asks(
        match["area"].strip(),
        match["to"].strip(),
        "centre" if level == "centre" else "branch" if level == "branch" else "both",
    )


def _plain_text(content: Iterable[Inline]) -> str:
    return "".join(
        inline.text if isinstance(inline, Run) else " " if isinstance(inline, Break) else ""
        for inline in content
    )


def _finish(
    drafts: list[Draft],
    fetch: Callable[[str], bytes],
    pictures: dict[str, Picture],
    limits: Limits,
    report: LossReport,
) -> list[Block]:
    """Blocks from drafts; `drafts` loses those that could not be kept, so both stay in step."""
    _take_labels(drafts)
    blocks: list[Block] = []
    kept: list[Draft] = []
    for draft in drafts:
        wording = _wording(draft, fetch, pictures, limits, report)
        if wording is not None:
            blocks.append(Block(wording, label=draft.label, place=draft.place))
            kept.append(draft)
    drafts[:] = kept
    return blocks


def _take_labels(drafts: list[Draft]) -> None:
    openings = [
        (
            opening(draft.content) if draft.kind == "paragraph" else "",
            draft.kind == "paragraph" and not draft.label and draft.depth == 0,
        )
        for draft in drafts
    ]
    for at, (label, length) in find_labels(openings).items():
        rest = without_opening(drafts[at].content, length)
        if rest:
            drafts[at].content, drafts[at].label = rest, label


def _wording(
    draft: Draft,
    fetch: Callable[[str], bytes],
    pictures: dict[str, Picture],
    limits: Limits,
    report: LossReport,
) -> Wording | None:
    figure = None
    if draft.figure is not None:
        source, alternative = draft.figure
        try:
            if len(pictures) >= limits.pictures:
                raise Unusable("there are too many pictures in this file")
            found = picture(fetch(source), source, limits)
        except Unusable as error:
            about = f" It shows: {alternative}." if alternative else ""
            report.lost("A picture", draft.place, f"It could not be kept: {error}.{about}")
            if not draft.content:
                return None
            return Wording("paragraph", draft.content, language=draft.language)
        pictures.setdefault(found.digest, found)
        if not alternative.strip():
            report.note(
                "A picture without a description",
                draft.place,
                "Say in words what it shows, for those who cannot see it.",
            )
        if _plain_text(draft.content).strip() == alternative.strip():
            draft.content = ()
        figure = Figure(found.digest, alternative.strip())
    return Wording(
        draft.kind,
        draft.content,
        depth=draft.depth,
        language=draft.language,
        ordered=draft.ordered,
        quoted=draft.quoted,
        table=draft.table,
        figure=figure,
        asks=draft.asks if draft.kind == "recommendation" else None,
    )


def _used(pictures: dict[str, Picture], blocks: Iterable[Block]) -> dict[str, Picture]:
    wanted: set[str] = set()
    for block in blocks:
        wordings = [block.wording]
        if block.change is not None:
            wordings += [w for w in (block.change.before, block.change.after) if w is not None]
        wanted.update(w.figure.image for w in wordings if w.figure is not None)
    return {digest: found for digest, found in pictures.items() if digest in wanted}


def _all_words(blocks: Iterable[Block], title: str) -> Iterable[str]:
    """The words that arrived, notes apart from the words around them."""
    yield title
    for block in blocks:
        yield block.label
        if block.wording.figure is not None:
            yield block.wording.figure.alt
        if (asks := block.wording.asks) is not None:
            yield f"Area {asks.area} To {asks.addressee} Level {asks.level}"
        for content in block.wording.contents():
            yield _plain_text(content)
        for note in block.wording.footnotes():
            yield _plain_text(note.content)


def folded_before(words: str) -> str:
    """White space folded as in plain words, one kept at the end: other words follow."""
    return " ".join(f"{words}|".split())[:-1].lstrip()


def _with_comments(
    blocks: list[Block],
    drafts: Sequence[Draft],
    comments: Mapping[int, ImportedComment],
    report: LossReport,
) -> list[Block]:
    placed: set[int] = set()
    out = []
    for block, draft in zip(blocks, drafts, strict=True):
        own = [n for n in dict.fromkeys(draft.comments) if n in comments and n not in placed]
        placed.update(own)
        out.append(replace(block, comments=tuple(comments[n] for n in own)) if own else block)
    left = [comment for number, comment in comments.items() if number not in placed]
    if left and out:
        report.changed(
            "Comments whose place was not found",
            out[0].place,
            f"{len(left)} comments stand on the first passage instead.",
        )
        out[0] = replace(out[0], comments=(*out[0].comments, *left))
    return out


# Tracked changes as variants


def _paired(
    before: list[tuple[Block, Draft]],
    after: list[tuple[Block, Draft]],
    revised: Mapping[int, list[Revision]],
    joined: Iterable[Sequence[int]],
) -> list[Block]:
    """Both readings as one list of blocks, each change with what it was and what it would be.

    Blocks of the two readings belong together when they hold a paragraph of the file in common,
    or paragraphs that one of the readings joins into one.
    """
    group = _Groups()
    for numbers in joined:
        group.join(numbers)
    for _, draft in [*before, *after]:
        group.join(draft.paragraphs)
    waiting: dict[int, list[int]] = {}
    for at, (_, draft) in enumerate(before):
        waiting.setdefault(group.of(draft), []).append(at)
    pairs: list[tuple[int, int]] = []
    for at, (_, draft) in enumerate(after):
        if same := waiting.get(group.of(draft)):
            pairs.append((same.pop(0), at))
    out: list[Block] = []
    old = new = 0
    for old_at, new_at in [*_in_order(pairs), (len(before), len(after))]:
        out += [
            _changed(block, None, _who(draft, revised, group))
            for block, draft in before[old:old_at]
        ]
        out += [
            _changed(None, block, _who(draft, revised, group)) for block, draft in after[new:new_at]
        ]
        if new_at < len(after):
            block, draft = after[new_at]
            out.append(_changed(before[old_at][0], block, _who(draft, revised, group)))
        old, new = old_at + 1, new_at + 1
    return out


def _in_order(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs in which neither side goes back, so that both readings keep
    their order; what is left out counts as gone there and new here."""
    ends: list[int] = []
    chain: list[int] = []
    above: dict[int, int] = {}
    for at, (old, _) in enumerate(pairs):
        place = bisect_left(ends, old)
        if place == len(ends):
            ends.append(old)
            chain.append(at)
        else:
            ends[place], chain[place] = old, at
        if place:
            above[at] = chain[place - 1]
    kept: list[tuple[int, int]] = []
    last = chain[-1] if chain else -1
    while last >= 0:
        kept.append(pairs[last])
        last = above.get(last, -1)
    return kept[::-1]


class _Groups:
    """Sets of paragraphs that belong together (union by the smallest number)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}
        self._alone = -1
        self._revised: dict[int, list[Revision]] = {}

    def find(self, number: int) -> int:
        while number in self._above:
            number = self._above[number]
        return number

    def join(self, numbers: Sequence[int]) -> None:
        for number in numbers[1:]:
            one, other = sorted((self.find(numbers[0]), self.find(number)))
            if one != other:
                self._above[other] = one

    def of(self, draft: Draft) -> int:
        """The group of a draft; one without a paragraph of its own goes with nothing else."""
        if draft.paragraphs:
            return self.find(draft.paragraphs[0])
        self._alone -= 1
        draft.paragraphs.append(self._alone)
        return self._alone

    def members(self, own: int, revised: Mapping[int, list[Revision]]) -> list[Revision]:
        if not self._revised:
            for number in sorted(revised):
                listed = self._revised.setdefault(self.find(number), [])
                listed += [r for r in revised[number] if r not in listed]
        return self._revised.get(own, [])


def _who(
    draft: Draft, revised: Mapping[int, list[Revision]], group: _Groups
) -> tuple[str, str | None]:
    """All who changed a passage, and the date of the last change."""
    revisions = group.members(group.of(draft), revised)
    authors = ", ".join(dict.fromkeys(r.author for r in revisions if r.author))
    return authors, max((r.date for r in revisions if r.date), default=None)


def _changed(old: Block | None, new: Block | None, who: tuple[str, str | None]) -> Block:
    """One block for what a passage was and would be; without a change when that is the same."""
    shown = old if old is not None else new
    if shown is None:
        raise ValueError("A change is from something or to something.")
    if new is not None:
        shown = replace(shown, comments=new.comments)
    before = None if old is None else old.wording
    after = None if new is None else new.wording
    if before == after:
        return shown
    return replace(shown, change=ImportedChange(*who, before, after))
