"""Word, OpenDocument, EPUB and Markdown files, written by pandoc in its fenced room."""

from __future__ import annotations

import base64
import io
import json
from importlib import resources
from typing import Any, Final

from PIL import Image

from folkmoot.documents import pandoc
from folkmoot.documents.export_text import ExportText, NotWritten
from folkmoot.documents.limits import Limits
from folkmoot.documents.pandoc_tree import NOTICE_STYLE, Tree, TreeWriter, meta_string, string
from folkmoot.documents.refusal import Refusal
from folkmoot.documents.rewritten_package import (
    finished_open_document,
    finished_word,
    rewritten,
)
from folkmoot.documents.styles_of_files import (
    open_document_name,
    open_document_reference,
    word_reference,
)

LIMITS: Final = Limits(seconds=120.0)
_MEDIA_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
_SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}


def write_markdown(text: ExportText) -> bytes:
    """Pandoc's Markdown, UTF-8: real footnotes, pipe tables, fenced recommendations.

    Pictures are named by their SHA-256 in a folder `pictures`, which is not part of the file.
    """
    writer = TreeWriter(
        text, styled=False, anchored=False, picture=lambda d: _picture_file(text, d)
    )
    written = _run(
        writer.document({}), ["--to", _MARKDOWN, "--wrap", "none", "--markdown-headings", "atx"]
    )
    return _front_matter(text).encode("utf-8", "replace") + written


_MARKDOWN: Final = (
    "markdown-smart-raw_tex-raw_html-raw_attribute-latex_macros-citations-example_lists"
    "-tex_math_dollars-simple_tables-multiline_tables"
    "-auto_identifiers-implicit_header_references"
)


def write_docx(text: ExportText) -> bytes:
    """Word, with real headings, lists, footnotes and table headings."""
    writer = TreeWriter(text, styled=True, anchored=False, picture=_Embedded(text))
    with word_reference(text) as reference:
        written = _run(
            writer.document(_meta(text), _front(text, NOTICE_STYLE)),
            ["--to", "docx", f"--reference-doc={reference}"],
        )
    return finished_word(written)


def write_odt(text: ExportText) -> bytes:
    """OpenDocument text, with the same styles as Word."""
    pictures = _Embedded(text)
    writer = TreeWriter(
        text, styled=True, anchored=False, picture=pictures, style_name=open_document_name
    )
    with open_document_reference(text) as reference:
        written = _run(
            writer.document(_meta(text), _front(text, open_document_name(NOTICE_STYLE))),
            ["--to", "odt", f"--reference-doc={reference}"],
        )
    shown = [p.wording.figure for p in text.passages if p.wording.figure is not None]
    return finished_open_document(
        written, [" ".join(f.alt.split()) for f in shown if pictures(f.image)]
    )


def write_epub(text: ExportText) -> bytes:
    """EPUB 3, a file for each chapter; passages keep their permanent addresses."""
    writer = TreeWriter(text, styled=False, anchored=True, picture=_Embedded(text))
    meta = _meta(text)
    if text.address:
        meta["identifier"] = meta_string(text.address)
    if text.notice:
        meta["rights"] = meta_string(" ".join(text.notice.split()))
    written = _run(
        writer.document(meta), ["--to", "epub3", "--split-level=1", "--toc", "--toc-depth=2"]
    )
    style = resources.files("folkmoot.documents").joinpath("reading.css").read_bytes()
    return rewritten(written, {"EPUB/styles/stylesheet1.css": lambda _: style})


def _run(document: Tree, arguments: list[str]) -> bytes:
    try:
        return pandoc.run(
            ["--from", "json", *arguments, "--output=-"],
            json.dumps(document, ensure_ascii=False).encode(),
            LIMITS,
        )
    except Refusal as refusal:
        raise NotWritten(f"The file could not be written ({refusal.code}).") from refusal


def _meta(text: ExportText) -> dict[str, Any]:
    meta: dict[str, Any] = {"title": meta_string(text.title), "lang": meta_string(text.tag)}
    if text.subtitle:
        meta["subtitle"] = meta_string(text.subtitle)
    if text.authors:
        meta["author"] = {"t": "MetaList", "c": [meta_string(name) for name in text.authors]}
    if text.date is not None:
        meta["date"] = meta_string(text.dated)
    return meta


def _front(text: ExportText, style: str) -> list[Tree]:
    """What stands on a title page under the title, each paragraph in a style that says so."""
    return [
        {
            "t": "Div",
            "c": [
                ["", [], [["custom-style", style]]],
                [{"t": "Para", "c": string(" ".join(paragraph.split()))}],
            ],
        }
        for paragraph in text.notice.split("\n\n")
        if paragraph.strip()
    ]


def _front_matter(text: ExportText) -> str:
    lines = [("title", text.title), ("subtitle", text.subtitle), ("lang", text.tag)]
    if text.date is not None:
        lines.append(("date", text.date.isoformat()))
    if text.notice:
        lines.append(("notice", text.notice))
    written = "".join(
        # A string of JSON is a string of YAML.
        f"{name}: {json.dumps(' '.join(value.split()), ensure_ascii=False)}\n"
        for name, value in lines
        if value
    )
    return f"---\n{written}---\n\n"


class _Embedded:
    """Gives a picture's address as its own bytes; what Word and readers cannot show, as PNG."""

    def __init__(self, text: ExportText) -> None:
        self._text = text
        self._known: dict[str, str] = {}

    def __call__(self, digest: str) -> str:
        if digest not in self._known:
            found = shown_picture(self._text, digest)
            self._known[digest] = "" if found is None else data_address(*found)
        return self._known[digest]


def data_address(data: bytes, media_type: str) -> str:
    """A picture as an address that holds it."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def shown_picture(text: ExportText, digest: str) -> tuple[bytes, str] | None:
    """A picture and its media type, in a form that every program shows; None without one."""
    data = text.pictures(digest)
    if data is None:
        return None
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.format in _MEDIA_TYPES:
                return data, _MEDIA_TYPES[picture.format]
            converted = io.BytesIO()
            picture.convert("RGBA").save(converted, "PNG")
            return converted.getvalue(), "image/png"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _picture_file(text: ExportText, digest: str) -> str:
    found = shown_picture(text, digest)
    return f"pictures/{digest}{_SUFFIXES[found[1]] if found else ''}"
