"""A generated text of 2,000 passages and 75,000 words, to see how the product carries weight.

Its sentences are those of the demonstration review in another order, so that it looks like prose;
it means nothing.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

from django.db import transaction

from folkmoot.algorithms.wording import Asks, Wording
from folkmoot.algorithms.wording import text as words_of
from folkmoot.commission.consent_log import recording
from folkmoot.commission.models import Commission, Passage, Seat, Stance, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.ledger import clock
from folkmoot.people.models import Person

from .archive import act_of

SLUG = "large-text"
PASSAGES = 2000
WORDS = 75_000
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
AREAS = ("Branches that last", "Choosing our ground", "Open doors", "Keeping our word")


@transaction.atomic
def load(model: Text, author: Person) -> bool:
    """Load the large text beside another text of a commission, made of that one's sentences.

    Returns False, doing nothing, when it is there already.
    """
    if Text.objects.filter(slug=SLUG).exists():
        return False
    passages = generate([p.wording.plain for p in model.outline()])
    with clock.at(BEGAN):
        text = Text.begin(model.commission, SLUG, "A large text, generated", author)
        rows = text.add([Incoming(wording) for wording in passages], author)
    _take_stances(text, rows, model.commission)
    return True


def generate(sources: list[str], seed: int = 5) -> list[Wording]:
    """Two thousand passages with about 75,000 words, from the sentences of `sources`."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    sentences = [
        sentence
        for source in sources
        for sentence in re.findall(r"[A-Z][^.!?\[\]|]{30,260}[.!?]", source)
    ]
    titles = [" ".join(s.split()[:4]).strip(",;:.") for s in sentences]
    made: list[Wording] = []
    count = 0
    for number in range(PASSAGES):
        if number % 100 == 0:
            made.append(
                words_of("heading", f"Part {number // 100 + 1}: {chance.choice(titles)}", depth=1)
            )
        elif number % 20 == 0:
            made.append(words_of("heading", chance.choice(titles), depth=2))
        else:
            wanted = (WORDS - count) / (PASSAGES - number)
            paragraph = ""
            while len(paragraph.split()) < wanted:
                paragraph = f"{paragraph} {chance.choice(sentences)}".strip()
            if number % 47 == 0:
                asks = Asks(chance.choice(AREAS), "Every branch", "branch")
                made.append(words_of("recommendation", paragraph, asks=asks))
            elif number % 9 == 0:
                made.append(words_of("item", paragraph, depth=1))
            else:
                made.append(words_of("paragraph", paragraph))
        count += made[-1].words
    return made


def _take_stances(text: Text, passages: list[Passage], commission: Commission) -> None:
    """Fifteen seats on two thousand passages: most agree; a few object or have not answered."""
    chance = random.Random(9)  # noqa: S311 - nothing secret
    seats = list(Seat.objects.filter(commission=commission).order_by("number"))
    positions, weights = ("endorse", "accept", "undecided", "object"), (60, 38, 1, 1)
    rows = []
    with recording(text, "") as log:
        for seat in seats:
            at = BEGAN + timedelta(days=seat.number)
            for passage in passages:
                if chance.random() < 0.01:
                    continue
                position = chance.choices(positions, weights)[0]
                reason = "This needs another look." if position == "object" else ""
                at += timedelta(seconds=20)
                row = Stance(
                    passage=passage,
                    seat=seat,
                    wording_id=passage.wording_id,
                    position=position,
                    reason=reason,
                    at=at,
                )
                row.seq = log.record_as(act_of(row))
                rows.append(row)
    Stance.objects.bulk_create(rows, batch_size=500)
