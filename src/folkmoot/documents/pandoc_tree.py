"""Wordings as pandoc's syntax tree, from which Word, OpenDocument, EPUB and Markdown are made.

Built by hand rather than by way of HTML or Markdown, so that what a passage is (its number, a
recommendation's fields, a continued item) reaches the file as a style of its own and can be read
back from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from folkmoot.algorithms.markup import safe_link
from folkmoot.algorithms.nesting import Leaf, Listing, Node, Quotation, nest
from folkmoot.algorithms.wording import Content, Footnote, Inline, Mark, Run, Wording
from folkmoot.documents.export_text import ExportPassage, ExportText
from folkmoot.documents.markdown import pieces
from folkmoot.documents.word_numbering import written

type Tree = dict[str, Any]

API_VERSION: Final = [1, 23, 1]
NUMBER_STYLE: Final = "Passage Number"
RECOMMENDATION_STYLE: Final = "Recommendation"
FIELDS_STYLE: Final = "Recommendation Fields"
CONTINUE_STYLE: Final = "List Continue"
QUOTED_ITEM_STYLE: Final = "Quoted Item"
NOTICE_STYLE: Final = "Notice"

_NODES: Final = {
    "strong": "Strong",
    "em": "Emph",
    "strike": "Strikeout",
    "sub": "Subscript",
    "sup": "Superscript",
}
_ORDER: Final = ("link", "strong", "em", "strike", "sub", "sup", "code")
_STYLES: Final = {
    "decimal": "Decimal",
    "lowerLetter": "LowerAlpha",
    "lowerRoman": "LowerRoman",
    "upperLetter": "UpperAlpha",
    "upperRoman": "UpperRoman",
}
_DELIMITERS: Final = {"Period": ("", ""), "OneParen": ("", ")"), "TwoParens": ("(", ")")}
_NO_ATTRIBUTES: Final[list[Any]] = ["", [], []]
_ENTITY: Final = re.compile(r"(&)(?=#?\w+;)")
_BLANK: Final = re.compile(r"[ \t\n\r\f\v]+")
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class TreeWriter:
    """Writes a text's passages as blocks.

    `styled` names paragraphs and numbers by style (Word, OpenDocument); otherwise numbers are
    typed text and a recommendation is a fenced division (Markdown, EPUB). `anchored` gives every
    passage its permanent id, `picture` the address of a picture by its SHA-256, `style_name` the
    name by which the form knows a style.
    """

    text: ExportText
    styled: bool
    anchored: bool
    picture: Callable[[str], str]
    style_name: Callable[[str], str] = str
    _present: frozenset[str] = field(default=frozenset(), init=False)

    def blocks(self) -> list[Tree]:
        """All passages, in order, nested as they read."""
        self._present = frozenset(passage.id for passage in self.text.passages)
        return self._nodes(nest(self.text.passages, lambda passage: passage.wording))

    def document(self, meta: Tree, before: Sequence[Tree] = ()) -> Tree:
        """The whole tree, ready to be written as JSON; `before` comes ahead of the passages."""
        return {
            "pandoc-api-version": API_VERSION,
            "meta": meta,
            "blocks": [*before, *self.blocks()],
        }

    def _nodes(self, nodes: Iterable[Node[ExportPassage]]) -> list[Tree]:
        out: list[Tree] = []
        for node in nodes:
            match node:
                case Leaf(passage):
                    out += self._block(passage)
                case Quotation(inside=inside):
                    out.append(_node("BlockQuote", self._nodes(inside)))
                case Listing():
                    out.append(self._listing(node))
        return out

    def _listing(self, listing: Listing[ExportPassage]) -> Tree:
        labels = [item.passage.shown for item in listing.items]
        counted = _counted(labels) if listing.ordered else None
        items: list[list[Tree]] = []
        for item in listing.items:
            passage = item.passage
            words = self._inlines(passage.wording.content)
            if counted is None and passage.shown:
                words = [*self._number(passage.shown), *words]
            first = self._anchor(passage, [_node("Plain", words)])
            inside = self._nodes(item.inside)
            if self.styled and passage.wording.quoted:
                first = [self._division([_node("Para", words)], QUOTED_ITEM_STYLE)]
            elif any(block["t"] in ("Para", "Div") for block in inside):
                first = self._anchor(passage, [_node("Para", words)])
            items.append([*self._in_language(passage.wording, first), *inside])
        if not listing.ordered:
            return _node("BulletList", items)
        start, style, delimiter = counted or (1, "Decimal", "Period")
        return _node("OrderedList", [[start, {"t": style}, {"t": delimiter}], items])

    def _block(self, passage: ExportPassage) -> list[Tree]:
        wording = passage.wording
        match wording.kind:
            case "heading":
                return self._heading(passage)
            case "recommendation":
                blocks = self._recommendation(passage)
            case "table":
                blocks = [self._table(passage)]
            case "figure":
                blocks = [self._figure(passage)]
            case "code":
                blocks = [_node("CodeBlock", [_NO_ATTRIBUTES, _plain_lines(wording.content)])]
            case _:
                blocks = [_node("Para", [*self._typed(passage), *self._inlines(wording.content)])]
                if self.styled and wording.kind == "paragraph" and wording.depth:
                    level = "" if wording.depth == 1 else f" {min(wording.depth, 5)}"
                    blocks = [self._division(blocks, f"{CONTINUE_STYLE}{level}")]
        return self._in_language(wording, self._anchor(passage, blocks))

    def _heading(self, passage: ExportPassage) -> list[Tree]:
        wording = passage.wording
        depth = max(1, wording.depth)
        identity = f"p-{passage.id}" if self.anchored else ""
        attributes = [["number", passage.shown]] if passage.shown and not self.styled else []
        number = self._typed(passage) if self.styled or self.anchored else []
        words = [*number, *self._inlines(wording.content)]
        language = [["lang", wording.language]] if wording.language and self.anchored else []
        header = _node("Header", [depth, [identity, [], [*attributes, *language]], words])
        # A division around it would hide a chapter's beginning from an EPUB.
        return [header] if self.anchored else self._in_language(wording, [header])

    def _recommendation(self, passage: ExportPassage) -> list[Tree]:
        asks = passage.wording.asks
        if asks is None:  # pragma: no cover - Wording refuses this
            return []
        words = self._inlines(passage.wording.content)
        if self.styled:
            fields = f"Area: {asks.area} · To: {asks.addressee} · Level: {asks.level}"
            return [
                self._division(
                    [_node("Para", [*self._number(passage.shown), *words])], RECOMMENDATION_STYLE
                ),
                self._division([_node("Para", string(fields))], FIELDS_STYLE),
            ]
        attributes = [
            ["number", passage.shown],
            ["area", _writable(asks.area)],
            ["addressee", _writable(asks.addressee)],
            ["level", asks.level],
        ]
        if not self.anchored:
            return [
                _node("Div", [["", ["recommendation"], attributes], [_node("Para", words)]]),
            ]
        said = self.text.words
        name = f"{said.recommendation} {passage.shown}".strip()
        listed = [
            _node("Plain", [_node("Emph", string(f"{label}:")), _node("Space"), *string(value)])
            for label, value in (
                (said.area, asks.area),
                (said.addressee, asks.addressee),
                (said.level, said.levels[asks.level]),
            )
            if value.strip()
        ]
        return [
            _node(
                "Div",
                [
                    ["", ["recommendation"], []],
                    [
                        _node("Para", [_node("Strong", string(name))]),
                        _node("Para", words),
                        _node("BulletList", [[line] for line in listed]),
                    ],
                ],
            )
        ]

    def _table(self, passage: ExportPassage) -> Tree:
        table = passage.wording.table
        if table is None:  # pragma: no cover - Wording refuses this
            return _node("Null")
        columns = max([1, *(len(row) for row in table.rows)])
        head = max(0, min(table.header_rows, len(table.rows)))
        rows = [
            [_NO_ATTRIBUTES, [self._cell(cell) for cell in row + ((),) * (columns - len(row))]]
            for row in table.rows
        ]
        caption = [*self._typed(passage), *self._inlines(passage.wording.content)]
        specs = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in range(columns)]
        return _node(
            "Table",
            [
                _NO_ATTRIBUTES,
                [None, [_node("Plain", caption)] if caption else []],
                specs,
                [_NO_ATTRIBUTES, rows[:head]],
                [[_NO_ATTRIBUTES, 0, [], rows[head:]]],
                [_NO_ATTRIBUTES, []],
            ],
        )

    def _cell(self, cell: Content) -> list[Any]:
        words = self._inlines(cell)
        blocks = [_node("Plain", words)] if words else []
        return [_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, blocks]

    def _figure(self, passage: ExportPassage) -> Tree:
        figure = passage.wording.figure
        if figure is None:  # pragma: no cover - Wording refuses this
            return _node("Null")
        caption = [*self._typed(passage), *self._inlines(passage.wording.content)]
        address = self.picture(figure.image)
        alt = string(" ".join(figure.alt.split()))
        shown = (
            _node("Image", [_NO_ATTRIBUTES, alt, [address, ""]])
            if address
            else _node("Emph", alt or string("—"))
        )
        return _node(
            "Figure",
            [
                _NO_ATTRIBUTES,
                [None, [_node("Plain", caption)] if caption else []],
                [_node("Plain", [shown])],
            ],
        )

    def _anchor(self, passage: ExportPassage, blocks: list[Tree]) -> list[Tree]:
        if not self.anchored:
            return blocks
        identity = f"p-{passage.id}"
        return [_node("Div", [[identity, [f"passage-{passage.wording.kind}"], []], blocks])]

    def _in_language(self, wording: Wording, blocks: list[Tree]) -> list[Tree]:
        if not wording.language:
            return blocks
        return [_node("Div", [["", [], [["lang", wording.language]]], blocks])]

    def _typed(self, passage: ExportPassage) -> list[Tree]:
        """The number before a passage's words, as text."""
        number = passage.shown
        if not number:
            return []
        if number.isdigit() and passage.wording.kind in ("paragraph", "quote"):
            number += "."
        return self._number(number)

    def _number(self, number: str) -> list[Tree]:
        if not number:
            return []
        words = string(number)
        if self.styled:
            # The tab is part of the number, so that the words begin where the style ends.
            words[-1:] = [_node("Str", words[-1]["c"] + "\t")]
            style = [["custom-style", self.style_name(NUMBER_STYLE)]]
            return [_node("Span", [["", [], style], words])]
        return [*words, _node("Space")]

    def _division(self, blocks: list[Tree], style: str) -> Tree:
        return _node("Div", [["", [], [["custom-style", self.style_name(style)]]], blocks])

    def _inlines(self, content: Sequence[Inline]) -> list[Tree]:
        """Inline content, white space outside the marks and neighbours under one mark."""
        marked: list[tuple[list[Mark], list[Tree]]] = []
        found = list(pieces(tuple(content)))
        for index, piece in enumerate(found):
            if isinstance(piece, Footnote):
                marked.append(([], [self._note(piece)]))
            elif isinstance(piece, int):
                before = found[index - 1] if index else 0
                after = found[index + 1] if index + 1 < len(found) else 0
                space = [_node("LineBreak")] * piece if piece else [_node("Space")]
                # Only marks that go on around it: a space marked by itself is no Markdown.
                marked.append((_common(_marks(before), _marks(after)), space))
            else:
                words, marks = piece
                if any(mark.name == "code" for mark in marks):
                    outer = [m for m in marks if m.name != "code"]
                    code = _node("Code", [_NO_ATTRIBUTES, _writable(words)])
                    marked.append((sorted(outer, key=_rank), [code]))
                else:
                    marked.append((sorted(marks, key=_rank), self._string(words)))
        return self._grouped(marked, 0)

    def _string(self, words: str) -> list[Tree]:
        if self.styled or self.anchored:
            return string(words)
        # pandoc's Markdown leaves “&amp;” as it is, which would be read as “&”.
        out: list[Tree] = []
        for part in _ENTITY.split(words):
            out += [_node("RawInline", ["markdown", "\\&"])] if part == "&" else string(part)
        return out

    def _grouped(self, marked: Sequence[tuple[list[Mark], list[Tree]]], level: int) -> list[Tree]:
        out: list[Tree] = []
        at = 0
        while at < len(marked):
            marks, nodes = marked[at]
            if len(marks) <= level:
                out += nodes
                at += 1
                continue
            mark = marks[level]
            end = at
            while end < len(marked) and len(marked[end][0]) > level:
                if marked[end][0][level] != mark:
                    break
                end += 1
            out += self._under(mark, self._grouped(marked[at:end], level + 1))
            at = end
        return out

    def _under(self, mark: Mark, nodes: list[Tree]) -> list[Tree]:
        if mark.name != "link":
            return [_node(_NODES[mark.name], nodes)]
        address = mark.value
        if address.startswith("#"):
            if not self.anchored or address.removeprefix("#p-") not in self._present:
                return nodes
        elif not safe_link(address):
            return nodes
        return [_node("Link", [_NO_ATTRIBUTES, nodes, [address, ""]])]

    def _note(self, footnote: Footnote) -> Tree:
        return _node("Note", [_node("Para", self._inlines(footnote.content))])


