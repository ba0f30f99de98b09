"""A text with all that a file of it needs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from folkmoot.algorithms.markup import ENGLISH, FieldWords
from folkmoot.algorithms.wording import Wording


class ExportPassage(NamedTuple):
    """One passage of a text that is written out.

    `label` is the author's own number as imported; `number` the one that is shown (of an edition),
    and when empty the label is shown.
    """

    id: str
    wording: Wording
    label: str = ""
    number: str = ""

    @property
    def shown(self) -> str:
        """The number that a reader sees, without a full stop at its end."""
        return (self.number or self.label).strip()


@dataclass(frozen=True, slots=True)
class ExportText:
    """A text with all that a file of it needs.

    `pictures` gives the bytes of a picture by its SHA-256, or None when it is not kept any more.
    `notice` is what stands on the title page under everything else (who agreed, what this is);
    an empty line begins a paragraph. `language` is a BCP 47 tag.
    """

    title: str
    passages: Sequence[ExportPassage]
    language: str = "en-GB"
    subtitle: str = ""
    date: datetime.date | None = None
    notice: str = ""
    authors: Sequence[str] = ()
    address: str = ""
    pictures: Callable[[str], bytes | None] = lambda digest: None
    words: FieldWords = field(default=ENGLISH)

    @property
    def tag(self) -> str:
        """The language as a sound BCP 47 tag; British English where `language` is none.

        It goes where nothing else is allowed, and where not every writer escapes it.
        """
        sound = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", self.language)
        return self.language if sound else "en-GB"

    @property
    def dated(self) -> str:
        """The date in words; as figures where the text is not in English."""
        if self.date is None:
            return ""
        if self.tag.lower().partition("-")[0] == "en":
            return f"{self.date.day} {self.date:%B %Y}"
        return self.date.isoformat()


class NotWritten(Exception):
    """A file could not be made; the message says why, in words for people."""
