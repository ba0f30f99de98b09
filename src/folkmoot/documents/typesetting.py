"""A text as a typeset PDF.

The page is described in `book.typ`; this module writes the words into it. Every word goes into
the source as a string literal, so nothing in a text can be taken for a command. Typst runs in a
process of its own: it keeps what it has set in memory, which a server should not.
"""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Final

from PIL import Image

from folkmoot.algorithms.markup import safe_link
from folkmoot.algorithms.nesting import Leaf, Listing, Node, Quotation, nest
from folkmoot.algorithms.wording import Break, Content, Footnote, Inline, Mark, Run, Wording
from folkmoot.documents.export_text import ExportPassage, ExportText, NotWritten

SECONDS: Final = 300
"""After this long the typesetter is stopped."""
CHAPTER_WORDS: Final = 700
"""Chapters begin on a new page when they are this long on average."""
WHOLE_WORDS: Final = 200
"""A recommendation up to this long is never cut by the end of a page."""
_WIDEST_POINTS: Final = 408.0
_TALLEST_POINTS: Final = 560.0
_POINTS_PER_PIXEL: Final = 0.5
_FIGURES: Final = re.compile(r"[£$€]?[-+−–]?[£$€]?[\d.,\s]*\d[\d.,\s]*(?:%|pp|m|bn|k)?")
_UNSETTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLANK: Final = re.compile(r"[ \t\n\r\f\v]+")
_FUNCTIONS: Final = {
    "strong": "strong",
    "em": "emph",
    "strike": "strike",
    "sub": "sub",
    "sup": "super",
    "code": "mono",
}


def write_pdf(text: ExportText) -> bytes:
    """A4, tagged for screen readers: PDF/UA-1 wherever the text allows it.

    Raises `NotWritten` when it cannot be set within `SECONDS`.
    """
    with tempfile.TemporaryDirectory(prefix="folkmoot-typeset-") as room:
        folder = Path(room)
        (folder / "main.typ").write_text(source(text, folder), encoding="utf-8")
        book = resources.files("folkmoot.documents").joinpath("book.typ").read_text("utf-8")
        (folder / "book.typ").write_text(book, encoding="utf-8")
        _run(folder)
        return (folder / "out.pdf").read_bytes()


