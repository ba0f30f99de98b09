"""A document made ready for pandoc, with all that its own reader found out about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from folkmoot.documents.block import ImportedComment
from folkmoot.documents.marker import Marker
from folkmoot.documents.passages import Paragraph
from folkmoot.documents.word_changes import Revision


class CommentThreads(Protocol):
    """The comments of a document, to be read once the words in their ranges are known."""

    def read(self, quotes: Mapping[int, list[str]]) -> dict[int, ImportedComment]: ...


@dataclass(slots=True)
class Prepared:
    """`known`, `places` and `expected` are by the number of a paragraph in the file; `expected` is
    the words that should arrive; `joined` lists paragraphs of the file that became one;
    `pictures` gives, for a picture's source as pandoc writes it, the part that holds it."""

    source: bytes
    reader: str
    known: dict[int, Paragraph]
    note_labels: dict[int, str]
    marker: Marker
    expected: dict[int, str]
    places: dict[int, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    alternatives: dict[str, str] = field(default_factory=dict)
    """By the same source, what a picture shows, where pandoc does not say it."""
    revisions: dict[int, list[Revision]] = field(default_factory=dict)
    comments: CommentThreads | None = None
    joined: list[list[int]] = field(default_factory=list)
    title: str = ""
    language: str = ""
