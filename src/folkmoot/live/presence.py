"""Who is where in a room, as far as they let it be seen.

Each client tells its own state; the newest is kept and what changed is sent to all, gathered, so
that a hundred cursors are ten frames a second and not a thousand. A client id belongs to the
connection that used it first, the person in the state is always the one who signed in, and whoever
leaves or falls silent is taken away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from . import limits
from .frames import Entry
from .member import Member

NOBODY = "null"
"""The state of a client that shows nothing or is gone."""


@dataclass(slots=True)
class _Held:
    member: Member
    entry: Entry
    at: float


class Presence:
    """The presence of everybody in one room."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._held: dict[int, _Held] = {}
        self._changed: dict[int, Entry] = {}

    def claim(self, member: Member, client: int) -> bool:
        """Whether the member may speak for this client id. One that is free becomes theirs; their
        own from a connection that is about to end, too."""
        if client in member.clients:
            return True
        held = self._held.get(client)
        if held is not None and not held.member.gone and held.member.who != member.who:
            return False
        if len(member.clients) >= limits.CLIENTS:
            return False
        if held is not None:
            held.member.clients.discard(client)
            held.member = member
        member.clients.add(client)
        return True

    def take(self, member: Member, entries: Iterable[Entry]) -> bool:
        """Take what a client says of itself; whether there is now something to send.

        What it repeats of others is left aside. Some clients do that with all they hear, so an id
        that nobody holds is only taken from a frame that speaks of one client.
        """
        entries = tuple(entries)
        for entry in entries:
            if entry.client not in member.clients and (
                len(entries) > 1 or not self.claim(member, entry.client)
            ):
                continue
            held = self._held.get(entry.client)
            if held is not None and entry.clock <= held.entry.clock:
                continue
            state = _shown(entry.state, member)
            if state is None:
                continue
            seen = Entry(entry.client, entry.clock, state)
            self._held[entry.client] = _Held(member, seen, self._clock())
            self._changed[entry.client] = seen
        return bool(self._changed)

    def leave(self, member: Member) -> bool:
        """Take away all that a connection showed; whether there is now something to send."""
        for client in member.clients:
            self._forget(client)
        member.clients.clear()
        return bool(self._changed)

    def prune(self) -> bool:
        """Take away those who have not renewed their state; whether there is something to send."""
        oldest = self._clock() - limits.FORGET
        for client in [c for c, held in self._held.items() if held.at < oldest]:
            self._held[client].member.clients.discard(client)
            self._forget(client)
        return bool(self._changed)

    def gathered(self) -> list[Entry]:
        """What changed since this was last asked."""
        changed, self._changed = list(self._changed.values()), {}
        return changed

    def everybody(self) -> list[Entry]:
        """The state of all who show one, for somebody who comes."""
        return [held.entry for held in self._held.values() if held.entry.state != NOBODY]

    def _forget(self, client: int) -> None:
        held = self._held.pop(client, None)
        if held is not None and held.entry.state != NOBODY:
            self._changed[client] = Entry(client, held.entry.clock + 1, NOBODY)


def _shown(state: str, member: Member) -> str | None:
    """The state as others see it, with the person who is signed in; None when it is none."""
    if len(state) > limits.STATE:
        return None
    try:
        value: Any = json.loads(state)
        if value is None:
            return NOBODY
        if not isinstance(value, dict):
            return None
        value["user"] = member.who.shown()
        # Escaped, since a client may send what is no text, and no number that JSON does not know.
        shown = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return None
    return shown if len(shown) <= 2 * limits.STATE else None
