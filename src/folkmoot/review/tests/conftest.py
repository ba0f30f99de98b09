"""A commission of fifteen with a short text, agreed except where a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from folkmoot.algorithms.wording import Asks, Footnote, Run, Table, Wording, text
from folkmoot.commission.consent_log import recording
from folkmoot.commission.models import Commission, CommissionOffice, Passage, Seat, Text
from folkmoot.commission.models.text import Incoming
from folkmoot.people.models import Person
from folkmoot.review.models import Candidate, Edition

NAMES = (
    *("Amina", "Gethin", "Folake", "Moira", "Harpreet", "Declan", "Ruth", "Tomasz"),
    *("Priscilla", "Jago", "Shu-Fen", "Nasreen", "Alasdair", "Yvonne", "Colin"),
)


def asks(words: str, area: str = "Branches", level: str = "both", to: str = "General Secretary"):
    return Wording("recommendation", (Run(words),), asks=Asks(area, to, level))


WORDS = (
    text("heading", "What happened", depth=1),
    Wording(
        "paragraph",
        (
            Run("We lost. See recommendation 2 and "),
            Run("chapter 2", frozenset()),
            Run("."),
            Footnote((Run("By our own count."),)),
        ),
    ),
    text("paragraph", "Nobody had asked the branches."),
    asks("Ask every branch once a quarter."),
    text("heading", "What to do", depth=1),
    text("heading", "Branches", depth=2),
    text("item", "A hall", depth=1),
    text("item", "A kitchen table", depth=1),
    asks("Pay the fares of everybody who comes.", area="Money", level="centre", to="Treasurer"),
    Wording(
        "table",
        (Run("Votes"),),
        table=Table((((Run("Year"),), (Run("Votes"),)), ((Run("2021"),), (Run("38"),)))),
    ),
    text("paragraph", "Paragraph four thousand, see recommendation 1."),
    asks("Write down who decided what.", area="Money", level="branch", to="Branch officers"),
)


@dataclass
class Assembly:
    """A commission at work: its text, its seats in order, its two offices, and an outsider."""

    text: Text
    seats: list[Seat]
    secretary: Person
    author: Person
    outsider: Person
    passages: list[Passage] = field(default_factory=list)

    def agree(
        self,
        passages: Iterable[Passage] | None = None,
        *,
        but: Iterable[Passage] = (),
        seats: Iterable[Seat] | None = None,
    ) -> None:
        """Every seat accepts, except that the first seat objects to those in `but`."""
        against = {p.id for p in but}
        chosen = list(self.text.outline() if passages is None else passages)
        for seat in self.seats if seats is None else seats:
            with recording(self.text, seat.actor) as log:
                for passage in chosen:
                    objects = passage.id in against and seat == self.seats[0]
                    log.record(
                        "stance.given",
                        {"seat": seat.key, "passage": passage.id},
                        on={"digest": passage.wording_id},
                        counts={"counts": "no" if objects else "agrees"},
                        stance={"stance": "object" if objects else "accept", "conditions": []},
                        reason={"reason": "", "would_accept": ""},
                    )

    def candidate(self) -> Candidate:
        return Candidate.freeze(self.text, self.secretary)

    def sign(self, candidate: Candidate, seats: Iterable[Seat] | None = None) -> None:
        for seat in self.seats if seats is None else seats:
            candidate.sign(seat)

    def publish(self) -> Edition:
        candidate = self.candidate()
        self.sign(candidate)
        return Edition.publish(candidate, self.secretary)


def assembled(title: str = "The Long Way", words: Iterable[Wording] = WORDS, **options) -> Assembly:
    """A commission of fifteen with a text of these words, on which nobody has spoken."""
    secretary = Person.objects.create_user("secretary@example.org", "Nadia Secretary")
    author = Person.objects.create_user("author@example.org", "Owen Author")
    outsider = Person.objects.create_user("outsider@example.org", "Una Outsider")
    commission = Commission.objects.create(
        slug="commission", name="The Commission", rule=options.pop("rule", "unanimity")
    )
    CommissionOffice.objects.create(commission=commission, person=secretary, kind="secretary")
    CommissionOffice.objects.create(commission=commission, person=author, kind="author")
    seats = [
        Seat.objects.create(
            commission=commission,
            number=number,
            person=Person.objects.create_user(f"{name.lower()}@example.org", name),
            public_name=name,
            public_description="for the North",
        )
        for number, name in enumerate(NAMES, 1)
    ]
    made = Text.begin(commission, "way", title, secretary, **options)
    passages = made.add([Incoming(w) for w in words], secretary)
    return Assembly(made, seats, secretary, author, outsider, passages)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    """Each test keeps files of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def assembly(db: None) -> Assembly:
    return assembled()


@pytest.fixture
def begin(db: None) -> Callable[..., Assembly]:
    return assembled


@pytest.fixture
def published(assembly: Assembly) -> tuple[Assembly, Edition]:
    """All agreed and published but the passage about the kitchen table, which is contested."""
    assembly.agree(but=[assembly.passages[7]])
    return assembly, assembly.publish()
