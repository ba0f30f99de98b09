"""An edition laid out for reading: chapters, contents, numbers, notes and references.

Everything here is a pure function of a published edition, so it is made once in a process.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from folkmoot.algorithms.markup import Notes, Shown, passages_html
from folkmoot.algorithms.numbering import Heading, Numbering, mentions, title
from folkmoot.algorithms.wording import Footnote, Wording
from folkmoot.commission.shown import field_words
from folkmoot.review.assembly import OPENING, laid_out
from folkmoot.review.models import Edition

KEPT = 6
"""How many editions one process keeps laid out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One passage in its place in an edition."""

    id: str
    wording: Wording
    number: str
    marker: str
    chapter: str
    position: int

    @property
    def shown(self) -> Shown:
        return Shown(self.id, self.wording, self.number, self.marker)


@dataclass(frozen=True)
class Chapter:
    """A run of passages with a page of its own. `first_note` is the number of its first note."""

    slug: str
    title: str
    number: str
    lines: tuple[Line, ...]
    first_note: int

    @property
    def words(self) -> int:
        return sum(line.wording.words for line in self.lines)

    @property
    def minutes(self) -> int:
        """How long it takes to read, at 230 words a minute."""
        return max(1, round(self.words / 230))


@dataclass
class Layout:
    """A published edition as it is read."""

    edition: Edition
    slug: str
    lines: tuple[Line, ...]
    chapters: tuple[Chapter, ...]
    numbering: Numbering = field(repr=False)

    @classmethod
    def of(cls, edition: Edition) -> Layout:
        rows = edition.passages.values_list("passage_id", "chapter")
        address = dict(rows)
        wordings = edition.wordings
        entries = edition.manifest["passages"]
        lines = tuple(
            Line(e["id"], wordings[e["digest"]], e["number"], e["marker"], address[e["id"]], at)
            for at, e in enumerate(entries)
        )
        numbering = laid_out(entries, wordings, edition.headings)
        return cls(edition, edition.text.slug, lines, tuple(_chapters(lines)), numbering)

    @cached_property
    def by_id(self) -> dict[str, Line]:
        return {line.id: line for line in self.lines}

    @cached_property
    def words(self) -> int:
        return sum(line.wording.words for line in self.lines)

    @cached_property
    def recommendations(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.wording.kind == "recommendation")

    def line(self, passage: str) -> Line:
        """Raises `Http404` when the edition does not have it."""
        try:
            return self.by_id[passage]
        except KeyError:
            raise Http404 from None

    def chapter(self, slug: str) -> Chapter:
        """Raises `Http404` when there is none."""
        for chapter in self.chapters:
            if chapter.slug == slug:
                return chapter
        raise Http404

    def around(self, chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
        """The chapters before and after one."""
        at = self.chapters.index(chapter)
        before = self.chapters[at - 1] if at else None
        after = self.chapters[at + 1] if at + 1 < len(self.chapters) else None
        return before, after

    def section(self, line: Line) -> tuple[Line, ...]:
        """The passages under the heading that is nearest above one, that heading included."""
        start = line.position
        while start and not _opens(self.lines[start]):
            start -= 1
        end = line.position + 1
        while end < len(self.lines) and not _opens(self.lines[end]):
            end += 1
        return self.lines[start:end]

    # Addresses

    def address(self, name: str, *arguments: object) -> str:
        return reverse(f"review:{name}", args=[self.slug, self.edition.number, *arguments])

    def where(self, passage: str, page: str = "") -> str:
        """The address of a passage; within `page`, only its anchor."""
        line = self.by_id[passage]
        anchor = f"#p-{passage}"
        return anchor if line.chapter == page else self.address("chapter", line.chapter) + anchor

    # What is drawn

    def chapter_html(self, chapter: Chapter) -> SafeString:
        """The passages of a chapter and the notes in it."""
        notes = Notes(start=chapter.first_note, words=field_words())
        body = self._html(chapter.lines, notes, chapter.slug, permalinks=True)
        return mark_safe(body + notes.html(title=_("Notes")))  # noqa: S308 - markup escapes

    def passages_html(self, lines: tuple[Line, ...], prefix: str = "") -> SafeString:
        """Passages away from their chapter, with the notes in them."""
        notes = Notes(prefix=prefix, words=field_words())
        body = self._html(lines, notes, "", permalinks=False)
        return mark_safe(body + notes.html(title=_("Notes")))  # noqa: S308 - markup escapes

    def _html(self, lines: tuple[Line, ...], notes: Notes, page: str, *, permalinks: bool) -> str:
        return passages_html(
            [line.shown for line in lines],
            footnote=notes,
            figure_url=lambda digest: self.address("picture", digest),
            heading_offset=0 if permalinks else 1,
            permalinks=permalinks,
            number_url=self._hub,
            refer=lambda passage, words: self._references(passage, words, page),
            words=field_words(),
        )

    def _hub(self, passage: str) -> str:
        """A recommendation's number leads to its own page."""
        if self.by_id[passage].wording.kind != "recommendation":
            return ""
        return reverse("review:recommendation", args=[self.slug, passage])

    def _references(self, passage: str, words: str, page: str) -> Iterator[tuple[int, int, str]]:
        """Only what is a reference in the passage as a whole: what follows in the next run of
        words ("of the other report") may show that something else is meant. Where a passage says
        the same once of this text and once of another, one at the end of a run is in doubt, and
        is not linked."""
        known = self._named.get(passage)
        if not known:
            return
        for mention in mentions(words):
            target, doubtful = known.get((mention.kind, mention.value), (passage, False))
            if target == passage or (doubtful and not words[mention.end :].strip()):
                continue
            yield mention.start, mention.end, self.where(target, page)

    @cached_property
    def _named(self) -> dict[str, dict[tuple[str, str], tuple[str, bool]]]:
        """For each passage what it refers to by kind and number: the passage meant, and whether
        the same words stand in it more often than they are a reference."""
        often = Counter((r.passage, r.words) for r in self.numbering.references)
        named: dict[str, dict[tuple[str, str], tuple[str, bool]]] = {}
        for one in self.numbering.references:
            if one.target is not None:
                plain = self.by_id[one.passage].wording.plain
                doubtful = plain.count(one.words) > often[one.passage, one.words]
                known = named.setdefault(one.passage, {})
                known[one.kind, one.value] = (one.target, doubtful)
        return named

    def contents_html(self, page: str = "", depth: int = 2) -> SafeString:
        """The contents as nested lists; the sections of `page` are open, and with no page those
        of every chapter down to `depth`."""
        out = ["<ol>"]
        first = self.chapters[0] if self.chapters else None
        if first is not None and first.slug == OPENING:
            out.append(f"<li>{self._entry(first.slug, '', first.title, page)}</li>")
        for heading in self.numbering.contents:
            out.append(self._heading(heading, page, depth))
        out.append("</ol>")
        return mark_safe("".join(out))  # noqa: S308 - every word is escaped below

    def _heading(self, heading: Heading, page: str, depth: int) -> str:
        line = self.by_id[heading.passage]
        opens = self._begins(line)
        here = self._entry(
            line.chapter,
            line.number,
            heading.title,
            page,
            "" if opens else f"#p-{line.id}",
        )
        shown = [
            child
            for child in heading.children
            if self._begins(self.by_id[child.passage])
            or (line.chapter == page if page else heading.depth < depth)
        ]
        if page and heading.depth >= 3:
            shown = []
        inside = "".join(self._heading(child, page, depth) for child in shown)
        return f"<li>{here}{f'<ol>{inside}</ol>' if inside else ''}</li>"

    def _begins(self, line: Line) -> bool:
        return self.chapter(line.chapter).lines[0].id == line.id

    def _entry(self, slug: str, number: str, words: str, page: str, anchor: str = "") -> str:
        address = anchor if slug == page and anchor else self.address("chapter", slug) + anchor
        current = ' aria-current="page"' if slug == page and not anchor else ""
        before = f'<span class="contents-number">{escape(number)}</span> ' if number else ""
        return f'<a href="{escape(address)}"{current}>{before}{escape(words)}</a>'


