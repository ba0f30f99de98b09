"""From pandoc's syntax tree to passages.

The tree is walked once. Words and marks become inline content; every other thing in the tree
either becomes part of a passage or is named in the loss report. What the document's own reader
found out about a paragraph (its style, its number) arrives as a `Paragraph` by way of a mark in
the words, and has the last word over what pandoc made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from folkmoot.algorithms.wording import (
    MAX_DEPTH,
    Asks,
    Break,
    Content,
    Footnote,
    Inline,
    Kind,
    Mark,
    Run,
    Table,
)
from folkmoot.documents.limits import Limits
from folkmoot.documents.loss import LossReport, shorten
from folkmoot.documents.marker import Marker
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.word_numbering import written

type Node = dict[str, Any]
type Marks = frozenset[Mark]

PLAIN: Final[Marks] = frozenset()
SCHEMES: Final = ("http", "https", "mailto", "tel", "ftp")
"""Where a link may lead; everything else (scripts, files of somebody's disk) is taken off."""

_MARK_OF: Final = {
    "Strong": Mark("strong"),
    "Emph": Mark("em"),
    "Strikeout": Mark("strike"),
    "Superscript": Mark("sup"),
    "Subscript": Mark("sub"),
}
_LOOKS: Final = {
    "underline": "Underlining",
    "ul": "Underlining",
    "smallcaps": "Small capitals",
    "mark": "Highlighting",
}
_ORDER_FORM: Final = {
    "Decimal": "decimal",
    "LowerAlpha": "lowerLetter",
    "UpperAlpha": "upperLetter",
    "LowerRoman": "lowerRoman",
    "UpperRoman": "upperRoman",
}

type Role = Literal[
    "", "title", "heading", "item", "quote", "code", "caption", "recommendation", "fields", "place"
]
"""What its own reader made of a paragraph; for "place" it knows no more than where it is."""


@dataclass(slots=True)
class Paragraph:
    """What a document's own reader knows of one paragraph."""

    place: str = ""
    role: Role = ""
    depth: int = 0
    ordered: bool = False
    quoted: bool = False
    label: str = ""
    words: str = ""
    language: str = ""


@dataclass(slots=True)
class Draft:
    """A passage in the making. `paragraphs` are the numbers of the file's paragraphs in it;
    `comments` the numbers of the comments that begin in it; `figure` names a picture's source
    and alternative text until the picture itself has been looked at."""

    kind: Kind
    content: Content = ()
    depth: int = 0
    ordered: bool = False
    quoted: bool = False
    label: str = ""
    language: str = ""
    place: str = ""
    table: Table | None = None
    figure: tuple[str, str] | None = None
    asks: Asks | None = None
    role: Role = ""
    paragraphs: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Around:
    """Where in the tree the walk is: list depth, inside a quotation, the asks of a fence."""

    depth: int = 0
    quoted: bool = False
    asks: Asks | None = None
    language: str = ""


@dataclass(slots=True)
class _Words:
    """Inline content being gathered, runs of like marks merged as they come."""

    content: list[Inline] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    marks: Marks = PLAIN
    pictures: list[tuple[str, str]] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    note: str = ""

    def add(self, text: str, marks: Marks) -> None:
        if marks is not self.marks and marks != self.marks:
            self.flush()
            self.marks = marks
        self.held.append(text)

    def put(self, inline: Inline) -> None:
        self.flush()
        self.content.append(inline)

    def flush(self) -> None:
        if self.held:
            text = "".join(self.held)
            if text:
                self.content.append(Run(text, self.marks))
            self.held = []

    def ends_with(self) -> str:
        """The last words so far, up to where anything else than text stands."""
        last = self.content[-1] if self.content else None
        before = last.text if isinstance(last, Run) else ""
        return (before + "".join(self.held))[-60:]

    def finished(self) -> Content:
        """The content, without white space or breaks at either end."""
        self.flush()
        return trimmed(self.content)


def trimmed(content: Sequence[Inline]) -> Content:
    """Content without white space or breaks at its ends."""
    out = list(content)
    while out:
        first = out[0]
        if isinstance(first, Break):
            out.pop(0)
            continue
        if isinstance(first, Run):
            text = first.text.lstrip()
            if not text:
                out.pop(0)
                continue
            out[0] = Run(text, first.marks)
        break
    while out:
        last = out[-1]
        if isinstance(last, Break):
            out.pop()
            continue
        if isinstance(last, Run):
            text = last.text.rstrip()
            if not text:
                out.pop()
                continue
            out[-1] = Run(text, last.marks)
        break
    return tuple(out)


class Walk:
    """One pass over a syntax tree; `drafts` holds the passages in reading order."""

    def __init__(
        self,
        marker: Marker,
        report: LossReport,
        limits: Limits,
        known: dict[int, Paragraph] | None = None,
        note_labels: dict[int, str] | None = None,
        locate: Callable[[str], str] | None = None,
    ) -> None:
        self.marker = marker
        self.report = report
        self.limits = limits
        self.known = known if known is not None else {}
        self.note_labels = note_labels if note_labels is not None else {}
        self.locate = locate
        self.drafts: list[Draft] = []
        self.notes_seen: set[int] = set()
        self.quotes: dict[int, list[str]] = {}
        self.prefixes: dict[int, str] = {}
        self._open_comments: dict[int, list[str]] = {}
        self._place = ""
        self._opening = marker.opening

    # Blocks

    def blocks(self, nodes: Sequence[Node], around: _Around | None = None) -> None:
        around = around or _Around()
        for node in nodes:
            self._block(node, around)
            if len(self.drafts) > self.limits.passages:
                raise Refusal(
                    "too-many-passages",
                    f"This file has more than {self.limits.passages:,} passages. "
                    "Split it into parts and import them one by one.",
                )

    def _block(self, node: Node, around: _Around) -> None:
        content: Any = node.get("c")
        match node["t"]:
            case "Para" | "Plain":
                self._paragraph(content, around)
            case "Header":
                self._heading(content, around)
            case "BulletList":
                for item in content:
                    self._item(item, around, ordered=False)
            case "OrderedList":
                self._ordered(content, around)
            case "BlockQuote":
                if around.quoted:
                    self.report.count("A quotation inside a quotation", self._place)
                self.blocks(content, replace(around, quoted=True))
            case "Div":
                self._division(content, around)
            case "Table":
                self._table(content, around)
            case "Figure":
                self._figure(content, around)
            case "CodeBlock":
                self._code(content[1], around)
            case "LineBlock":
                words = _Words()
                for number, line in enumerate(content):
                    if number:
                        words.put(Break())
                    self._inlines(line, PLAIN, words)
                self._finish(words, around)
            case "DefinitionList":
                self._definitions(content, around)
            case "HorizontalRule":
                self.report.count("A line drawn across the page", self._place, severity="lost")
            case "RawBlock":
                self._raw(content)
            case "Null":
                pass
            case other:
                self.report.lost(f"Something of an unknown kind ({other})", self._place)

    def _paragraph(self, inlines: list[Node], around: _Around) -> None:
        words = _Words()
        self._inlines(inlines, PLAIN, words)
        self._finish(words, around)

    def _finish(self, words: _Words, around: _Around, kind: Kind | None = None) -> None:
        """Make the gathered words a passage, and each picture among them one after it."""
        content = words.finished()
        pictures, words.pictures = words.pictures, []
        known = self._known(words)
        place = self._where(known, content)
        if content or words.comments:
            # The end of a comment may stand alone in a paragraph that holds no words.
            draft = Draft(
                kind=kind or self._kind(around),
                content=content,
                depth=min(around.depth, MAX_DEPTH),
                quoted=around.quoted and around.depth > 0,
                language=around.language,
                place=place,
                paragraphs=words.paragraphs,
                comments=words.comments,
            )
            if draft.kind == "recommendation":
                draft.asks, draft.depth = around.asks, 0
            if known is not None and known.role != "place":
                self._obey(draft, known)
            if content:
                self.drafts.append(draft)
            elif words.comments and self.drafts:
                self.drafts[-1].comments += words.comments
        for source, alternative in pictures:
            if content:
                self.report.changed(
                    "A picture in the middle of a paragraph", place, "It now follows it."
                )
            self.drafts.append(
                Draft(
                    kind="figure",
                    figure=(source, alternative),
                    place=place,
                    paragraphs=list(words.paragraphs) if not content else [],
                )
            )

    def _kind(self, around: _Around) -> Kind:
        if around.asks is not None:
            return "recommendation"
        return "quote" if around.quoted and not around.depth else "paragraph"

    def _known(self, words: _Words) -> Paragraph | None:
        for number in words.paragraphs:
            if number in self.known:
                return self.known[number]
        return None

    def _where(self, known: Paragraph | None, content: Content) -> str:
        if known is not None and known.place:
            self._place = known.place
        elif self.locate is not None:
            text = "".join(i.text for i in content if isinstance(i, Run))
            self._place = self.locate(text) or self._place
        return self._place

    def _obey(self, draft: Draft, known: Paragraph) -> None:
        draft.role = known.role
        draft.label = known.label
        draft.depth = min(known.depth, MAX_DEPTH)
        draft.ordered = known.ordered
        draft.language = known.language or draft.language
        match known.role:
            case "heading" | "item" | "quote" | "code":
                draft.kind = known.role
                draft.quoted = known.quoted and known.role in ("heading", "item")
            case _:
                if draft.kind not in ("recommendation",):
                    draft.kind = "paragraph"
                draft.quoted = known.quoted and draft.depth > 0
        if draft.kind == "code":
            text = "".join("\n" if isinstance(i, Break) else _text(i) for i in draft.content)
            draft.content = (Run(text),)

    def _heading(self, content: list[Any], around: _Around) -> None:
        level, attributes, inlines = content
        words = _Words()
        self._inlines(inlines, PLAIN, words)
        found = words.finished()
        place = self._where(self._known(words), found)
        if around.depth:
            self.report.count("A heading inside a list", place)
        if found:
            self.drafts.append(
                Draft(
                    kind="heading",
                    content=found,
                    depth=max(1, min(level, MAX_DEPTH)),
                    quoted=around.quoted,
                    label=_attribute(attributes, "number"),
                    language=around.language,
                    place=place,
                    paragraphs=words.paragraphs,
                    comments=words.comments,
                )
            )
        for source, alternative in words.pictures:
            self.drafts.append(Draft(kind="figure", figure=(source, alternative), place=place))

    def _item(self, item: list[Node], around: _Around, *, ordered: bool, label: str = "") -> None:
        if around.asks is not None:
            self.report.count("A list inside a recommendation", self._place)
        depth = around.depth + 1
        if depth > MAX_DEPTH:
            self.report.count(f"A list more than {MAX_DEPTH} levels deep", self._place)
        inside = replace(around, depth=min(depth, MAX_DEPTH), asks=None)
        first = True
        for node in item:
            if first and node["t"] in ("Para", "Plain"):
                before = len(self.drafts)
                self._paragraph(node["c"], inside)
                if len(self.drafts) > before and self.drafts[before].kind != "figure":
                    draft = self.drafts[before]
                    if draft.role == "":
                        draft.kind, draft.ordered = "item", ordered
                        draft.quoted, draft.label = around.quoted, label
                    first = False
            else:
                self._block(node, inside)

    def _ordered(self, content: list[Any], around: _Around) -> None:
        (start, style, delimiter), items = content
        form = _ORDER_FORM.get(style["t"], "decimal")
        ordinary = form == "decimal" and start == 1 and delimiter["t"] != "TwoParens"
        for number, item in enumerate(items, start):
            label = written(number, form)
            match delimiter["t"]:
                case "OneParen":
                    label += ")"
                case "TwoParens":
                    label = f"({label})"
            self._item(item, around, ordered=True, label="" if ordinary else label)

    def _division(self, content: list[Any], around: _Around) -> None:
        attributes, nodes = content
        classes = attributes[1]
        language = _attribute(attributes, "lang") or around.language
        if "recommendation" in classes:
            level = _attribute(attributes, "level").lower()
            if level not in ("centre", "branch", "both"):
                level = "both"
                self.report.note(
                    "A recommendation that does not say its level",
                    self._place,
                    "It was taken as being for the centre and for branches.",
                )
            asks = Asks(
                _attribute(attributes, "area"),
                _attribute(attributes, "addressee"),
                "centre" if level == "centre" else "branch" if level == "branch" else "both",
            )
            number = _attribute(attributes, "number")
            before = len(self.drafts)
            self.blocks(nodes, _Around(asks=asks, language=language))
            if number and len(self.drafts) > before:
                self.drafts[before].label = number
            return
        if language == around.language:
            self.blocks(nodes, around)
        else:
            self.blocks(nodes, replace(around, language=language))

    def _code(self, text: str, around: _Around) -> None:
        words = _Words()
        self._text(text, PLAIN, words)
        content = words.finished()
        if content:
            self.drafts.append(
                Draft(
                    kind="code",
                    content=(Run("".join(_text(inline) for inline in content)),),
                    depth=min(around.depth, MAX_DEPTH),
                    place=self._where(self._known(words), content),
                    paragraphs=words.paragraphs,
                )
            )

    def _definitions(self, content: list[Any], around: _Around) -> None:
        for term, definitions in content:
            self._paragraph(term, around)
            for definition in definitions:
                self.blocks(definition, replace(around, depth=min(around.depth + 1, MAX_DEPTH)))
        self.report.changed(
            "A list of definitions",
            self._place,
            "Each term and each definition became a paragraph; definitions are indented.",
        )

    def _raw(self, content: list[str]) -> None:
        form, text = content
        self.report.lost(f"Raw {form.upper()}", self._place, words=self.marker.strip(text))

    def _figure(self, content: list[Any], around: _Around) -> None:
        _, (_, caption_blocks), nodes = content
        words = _Words()
        self._flat(caption_blocks, words)
        caption = words.finished()
        inside = _Words()
        self._flat(nodes, inside)
        rest = inside.finished()
        place = self._where(self._known(inside) or self._known(words), caption)
        own = words.paragraphs + inside.paragraphs
        for number, (source, alternative) in enumerate(inside.pictures):
            self.drafts.append(
                Draft(
                    kind="figure",
                    content=caption if number == 0 else (),
                    figure=(source, alternative),
                    place=place,
                    paragraphs=own,
                    comments=words.comments + inside.comments if number == 0 else [],
                )
            )
        if not inside.pictures and caption:
            rest = (*rest, Break(), *caption) if rest else caption
        if rest:
            self.drafts.append(
                Draft(kind=self._kind(around), content=rest, place=place, paragraphs=own)
            )

    def _table(self, content: list[Any], around: _Around) -> None:
        _, (_, caption_blocks), _, (_, head), bodies, (_, foot) = content
        words = _Words()
        rows: list[list[Content]] = []
        spans: dict[tuple[int, int], bool] = {}
        all_rows = [*head]
        for _, _, between, body in bodies:
            all_rows += [*between, *body]
        all_rows += foot
        oddities: dict[str, int] = {}
        for at, (_, cells) in enumerate(all_rows):
            row: list[Content] = []
            column = 0
            for _, _, row_span, column_span, nodes in cells:
                while spans.pop((at, column), False):
                    row.append(())
                    column += 1
                row.append(self._cell(nodes, words, oddities))
                if row_span > 1 or column_span > 1:
                    oddities["spans"] = oddities.get("spans", 0) + 1
                row_span = min(row_span, len(all_rows) - at)
                column_span = min(column_span, 200)
                for down in range(row_span):
                    for right in range(column_span):
                        if down or right:
                            spans[at + down, column + right] = True
                column += 1
            while spans.pop((at, column), False):
                row.append(())
                column += 1
            rows.append(row)
        caption_words = _Words()
        self._flat(caption_blocks, caption_words)
        caption = caption_words.finished()
        width = max((len(row) for row in rows), default=0)
        place = self._where(
            self._known(words), caption or next((c for row in rows for c in row if c), ())
        )
        if oddities.get("spans"):
            self.report.changed(
                "Merged cells of a table",
                place,
                "Words stand in the first of the cells; the others are empty.",
            )
        if oddities.get("blocks"):
            self.report.changed(
                "Several paragraphs in a cell of a table",
                place,
                f"They were joined, with line breaks, in {oddities['blocks']} cells.",
            )
        if oddities.get("tables"):
            self.report.changed(
                "A table inside a table", place, "Its words are kept in the cell, as lines."
            )
        if around.depth:
            self.report.count("A table inside a list", place)
        if any(cell for row in rows for cell in row) or caption:
            self.drafts.append(
                Draft(
                    kind="table",
                    content=caption,
                    table=Table(
                        tuple(tuple(row) + ((),) * (width - len(row)) for row in rows),
                        header_rows=len(head),
                    ),
                    place=place,
                    paragraphs=words.paragraphs + caption_words.paragraphs,
                    comments=words.comments + caption_words.comments,
                )
            )
        for source, alternative in words.pictures:
            self.report.changed("A picture in a table", place, "It now follows the table.")
            self.drafts.append(Draft(kind="figure", figure=(source, alternative), place=place))

    def _cell(self, nodes: list[Node], whole: _Words, oddities: dict[str, int]) -> Content:
        words = _Words()
        blocks = self._flat(nodes, words)
        if blocks > 1:
            oddities["blocks"] = oddities.get("blocks", 0) + 1
        if any(node["t"] == "Table" for node in nodes):
            oddities["tables"] = oddities.get("tables", 0) + 1
        whole.pictures += words.pictures
        whole.paragraphs += words.paragraphs
        whole.comments += words.comments
        return words.finished()

    def _flat(self, nodes: Sequence[Node], words: _Words) -> int:
        """Blocks as one stretch of words with breaks between; returns how many there were."""
        number = 0
        for node in nodes:
            if number and (words.content or words.held):
                words.put(Break())
            number += self._flat_one(node, words)
        return number

    def _flat_one(self, node: Node, words: _Words) -> int:
        content: Any = node.get("c")
        match node["t"]:
            case "Para" | "Plain":
                self._inlines(content, PLAIN, words)
                return 1
            case "Header":
                self._inlines(content[2], PLAIN, words)
                return 1
            case "CodeBlock":
                self._text(content[1], frozenset((Mark("code"),)), words)
                return 1
            case "LineBlock":
                for number, line in enumerate(content):
                    if number:
                        words.put(Break())
                    self._inlines(line, PLAIN, words)
                return 1
            case "BulletList":
                return self._flat_items([("• ", item) for item in content], words)
            case "OrderedList":
                start = content[0][0]
                return self._flat_items(
                    [(f"{n}. ", item) for n, item in enumerate(content[1], start)], words
                )
            case "BlockQuote":
                return self._flat(content, words)
            case "Div":
                return self._flat(content[1], words)
            case "Figure":
                return self._flat([*content[2], *content[1][1]], words)
            case "DefinitionList":
                number = 0
                for term, definitions in content:
                    if number:
                        words.put(Break())
                    self._inlines(term, PLAIN, words)
                    for definition in definitions:
                        words.put(Break())
                        number += self._flat(definition, words)
                return number + 1
            case "Table":
                return self._flat_table(content, words)
            case "RawBlock":
                self._raw(content)
                return 0
            case "HorizontalRule":
                self.report.count("A line drawn across the page", self._place, severity="lost")
                return 0
            case _:
                return 0

    def _flat_items(self, items: list[tuple[str, list[Node]]], words: _Words) -> int:
        for number, (sign, item) in enumerate(items):
            if number:
                words.put(Break())
            words.add(sign, PLAIN)
            self._flat(item, words)
        return len(items) + 1

    def _flat_table(self, content: list[Any], words: _Words) -> int:
        rows = [*content[3][1]]
        for _, _, between, body in content[4]:
            rows += [*between, *body]
        rows += content[5][1]
        for at, (_, cells) in enumerate(rows):
            if at:
                words.put(Break())
            for column, cell in enumerate(cells):
                if column:
                    words.add(" | ", PLAIN)
                self._flat(cell[4], words)
        if content[1][1]:
            words.put(Break())
            self._flat(content[1][1], words)
        return 2

    # Inlines

    def _inlines(self, nodes: Sequence[Node], marks: Marks, words: _Words) -> None:
        for node in nodes:
            kind = node["t"]
            if kind == "Str":
                text = node["c"]
                if self._opening in text or self._open_comments:
                    self._text(text, marks, words)
                else:
                    words.add(text, marks)
            elif kind == "Space":
                words.add(" ", marks)
                for quote in self._open_comments.values():
                    quote.append(" ")
            else:
                self._inline(kind, node.get("c"), marks, words)

    def _inline(self, kind: str, content: Any, marks: Marks, words: _Words) -> None:
        match kind:
            case "SoftBreak":
                words.add(" ", marks)
                for quote in self._open_comments.values():
                    quote.append(" ")
            case "LineBreak":
                words.put(Break())
                for quote in self._open_comments.values():
                    quote.append(" ")
            case "Strong" | "Emph" | "Strikeout" | "Superscript" | "Subscript":
                self._inlines(content, marks | {_MARK_OF[kind]}, words)
            case "Underline" | "SmallCaps":
                look = "Underlining" if kind == "Underline" else "Small capitals"
                self.report.count(look, self._place, detail="The words are kept.")
                self._inlines(content, marks, words)
            case "Code":
                self._text(content[1], marks | {Mark("code")}, words)
            case "Link":
                self._link(content, marks, words)
            case "Note":
                self._note(content, words)
            case "Image":
                self._image(content, words)
            case "Span":
                self._span(content, marks, words)
            case "Quoted":
                opening, closing = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
                words.add(opening, marks)
                self._inlines(content[1], marks, words)
                words.add(closing, marks)
            case "Cite":
                self._inlines(content[1], marks, words)
            case "Math":
                sign = "$$" if content[0]["t"] == "DisplayMath" else "$"
                self.report.count(
                    "A formula", self._place, detail="It is kept as the text of its TeX source."
                )
                self._text(f"{sign}{content[1]}{sign}", marks, words)
            case "RawInline":
                form, text = content
                if text.strip().lower().startswith("<br"):
                    words.put(Break())
                elif text.startswith("<!--"):
                    self.report.lost("A remark hidden in the source", self._place, words=text)
                else:
                    self.report.count(f"Raw {form.upper()}", self._place, detail=shorten(text, 60))
            case _:
                self.report.lost(f"Something of an unknown kind ({kind})", self._place)

    def _text(self, text: str, marks: Marks, words: _Words) -> None:
        """Text that may hold marks of ours, or lie in the range of a comment."""
        for piece in self.marker.split(text):
            if isinstance(piece, str):
                words.add(piece, marks)
                for quote in self._open_comments.values():
                    quote.append(piece)
                continue
            letter, number = piece
            match letter:
                case "p":
                    words.paragraphs.append(number)
                    known = self.known.get(number)
                    if known is not None and known.place:
                        self._place = known.place
                    for quote in self._open_comments.values():
                        quote.append(" ")
                case "n":
                    self.notes_seen.add(number)
                    words.note = self.note_labels.get(number, str(number))
                case "c":
                    words.comments.append(number)
                    self.prefixes.setdefault(number, words.ends_with())
                    self._open_comments[number] = self.quotes.setdefault(number, [])
                case "d":
                    self._open_comments.pop(number, None)

    def _link(self, content: list[Any], marks: Marks, words: _Words) -> None:
        _, inlines, (address, _) = content
        address = address.strip()
        if address.startswith("#") or not address:
            if address:
                self.report.count(
                    "A link to another place in the document",
                    self._place,
                    detail="Its words are kept.",
                )
            self._inlines(inlines, marks, words)
            return
        try:
            scheme = urlsplit(address).scheme.lower()
        except ValueError:
            scheme = "?"
        if scheme not in SCHEMES:
            self.report.lost(
                "The address of a link",
                self._place,
                f"{shorten(address, 120)} leads nowhere from here; its words are kept.",
            )
            self._inlines(inlines, marks, words)
            return
        self._inlines(inlines, marks | {Mark("link", address)}, words)

    def _note(self, nodes: list[Node], words: _Words) -> None:
        inside = _Words()
        number = self._flat(nodes, inside)
        if number > 1:
            self.report.count(
                "A footnote of several paragraphs", self._place, detail="They were joined."
            )
        for _ in inside.pictures:
            self.report.lost("A picture in a footnote", self._place)
        parts: list[Run | Break] = []
        for inline in inside.finished():
            if isinstance(inline, Footnote):
                self.report.count("A footnote inside a footnote", self._place)
                parts.append(Run(" ["))
                parts += inline.content
                parts.append(Run("]"))
            else:
                parts.append(inline)
        words.comments += inside.comments
        words.paragraphs += inside.paragraphs
        words.put(Footnote(tuple(parts), inside.note))

    def _image(self, content: list[Any], words: _Words) -> None:
        attributes, inlines, (source, title) = content
        described = _Words()
        self._inlines(inlines, PLAIN, described)
        alternative = "".join(i.text if isinstance(i, Run) else " " for i in described.finished())
        alternative = _attribute(attributes, "alt") or alternative or title
        words.pictures.append((source, self.marker.strip(alternative)))

    def _span(self, content: list[Any], marks: Marks, words: _Words) -> None:
        attributes, inlines = content
        for name in attributes[1]:
            if name in _LOOKS:
                self.report.count(_LOOKS[name], self._place, detail="The words are kept.")
        self._inlines(inlines, marks, words)


def _attribute(attributes: list[Any], name: str) -> str:
    for key, value in attributes[2]:
        if key == name:
            return str(value)
    return ""


def _text(inline: Inline) -> str:
    match inline:
        case Run(text, _):
            return text
        case Break():
            return "\n"
        case Footnote(content, _):
            return "".join(_text(part) for part in content)
