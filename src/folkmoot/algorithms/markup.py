"""Wordings as safe, semantic HTML, and the wordings read back out of it.

Both directions stand in one file because the second proves the first: what `extract` reads from a
rendered edition must have the digests of its manifest. So everything a digest covers is either
visible text or an attribute of the element that shows it, and everything that is not part of a
wording (numbers, list markers, note references, links back) is *furniture*: marked as such where
it is written, skipped where it is read. Text that is neither is reported as stray.

All functions return plain strings that are safe to put into a page as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from html.parser import HTMLParser
from typing import Any, Final, Literal, NamedTuple, cast

from folkmoot.algorithms.nesting import Leaf, Listing, Node, Quotation, nest
from folkmoot.algorithms.wording import (
    KINDS,
    Asks,
    Break,
    Figure,
    Footnote,
    Inline,
    Kind,
    Level,
    Malformed,
    Mark,
    Run,
    Table,
    Wording,
)

type FootnoteWriter = Callable[[Footnote], str]
"""Takes a footnote, gives the HTML of the reference to it (see `Notes`)."""

type FigureUrl = Callable[[str], str]
"""Takes the SHA-256 of a picture, gives its address, or an empty string when there is none."""

type Refer = Callable[[str, str], Iterable[tuple[int, int, str]]]
"""Takes the id of a passage and a stretch of its words, gives the parts of the stretch that name
another passage ("recommendation 12"): where each starts and ends, and the address it leads to. In
order and apart from one another."""

_TAGS: Final = {
    "strong": "strong",
    "em": "em",
    "strike": "s",
    "sub": "sub",
    "sup": "sup",
    "code": "code",
}
_MARK_OF: Final = {tag: name for name, tag in _TAGS.items()}
_MARK_ORDER: Final = ("link", "strong", "em", "strike", "sub", "sup", "code")
_SAFE_LINK: Final = re.compile(
    r"(?:https?://[^\s\x00-\x20]+|mailto:[^\s\x00-\x20]+|tel:[^\s\x00-\x20]+|#[^\s\x00-\x20]*)",
    re.IGNORECASE,
)
_WHOLE_NUMBER: Final = re.compile(r"[(]?([1-9][0-9]{0,5})[.)]?")
_FURNITURE: Final = frozenset({"number", "marker", "permalink", "noteref", "backlink", "furniture"})
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_SILENT: Final = frozenset({"head", "script", "style", "template", "title"})


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The fixed words around a text, in the language of the page.

    The words for the levels are read back by `extract`, so they must differ from one another.
    """

    area: str = "Area"
    addressee: str = "To"
    level: str = "Level"
    levels: Mapping[Level, str] = field(
        default_factory=lambda: {
            "centre": "Centre",
            "branch": "Branches",
            "both": "Centre and branches",
        }
    )
    table: str = "Table"
    recommendation: str = "Recommendation"
    permalink: str = "Link to this passage"
    back: str = "Back to the text, note"
    contents: str = "Contents"
    notes: str = "Notes"


ENGLISH: Final = FieldWords()


class Shown(NamedTuple):
    """One passage as a page shows it.

    `number` is the author's or the edition's number ("17", "4.2(b)"); `marker` is what an item of
    a list is marked with when plain counting would give something else ("c)", "iv."). Both are
    furniture. A plain whole number as the marker of an ordered item sets the list's own counter.
    """

    id: str
    wording: Wording
    number: str = ""
    marker: str = ""