def _opens(line: Line) -> bool:
    return line.wording.kind == "heading" and not line.wording.quoted


def _chapters(lines: tuple[Line, ...]) -> Iterator[Chapter]:
    note = 1
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and lines[at].chapter == lines[start].chapter:
            continue
        run = lines[start:at]
        head = run[0]
        opens = _opens(head) and head.chapter != OPENING
        name = title(head.wording) if opens else _("Opening")
        yield Chapter(head.chapter, name, head.number if opens else "", run, note)
        note += _count_notes(run)
        start = at


def _count_notes(lines: tuple[Line, ...]) -> int:
    """How many notes a page with these passages lists: those with one label and the same words
    share a number."""
    count, shared = 0, set[tuple[str, Footnote]]()
    for line in lines:
        for footnote in line.wording.footnotes():
            key = (footnote.label, footnote)
            if footnote.label and key in shared:
                continue
            shared.add(key)
            count += 1
    return count


_layouts: OrderedDict[tuple[str, int], Layout] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Keep none, as a new process would."""
    with _lock:
        _layouts.clear()


def layout(slug: str, number: int) -> Layout:
    """The edition of a text with this number, laid out. Raises `Http404` when there is none.

    One that is kept costs no query: an edition never changes and never goes away.
    """
    with _lock:
        kept = _layouts.get((slug, number))
        if kept is not None:
            _layouts.move_to_end((slug, number))
            return kept
    found = (
        Edition.objects.select_related("text__commission")
        .filter(text__slug=slug, number=number)
        .first()
    )
    if found is None:
        raise Http404
    return _keep(Layout.of(found))


def layout_of(edition: Edition) -> Layout:
    """An edition laid out."""
    return layout(edition.text.slug, edition.number)


def _keep(made: Layout) -> Layout:
    with _lock:
        _layouts[made.slug, made.edition.number] = made
        while len(_layouts) > KEPT:
            _layouts.popitem(last=False)
    return made


def newest(slug: str) -> Edition:
    """The latest edition of a text. Raises `Http404` when none is published."""
    found = Edition.objects.select_related("text").filter(text__slug=slug).first()
    if found is None:
        raise Http404
    return found
