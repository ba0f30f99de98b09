"""A seat's position on one exact wording, and what it counts for."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NamedTuple

from folkmoot.algorithms.consent.event import Event

type Named = tuple[str, str]
"""A passage and the digest of one of its wordings."""


class Stance(StrEnum):
    """What a seat can say of a wording; saying nothing is not one of them."""

    UNDECIDED = "undecided"
    ENDORSE = "endorse"
    ACCEPT = "accept"
    RESERVE = "reserve"
    STAND_ASIDE = "stand_aside"
    OBJECT = "object"


AGREEING: Final = frozenset({Stance.ENDORSE, Stance.ACCEPT, Stance.RESERVE})
"""Stances of a seat that can live with the wording."""

NOTHING: Final = 0
COUNTS: Final = 1
OBJECTS: Final = 2

WEIGHTS: Final[dict[str, dict[str, int]]] = {
    "unanimity": {
        "undecided": NOTHING,
        "endorse": COUNTS,
        "accept": COUNTS,
        "reserve": COUNTS,
        "stand_aside": NOTHING,
        "object": OBJECTS,
    },
    "consensus": {
        "undecided": NOTHING,
        "endorse": COUNTS,
        "accept": COUNTS,
        "reserve": COUNTS,
        "stand_aside": COUNTS,
        "object": OBJECTS,
    },
}
"""What each stance does under each rule of a charter."""

_WARMTH: Final = ("undecided", "stand_aside", "reserve", "accept", "endorse")


class Carried(NamedTuple):
    """A stance given in person on an earlier wording, standing for now on an edited one.

    `seq` is the event that seat made itself, `digest` the wording it was made on. Where passages
    were merged they are the oldest such event, and the wording of the passage that stayed.
    """

    seq: int
    stance: str
    digest: str
    conditions: tuple[Named, ...]


def conditions_of(event: Event) -> tuple[Named, ...]:
    """The wordings this stance wants to see in, each as (passage, digest)."""
    return tuple((passage, digest) for passage, digest in event.payload.get("conditions") or ())


def carry(word: Event | Carried) -> Carried:
    """The same stance, as it stands on the wording that follows."""
    if isinstance(word, Carried):
        return word
    payload: Any = word.payload
    return Carried(word.seq, payload["stance"], payload["digest"], conditions_of(word))


def weakest(words: list[Carried]) -> Carried:
    """What a seat's stances on several passages come to when their words are joined in one.

    The coolest stance, the oldest date, every condition; the first passage's digest.
    """
    conditions = dict.fromkeys(condition for word in words for condition in word.conditions)
    return Carried(
        seq=min(word.seq for word in words),
        stance=min((word.stance for word in words), key=_WARMTH.index),
        digest=words[0].digest,
        conditions=tuple(conditions),
    )