class Notes:
    """Numbers the footnotes of a page in the order they are met, and writes the notes section.

    Call it with a footnote to get the reference to it; references that share a label and words
    share a number. `start` is the first number, `prefix` keeps ids apart when a page shows more
    than one text.
    """

    def __init__(self, *, start: int = 1, prefix: str = "", words: FieldWords = ENGLISH) -> None:
        self._start = start
        self._prefix = prefix
        self._words = words
        self._notes: list[Footnote] = []
        self._uses: list[int] = []
        self._shared: dict[tuple[str, Footnote], int] = {}

    def __len__(self) -> int:
        return len(self._notes)

    @property
    def next_number(self) -> int:
        """The number the next new note will get: `start` for the page that follows."""
        return self._start + len(self._notes)

    def __call__(self, footnote: Footnote) -> str:
        key = (footnote.label, footnote)
        index = self._shared.get(key) if footnote.label else None
        if index is None:
            index = len(self._notes)
            self._notes.append(footnote)
            self._uses.append(0)
            if footnote.label:
                self._shared[key] = index
        self._uses[index] += 1
        number = self._start + index
        here = self._reference(index, self._uses[index])
        return (
            f'<sup class="noteref"><a href="#{self._target(index)}"'
            f' id="{here}" role="doc-noteref">{number}</a></sup>'
        )

    def html(self, *, title: str = "Notes") -> str:
        """The notes section, or an empty string when there are none.

        `title` is its accessible name; a visible heading is the page's to set.
        """
        if not self._notes:
            return ""
        items = []
        for index, footnote in enumerate(self._notes):
            number = self._start + index
            back = " ".join(
                f'<a class="backlink" href="#{self._reference(index, use)}" role="doc-backlink"'
                f' aria-label="{_attribute(self._words.back)} {number}">↩</a>'
                for use in range(1, self._uses[index] + 1)
            )
            items.append(
                f'<li id="{self._target(index)}" value="{number}" data-note="{number}">'
                f"{inline_html(footnote.content)} {back}</li>\n"
            )
        return (
            f'<section class="notes" role="doc-endnotes" aria-label="{_attribute(title)}">\n'
            f'<ol start="{self._start}">\n{"".join(items)}</ol>\n</section>\n'
        )

    def _target(self, index: int) -> str:
        return f"{_attribute(self._prefix)}fn-{self._start + index}"

    def _reference(self, index: int, use: int) -> str:
        again = f"-{use}" if use > 1 else ""
        return f"{_attribute(self._prefix)}fnref-{self._start + index}{again}"


def notes_html(notes: Notes, *, title: str = "Notes") -> str:
    """The notes section for the references `notes` has given out so far."""
    return notes.html(title=title)


def safe_link(address: str) -> bool:
    """Whether an address may become a link: http, https, mailto, tel, or within the page."""
    return _SAFE_LINK.fullmatch(address) is not None


def inline_html(
    content: Iterable[Inline],
    *,
    footnote: FootnoteWriter | None = None,
    refer: Callable[[str], Iterable[tuple[int, int, str]]] | None = None,
) -> str:
    """Inline content as phrasing HTML.

    With `footnote` (usually a `Notes`) a note is a reference to the notes section; without it the
    note's words stand in brackets where the note stands. With `refer` the parts of the words that
    name another passage lead there, which is furniture around the words and no mark on them.
    """
    out: list[str] = []
    open_marks: list[Mark] = []

    def close(keep: int) -> None:
        while len(open_marks) > keep:
            out.append(_mark_tags(open_marks.pop(), _holds_link(open_marks))[1])

    for inline in content:
        match inline:
            case Break():
                out.append("<br>")
            case Footnote():
                close(0)
                out.append(_inline_footnote(inline) if footnote is None else footnote(inline))
            case Run(words, marks):
                if not words:
                    continue
                wanted = sorted(marks, key=_mark_order)
                same = 0
                while (
                    same < len(open_marks)
                    and same < len(wanted)
                    and open_marks[same] == wanted[same]
                ):
                    same += 1
                close(same)
                for mark in wanted[same:]:
                    out.append(_mark_tags(mark, _holds_link(open_marks))[0])
                    open_marks.append(mark)
                if refer is None or _holds_link(open_marks):
                    out.append(_text(words))
                else:
                    out.append(_referring(words, refer(words)))
    close(0)
    return "".join(out)


def passage_html(
    wording: Wording,
    *,
    id: str,
    number: str = "",
    marker: str = "",
    footnote: FootnoteWriter | None = None,
    figure_url: FigureUrl | None = None,
    heading_offset: int = 0,
    permalinks: bool = False,
    words: FieldWords = ENGLISH,
) -> str:
    """One passage on its own; a list item or a quotation comes in a list or quotation of one."""
    return passages_html(
        [Shown(id, wording, number, marker)],
        footnote=footnote,
        figure_url=figure_url,
        heading_offset=heading_offset,
        permalinks=permalinks,
        words=words,
    )