def string(words: str) -> list[Tree]:
    """Words as pandoc has them: text and spaces. A no-break space is text."""
    out: list[Tree] = []
    for word in re.split(f"({_BLANK.pattern})", _writable(words)):
        if word:
            out.append(_node("Space") if _BLANK.fullmatch(word) else _node("Str", word))
    return out


def meta_string(words: str) -> Tree:
    """A value for the metadata of a document."""
    return {"t": "MetaInlines", "c": string(words)}


def _node(name: str, content: Any = None) -> Tree:
    return {"t": name} if content is None else {"t": name, "c": content}


def _writable(words: str) -> str:
    """Without what XML cannot hold."""
    return _UNWRITABLE.sub(" ", words)


def _marks(piece: object) -> frozenset[Mark]:
    return piece[1] if isinstance(piece, tuple) else frozenset()


def _common(one: frozenset[Mark], other: frozenset[Mark]) -> list[Mark]:
    """The outermost marks that both have."""
    shared: list[Mark] = []
    for left, right in zip(sorted(one, key=_rank), sorted(other, key=_rank), strict=False):
        if left != right or left.name == "code":
            break
        shared.append(left)
    return shared


def _rank(mark: Mark) -> tuple[int, str]:
    return _ORDER.index(mark.name), mark.value


