"""A text as a file to take away: Markdown, HTML, Word, OpenDocument, EPUB and PDF.

Every writer takes an `ExportText` and gives bytes, and raises `NotWritten` when it cannot. What
each form keeps, and how, is written in docs/decisions/documents-in-word.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from folkmoot.documents.export_text import ExportPassage, ExportText, NotWritten

__all__ = [
    "FORMS",
    "ExportPassage",
    "ExportText",
    "Form",
    "NotWritten",
    "write_docx",
    "write_epub",
    "write_html",
    "write_markdown",
    "write_odt",
    "write_pdf",
]


# Each writer is loaded when it is first used: a server that nobody asks for a file does without
# what reads pictures and packages, which takes as much memory as a large text.


def write_docx(text: ExportText) -> bytes:
    """Word; see `pandoc_files`."""
    from folkmoot.documents import pandoc_files

    return pandoc_files.write_docx(text)


def write_epub(text: ExportText) -> bytes:
    """EPUB; see `pandoc_files`."""
    from folkmoot.documents import pandoc_files

    return pandoc_files.write_epub(text)


def write_html(text: ExportText) -> bytes:
    """One web page; see `html_page`."""
    from folkmoot.documents import html_page

    return html_page.write_html(text)


def write_markdown(text: ExportText) -> bytes:
    """Pandoc's Markdown; see `pandoc_files`."""
    from folkmoot.documents import pandoc_files

    return pandoc_files.write_markdown(text)


def write_odt(text: ExportText) -> bytes:
    """OpenDocument; see `pandoc_files`."""
    from folkmoot.documents import pandoc_files

    return pandoc_files.write_odt(text)


def write_pdf(text: ExportText) -> bytes:
    """PDF; see `typesetting`."""
    from folkmoot.documents import typesetting

    return typesetting.write_pdf(text)


@dataclass(frozen=True, slots=True)
class Form:
    """One of the forms that a text can be written in."""

    name: str
    suffix: str
    media_type: str
    write: Callable[[ExportText], bytes]


_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("pdf", ".pdf", "application/pdf", write_pdf),
            Form("docx", ".docx", _WORD, write_docx),
            Form("odt", ".odt", "application/vnd.oasis.opendocument.text", write_odt),
            Form("epub", ".epub", "application/epub+zip", write_epub),
            Form("html", ".html", "text/html; charset=utf-8", write_html),
            Form("markdown", ".md", "text/markdown; charset=utf-8", write_markdown),
        )
    }
)
"""Every form by name, in the order in which a page offers them."""