def passages_html(
    passages: Iterable[Shown | tuple[str, Wording] | tuple[str, Wording, str]],
    *,
    footnote: FootnoteWriter | None = None,
    figure_url: FigureUrl | None = None,
    heading_offset: int = 0,
    permalinks: bool = False,
    class_of: Callable[[str], str] | None = None,
    number_url: Callable[[str], str] | None = None,
    refer: Refer | None = None,
    words: FieldWords = ENGLISH,
) -> str:
    """A run of passages, in order, as it reads: items nest into lists, quotations stand together.

    `heading_offset` is added to the depth of every heading (1 where the page's title is the h1).
    With `permalinks` a passage's number (or a ¶) links to the passage, or to what `number_url`
    gives for its id, unless that is empty. `class_of` gives further classes for the passage with
    an id. `refer` finds what the words refer to. Each passage's element has `id="p-<id>"`,
    `data-passage="<id>"` and the classes `passage passage-<kind>`.
    """
    writer = _Writer(
        footnote, figure_url, heading_offset, permalinks, class_of, number_url, refer, words
    )
    shown = [Shown(*passage) for passage in passages]
    return writer.nodes(nest(shown, lambda passage: passage.wording))


class _Writer:
    def __init__(
        self,
        footnote: FootnoteWriter | None,
        figure_url: FigureUrl | None,
        heading_offset: int,
        permalinks: bool,
        class_of: Callable[[str], str] | None,
        number_url: Callable[[str], str] | None,
        refer: Refer | None,
        words: FieldWords,
    ) -> None:
        self._footnote = footnote
        self._figure_url = figure_url
        self._heading_offset = heading_offset
        self._permalinks = permalinks
        self._class_of = class_of
        self._number_url = number_url
        self._refer = refer
        self._words = words

    def nodes(self, nodes: Iterable[Node[Shown]]) -> str:
        return "".join(map(self._node, nodes))

    def _node(self, node: Node[Shown]) -> str:
        match node:
            case Leaf(passage):
                return self._block(passage)
            case Quotation(inside=inside):
                return f"<blockquote>\n{self.nodes(inside)}</blockquote>\n"
            case Listing(ordered=ordered, items=items):
                tag = "ol" if ordered else "ul"
                listed = "".join(
                    f"{self._item(item.passage)}{self.nodes(item.inside)}</li>\n" for item in items
                )
                return f"<{tag}>\n{listed}</{tag}>\n"

    def _item(self, passage: Shown) -> str:
        counted = _WHOLE_NUMBER.fullmatch(passage.marker) if passage.wording.ordered else None
        marker = "" if counted else _furniture("marker", passage.marker)
        value = f' value="{counted[1]}"' if counted else ""
        extra = " has-marker" if marker or passage.number else ""
        return (
            f"<li{self._attributes(passage, extra)}{value}>"
            f"{self._number(passage)}{marker}{self._inline(passage)}"
        )

    def _block(self, passage: Shown) -> str:
        wording = passage.wording
        attributes = self._attributes(passage)
        number = self._number(passage) + _furniture("marker", passage.marker)
        inline = self._inline(passage) if wording.table is None else ""
        match wording.kind:
            case "heading":
                level = max(1, wording.depth + self._heading_offset)
                tag = f"h{min(level, 6)}"
                deep = f' aria-level="{level}"' if level > 6 else ""
                return f"<{tag}{attributes}{deep}>{number}{inline}</{tag}>\n"
            case "code":
                return f'<pre{attributes}>{number}<code class="block">{inline}</code></pre>\n'
            case "recommendation":
                return self._recommendation(passage, attributes, number, inline)
            case "table":
                return self._table(passage, attributes, number)
            case "figure":
                return self._figure(wording, attributes, number, inline)
            case _:
                return f"<p{attributes}>{number}{inline}</p>\n"

    def _recommendation(self, passage: Shown, attributes: str, number: str, inline: str) -> str:
        asks = passage.wording.asks
        if asks is None:  # pragma: no cover - Wording refuses this
            raise Malformed("A recommendation says whom it asks.")
        words = self._words
        name = f"{words.recommendation} {passage.number}".strip()
        fields = "".join(
            f'<div><dt>{_text(label)}</dt> <dd class="{cls}">{_text(value)}</dd></div>\n'
            for cls, label, value in (
                ("area", words.area, asks.area),
                ("addressee", words.addressee, asks.addressee),
                ("level", words.level, words.levels[asks.level]),
            )
        )
        return (
            f'<section{attributes} aria-label="{_attribute(name)}">\n'
            f'<p class="words">{number}{inline}</p>\n<dl class="asks">\n{fields}</dl>\n</section>\n'
        )

    def _table(self, passage: Shown, attributes: str, number: str) -> str:
        table = passage.wording.table
        if table is None:  # pragma: no cover - Wording refuses this
            raise Malformed("A table has rows.")
        caption = self._inline(passage)
        head = max(0, min(table.header_rows, len(table.rows)))
        told = "" if head == table.header_rows else f' data-header-rows="{table.header_rows}"'
        parts = []
        if caption or number:
            parts.append(f"<caption>{number}{caption}</caption>\n")
        if head:
            parts.append(f"<thead>\n{self._rows(table.rows[:head], 'th')}</thead>\n")
        if head < len(table.rows):
            parts.append(f"<tbody>\n{self._rows(table.rows[head:], 'td')}</tbody>\n")
        # A wide table scrolls in its own box, which the keyboard must be able to reach.
        return (
            f'<div{attributes}{told}><div class="scroll" role="region" tabindex="0"'
            f' aria-label="{_attribute(passage.number or self._words.table)}">\n'
            f"<table>\n{''.join(parts)}</table>\n</div></div>\n"
        )

    def _rows(
        self, rows: Iterable[tuple[tuple[Inline, ...], ...]], cell: Literal["th", "td"]
    ) -> str:
        scope = ' scope="col"' if cell == "th" else ""
        return "".join(
            "<tr>"
            + "".join(
                f"<{cell}{scope}>{inline_html(words, footnote=self._footnote)}</{cell}>"
                for words in row
            )
            + "</tr>\n"
            for row in rows
        )

    def _figure(self, wording: Wording, attributes: str, number: str, caption: str) -> str:
        figure = wording.figure
        if figure is None:  # pragma: no cover - Wording refuses this
            raise Malformed("A figure has a picture.")
        address = self._figure_url(figure.image) if self._figure_url is not None else ""
        picture = f'data-picture="{_attribute(figure.image)}"'
        alt = _attribute(figure.alt)
        if address:
            shown = f'<img src="{_attribute(address)}" alt="{alt}" {picture} loading="lazy">'
        else:
            shown = f'<div class="picture-missing" role="img" aria-label="{alt}" {picture}></div>'
        below = f"\n<figcaption>{number}{caption}</figcaption>" if caption or number else ""
        return f"<figure{attributes}>{shown}{below}</figure>\n"

    def _inline(self, passage: Shown) -> str:
        refer = None if self._refer is None else partial(self._refer, passage.id)
        return inline_html(passage.wording.content, footnote=self._footnote, refer=refer)

    def _number(self, passage: Shown) -> str:
        if not self._permalinks:
            return _furniture("number", passage.number)
        target = _attribute(self._number_url(passage.id)) if self._number_url else ""
        target = target or f"#p-{_attribute(passage.id)}"
        if passage.number:
            return f'<a class="number" href="{target}">{_text(passage.number)} </a>'
        label = _attribute(self._words.permalink)
        return f'<a class="permalink" href="{target}" aria-label="{label}">¶ </a>'

    def _attributes(self, passage: Shown, extra: str = "") -> str:
        wording = passage.wording
        id = _attribute(passage.id)
        further = "" if self._class_of is None else self._class_of(passage.id)
        further = f" {_attribute(further)}" if further else ""
        parts = [
            f' id="p-{id}" class="passage passage-{wording.kind}{extra}{further}"'
            f' data-passage="{id}"'
        ]
        if wording.depth:
            parts.append(f' data-depth="{wording.depth}"')
        if wording.ordered:
            parts.append(" data-ordered")
        if wording.quoted:
            parts.append(" data-quoted")
        if wording.language:
            parts.append(f' lang="{_attribute(wording.language)}" dir="auto"')
        return "".join(parts)


