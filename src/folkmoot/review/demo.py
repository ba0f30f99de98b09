"""What happened in the demonstration commission, told to the product as acts.

Everything goes the way it goes for real commissions: stances are taken on exact wordings, an
edition is what the rules include, and its signatures are recorded. Only the times are in the past.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from folkmoot.algorithms.anchoring import Anchor, follow
from folkmoot.algorithms.wording import Wording, text
from folkmoot.branches import demo as branches
from folkmoot.commission.consent_log import recording
from folkmoot.commission.demo import manuscript
from folkmoot.commission.demo.archive import act_of
from folkmoot.commission.models import (
    Call,
    Comment,
    Commission,
    CommissionOffice,
    Passage,
    Seat,
    Stance,
    Text,
)
from folkmoot.commission.models.text import Incoming
from folkmoot.documents.markdown import read_passage
from folkmoot.ledger import clock
from folkmoot.people import demo as people
from folkmoot.people.models import Person

from .models import Candidate, Edition

FOLDER = Path(manuscript.__file__).parent
SLUG = "long-way-round"
SEED = 17
BEGAN = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)


@transaction.atomic
def load() -> bool:
    """Load the demonstration organisation. Returns False, doing nothing, when it is there."""
    if Text.objects.filter(slug=SLUG).exists():
        return False
    Story().tell()
    return True


@dataclass
class Story:
    """The loader's notes while it tells what happened."""

    told: dict[str, Any] = field(
        default_factory=lambda: json.loads((FOLDER / "story.json").read_text(encoding="utf-8"))
    )
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    cast: dict[str, Person] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    chapters: dict[int, list[str]] = field(default_factory=dict)
    first_words: dict[str, str] = field(default_factory=dict)

    def tell(self) -> None:
        """From the first meeting to today."""
        branches.load()
        characters = json.loads((FOLDER / "cast.json").read_text(encoding="utf-8"))["people"]
        self.cast = people.load(characters)
        self._found(characters)
        self._write()
        self._first_edition()
        self._second_edition()
        self._since()
        self._comments()

    def _found(self, characters: Iterable[Mapping[str, Any]]) -> None:
        self.commission = Commission.objects.create(
            slug="review-commission",
            name="The Review Commission",
            remit=(
                "To say what happened in the campaign of 2025, why, and what the Alliance should "
                "do, in words that every one of its fifteen members accepts."
            ),
            created=BEGAN,
        )
        for character in characters:
            person = self.cast[character["key"]]
            if character["role"] == "commissioner":
                self.seats[character["key"]] = Seat.objects.create(
                    commission=self.commission,
                    number=character["seat"],
                    person=person,
                    public_name=person.name,
                    public_description=character["about"].partition(". ")[0] + ".",
                    started=BEGAN,
                )
            elif character["role"] in {"secretary", "author"}:
                CommissionOffice.objects.create(
                    commission=self.commission,
                    person=person,
                    kind=character["role"],
                    started=BEGAN,
                )

    def _write(self) -> None:
        with clock.at(BEGAN + timedelta(days=1)):
            self.text = Text.begin(
                self.commission,
                SLUG,
                "The Long Way Round: a review of the 2025 campaign",
                self.cast["judith"],
                headings=Text.Headings.KEPT,
            )
        with clock.at(BEGAN + timedelta(days=70)):
            self.chapters = manuscript.write_into(self.text, self.cast["judith"])
        self.first_words = {p.id: p.wording.plain for p in self.text.outline()}

    def _passage(self, reference: Mapping[str, Any]) -> Passage:
        """The passage that a reference means, by its words before the first edition."""
        found = [
            id_
            for id_ in self.chapters[reference["chapter"]]
            if _same_start(self.first_words[id_], reference["starts"])
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} passages begin like {reference}.")
        return Passage.objects.select_related("text", "wording").get(pk=found[0])

    def _agree(
        self,
        moment: datetime,
        passages: Iterable[Passage],
        but: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
    ) -> None:
        """Every seat takes a stance on every passage as it stands, over the days before `moment`.

        `but` holds, by passage id and seat key of the cast, what somebody says instead; a value
        of {} is silence.
        """
        but = but or {}
        rows = []
        with recording(self.text, "") as log:
            for key, seat in self.seats.items():
                at = moment - timedelta(days=self.chance.randint(2, 20), minutes=seat.number * 7)
                for passage in passages:
                    said = but.get((passage.id, key))
                    if said == {}:
                        continue
                    at += timedelta(seconds=self.chance.randint(5, 60))
                    row = self._stance(passage, seat, at, said or {"stance": self._nod()})
                    row.seq = log.record_as(act_of(row))
                    rows.append(row)
        Stance.objects.bulk_create(rows, batch_size=500)

    def _nod(self) -> str:
        return self.chance.choices(["endorse", "accept"], [3, 2])[0]

    def _stance(
        self, passage: Passage, seat: Seat, at: datetime, said: Mapping[str, Any]
    ) -> Stance:
        return Stance(
            passage=passage,
            seat=seat,
            wording_id=said.get("digest", passage.wording_id),
            position=said["stance"],
            reason=said.get("reason") or "",
            would_accept=said.get("would_accept") or "",
            published=bool(said.get("published")),
            at=at,
        )

    def _say(self, passage: Passage, key: str, at: datetime, **said: Any) -> None:
        """One seat takes one stance."""
        row = self._stance(passage, self.seats[key], at, said)
        with recording(self.text, "") as log:
            row.seq = log.record_as(act_of(row))
        row.save()

    def _edit(
        self, reference: Mapping[str, Any], words: str, by: str, why: str, at: datetime, **how: Any
    ) -> Passage:
        passage = self._passage(reference)
        wording = read_passage(words, passage.value)
        with clock.at(at):
            edit = passage.edit(wording, self.cast[by], reason=why, **how)
        if edit is None:
            raise LookupError(f"Nothing changes at {reference}.")
        type(edit).objects.filter(pk=edit.pk).update(at=at)
        return passage

    def _publish(self, day: str) -> None:
        at = datetime.fromisoformat(f"{day}T10:00:00+00:00")
        with clock.at(at - timedelta(days=4)):
            candidate = Candidate.freeze(self.text, self.cast["farida"])
        for seat in self.seats.values():
            with clock.at(at - timedelta(days=3) + timedelta(hours=3 * seat.number)):
                candidate.sign(seat)
        with clock.at(at):
            edition = Edition.publish(candidate, self.cast["farida"])
        Candidate.objects.filter(pk=candidate.pk).update(
            frozen=at - timedelta(days=4), published=at
        )
        Edition.objects.filter(pk=edition.pk).update(published=at)

    def _first_edition(self) -> None:
        day = self.told["dates"]["edition_1"]
        moment = datetime.fromisoformat(f"{day}T10:00:00+00:00") - timedelta(days=5)
        but = {
            (self._passage(item["passage"]).id, objection["by"]): {"stance": "object"} | objection
            for item in self.told["first_edition_leaves_out"]
            for objection in item["objections"]
        }
        self._agree(moment, self.text.outline(), but)
        self._publish(day)
        self._errata(1)

    def _second_edition(self) -> None:
        day = self.told["dates"]["edition_2"]
        published = datetime.fromisoformat(f"{day}T10:00:00+00:00")
        moment = published - timedelta(days=40)
        story = self.told["second_edition"]
        touched = []
        for item in story["brought_in"]:
            if item.get("becomes"):
                touched.append(
                    self._edit(
                        item["passage"], item["becomes"], "judith", item.get("note") or "", moment
                    )
                )
            else:
                touched.append(self._passage(item["passage"]))
        for item in story["reworded"]:
            touched.append(
                self._edit(item["passage"], item["becomes"], "judith", item["why"], moment)
            )
        for item in story["added"]:
            after = self._passage(item["after"])
            like = after.value if after.value.kind == "paragraph" else _paragraph()
            with clock.at(moment):
                touched += self.text.add(
                    [Incoming(read_passage(item["text"], like))],
                    self.cast[item["by"]],
                    after=after,
                )
        self._agree(published - timedelta(days=6), touched)
        self._reservations(published - timedelta(days=5))
        self._publish(day)

    def _reservations(self, at: datetime) -> None:
        for item in self.told["now"]:
            for said in item.get("reservations", ()):
                self._say(
                    self._passage(item["passage"]),
                    said["by"],
                    at,
                    stance="reserve",
                    reason=said["reason"],
                    published=said["published"],
                )

    def _since(self) -> None:
        at = datetime.fromisoformat(f"{self.told['dates']['now']}T18:00:00+00:00") - timedelta(
            days=14
        )
        asked = []
        for item in self.told["now"]:
            at += timedelta(hours=11)
            passage = self._passage(item["passage"])
            if item.get("edit"):
                passage = self._edit(
                    item["passage"],
                    item["becomes"],
                    item["by"],
                    item["why"],
                    at,
                    editorial=item["edit"] == "editorial",
                )
                asked.append(passage)
            for key in item.get("reaffirmed", ()):
                self._say(passage, key, at + timedelta(hours=2), stance=self._nod())
            for position in ("object", "stand_aside"):
                for said in item.get(
                    f"{position}ions" if position == "object" else "stand_asides", ()
                ):
                    self._say(passage, said["by"], at, **(said | {"stance": position}))
            for said in item.get("missing", ()):
                if said["answer"] == "undecided":
                    self._say(passage, said["by"], at, stance="undecided", reason=said["reason"])
            for variant in item.get("variants", ()):
                self._variant(passage, variant, at)
        Call.open(
            self.text,
            "What has changed since the second edition",
            asked,
            timezone.now() + timedelta(days=9),
            self.cast["farida"],
        )

    def _variant(self, passage: Passage, told: Mapping[str, Any], at: datetime) -> None:
        wording = read_passage(told["text"], passage.value)
        with clock.at(at):
            variant = passage.propose(
                wording,
                self.cast[told["by"]],
                note=told["note"],
                seat=self.seats.get(told["by"]),
            )
        type(variant).objects.filter(pk=variant.pk).update(created=at)
        for said in told["stances"]:
            self._say(
                passage, said["by"], at + timedelta(hours=5), **(said | {"digest": wording.digest})
            )

    def _comments(self) -> None:
        end = datetime.fromisoformat(f"{self.told['dates']['now']}T20:00:00+00:00")
        at = datetime.fromisoformat(f"{self.told['dates']['edition_1']}T08:00:00+00:00")
        step = (end - at) / (len(self.told["comments"]) + 1)
        for told in self.told["comments"]:
            at += step
            passage = self._passage(told["on"])
            point, _new = Comment.make(
                passage, self.cast[told["by"]], told["body"], quote=told["quote"] or ""
            )
            Comment.objects.filter(pk=point.pk).update(created=at)
            self._follow(point)
            for number, answer in enumerate(told["replies"], 1):
                Comment.objects.create(
                    passage=passage,
                    parent=point,
                    author=self.cast[answer["by"]],
                    body=answer["body"],
                    created=at + timedelta(hours=9 * number),
                )
            if told["disposition"]:
                own = told["disposition"] == Comment.Disposition.WITHDRAWN
                point.dispose(
                    told["disposition"],
                    self.cast[told["by"] if own else "judith"],
                    told["reason"] or "",
                )
                Comment.objects.filter(pk=point.pk).update(disposed=at + timedelta(days=3))

    @staticmethod
    def _follow(point: Comment) -> None:
        """Comments are told after the edits, and some are about words that an edit changed: let
        them follow those words from the edit on."""
        anchor: Anchor | None = point.anchor
        if not point.quote or point.quote in point.passage.value.plain:
            return
        changed = None
        for edit in point.passage.edits.select_related("before", "after").order_by("at"):
            before, after = edit.before.plain, edit.after.plain
            if anchor is not None and anchor.quote in before:
                anchor = follow(anchor, {anchor.passage: before}, {anchor.passage: after})
                changed = edit.at
        if anchor is not None and changed is not None:
            point.place(anchor)
        else:
            Comment.objects.filter(pk=point.pk).update(orphaned=changed)

    def _errata(self, number: int) -> None:
        edition = Edition.objects.get(text=self.text, number=number)
        for told in self.told["errata"]:
            if told["edition"] == number:
                note = told["note"]
                if told.get("quote") and told.get("reads"):
                    note = f"For “{told['quote']}” read “{told['reads']}”. {note}"
                edition.errata.create(
                    passage=self._passage(told["passage"]),
                    note=note,
                    by=self.cast[told["by"]],
                    at=datetime.fromisoformat(f"{told['date']}T12:00:00+00:00"),
                )


def _paragraph() -> Wording:
    return text("paragraph", "")


def _same_start(words: str, starts: str) -> bool:
    return " ".join(words.split()).startswith(" ".join(starts.split()))
