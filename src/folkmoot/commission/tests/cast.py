"""A small named commission for stories: three seats, a secretary, an author, an outsider."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from folkmoot.algorithms.wording import Asks, Run, Table, Wording, text
from folkmoot.commission.consent_log import recording
from folkmoot.commission.models import Commission, CommissionOffice, Passage, Seat, Stance, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.people.models import Office, Person

WORDS = (
    text("heading", "What happened", depth=1),
    text("paragraph", "We lost fifty seats in four weeks."),
    text("paragraph", "Branches should meet every month."),
    text("heading", "What to do", depth=1),
    text("item", "Ring every member once a year.", depth=1),
    Wording(
        "recommendation",
        (Run("Every branch should appoint two secretaries."),),
        asks=Asks("Branches", "Branch officers", "branch"),
    ),
    Wording(
        "table",
        (Run("Members by year"),),
        table=Table((((Run("Year"),), (Run("Members"),)), ((Run("2019"),), (Run("12"),)))),
    ),
)


@dataclass
class Cast:
    """Everybody in the story, and what they write."""

    commission: Commission
    text: Text
    ada: Seat
    bea: Seat
    cem: Seat
    secretary: Person
    author: Person
    administrator: Person
    outsider: Person
    passages: list[Passage] = field(default_factory=list)

    @property
    def seats(self) -> list[Seat]:
        return [self.ada, self.bea, self.cem]

    def all_accept(self, *passages: Passage, but: Sequence[Seat] = ()) -> None:
        for passage in passages or self.passages:
            passage.refresh_from_db()
            for seat in self.seats:
                if seat not in but:
                    passage.take_stance(seat, passage.wording_id, "accept")


def person(name: str) -> Person:
    return Person.objects.create_user(f"{name.lower()}@example.org", name)


def seat(commission: Commission, number: int, holder: Person) -> Seat:
    return Seat.objects.create(
        commission=commission, number=number, person=holder, public_name=holder.name
    )


def cast(visibility: str = "private-first", rule: str = "unanimity", **charter: object) -> Cast:
    commission = Commission.objects.create(
        slug="review", name="The Review", visibility=visibility, rule=rule, **charter
    )
    ada, bea, cem = (seat(commission, n, person(name)) for n, name in enumerate(NAMES, 1))
    secretary, author = person("Sofia"), person("Arthur")
    for holder, kind in ((secretary, "secretary"), (author, "author")):
        CommissionOffice.objects.create(commission=commission, person=holder, kind=kind)
    administrator, outsider = person("Root"), person("Olga")
    Office.objects.create(person=administrator, kind="administrator", started=timezone.now())
    text_ = Text.begin(commission, "the-report", "The report", secretary)
    passages = text_.add([Incoming(w) for w in WORDS], secretary)
    return Cast(
        commission,
        text_,
        ada,
        bea,
        cem,
        secretary,
        author,
        administrator,
        outsider,
        passages,
    )


NAMES = ("Ada", "Bea", "Cem")


def large(passages: int = 2000, seats: int = 15, spoken: float = 0.7) -> Cast:
    """A commission with a long text in ten chapters, most of it answered, some of it changed since.

    Stances are recorded in one go, as a loader of an archive would.
    """
    chance = random.Random(7)
    story = cast()
    for number in range(4, seats + 1):
        seat(story.commission, number, person(f"Member{number}"))
    everybody = list(story.commission.seats.order_by("number"))
    long = Text.begin(story.commission, "long", "A long report", story.secretary)
    every = max(1, passages // 10)
    rows = long.add(
        [
            Incoming(
                text("heading", f"Chapter {n // every + 1}", depth=1)
                if n % every == 0
                else text("paragraph", f"Passage {n} says that " + "words go on and on " * 7 + "."),
                str(n),
            )
            for n in range(passages)
        ],
        story.author,
    )
    said: list[Stance] = []
    with transaction.atomic(), recording(long, story.secretary.actor) as log:
        for row in rows:
            for holder in everybody:
                if chance.random() > spoken:
                    continue
                position = "object" if chance.random() < 0.02 else "accept"
                seq = log.record(
                    "stance.given",
                    {"seat": holder.key, "passage": row.id},
                    on={"digest": row.wording_id},
                    counts={"counts": "no" if position == "object" else "agrees"},
                    stance={"stance": position, "conditions": []},
                    reason={"reason": "", "would_accept": ""},
                )
                said.append(
                    Stance(
                        passage=row,
                        seat=holder,
                        wording_id=row.wording_id,
                        position=position,
                        seq=seq,
                    )
                )
    Stance.objects.bulk_create(said, batch_size=500)
    for row in chance.sample([r for r in rows if r.value.kind == "paragraph"], passages // 40):
        row.edit(text("paragraph", row.value.plain.replace("go on", "went on", 3)), story.author)
    story.text, story.passages = long, rows
    return story