def _text(words: str) -> str:
    return html.escape(_wellformed(words), quote=False)


def _attribute(words: str) -> str:
    return html.escape(_wellformed(words), quote=True)


def _wellformed(words: str) -> str:
    # As the digest sees it: no UTF-8 can carry a lone surrogate.
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _referring(words: str, found: Iterable[tuple[int, int, str]]) -> str:
    out, done = [], 0
    for start, end, address in found:
        out.append(_text(words[done:start]))
        out.append(
            f'<a class="reference" href="{_attribute(address)}">{_text(words[start:end])}</a>'
        )
        done = end
    out.append(_text(words[done:]))
    return "".join(out)


def _furniture(cls: str, words: str) -> str:
    # The space belongs to the furniture, so that it never counts as the start of the words.
    return f'<span class="{cls}">{_text(words)} </span>' if words else ""


def _inline_footnote(footnote: Footnote) -> str:
    return (
        '<span class="footnote" role="note"><span class="furniture"> [</span>'
        f'{inline_html(footnote.content)}<span class="furniture">]</span></span>'
    )


def _mark_order(mark: Mark) -> tuple[int, str]:
    known = _MARK_ORDER.index(mark.name) if mark.name in _MARK_ORDER else len(_MARK_ORDER)
    # A link that works comes before one that is shown as text, since links cannot nest.
    return known, ("0" if safe_link(mark.value) else "1") + mark.value


