"""The review as it was written, read through the same importer as anybody's document."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from folkmoot.algorithms.wording import Wording
from folkmoot.commission.models import Picture, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.documents.reading import read_document
from folkmoot.people.models import Person

FOLDER = Path(__file__).parent / "review"
_FIGURE = re.compile(r"\]\(figures/([\w.-]+)\)")


@dataclass(frozen=True)
class Chapter:
    """One file of the review: its number and what it holds."""

    number: int
    passages: tuple[Incoming, ...]


def chapters(text: Text) -> list[Chapter]:
    """Read every chapter. Pictures are kept with the text."""
    found = []
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        markdown = _FIGURE.sub(_embedded, path.read_text(encoding="utf-8"))
        document = read_document(markdown.encode(), path.name)
        for picture in document.pictures.values():
            Picture.keep(picture.data, picture.media_type).texts.add(text)
        found.append(
            Chapter(
                int(path.name[:2]),
                tuple(
                    Incoming(
                        block.wording, block.label or _label(block.wording, int(path.name[:2]))
                    )
                    for block in document.blocks
                ),
            )
        )
    return found


def _label(wording: Wording, chapter: int) -> str:
    """Chapters keep the numbers of their files; what comes before the first has none."""
    return str(chapter) if chapter and (wording.kind, wording.depth) == ("heading", 1) else ""


def _embedded(match: re.Match[str]) -> str:
    data = base64.b64encode((FOLDER / "figures" / match[1]).read_bytes()).decode()
    return f"](data:image/svg+xml;base64,{data})"


def write_into(text: Text, author: Person) -> dict[int, list[str]]:
    """Add the whole review to a text. Returns the ids of the passages of each chapter."""
    read = chapters(text)
    incoming = [item for chapter in read for item in chapter.passages]
    ids = iter([passage.id for passage in text.add(incoming, author)])
    return {chapter.number: [next(ids) for _ in chapter.passages] for chapter in read}