def _run(folder: Path) -> None:
    process = subprocess.Popen(  # noqa: S603 - no shell, no words of users
        [sys.executable, "-I", "-c", _PROGRAM, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=folder,
    )
    try:
        _, complaint = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise NotWritten(
            f"Setting the PDF took more than {SECONDS} seconds and was stopped."
        ) from None
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise NotWritten(
            f"The PDF could not be set: {complaint.decode('utf-8', 'replace').strip()[-300:]}"
        )


# PDF/UA asks for things a text may lack (a glyph for every character); then the file is still
# tagged, it only does not claim to conform.
_PROGRAM: Final = """
import sys, typst
folder = sys.argv[1]
compiler = typst.Compiler(folder + "/main.typ", root=folder)
try:
    compiler.compile(output=folder + "/out.pdf", format="pdf", pdf_standards=["ua-1"])
except typst.TypstError as error:
    if "PDF/UA" not in str(error):
        raise
    compiler.compile(output=folder + "/out.pdf", format="pdf")
"""


def source(text: ExportText, folder: Path) -> str:
    """The Typst source; pictures are written into `folder`, which the source names them in."""
    writer = _Writer(text, folder)
    body = "\n".join(writer.nodes(nest(text.passages, lambda passage: passage.wording)))
    language, _, region = text.tag.partition("-")
    arguments = {
        "title": _string(text.title),
        "subtitle": _string(text.subtitle),
        "dated": _string(text.dated),
        "notice": _array(_string(p) for p in text.notice.split("\n\n") if p.strip()),
        "lang": _string(language.lower()),
        "contents": _string(text.words.contents),
        "contents-depth": str(writer.contents_depth()),
    }
    if re.fullmatch("[A-Za-z]{2}", region):
        arguments["region"] = _string(region.upper())
    if text.date is not None:
        date = text.date
        arguments["date"] = f"datetime(year: {date.year}, month: {date.month}, day: {date.day})"
    listed = "".join(f"  {name}: {value},\n" for name, value in arguments.items())
    return f'#import "book.typ": *\n#show: book.with(\n{listed})\n{body}\n'


class _Writer:
    def __init__(self, text: ExportText, folder: Path) -> None:
        self._text = text
        self._folder = folder
        self._level = 0
        self._notes: dict[tuple[str, Footnote], int] = {}
        self._pictures: dict[str, str | None] = {}
        self._targets = _link_targets(text.passages)
        headings = [p.wording for p in text.passages if p.wording.kind == "heading"]
        chapters = sum(wording.depth <= 1 for wording in headings)
        words = sum(p.wording.words for p in text.passages)
        self._chapters_on_pages = chapters > 0 and words / chapters >= CHAPTER_WORDS
        self._headings = headings
        longest = max((len(p.shown) for p in text.passages if _in_margin(p)), default=0)
        self._gutter = f"{min(1.2 + 0.5 * longest, 5.5):.1f}em"

    def contents_depth(self) -> int:
        """How many levels the contents show: two, unless that would be pages of them."""
        return 2 if sum(w.depth <= 2 for w in self._headings) <= 150 else 1

    def nodes(self, nodes: Iterable[Node[ExportPassage]]) -> list[str]:
        return [self._node(node) for node in nodes]

    def _node(self, node: Node[ExportPassage]) -> str:
        match node:
            case Leaf(passage):
                return self._block(passage)
            case Quotation(inside=inside):
                return f"#quote(block: true)[\n{self._inside(inside)}\n]\n"
            case Listing():
                return self._listing(node)

    def _inside(self, nodes: Iterable[Node[ExportPassage]]) -> str:
        return "\n".join(self.nodes(nodes))

    def _listing(self, listing: Listing[ExportPassage]) -> str:
        items = []
        for item in listing.items:
            wording = item.passage.wording
            words = self._anchored(item.passage, self._inline(wording.content))
            if item.passage.shown and not listing.ordered:
                words = f"#{_string(item.passage.shown)}#h(0.5em)" + words
            items.append(f"[{self._speaking(wording, words)}\n\n{self._inside(item.inside)}]")
        listed = ",\n".join(items)
        if not listing.ordered:
            return f"#list(\n{listed},\n)\n"
        markers = _array(
            _string(item.passage.shown or f"{number}.")
            for number, item in enumerate(listing.items, 1)
        )
        return f"#enum(numbering: n => {markers}.at(n - 1),\n{listed},\n)\n"

    def _block(self, passage: ExportPassage) -> str:
        wording = passage.wording
        if wording.kind == "heading":
            return self._speaking(wording, self._heading(passage)) + "\n"
        words = self._anchored(passage, self._inline(wording.content))
        match wording.kind:
            case "recommendation":
                written = self._recommendation(passage, words)
            case "table":
                written = self._table(passage, words)
            case "figure":
                written = self._figure(passage, words)
            case "code":
                return self._speaking(wording, f"#code[{self._code(wording.content)}]") + "\n"
            case _:
                number = _string(_with_stop(passage.shown))
                written = f"#passage(gutter: {self._gutter}, number: {number})[{words}]"
        return self._speaking(wording, written) + "\n"

    def _heading(self, passage: ExportPassage) -> str:
        words = self._once(passage)
        depth = max(1, passage.wording.depth)
        self._level = min(depth, self._level + 1)
        new_page = "true" if depth == 1 and self._chapters_on_pages else "false"
        return (
            f"#head(level: {self._level}, depth: {depth}, number: {_string(passage.shown)},"
            f" new-page: {new_page})[{words}]"
        )

    def _once(self, passage: ExportPassage) -> str:
        """A heading's words, its notes left out where the heading is repeated."""
        return self._anchored(
            passage,
            "".join(
                f"#once[{self._inline((inline,))}]"
                if isinstance(inline, Footnote)
                else self._inline((inline,))
                for inline in passage.wording.content
            ),
        )

    def _recommendation(self, passage: ExportPassage, words: str) -> str:
        asks = passage.wording.asks
        if asks is None:  # pragma: no cover - Wording refuses this
            raise NotWritten("A recommendation says whom it asks.")
        said = self._text.words
        name = f"{said.recommendation} {passage.shown}".strip()
        fields = _array(
            f"({_string(label)}, {_string(value)})"
            for label, value in (
                (f"{said.area}:", asks.area),
                (f"{said.addressee}:", asks.addressee),
                (f"{said.level}:", said.levels[asks.level]),
            )
            if value.strip()
        )
        # A long one may go over the page; a short one stays whole, and so do its notes with it.
        whole = "true" if passage.wording.words <= WHOLE_WORDS else "false"
        return f"#recommendation(name: {_string(name)}, whole: {whole}, fields: {fields})[{words}]"

    def _table(self, passage: ExportPassage, caption: str) -> str:
        table = passage.wording.table
        if table is None:  # pragma: no cover - Wording refuses this
            raise NotWritten("A table has rows.")
        columns = max([1, *(len(row) for row in table.rows)])
        head = max(0, min(table.header_rows, len(table.rows)))
        body = table.rows[head:]
        aligned = _array(
            "right" if _holds_figures([r[n] for r in body if n < len(r)]) else "left"
            for n in range(columns)
        )
        rows = [
            ", ".join(f"[{self._inline(cell)}]" for cell in row + ((),) * (columns - len(row)))
            for row in table.rows
        ]
        parts = [f"columns: {columns}", f"align: {aligned}"]
        if head:
            parts.append(f"table.header({', '.join(rows[:head])})")
        parts += rows[head:]
        set_table = f"table({', '.join(parts)})"
        number = f"#{_string(passage.shown)}#h(0.6em)" if passage.shown else ""
        shown = f", caption: [{number}{caption}]" if caption or number else ""
        return (
            "#figure(kind: table, supplement: none, numbering: none, outlined: false"
            f"{shown}, align(left, {set_table}))"
        )

    def _figure(self, passage: ExportPassage, caption: str) -> str:
        figure = passage.wording.figure
        if figure is None:  # pragma: no cover - Wording refuses this
            raise NotWritten("A figure has a picture.")
        name = self._picture(figure.image)
        alt = " ".join(figure.alt.split())
        if name is None:
            shown = f"missing({_string(alt)})"
        else:
            file, width = name.split("|")
            image = f'image({_string(file)}, width: {width}, fit: "contain"'
            # A picture without a description says nothing that words could say: an ornament.
            shown = f"{image}, alt: {_string(alt)})" if alt else f"pdf.artifact({image}))"
        number = f"#{_string(passage.shown)}#h(0.6em)" if passage.shown else ""
        below = f", caption: [{number}{caption}]" if caption or number else ""
        return f"#figure(supplement: none, numbering: none, outlined: false{below}, {shown})"

    def _picture(self, digest: str) -> str | None:
        """The picture's file and width, or None when it cannot be set."""
        if digest not in self._pictures:
            self._pictures[digest] = self._write_picture(digest)
        return self._pictures[digest]

    def _write_picture(self, digest: str) -> str | None:
        data = self._text.pictures(digest)
        if data is None:
            return None
        try:
            with Image.open(io.BytesIO(data)) as picture:
                kind = (picture.format or "").lower()
                across, down = picture.size
                if kind not in ("png", "jpeg", "gif", "webp"):
                    converted = io.BytesIO()
                    picture.convert("RGBA").save(converted, "PNG")
                    data, kind = converted.getvalue(), "png"
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None
        width = min(across * _POINTS_PER_PIXEL, _WIDEST_POINTS)
        width = min(width, _TALLEST_POINTS * across / max(1, down))
        name = f"picture-{len(self._pictures)}.{kind}"
        (self._folder / name).write_bytes(data)
        return f"{name}|{width:.1f}pt"

    def _speaking(self, wording: Wording, written: str) -> str:
        """In a language of its own, for hyphenation and for a reader's voice."""
        language, _, _ = wording.language.partition("-")
        if not re.fullmatch("[A-Za-z]{2,3}", language):
            return written
        return f"#text(lang: {_string(language.lower())})[{written}]"

    def _anchored(self, passage: ExportPassage, words: str) -> str:
        number = self._targets.get(passage.id)
        return words if number is None else f"#metadata(none)<passage-{number}>{words}"

    def _inline(self, content: Content | Sequence[Inline]) -> str:
        out: list[str] = []
        for inline in content:
            match inline:
                case Break():
                    out.append("#linebreak()")
                case Footnote():
                    out.append(self._footnote(inline))
                case Run(words, marks):
                    out.append(self._run(words, marks))
        return "".join(out)

    def _run(self, words: str, marks: frozenset[Mark]) -> str:
        if not words:
            return ""
        folded = _BLANK.sub(" ", words)
        written = f"#{_string(folded)}"
        for mark in sorted(marks, reverse=True):
            if mark.name != "link":
                written = f"#{_FUNCTIONS[mark.name]}[{written}]"
                continue
            target = self._targets.get(mark.value.removeprefix("#p-"))
            if mark.value.startswith("#"):
                if target is not None:
                    written = f"#link(<passage-{target}>)[{written}]"
            elif safe_link(mark.value):
                written = f"#link({_string(mark.value)})[{written}]"
        return written

    def _footnote(self, footnote: Footnote) -> str:
        key = (footnote.label, footnote)
        if footnote.label and key in self._notes:
            return f"#footnote(<note-{self._notes[key]}>)"
        words = self._inline(footnote.content)
        if not footnote.label:
            return f"#footnote[{words}]"
        self._notes[key] = len(self._notes)
        return f"#footnote[{words}]<note-{self._notes[key]}>"

    def _code(self, content: Content) -> str:
        out: list[str] = []
        for inline in content:
            if not isinstance(inline, Run):
                out.append(self._inline((inline,)))
                continue
            for number, line in enumerate(inline.text.split("\n")):
                if number:
                    out.append("#linebreak()")
                indent = len(line) - len(line.lstrip())
                out.append(self._run("\u00a0" * indent + line.lstrip(), inline.marks))
        return "".join(out)


def _link_targets(passages: Iterable[ExportPassage]) -> dict[str, int]:
    """Passages that something in the text links to, numbered; only these are given a name."""
    wanted = {
        mark.value.removeprefix("#p-")
        for passage in passages
        for content in passage.wording.contents()
        for inline in content
        for run in (inline.content if isinstance(inline, Footnote) else (inline,))
        if isinstance(run, Run)
        for mark in run.marks
        if mark.name == "link" and mark.value.startswith("#p-")
    }
    present = dict.fromkeys(p.id for p in passages if p.id in wanted and p.wording.kind != "code")
    return {id: number for number, id in enumerate(present)}


def _in_margin(passage: ExportPassage) -> bool:
    return passage.wording.kind in ("paragraph", "quote") and bool(passage.shown)


def _with_stop(number: str) -> str:
    return f"{number}." if number.isdigit() else number


def _holds_figures(cells: list[Content]) -> bool:
    said = [" ".join("".join(i.text for i in cell if isinstance(i, Run)).split()) for cell in cells]
    filled = [words for words in said if words not in ("", "-", "–", "—")]
    return bool(filled) and all(_FIGURES.fullmatch(words) for words in filled)


def _string(words: str) -> str:
    """A Typst string literal; what no font can set becomes a space."""
    plain = _UNSETTABLE.sub(" ", words)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ")
    return '"' + escaped.replace("\n", "\\n") + '"'


def _array(values: Iterable[str]) -> str:
    listed = list(values)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"
