"""Logs for tests of the history: several people write in one document, and what they sent is
stored in the order in which the room took it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from folkmoot.algorithms.wording import Wording
from folkmoot.algorithms.wording import text as wording
from folkmoot.commission.models import Text
from folkmoot.live.document.schema import TEXT, new_id
from folkmoot.live.document.words import write
from folkmoot.live.models import Document, Snapshot, Update
from folkmoot.people.models import Person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Writer:
    """One person's replica of the document."""

    def __init__(self, person: Person | None) -> None:
        self.person = person
        self.doc: Doc[Any] = Doc()
        self.root = self.doc.get(TEXT, type=XmlFragment)

    def take(self, update: bytes) -> None:
        self.doc.apply_update(update)

    def find(self, id: str) -> XmlElement:
        return next(child for child in self.root.children if child.attributes.get("id") == id)

    def ids(self) -> list[str]:
        return [child.attributes.get("id") for child in self.root.children]

    def type(self, id: str, at: int, words: str) -> None:
        self._words(id).insert(self._bytes(id, at), words)

    def erase(self, id: str, at: int, length: int) -> None:
        words = self._words(id)
        del words[self._bytes(id, at) : self._bytes(id, at + length)]

    def _bytes(self, id: str, at: int) -> int:
        """Where a character stands; the engine counts bytes."""
        return len(self.plain(id)[:at].encode())

    def add(self, at: int, words: str, id: str = "") -> str:
        id = id or new_id()
        with self.doc.transaction() as transaction:
            write(self.root.integrated, at, wording("paragraph", words), transaction._txn, id=id)
        return id

    def remove(self, id: str) -> None:
        del self.root.children[self.ids().index(id)]

    def move(self, id: str, to: int) -> None:
        """As the editor does it: the passage is taken out and put in again."""
        with self.doc.transaction():
            words = self.plain(id)
            self.remove(id)
            self.add(min(to, len(self.root.children)), words, id)

    def turn(self, id: str, kind: str) -> None:
        self.find(id).attributes["kind"] = kind

    def plain(self, id: str) -> str:
        return next((str(c) for c in self.find(id).children if isinstance(c, XmlText)), "")

    def _words(self, id: str) -> XmlText:
        element = self.find(id)
        found = next((c for c in element.children if isinstance(c, XmlText)), None)
        if found is None:
            found = element.children.append(XmlText(""))
        return found


@dataclass
class Log:
    """A document with its log. `now` is when the next update is stored."""

    text: Text
    document: Document
    room: Writer
    now: datetime = NOON
    writers: list[Writer] = field(default_factory=list)

    @classmethod
    def of(cls, text: Text, passages: Sequence[tuple[str, Wording]]) -> Log:
        """Open a text that has these passages."""
        room = Writer(None)
        with room.doc.transaction() as transaction:
            for at, (id, words) in enumerate(passages):
                write(room.root.integrated, at, words, transaction._txn, id=id)
        document = Document.objects.create(text=text)
        log = cls(text, document, room)
        log.snapshot()
        return log

    def join(self, person: Person | None) -> Writer:
        writer = Writer(person)
        writer.take(self.room.doc.get_update())
        self.writers.append(writer)
        return writer

    def send(self, writer: Writer, after: timedelta = timedelta(seconds=1)) -> int:
        """Store what a writer did since the last time; returns its number in the log."""
        update = writer.doc.get_update(self.room.doc.get_state())
        return self.store(update, writer.person, after)

    def store(
        self, update: bytes, person: Person | None, after: timedelta = timedelta(seconds=1)
    ) -> int:
        self.now += after
        self.room.take(update)
        self.document.seq += 1
        self.document.save()
        Update.objects.create(
            document=self.document,
            seq=self.document.seq,
            author=person,
            at=self.now,
            data=update,
        )
        return self.document.seq

    def spread(self, writer: Writer) -> None:
        """Bring a writer up to what the room has."""
        writer.take(self.room.doc.get_update(writer.doc.get_state()))

    def snapshot(self) -> None:
        Snapshot.objects.create(
            document=self.document,
            seq=self.document.seq,
            at=self.now,
            data=self.room.doc.get_update(),
        )


def scribble(log: Log, chance: random.Random, steps: int) -> None:
    """Let the writers do random things, hear of one another late, and pause now and then."""
    for _step in range(steps):
        writer = chance.choice(log.writers)
        if chance.random() < 0.6:
            log.spread(writer)
        _something(writer, chance)
        pause = timedelta(minutes=chance.choice([0, 0, 0, 0, 4, 16]), seconds=chance.randint(0, 9))
        log.send(writer, pause)
        if chance.random() < 0.1:
            log.snapshot()


def _something(writer: Writer, chance: random.Random) -> None:
    ids = writer.ids()
    if not ids or chance.random() < 0.12:
        writer.add(chance.randint(0, len(ids)), f"New words {chance.randint(0, 99)}.")
        return
    id = chance.choice(ids)
    plain = writer.plain(id)
    act = chance.random()
    if act < 0.5:
        writer.type(id, chance.randint(0, len(plain)), chance.choice(["a", "so ", "no, ", "é"]))
    elif act < 0.7 and plain:
        at = chance.randrange(len(plain))
        writer.erase(id, at, chance.randint(1, len(plain) - at))
    elif act < 0.8:
        writer.turn(id, chance.choice(["paragraph", "quote", "code"]))
    elif act < 0.88:
        writer.move(id, chance.randrange(len(ids)))
    elif act < 0.94:
        writer.remove(id)
    else:
        # A split that kept the id, as two replicas can make it at once.
        writer.add(ids.index(id) + 1, "Twin.", id)
