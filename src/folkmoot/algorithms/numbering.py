"""The numbers a reader sees: of headings, paragraphs, recommendations, tables, figures and notes.

Numbers are computed from the order of the passages and are part of no wording. `number` gives all
of them at once, with the tree of contents, the addresses of chapters, and what references in words
("paragraph 4.12", "Recommendations 3 to 5") lead to.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from folkmoot.algorithms.wording import Footnote, Kind, Wording

type Entry = tuple[str, Wording, str]
"""A passage in its place: its id, its wording, and the author's own number, often empty."""

type Paragraphs = Literal["none", "continuous", "by chapter", "kept"]
type Headings = Literal["none", "decimal", "parts", "kept"]
type Numbered = Literal[
    "part", "chapter", "section", "paragraph", "item", "recommendation", "table", "figure"
]

_SPOKEN: Final[Mapping[Numbered, str]] = {
    "part": "Part",
    "chapter": "Chapter",
    "section": "Section",
    "paragraph": "Paragraph",
    "item": "Item",
    "recommendation": "Recommendation",
    "table": "Table",
    "figure": "Figure",
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a text is numbered.

    `paragraphs`: not at all, 1 to n through the text, 4.1 to 4.n by chapter, or with the author's
    own labels as they were imported. `headings`: not at all, decimal (4.2.1), in parts (outermost
    headings are Part I, II, ...; the chapters in them 1 to n through the text; below them decimal),
    or with the author's own labels.
    """

    paragraphs: Paragraphs = "none"
    headings: Headings = "decimal"


@dataclass(frozen=True, slots=True)
class Number:
    """The number of one passage. `value` is what stands before the words ("4.2", "17", "a)");
    `spoken` is how it is referred to ("Section 4.2", "Recommendation 12")."""

    passage: str
    kind: Numbered
    value: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading in the tree of contents; `value` is its number, empty when it has none."""

    passage: str
    title: str
    value: str
    depth: int
    slug: str = ""
    """The address of the page it begins; empty below chapters."""
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the text with a page of its own: a chapter, or a part with its opening words.

    `place` counts from 1 among its kind. `passages` are its ids in order, its heading first.
    """

    passage: str
    slug: str
    title: str
    value: str
    place: int
    part: bool
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote with its number, and the passages that refer to it in reading order."""

    value: int
    footnote: Footnote
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Words in a passage that name a number. `start` and `end` are offsets in `wording.plain`;
    `target` is the id of the passage meant, None when there is none with that number."""

    passage: str
    words: str
    kind: Numbered
    value: str
    start: int
    end: int
    target: str | None


@dataclass(frozen=True)
class Numbering:
    """Everything that is numbered in a text. Mappings are by passage id, in reading order."""

    numbers: Mapping[str, Number]
    contents: tuple[Heading, ...]
    chapters: tuple[Chapter, ...]
    chapter_of: Mapping[str, str | None]
    """The id of the heading of the chapter a passage stands in; None before the first one."""
    notes: tuple[Note, ...]
    note_numbers: Mapping[str, tuple[int, ...]]
    """For each passage with notes, their numbers in the order of its references."""
    references: tuple[Reference, ...] = ()
    _found: Mapping[tuple[Numbered, str], str] = field(default_factory=dict, repr=False)

    @cached_property
    def broken(self) -> tuple[Reference, ...]:
        """References to a number that no passage has."""
        return tuple(reference for reference in self.references if reference.target is None)

    @cached_property
    def chapters_by_slug(self) -> Mapping[str, Chapter]:
        return {chapter.slug: chapter for chapter in self.chapters}

    def resolve(self, words: str) -> str | None:
        """The id of the passage that words such as "recommendation 12", "chapter 4", "paragraph
        35", "table 2" or "section 4.2" name, or None. Only the first reference counts."""
        for mention in mentions(words):
            return self.target(mention.kind, mention.value)
        return None

    def target(self, kind: Numbered, value: str) -> str | None:
        """The id of the passage of a kind with a number, or None."""
        return _lookup(self._found, kind, value)


def number(
    passages: Iterable[Entry], scheme: Scheme = Scheme(), *, reserved: Iterable[str] = ()
) -> Numbering:
    """Number the passages of a text in their order.

    `reserved` are slugs that chapters may not take because the site uses them for pages of its
    own. Headings inside quotations are no part of the outline and get no number. References are
    looked for in all words but quotations, code and notes.
    """
    entries = list(passages)
    outline = _outline(entries)
    numbers: dict[str, Number] = {}
    found: dict[tuple[Numbered, str], str] = {}
    _number_headings(outline, scheme, numbers, found)
    chapters = _chapters(outline, entries, numbers, scheme, reserved)
    chapter_of = {id: chapter.passage for chapter in chapters for id in chapter.passages}
    slugs = {chapter.passage: chapter.slug for chapter in chapters}
    places = {chapter.passage: _chapter_number(chapter) for chapter in chapters}
    _number_counted(entries, numbers)
    _number_paragraphs(entries, scheme, chapter_of, places, numbers)
    _number_items(entries, scheme, numbers)
    for id, _, _ in entries:
        numbered = numbers.get(id)
        if numbered is not None and numbered.kind not in ("part", "chapter", "section", "item"):
            found.setdefault((numbered.kind, _bare(numbered.value)), id)
    if scheme.paragraphs == "kept":
        # An import may have taken a numbered paragraph for an item of a list.
        for id, wording, label in entries:
            if wording.kind == "item" and label:
                found.setdefault(("paragraph", _bare(label)), id)
    notes, note_numbers = _notes(entries)
    return Numbering(
        numbers={id: numbers[id] for id, _, _ in entries if id in numbers},
        contents=tuple(_contents(node, numbers, slugs) for node in outline),
        chapters=chapters,
        chapter_of={id: chapter_of.get(id) for id, _, _ in entries},
        notes=notes,
        note_numbers=note_numbers,
        references=tuple(_references(entries, found)),
        _found=found,
    )


# --- outline ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    id: str
    wording: Wording
    label: str
    level: int
    """1 at the root of the tree, whatever the depth of the heading says."""
    children: list[_Node] = field(default_factory=list)


def _outline(entries: Iterable[Entry]) -> list[_Node]:
    """Headings as a tree. A heading stands under the nearest one before it with a lesser depth,
    so that depths may jump and a text may begin at any depth."""
    roots: list[_Node] = []
    path: list[_Node] = []
    for id, wording, label in entries:
        if wording.kind != "heading" or wording.quoted:
            continue
        while path and path[-1].wording.depth >= wording.depth:
            path.pop()
        node = _Node(id, wording, label, len(path) + 1)
        (path[-1].children if path else roots).append(node)
        path.append(node)
    return roots


def _walk(nodes: Iterable[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _kind(node: _Node, scheme: Scheme) -> Numbered:
    if scheme.headings == "parts":
        return "part" if node.level == 1 else "chapter" if node.level == 2 else "section"
    return "chapter" if node.level == 1 else "section"


def _number_headings(
    roots: Sequence[_Node],
    scheme: Scheme,
    numbers: dict[str, Number],
    found: dict[tuple[Numbered, str], str],
) -> None:
    counts: Counter[Numbered] = Counter()
    below: dict[str, str] = {}
    for node in _walk(roots):
        kind = _kind(node, scheme)
        counts[kind] += 1
        if kind == "part":
            place = roman(counts[kind])
        elif kind == "chapter":
            place = str(counts[kind])
        else:
            place = below[node.id]
        for position, child in enumerate(node.children, 1):
            below[child.id] = f"{place}.{position}"
        value = {"none": "", "kept": node.label.strip()}.get(scheme.headings, place)
        if value:
            shown = f"{_SPOKEN[kind]} {value}" if kind == "part" else value
            spoken = value if _NAMED_FIRST.match(value) else f"{_SPOKEN[kind]} {value}"
            numbers[node.id] = Number(node.id, kind, shown, spoken)
            found.setdefault((kind, _bare(value)), node.id)
        # "Chapter 4" is the fourth chapter even where no numbers are shown.
        if kind != "section" and scheme.headings != "kept":
            found.setdefault((kind, place.casefold()), node.id)
        if kind == "part":
            found.setdefault((kind, str(counts[kind])), node.id)


def _contents(node: _Node, numbers: Mapping[str, Number], slugs: Mapping[str, str]) -> Heading:
    numbered = numbers.get(node.id)
    return Heading(
        node.id,
        title(node.wording),
        numbered.value if numbered else "",
        node.level,
        slugs.get(node.id, ""),
        tuple(_contents(child, numbers, slugs) for child in node.children),
    )


def title(wording: Wording) -> str:
    """The words of a heading without its notes."""
    return _body(wording)


def _body(wording: Wording) -> str:
    """The words of a passage as `plain` has them, without its notes."""
    content = tuple(inline for inline in wording.content if not isinstance(inline, Footnote))
    return Wording("paragraph", content).plain


def _chapters(
    roots: Sequence[_Node],
    entries: Sequence[Entry],
    numbers: Mapping[str, Number],
    scheme: Scheme,
    reserved: Iterable[str],
) -> tuple[Chapter, ...]:
    deepest = 2 if scheme.headings == "parts" else 1
    opening = {node.id: node for node in _walk(roots) if node.level <= deepest}
    members: dict[str, list[str]] = {}
    current: list[str] | None = None
    for id, _, _ in entries:
        if id in opening:
            current = members.setdefault(id, [])
        if current is not None:
            current.append(id)
    taken = set(reserved)
    counts: Counter[Numbered] = Counter()
    chapters: list[Chapter] = []
    for id, ids in members.items():
        node = opening[id]
        kind = _kind(node, scheme)
        counts[kind] += 1
        name = title(node.wording)
        address = _unique(slug(name) or f"{kind}-{counts[kind]}", taken)
        value = numbers[id].value if id in numbers else ""
        chapters.append(Chapter(id, address, name, value, counts[kind], kind == "part", tuple(ids)))
    return tuple(chapters)


_TRANSLITERATED: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l",
        "ı": "i", "’": "", "'": "", "&": " and ",
    }
)  # fmt: skip
_LONGEST_SLUG: Final = 60


def slug(words: str) -> str:
    """An address from a title: ASCII letters, digits and hyphens, cut at a word; it may be empty
    when the title has no letter that ASCII could stand for."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_TRANSLITERATED))
    parts = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    out = ""
    for part in parts:
        if out and len(out) + 1 + len(part) > _LONGEST_SLUG:
            break
        out = f"{out}-{part}" if out else part[:_LONGEST_SLUG]
    return out


def _unique(wanted: str, taken: set[str]) -> str:
    address, again = wanted, 1
    while address in taken:
        again += 1
        address = f"{wanted}-{again}"
    taken.add(address)
    return address


# --- passages ---------------------------------------------------------------------------------

_COUNTED: Final[Mapping[Kind, Numbered]] = {
    "recommendation": "recommendation",
    "table": "table",
    "figure": "figure",
}


def _number_counted(entries: Iterable[Entry], numbers: dict[str, Number]) -> None:
    counts: Counter[Numbered] = Counter()
    for id, wording, _ in entries:
        kind = _COUNTED.get(wording.kind)
        if kind is not None:
            counts[kind] += 1
            value = str(counts[kind])
            numbers[id] = Number(id, kind, value, f"{_SPOKEN[kind]} {value}")


def _chapter_number(chapter: Chapter) -> str:
    return roman(chapter.place) if chapter.part else str(chapter.place)


def _number_paragraphs(
    entries: Iterable[Entry],
    scheme: Scheme,
    chapter_of: Mapping[str, str],
    places: Mapping[str, str],
    numbers: dict[str, Number],
) -> None:
    """Paragraphs outside lists and quotations; one without words is not counted."""
    counts: Counter[str] = Counter()
    for id, wording, label in entries:
        if wording.kind != "paragraph":
            continue
        if scheme.paragraphs == "kept":
            value = label.strip()
        elif scheme.paragraphs == "none" or wording.depth or wording.quoted or not wording.plain:
            continue
        else:
            chapter = chapter_of.get(id, "") if scheme.paragraphs == "by chapter" else ""
            counts[chapter] += 1
            value = f"{places[chapter]}.{counts[chapter]}" if chapter else str(counts[chapter])
        if value:
            numbers[id] = Number(id, "paragraph", value, f"Paragraph {_bare(value)}")


def _number_items(entries: Iterable[Entry], scheme: Scheme, numbers: dict[str, Number]) -> None:
    """Markers of list items. A list ends where a passage stands that is no deeper than it and no
    item of it; a new list at the same depth begins when numbers and bullets change places."""
    running: list[tuple[int, bool, int]] = []
    quoted = False
    for id, wording, label in entries:
        if wording.kind != "item":
            # What continues an item has the depth of the item, and its list goes on.
            running = [entry for entry in running if entry[0] <= wording.depth]
            continue
        if wording.quoted != quoted:
            running, quoted = [], wording.quoted
        depth = max(wording.depth, 1)
        running = [entry for entry in running if entry[0] <= depth]
        count = 1
        if running and running[-1][0] == depth:
            _, ordered, last = running.pop()
            count = last + 1 if ordered == wording.ordered else 1
        running.append((depth, wording.ordered, count))
        value = marker(count, depth) if wording.ordered else "•"
        if scheme.paragraphs == "kept" and label.strip():
            value = label.strip()
        numbers[id] = Number(id, "item", value, f"Item {_bare(value) if value != '•' else count}")


def marker(count: int, depth: int) -> str:
    """The mark of a numbered item: "3.", one level down "c)", then "iii.", then again "3."."""
    match (depth - 1) % 3:
        case 0:
            return f"{count}."
        case 1:
            return f"{letters(count)})"
        case _:
            return f"{roman(count).lower()}."


def letters(count: int) -> str:
    """1 is a, 26 is z, 27 is aa."""
    out = ""
    while count > 0:
        count, rest = divmod(count - 1, 26)
        out = chr(ord("a") + rest) + out
    return out


_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman(count: int) -> str:
    """A whole number from 1 in Roman numerals."""
    out = []
    for worth, sign in _ROMAN:
        times, count = divmod(count, worth)
        out.append(sign * times)
    return "".join(out)


def _notes(
    entries: Iterable[Entry],
) -> tuple[tuple[Note, ...], dict[str, tuple[int, ...]]]:
    """References that share a label and the words of the note share a number. Where the words
    differ under one label both notes are kept, since losing one would lose text."""
    shared: dict[tuple[str, Footnote], int] = {}
    footnotes: list[Footnote] = []
    passages: list[list[str]] = []
    numbers: dict[str, tuple[int, ...]] = {}
    for id, wording, _ in entries:
        here: list[int] = []
        for footnote in wording.footnotes():
            key = (footnote.label, footnote)
            value = shared.get(key) if footnote.label else None
            if value is None:
                footnotes.append(footnote)
                passages.append([])
                value = len(footnotes)
                if footnote.label:
                    shared[key] = value
            here.append(value)
            if id not in passages[value - 1]:
                passages[value - 1].append(id)
        if here:
            numbers[id] = tuple(here)
    notes = tuple(
        Note(place, footnote, tuple(ids))
        for place, (footnote, ids) in enumerate(zip(footnotes, passages, strict=True), 1)
    )
    return notes, numbers


# --- references in words ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A number named in words: "paragraphs 3 and 5" has two. Offsets are those of the number,
    and of the word before it too when it is the first."""

    words: str
    kind: Numbered
    value: str
    start: int
    end: int


_VALUE: Final = r"\d+(?:\.\d+)*(?:\(\w{1,4}\))*"
_MENTION: Final = re.compile(
    rf"\b(?P<kind>recommendation|chapter|section|paragraph|para|table|figure|part)s?\.?"
    rf"[  ](?P<first>{_VALUE}|(?-i:(?<=Part )[IVXLC]+)\b)"
    rf"(?P<more>(?:\s*(?:,(?:\s*and|\s*or)?|and|or|to|–|—|-|&)\s*{_VALUE}(?![\w%]))*)"
    r"(?![\w%])",
    re.IGNORECASE,
)
_NUMBER_IN_LIST: Final = re.compile(_VALUE)
_ELSEWHERE: Final = re.compile(
    r"\s*(?:,\s*)?(?:of|in|to|from|under)\s+"
    r"(?!(?:this|our|the\s+present)\b|the\s+(?:review|report|text|chapter|section|annex)\b(?!\s+of))"
    r"(?:the|a|an|its|his|her|their|that|[A-Z])",
)
"""What follows shows that another document is meant: "paragraph 4 of the Butler Report"."""


def mentions(words: str) -> Iterator[Mention]:
    """The numbers named in a stretch of text, in order, but for those of other documents. A span
    ("3 to 5") gives its two ends."""
    for found in _MENTION.finditer(words):
        if _ELSEWHERE.match(words, found.end()):
            continue
        name = found["kind"].casefold()
        kind = _NAMED[name]
        yield Mention(
            words[found.start() : found.end("first")],
            kind,
            found["first"],
            found.start(),
            found.end("first"),
        )
        for more in _NUMBER_IN_LIST.finditer(words, found.start("more"), found.end("more")):
            yield Mention(more[0], kind, more[0], more.start(), more.end())


_NAMED: Final[Mapping[str, Numbered]] = {
    "recommendation": "recommendation",
    "chapter": "chapter",
    "section": "section",
    "paragraph": "paragraph",
    "para": "paragraph",
    "table": "table",
    "figure": "figure",
    "part": "part",
}


def _references(
    entries: Iterable[Entry], found: Mapping[tuple[Numbered, str], str]
) -> Iterator[Reference]:
    present = {kind for kind, _ in found}
    for id, wording, _ in entries:
        if wording.kind in ("quote", "code") or wording.quoted or wording.table is not None:
            continue
        plain = wording.plain
        # Notes stand in `plain` too; what they refer to is mostly another document.
        spans = _note_spans(wording)
        for mention in mentions(plain):
            if any(start <= mention.start < end for start, end in spans):
                continue
            target = _lookup(found, mention.kind, mention.value)
            if target is None and _means_another_text(mention, present):
                continue
            yield Reference(
                id, mention.words, mention.kind, mention.value, mention.start, mention.end, target
            )


def _means_another_text(mention: Mention, present: set[Numbered]) -> bool:
    """A number nobody has, of a kind this text does not number at all, or a section of an Act:
    those are whole numbers ("section 106"), while sections here have a point in them."""
    if mention.kind == "section":
        return "." not in mention.value or mention.kind not in present
    return mention.kind in ("paragraph", "part") and mention.kind not in present


def _note_spans(wording: Wording) -> list[tuple[int, int]]:
    """Where the notes stand in `plain`."""
    spans: list[tuple[int, int]] = []
    for at, inline in enumerate(wording.content):
        if isinstance(inline, Footnote):
            before = len(Wording("paragraph", wording.content[:at]).plain)
            spans.append((before, len(Wording("paragraph", wording.content[: at + 1]).plain)))
    return spans


def _lookup(found: Mapping[tuple[Numbered, str], str], kind: Numbered, value: str) -> str | None:
    """Exactly that number, or for "4.2(b)" the 4.2 that has it; a section may be a chapter."""
    kinds: tuple[Numbered, ...] = (kind, "chapter") if kind == "section" else (kind,)
    while value:
        for each in kinds:
            target = found.get((each, value.casefold()))
            if target is not None:
                return target
        shorter = re.sub(r"\(\w+\)$", "", value)
        value = shorter if shorter != value else ""
    return None


_NAMED_FIRST: Final = re.compile(r"(?:part|chapter|section)\b", re.IGNORECASE)


def _bare(value: str) -> str:
    """A label without what stands around it: "17." and "(17)" and "Chapter 17" are 17, "4.2(b)"
    stays as it is."""
    value = _NAMED_FIRST.sub("", value).strip().rstrip(".:").strip()
    whole = re.fullmatch(r"\(([^()]*)\)", value)
    value = whole[1] if whole else value
    if value.endswith(")") and "(" not in value:
        value = value[:-1]
    return value.casefold()
