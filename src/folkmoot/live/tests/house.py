"""A server in another process over the database of this test, that can be stopped and killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from pycrdt import Doc, XmlFragment

from folkmoot.commission.models import Draft, Text
from folkmoot.live.document.paper import Paper
from folkmoot.live.models import Document, Snapshot, Update
from folkmoot.people.models import Person

from .conftest import cookie
from .nursery import Nursery
from .replica import Replica
from .served import database_url, free_port


class House:
    """The server, and the people who come to it."""

    def __init__(self, nursery: Nursery) -> None:
        self.nursery, self.port = nursery, free_port()
        self.up = False

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, text: Text) -> str:
        return f"ws://127.0.0.1:{self.port}/live/text/{text.slug}/"

    def start(self) -> None:
        self.nursery.serve(self.port)
        self.up = True

    def kill(self) -> None:
        """As a power cut would."""
        self.up = False
        self.nursery.kill(self.port)

    def stop(self) -> None:
        """As a deploy does."""
        self.up = False
        self.nursery.stop(self.port)

    def visitor(self, text: Text, person: Person, seed: int = 0) -> Replica:
        session = f"{settings.SESSION_COOKIE_NAME}={cookie(person)}"
        return Replica(lambda: self.address(text), session, self.origin, f"{text.slug} {seed}")


def environment() -> dict[str, str]:
    """What a server needs to know to use the database of this test."""
    return {"FOLKMOOT_DATABASE_URL": database_url(), "FOLKMOOT_SECRET_KEY": settings.SECRET_KEY}


@contextmanager
def housed(folder: Path) -> Iterator[House]:
    """A house whose server runs; everything is gone afterwards."""
    with Nursery(environment(), folder / "server.log") as nursery:
        house = House(nursery)
        house.start()
        yield house


def stored(text: Text) -> Doc[Any]:
    """The document that the store has: every update ever stored, on the first snapshot."""
    document = Document.objects.get(text=text)
    doc: Doc[Any] = Doc()
    doc.get("prosemirror", type=XmlFragment)
    first = Snapshot.objects.filter(document=document).order_by("seq").first()
    assert first is not None
    doc.apply_update(bytes(first.data))
    for data in (
        Update.objects.filter(document=document, seq__gt=first.seq)
        .order_by("seq")
        .values_list("data", flat=True)
    ):
        doc.apply_update(bytes(data))
    return doc


def disagreements(text: Text, doc: Doc[Any]) -> list[str]:
    """Where the rows of the commission say something else than the document.

    For every passage of the document there is a row with the same words, or a draft with them; what
    is not in it is gone or a draft that says so; and they stand in the same order.
    """
    paper = Paper(doc.get_update())
    found: list[str] = []
    if paper.full_reading() != paper.standing:
        found.append("the document is read otherwise a second time")
    rows = {p.pk: p for p in text.passages.model.objects.filter(text=text)}
    drafts = {d.name: d for d in Draft.objects.of_passages().filter(text=text)}
    for name in paper.order:
        wording = paper.wording(name)
        assert wording is not None
        row, draft = rows.get(name), drafts.get(name)
        empty = wording.figure is None and not wording.plain.strip()
        if draft is not None and not draft.gone:
            if draft.digest != wording.digest:
                found.append(f"{name}: the draft has other words")
        elif draft is not None or row is None or row.withdrawn is not None:
            if not empty:
                found.append(f"{name}: neither a row nor a draft has its words")
        elif row.wording_id != wording.digest:
            found.append(f"{name}: the row has other words")
    for name, row in rows.items():
        here = name in paper.order
        if not here and row.withdrawn is None and not (name in drafts and drafts[name].gone):
            found.append(f"{name}: stands although it is not in the document")
    for name, draft in drafts.items():
        if name not in paper.order and not draft.gone:
            found.append(f"{name}: a draft of what is not in the document")
    standing = [n for n in paper.order if n in rows]
    by_place = sorted(standing, key=lambda name: rows[name].place)
    if standing != by_place:
        found.append("passages stand in another order")
    if len(set(paper.order)) != len(paper.order):
        found.append("an id is there twice")
    paper.close()
    return found
