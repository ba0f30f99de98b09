"""Consent: stances belong to exact wordings, and what is agreed is computed from them.

Give a `State` the events one after the other, or all of them to `replay`, and ask it what is
agreed, what is not and why. It holds no clock, no names and no words, and it never decides for a
seat: silence, departures and failures only ever leave something out.
"""

from folkmoot.algorithms.consent.candidate import Call, Candidate
from folkmoot.algorithms.consent.charter import Charter
from folkmoot.algorithms.consent.event import Event
from folkmoot.algorithms.consent.inclusion import consistent
from folkmoot.algorithms.consent.nearest import Choice, nearest
from folkmoot.algorithms.consent.refusal import Refused
from folkmoot.algorithms.consent.stance import Stance
from folkmoot.algorithms.consent.standing import (
    Blocker,
    Failing,
    Freshness,
    Need,
    Objection,
    OneAway,
    Orphaned,
    Stand,
    Standing,
    Why,
)
from folkmoot.algorithms.consent.state import State, Touched, replay
from folkmoot.algorithms.consent.verdict import Status

__all__ = [
    "Blocker",
    "Call",
    "Candidate",
    "Charter",
    "Choice",
    "Event",
    "Failing",
    "Freshness",
    "Need",
    "Objection",
    "OneAway",
    "Orphaned",
    "Refused",
    "Stance",
    "Stand",
    "Standing",
    "State",
    "Status",
    "Touched",
    "Why",
    "consistent",
    "nearest",
    "replay",
]
