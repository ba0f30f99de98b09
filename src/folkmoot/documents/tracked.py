"""The changes that are tracked in a document, as a person is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from folkmoot.documents.word_changes import Revision

NAME: Final = 80
"""The most characters of an author's name that are kept: files can say anything."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """In how many paragraphs a document tracks changes, and who made them, each named once."""

    paragraphs: int
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.paragraphs > 0


NONE: Final = Tracked(0)


def tracked(revisions: Mapping[int, Sequence[Revision]]) -> Tracked:
    """From who changed each paragraph, by its number in the file."""
    return Tracked(len(revisions), tuple(_names(revisions)))


def _names(revisions: Mapping[int, Sequence[Revision]]) -> Iterable[str]:
    every = (r.author for number in sorted(revisions) for r in revisions[number])
    return dict.fromkeys(" ".join(name.split())[:NAME] for name in every if name.strip())
