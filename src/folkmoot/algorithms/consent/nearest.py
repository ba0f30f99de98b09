"""The wordings of one place in the text, ordered by how few cannot live with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from folkmoot.algorithms.consent.stance import Stance
from folkmoot.algorithms.consent.standing import Freshness, Standing

UNBEARABLE: Final = 10
"""The resistance that says: I cannot live with this."""

type Resistance = Mapping[str, int]
"""What seats said from 0 (none at all) to 10 (I cannot live with it)."""


class Choice(NamedTuple):
    """One way out: a wording by its digest, or `None` for leaving the passage out.

    `cannot_live` counts seats that object to exactly this or gave it a resistance of 10,
    `objectors` all open objections, those made on earlier wordings too, `resistance` is the mean
    of what was given, `None` when nobody gave any.
    """

    digest: str | None
    cannot_live: int
    objectors: int
    resistance: float | None


def nearest(
    standings: Sequence[Standing], resistance: Mapping[str | None, Resistance] | None = None
) -> list[Choice]:
    """Order the wordings of a slot, "leave it out" among them, the nearest to agreement first.

    `standings` has one for each wording (`State.standing`), the current one first; `resistance`
    maps a digest, or `None` for leaving it out, to what seats gave it. Fewest who cannot live with
    it, then fewest objectors, then least mean resistance; where nobody gave any it comes after
    those where somebody did. Equals stay in the order given, leaving out last. Nobody's ranking is
    added up: ranks hide where a limit lies.
    """
    given = resistance or {}
    choices = []
    for standing in standings:
        limits = {
            seat
            for seat, one in standing.stands.items()
            if one.stance is Stance.OBJECT and one.state in (Freshness.FRESH, Freshness.REVIVED)
        }
        choices.append(_choice(standing.digest, limits, len(standing.objections), given))
    choices.append(_choice(None, set(), 0, given))
    return sorted(choices, key=_distance)


def _choice(
    digest: str | None,
    limits: set[str],
    objectors: int,
    given: Mapping[str | None, Resistance],
) -> Choice:
    said = given.get(digest, {})
    limits |= {seat for seat, much in said.items() if much >= UNBEARABLE}
    mean = sum(said.values()) / len(said) if said else None
    return Choice(digest, len(limits), objectors, mean)


def _distance(choice: Choice) -> tuple[int, int, bool, float]:
    resistance = choice.resistance
    return choice.cannot_live, choice.objectors, resistance is None, resistance or 0.0