def _holds_link(marks: Iterable[Mark]) -> bool:
    return any(mark.name == "link" and safe_link(mark.value) for mark in marks)


def _mark_tags(mark: Mark, in_link: bool) -> tuple[str, str]:
    value = _attribute(mark.value)
    if mark.name == "link":
        if in_link or not safe_link(mark.value):
            return f'<span class="link" data-address="{value}">', "</span>"
        rel = "" if mark.value.startswith("#") else ' rel="noopener"'
        return f'<a href="{value}"{rel}>', "</a>"
    told = f' data-value="{value}"' if mark.value else ""
    tag = _TAGS.get(mark.name)
    if tag is None:
        raise Malformed(f"“{mark.name}” is not a mark that words can carry.")
    return f"<{tag}{told}>", f"</{tag}>"


# --- reading back ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rendered page says.

    `passages` are its passages in order; `stray` is every text inside it that is neither part of
    a passage or of a note one refers to, nor furniture (`data-furniture` marks a template's own).
    """

    passages: tuple[tuple[str, Wording], ...]
    stray: tuple[str, ...]


def extract(page: str, *, words: FieldWords = ENGLISH) -> list[tuple[str, Wording]]:
    """The passages of a rendered page, in order, with the wordings it shows.

    Footnotes are resolved from the notes section of the same page. Raises `Malformed` when the
    page cannot be a rendering of passages: a note is missing, a figure has no picture.
    """
    return list(read(page, words=words).passages)


def read(page: str, *, words: FieldWords = ENGLISH) -> Reading:
    """The passages of a rendered page and whatever else it says; errors as for `extract`."""
    reader = _Reader(words)
    reader.feed(page)
    reader.close()
    return reader.result()


@dataclass(slots=True)
class _Reference:
    """A note met in the text: by the id of its target, or with its words in place."""

    target: str = ""
    content: list[_Piece] = field(default_factory=list)


type _Piece = Run | Break | _Reference


@dataclass(slots=True)
class _Frame:
    """A passage while it is being read."""

    id: str
    kind: Kind
    attributes: dict[str, str | None]
    content: list[_Piece] = field(default_factory=list)
    rows: list[list[list[_Piece]]] = field(default_factory=list)
    header_rows: int = 0
    figure: Figure | None = None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _State:
    """What an open element means for the text inside it."""

    tag: str = ""
    frame: _Frame | None = None
    sink: list[_Piece] | None = None
    field: str = ""
    marks: frozenset[Mark] = frozenset()
    furniture: bool = False
    quotation: bool = False
    list: str = ""
    head: bool = False


_BLOCK_SINKS: Final = frozenset({"heading", "paragraph", "item", "quote", "code"})


class _Reader(HTMLParser):
    def __init__(self, words: FieldWords) -> None:
        super().__init__(convert_charrefs=True)
        self._levels = {_wellformed(shown).strip(): level for level, shown in words.levels.items()}
        self._stack: list[_State] = [_State()]
        self._frames: list[_Frame] = []
        self._notes: dict[str, list[_Piece]] = {}
        self._stray: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        state = self._enter(self._stack[-1], tag, attributes)
        if tag not in _VOID:
            self._stack.append(replace(state, tag=tag))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._stack) - 1, 0, -1):
            if self._stack[index].tag == tag:
                del self._stack[index:]
                return

    def handle_data(self, data: str) -> None:
        state = self._stack[-1]
        if state.furniture or not data:
            return
        if state.field and state.frame is not None:
            state.frame.fields[state.field] = state.frame.fields.get(state.field, "") + data
        elif state.sink is not None:
            state.sink.append(Run(data, state.marks))
        elif not data.isspace():
            self._stray.append(" ".join(data.split()))

    def _enter(self, state: _State, tag: str, attributes: dict[str, str | None]) -> _State:
        classes = frozenset((attributes.get("class") or "").split())
        if state.furniture:
            self._noteref(state, tag, attributes)
            return state
        if tag in _SILENT or "data-furniture" in attributes or classes & _FURNITURE:
            return replace(state, furniture=True)
        if "data-passage" in attributes:
            return self._passage(state, tag, classes, attributes)
        if "data-note" in attributes:
            note = self._notes.setdefault(attributes.get("id") or "", [])
            return _State(sink=note)
        match tag:
            case "blockquote":
                return replace(state, quotation=True)
            case "ol" | "ul":
                return replace(state, list=tag)
            case "br" if state.sink is not None:
                state.sink.append(Break())
                return state
            case "a" if "reference" in classes:
                return state
            case "a" if state.sink is not None:
                return _marked(state, Mark("link", attributes.get("href") or ""))
            case "span" if state.sink is not None and "link" in classes:
                return _marked(state, Mark("link", attributes.get("data-address") or ""))
            case "span" if state.sink is not None and "footnote" in classes:
                reference = _Reference()
                state.sink.append(reference)
                return replace(state, sink=reference.content, marks=frozenset())
            case "code" if "block" in classes:
                return state
            case _ if tag in _MARK_OF and state.sink is not None:
                return _marked(state, Mark(_MARK_OF[tag], attributes.get("data-value") or ""))
        if state.frame is not None:
            return self._part(state, state.frame, tag, classes, attributes)
        return state

    def _noteref(self, state: _State, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "a" and attributes.get("role") == "doc-noteref" and state.sink is not None:
            target = (attributes.get("href") or "").removeprefix("#")
            state.sink.append(_Reference(target))

    def _passage(
        self,
        state: _State,
        tag: str,
        classes: frozenset[str],
        attributes: dict[str, str | None],
    ) -> _State:
        id = attributes.get("data-passage") or ""
        kinds = [kind for kind in KINDS if f"passage-{kind}" in classes]
        if len(kinds) != 1:
            raise Malformed(f"The passage {id} does not say what kind of passage it is.")
        frame = _Frame(id, cast(Kind, kinds[0]), attributes)
        quoted = "data-quoted" in attributes or frame.kind == "quote"
        if state.quotation != quoted:
            raise Malformed(f"The passage {id} and the quotation around it do not agree.")
        if frame.kind == "item" and (tag, state.list) != (
            "li",
            "ol" if "data-ordered" in attributes else "ul",
        ):
            raise Malformed(f"The item {id} and the list around it do not agree.")
        self._frames.append(frame)
        sink = frame.content if frame.kind in _BLOCK_SINKS else None
        return _State(frame=frame, sink=sink, quotation=state.quotation, list=state.list)

    def _part(
        self,
        state: _State,
        frame: _Frame,
        tag: str,
        classes: frozenset[str],
        attributes: dict[str, str | None],
    ) -> _State:
        if "data-picture" in attributes and frame.kind == "figure":
            alt = attributes.get("alt" if tag == "img" else "aria-label") or ""
            frame.figure = Figure(attributes["data-picture"] or "", alt)
            return state
        match frame.kind, tag:
            case "recommendation", "p" if "words" in classes:
                return replace(state, sink=frame.content)
            case "recommendation", "dt":
                return replace(state, furniture=True)
            case "recommendation", "dd":
                known = classes & {"area", "addressee", "level"}
                return replace(state, field=next(iter(known), ""))
            case ("table", "caption") | ("figure", "figcaption"):
                return replace(state, sink=frame.content)
            case "table", "thead":
                return replace(state, head=True)
            case "table", "tr":
                frame.rows.append([])
                frame.header_rows += state.head
            case "table", "td" | "th" if frame.rows:
                cell: list[_Piece] = []
                frame.rows[-1].append(cell)
                return replace(state, sink=cell)
        return state

    def result(self) -> Reading:
        used: dict[str, int] = {}
        for frame in self._frames:
            for pieces in (frame.content, *(cell for row in frame.rows for cell in row)):
                for piece in pieces:
                    if isinstance(piece, _Reference) and piece.target:
                        used[piece.target] = used.get(piece.target, 0) + 1
        passages = tuple((frame.id, self._wording(frame, used)) for frame in self._frames)
        for target, pieces in self._notes.items():
            said = "".join(piece.text for piece in pieces if isinstance(piece, Run))
            if target not in used and not (not said or said.isspace()):
                self._stray.append(" ".join(said.split()))
        return Reading(passages, tuple(self._stray))

    def _wording(self, frame: _Frame, used: Mapping[str, int]) -> Wording:
        attributes = frame.attributes
        table: Table | None = None
        if frame.kind == "table":
            told = attributes.get("data-header-rows")
            table = Table(
                tuple(
                    tuple(self._content(frame, cell, used) for cell in row) for row in frame.rows
                ),
                frame.header_rows if told is None else _integer(frame, told),
            )
        asks: Asks | None = None
        if frame.kind == "recommendation":
            shown = frame.fields.get("level", "").strip()
            if shown not in self._levels:
                raise Malformed(f"The recommendation {frame.id} does not say at which level it is.")
            asks = Asks(
                frame.fields.get("area", ""),
                frame.fields.get("addressee", ""),
                self._levels[shown],
            )
        return Wording(
            kind=frame.kind,
            content=self._content(frame, frame.content, used),
            depth=_integer(frame, attributes.get("data-depth") or "0"),
            language=attributes.get("lang") or "",
            ordered="data-ordered" in attributes,
            quoted="data-quoted" in attributes,
            table=table,
            figure=frame.figure,
            asks=asks,
        )

    def _content(
        self, frame: _Frame, pieces: Iterable[_Piece], used: Mapping[str, int]
    ) -> tuple[Inline, ...]:
        return tuple(
            self._footnote(frame, piece, used) if isinstance(piece, _Reference) else piece
            for piece in pieces
        )

    def _footnote(self, frame: _Frame, reference: _Reference, used: Mapping[str, int]) -> Footnote:
        pieces: list[_Piece] | None = reference.content
        if reference.target:
            pieces = self._notes.get(reference.target)
            if pieces is None:
                raise Malformed(
                    f"The passage {frame.id} refers to the note “{reference.target}”,"
                    " which is not on the page."
                )
        words = tuple(piece for piece in pieces or () if not isinstance(piece, _Reference))
        shared = used.get(reference.target, 0) > 1
        return Footnote(words, reference.target if shared else "")


def _marked(state: _State, mark: Mark) -> _State:
    return replace(state, marks=state.marks | {mark})


def _integer(frame: _Frame, value: Any) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise Malformed(f"“{value}” in the passage {frame.id} is not a whole number.") from error
