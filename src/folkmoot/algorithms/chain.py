"""The hash chain of a ledger, and values sealed inside it.

Each entry's digest covers the digest of the entry before it, so that changing, dropping or
reordering an entry shows. A value that must stay private is sealed: the chain holds only the digest
of the value with a random salt, and opening it means showing salt and value. Erasing a sealed value
leaves the chain whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

GENESIS = "0" * 64
"""What the first entry of a stream has in place of the digest before it."""


@dataclass(frozen=True)
class Broken:
    """The first place at which a chain does not hold: the sequence number and why."""

    seq: int
    why: str


def digest_of(value: Any) -> str:
    """SHA-256 of the RFC 8785 form of a JSON value, 64 lower-case hex digits."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def entry_digest(
    *,
    stream: str,
    seq: int,
    act: str,
    actor: str,
    at: str,
    payload: Mapping[str, Any],
    previous: str,
) -> str:
    """The digest of one entry, binding it to the one before. `at` is ISO 8601 in UTC."""
    return digest_of(
        {
            "stream": stream,
            "seq": seq,
            "act": act,
            "actor": actor,
            "at": at,
            "payload": dict(payload),
            "previous": previous,
        }
    )


def seal(salt: str, value: Any) -> str:
    """The digest that stands in the chain for a sealed value."""
    return digest_of([salt, value])


def first_break(entries: Iterable[Mapping[str, Any]]) -> Broken | None:
    """Check a whole stream from its first entry.

    Entries are mappings with the keys of `entry_digest` and `digest`. Returns None when sequence
    numbers run 1, 2, 3 … without a gap and every digest holds; otherwise the first fault.
    """
    previous, expected, stream = GENESIS, 1, None
    for entry in entries:
        if entry["seq"] != expected:
            return Broken(expected, f"entry {expected} is missing (found {entry['seq']} there)")
        if stream is not None and entry["stream"] != stream:
            return Broken(expected, f"entry {expected} belongs to another ledger")
        if entry["previous"] != previous:
            return Broken(expected, f"entry {expected} does not follow from entry {expected - 1}")
        found = entry_digest(
            stream=entry["stream"],
            seq=entry["seq"],
            act=entry["act"],
            actor=entry["actor"],
            at=entry["at"],
            payload=entry["payload"],
            previous=entry["previous"],
        )
        if found != entry["digest"]:
            return Broken(expected, f"entry {expected} was changed after it was written")
        previous, expected, stream = found, expected + 1, entry["stream"]
    return None
