"""Somebody in the room: one connection of one person, wherever its socket is held."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Final

from . import frames
from .limits import Allowance

COLOURS: Final = 12

UNAUTHORISED: Final = 4401
FORBIDDEN: Final = 4403
NOT_FOUND: Final = 4404
MALFORMED: Final = 4400
EPOCH: Final = 4409
TOO_LARGE: Final = 4413
SCHEMA: Final = 4426
TOO_FAST: Final = 4429
RESTART: Final = 1012
TRY_AGAIN: Final = 1013
"""The codes with which a connection is closed."""


@dataclass(frozen=True, slots=True)
class Who:
    """The authenticated person behind a connection, as others may see them."""

    id: int
    key: str
    name: str

    @property
    def colour(self) -> int:
        """One of twelve, always the same for a person."""
        return zlib.crc32(self.key.encode()) % COLOURS

    def shown(self) -> dict[str, Any]:
        """What is said of a person on the wire."""
        return {"key": self.key, "name": self.name, "colour": self.colour}


@dataclass(frozen=True, slots=True)
class Admitted:
    """What admission found: who it is, in which text and by which session, whether they write, and
    whether the text is frozen as a candidate."""

    text: int
    slug: str
    session: str
    who: Who
    writes: bool
    frozen: bool = False


@dataclass(eq=False)
class Member(ABC):
    """One connection as its room sees it.

    A subclass carries the frames: `Socket` for a connection of this process, another one for a
    connection that another process forwards. `deliver` and `close` never wait and never raise;
    after `close` nothing more is delivered.

    `taken` counts the writing frames with content that came; the first `stored` of them are on
    disk. `hole` is the first one that was left aside, because they could only read by then or
    wrote on what we lack: no later one counts as stored until the client has sent all of it again,
    for which it has been `asked`. `synced` says that it has been given the text and gets what is
    written from then on, `strikes` how often it wrote without the right to.
    """

    admitted: Admitted
    writes: bool = field(init=False)
    schema: int | None = field(default=None, init=False)
    synced: bool = field(default=False, init=False)
    taken: int = field(default=0, init=False)
    stored: int = field(default=0, init=False)
    hole: int | None = field(default=None, init=False)
    asked: bool = field(default=False, init=False)
    strikes: int = field(default=0, init=False)
    clients: set[int] = field(default_factory=set, init=False)
    allowance: Allowance = field(default_factory=Allowance, init=False)

    def __post_init__(self) -> None:
        self.writes = self.admitted.writes

    @property
    def who(self) -> Who:
        """The person."""
        return self.admitted.who

    @property
    def role(self) -> str:
        """What they may do, in the word of the wire."""
        return "write" if self.writes else "read"

    @property
    @abstractmethod
    def gone(self) -> bool:
        """Whether the connection is closed or closing."""

    @abstractmethod
    def deliver(self, frame: bytes) -> None:
        """Send a frame after all that were delivered before."""

    @abstractmethod
    def close(self, code: int, reason: str = "") -> None:
        """Close the connection after all that was delivered. Closing again does nothing."""

    def notice(self, code: str, say: str, *, retry: bool = False) -> None:
        """Tell the client something, with a sentence for people."""
        self.deliver(frames.notice(code, say, retry=retry))

    def cut(self, close: int, code: str, say: str, *, retry: bool = False) -> None:
        """Tell the client why, and close."""
        self.notice(code, say, retry=retry)
        self.close(close, code)
