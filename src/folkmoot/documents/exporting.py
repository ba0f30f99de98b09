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
from folkmoot.documents.html_page import write_html
from folkmoot.documents.pandoc_files import write_docx, write_epub, write_markdown, write_odt
from folkmoot.documents.typesetting import write_pdf

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
