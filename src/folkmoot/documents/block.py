"""What an import yields: blocks in reading order, pictures, and what could not be kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from folkmoot.algorithms.wording import Wording
from folkmoot.documents.tracked import NONE, Tracked

type Severity = Literal["lost", "changed", "note"]


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """A comment made in the document, on the block that holds the start of its range.

    `date` is ISO 8601 as the document gives it; `quote` is all of the words it was made on, also
    those in later blocks. `prefix` are words of the same block or cell right before it.
    """

    author: str
    date: str | None
    body: str
    quote: str = ""
    replies: tuple[ImportedComment, ...] = ()
    resolved: bool = False
    prefix: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "author": self.author,
            "date": self.date,
            "body": self.body,
            "quote": self.quote,
            "resolved": self.resolved,
            "prefix": self.prefix,
            "replies": [reply.to_json() for reply in self.replies],
        }


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """A tracked change to one block: as it was (all rejected), as proposed (all accepted).

    `before` is None for a block that the change adds, `after` is None for one that it removes.
    """

    author: str
    date: str | None
    before: Wording | None
    after: Wording | None

    def to_json(self) -> dict[str, Any]:
        return {
            "author": self.author,
            "date": self.date,
            "before": None if self.before is None else self.before.to_json(),
            "after": None if self.after is None else self.after.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Block:
    """One passage as imported.

    With changes as variants `wording` is what stood before the change; for a block that the
    change adds it is what is proposed (and `change.before` is None: it is not in the text yet).
    `place` is where it was found: "paragraph 31", "line 12".
    """

    wording: Wording
    label: str = ""
    place: str = ""
    comments: tuple[ImportedComment, ...] = ()
    change: ImportedChange | None = None

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {"wording": self.wording.to_json(), "place": self.place}
        if self.label:
            value["label"] = self.label
        if self.comments:
            value["comments"] = [comment.to_json() for comment in self.comments]
        if self.change is not None:
            value["change"] = self.change.to_json()
        return value


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that did not come over as it was.

    `lost`: it is not in the import. `changed`: its words are, in another form. `note`: nothing is
    missing, but somebody should look.
    """

    what: str
    place: str = ""
    detail: str = ""
    severity: Severity = "lost"

    def to_json(self) -> dict[str, str]:
        return {
            "what": self.what,
            "place": self.place,
            "detail": self.detail,
            "severity": self.severity,
        }


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was opened and found sound; `digest` is the SHA-256 of `data` in hex."""

    digest: str
    data: bytes = field(repr=False)
    media_type: str


@dataclass
class Imported:
    """A whole document, read."""

    title: str = ""
    language: str = ""
    blocks: list[Block] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    source_format: str = ""
    tracked: Tracked = NONE
    """The tracked changes that were in it, whatever became of them."""

    def to_json(self) -> dict[str, Any]:
        """The plain value that `folkmoot import --json` prints; pictures by digest and size."""
        return {
            "title": self.title,
            "language": self.language,
            "source_format": self.source_format,
            "blocks": [block.to_json() for block in self.blocks],
            "pictures": [
                {"digest": p.digest, "media_type": p.media_type, "bytes": len(p.data)}
                for p in self.pictures.values()
            ],
            "losses": [loss.to_json() for loss in self.losses],
        }
