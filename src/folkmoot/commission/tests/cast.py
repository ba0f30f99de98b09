"""A small named commission for stories: three seats, a secretary, an author, an outsider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from folkmoot.algorithms.wording import Asks, Run, Table, Wording, text
from folkmoot.commission.models import Commission, CommissionOffice, Passage, Seat, Text
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