def _plain_lines(content: Content) -> str:
    parts: list[str] = []
    for inline in content:
        match inline:
            case Run(words, _):
                parts.append(words)
            case Footnote(notes):
                parts.append(f" [{_plain_lines(notes)}]")
            case _:
                parts.append("\n")
    return _writable("".join(parts)).strip("\n")


def _counted(labels: Sequence[str]) -> tuple[int, str, str] | None:
    """Start, style and delimiter of a list that counts as the labels do; None when none does.

    Items without any label count 1, 2, 3.
    """
    if not any(labels):
        return 1, "Decimal", "Period"
    for form, style in _STYLES.items():
        for delimiter, (before, after) in _DELIMITERS.items():
            for start in _starts(labels[0], form, before, after):
                counts = range(start, start + len(labels))
                if all(
                    f"{before}{written(count, form)}{after}" == label.removesuffix(".")
                    for count, label in zip(counts, labels, strict=True)
                ):
                    return start, style, delimiter
    return None


def _starts(label: str, form: str, before: str, after: str) -> Iterable[int]:
    bare = label.removesuffix(".").removeprefix(before)
    bare = bare.removesuffix(after) if after else bare
    if form == "decimal":
        return [int(bare)] if bare.isascii() and bare.isdigit() and len(bare) < 6 else []
    return range(1, 60)
