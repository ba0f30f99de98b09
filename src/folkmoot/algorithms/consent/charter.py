"""The rule a commission agrees by, fixed before the first stance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, cast

from folkmoot.algorithms.consent.refusal import Refused

type Rule = Literal["unanimity", "consensus"]
type Visibility = Literal["private-first", "named", "secret"]

RULES: Final = ("unanimity", "consensus")
VISIBILITIES: Final = ("private-first", "named", "secret")


@dataclass(frozen=True, slots=True)
class Charter:
    """How agreement is reached and shown.

    `rule`: "unanimity" (all agree) or "consensus" (nobody opposes; standing aside counts).
    `visibility`: who sees a stance, which this package only records. `editorial_window`: days in
    which an editorial change may be disputed; the clock is the caller's.
    """

    rule: Rule = "unanimity"
    visibility: Visibility = "private-first"
    editorial_window: int = 7

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """The charter an event names. Raises `Refused` with code "bad_charter"."""
        rule, visibility = payload["rule"], payload["visibility"]
        window = payload["editorial_window"]
        if (
            rule not in RULES
            or visibility not in VISIBILITIES
            or type(window) is not int
            or window < 0
        ):
            raise Refused("bad_charter")
        return cls(cast(Rule, rule), cast(Visibility, visibility), window)
