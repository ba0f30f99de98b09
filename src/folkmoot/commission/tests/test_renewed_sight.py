"""What a viewer may know, brought up to date from what changed, is what it is when made anew."""

from __future__ import annotations

import contextlib
import random

import pytest

from folkmoot.algorithms.consent import Refused
from folkmoot.algorithms.wording import text
from folkmoot.commission.consent_log import Mark, watching
from folkmoot.commission.models import Passage, Seat
from folkmoot.commission.policies import Standing
from folkmoot.commission.sight import Sight, renewed, sight

from .cast import Cast, cast

pytestmark = pytest.mark.django_db
POSITIONS = ("endorse", "accept", "reserve", "undecided", "object")


def act(story: Cast, chance: random.Random) -> None:
    """Something that may happen to a text."""
    passage = chance.choice(list(Passage.objects.filter(text=story.text)))
    passage.text = story.text
    seat: Seat = chance.choice(story.seats)
    words = text("paragraph", f"Words {chance.randrange(4)} of {passage.pk}.")
    with contextlib.suppress(Refused):
        match chance.randrange(7):
            case 0 | 1 | 2:
                passage.take_stance(
                    seat, passage.wording_id, chance.choice(POSITIONS), reason="Because."
                )
            case 3:
                passage.edit(words, story.author, editorial=chance.random() < 0.5)
            case 4:
                passage.withdraw(story.author)
            case 5:
                passage.restore(story.author)
            case 6:
                variant = passage.propose(words, story.author)
                if chance.random() < 0.5:
                    variant.make_current(story.author)


@pytest.mark.parametrize("visibility", ["private-first", "named", "secret"])
def test_renewing_is_making_anew(visibility: str) -> None:
    story, chance = cast(visibility), random.Random(5)
    viewers = [Standing(seat=seat) for seat in story.seats] + [Standing(author=True)]
    mark: Mark | None = None
    known: list[Sight] = []
    stood: dict[str, object] = {}
    renewals = 0
    for _turn in range(60):
        for _ in range(chance.randrange(3)):
            act(story, chance)
        with watching(story.text, mark) as (state, digest, now, touched):
            statuses: dict[str, object] = dict(state.statuses())
            anew = [sight(story.text, held, state, digest) for held in viewers]
            if touched is not None:
                moved = touched | {n for n in statuses if stood.get(n) != statuses[n]}
                renewals += 1
                assert [renewed(one, state, digest, moved) for one in known] == anew
            mark, known, stood = now, anew, statuses
    assert renewals > 50
