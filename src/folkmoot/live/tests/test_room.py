"""The room over real sockets: what is written reaches everybody, and only when it is on disk."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import pytest

from folkmoot.algorithms.wording import text
from folkmoot.commission import drafts
from folkmoot.commission.models import Draft, Passage
from folkmoot.commission.models.text import Incoming
from folkmoot.commission.tests.cast import Cast
from folkmoot.live import frames, limits
from folkmoot.live.document.paper import Paper
from folkmoot.live.models import Document, Snapshot, Update

from .conftest import Join, eventually
from .house import disagreements
from .served import Server


def test_somebody_who_comes_gets_the_words(joined: Join, story: Cast) -> None:
    ada = joined(story.ada.person)
    assert ada.plain()[1] == "We lost fifty seats in four weeks."
    [hello] = ada.said(frames.HELLO)
    assert ada.notes[0][0] == frames.HELLO
    assert hello["role"] == "read"
    assert hello["text"] == story.text.slug
    assert hello["person"]["name"] == "Ada"
    assert hello["epoch"] == Document.objects.get().epoch


def test_what_is_written_is_stored_before_anybody_hears_of_it(joined: Join, story: Cast) -> None:
    arthur, ada = joined(story.author), joined(story.ada.person)
    arthur.type(1, "Truly, ")
    ada.until(lambda: ada.plain()[1].startswith("Truly, "), "the words")
    [row] = Update.objects.all()
    assert row.author == story.author
    arthur.until(lambda: arthur.acked == 1)
    assert arthur.seq == Document.objects.get().seq == 1
    assert disagreements(story.text, arthur.doc) == [], "the words are recorded, or drafts"
    assert arthur.updates == 0, "what one wrote does not come back"


def test_words_at_rest_become_an_edit(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    arthur.type(1, "Truly, ")
    arthur.settle()
    eventually(lambda: not Draft.objects.exists())
    passage = story.text.passages.get(pk=story.passages[1].pk)
    assert passage.value.plain.startswith("Truly, We lost")
    arthur.until(
        lambda: any(passage.pk in body["settled"] for body in arthur.said(frames.NEWS)), "settled"
    )


def test_everybody_ends_with_the_same(joined: Join, story: Cast) -> None:
    writers = [joined(story.author), joined(story.secretary), joined(story.author)]
    for turn in range(10):
        for number, one in enumerate(writers):
            one.type((turn + number) % 3, f"{number}.{turn} ")
    for one in writers:
        one.settle()
    marks = [f"{number}.{turn} " for turn in range(10) for number in range(3)]
    for one in writers:
        one.until(
            lambda one=one: all(mark in "".join(one.plain()) for mark in marks), "all that is typed"
        )
    assert writers[0].plain() == writers[1].plain() == writers[2].plain()
    late = joined(story.ada.person)
    assert late.plain() == writers[0].plain()
    assert Update.objects.count() == 30


def test_the_first_to_come_find_one_document(server: Server, story: Cast, joined: Join) -> None:
    several = [joined(story.ada.person, ready=False) for _ in range(5)]
    for one in several:
        one.until(lambda one=one: one.synced)
    assert Document.objects.count() == Snapshot.objects.count() == 1
    assert {tuple(one.plain()) for one in several} == {tuple(several[0].plain())}
    assert server.rooms.tally.opened == 1


def test_whoever_leaves_at_once_leaves_everything_behind(
    server: Server, joined: Join, story: Cast
) -> None:
    arthur = joined(story.author)
    for number in range(50):
        arthur.type(1, f"{number} ")
    arthur.close()
    eventually(lambda: server.room(story.text.slug) is None)
    assert Update.objects.count() == 50
    after = joined(story.ada.person)
    assert after.plain() == arthur.plain()


def test_a_room_that_closes_leaves_nothing_behind_and_opens_again(
    server: Server, joined: Join, story: Cast
) -> None:
    arthur = joined(story.author)
    arthur.type(1, "Truly, ")
    arthur.settle()
    room = server.room(story.text.slug)
    assert room is not None
    assert room._paper is not None
    paper = weakref.ref(room._paper)
    arthur.close()
    eventually(lambda: len(server.rooms) == 0)
    # Not left to the collector, which may run in a thread where documents must not be touched.
    eventually(lambda: paper() is None)
    assert room._task.done()
    eventually(lambda: not len(room._errands))
    assert Snapshot.objects.filter(seq=1).exists(), "the whole is stored when a room closes"
    assert joined(story.ada.person).plain()[1].startswith("Truly, ")


def test_what_a_form_changed_comes_into_the_document(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    arthur.type(2, "Truly, ")
    arthur.settle()
    story.passages[1].edit(
        text("paragraph", "We lost fifty-one seats in four weeks."), story.secretary
    )
    arthur.until(lambda: "fifty-one" in arthur.plain()[1], "the words of the form")
    assert arthur.plain()[2].startswith("Truly, ")
    added = story.text.add(
        [Incoming(text("paragraph", "One more."))], story.secretary, after=story.passages[1]
    )
    arthur.until(lambda: "One more." in arthur.plain(), "the new passage")
    assert arthur.plain()[2] == "One more."
    added[0].withdraw(story.secretary)
    arthur.until(lambda: "One more." not in arthur.plain(), "that it is gone")
    assert Update.objects.filter(author=story.secretary).exists()
    eventually(lambda: not Draft.objects.exists())
    count = Update.objects.count()
    arthur.type(2, "x")
    arthur.settle()
    assert Update.objects.count() == count + 1, "nothing is brought in twice"


def test_a_declaration_stays_with_what_is_written_after_it(joined: Join, story: Cast) -> None:
    arthur = joined(story.author)
    passage = story.passages[1]
    arthur.send(
        frames.say(
            frames.DECLARE,
            {"passage": passage.pk, "class": "editorial", "reason": "A typing error"},
        )
    )
    at = str(arthur.words(1)).index("fifty")
    del arthur.words(1)[at : at + 5]
    arthur.words(1).insert(at, "Fifty")
    arthur.flush()
    arthur.until(lambda: arthur.acked == arthur.sent)
    eventually(lambda: passage.edits.exists())
    assert [edit.reason for edit in passage.edits.all()] == ["A typing error"]


def test_drafts_that_cannot_be_kept_hold_nobody_up(
    server: Server, joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = drafts.keep
    broken = threading.Event()
    broken.set()

    def failing(*arguments: Any) -> Any:
        if broken.is_set():
            raise ZeroDivisionError
        return keep(*arguments)

    monkeypatch.setattr(drafts, "keep", failing)
    monkeypatch.setattr(limits, "LAG", 0.2)
    arthur, ada = joined(story.author), joined(story.ada.person)
    arthur.type(1, "Kept. ")
    arthur.settle()
    ada.until(lambda: ada.plain()[1].startswith("Kept. "))
    assert not Draft.objects.exists()
    broken.clear()
    eventually(lambda: Passage.objects.get(pk=story.passages[1].pk).value.plain[:5] == "Kept.")


def test_drafts_that_stayed_behind_a_crash_are_kept_when_the_text_is_opened(
    server: Server, joined: Join, story: Cast
) -> None:
    arthur = joined(story.author)
    arthur.type(1, "Behind. ")
    arthur.settle()
    room = server.room(story.text.slug)
    assert room is not None
    server.rooms._loop.call_soon_threadsafe(room.lost)
    assert arthur.closed() == 1012
    Draft.objects.all().delete()
    joined(story.ada.person)
    eventually(lambda: Passage.objects.get(pk=story.passages[1].pk).value.plain[:7] == "Behind.")


def test_a_snapshot_that_cannot_be_read_is_passed_over(
    server: Server, joined: Join, story: Cast
) -> None:
    arthur = joined(story.author)
    arthur.type(1, "Whole. ")
    arthur.settle()
    arthur.close()
    eventually(lambda: len(server.rooms) == 0)
    assert Snapshot.objects.filter(seq=1).update(data=b"\xff\xff\xff") == 1
    assert joined(story.ada.person).plain()[1].startswith("Whole. ")


class Panic(BaseException):
    """What the document's library raises when it fails; no `Exception`."""


def test_an_update_that_breaks_the_document_costs_its_sender_the_place_and_nobody_else(
    joined: Join, story: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Paper.apply

    def fragile(self: Paper, batch: Any) -> Any:
        if any(b"poison" in data for data, _author in batch):
            raise Panic
        return apply(self, batch)

    monkeypatch.setattr(Paper, "apply", fragile)
    sofia, arthur = joined(story.secretary), joined(story.author)
    sofia.type(2, "Fine. ")
    sofia.settle()
    arthur.type(1, "poison ")
    assert arthur.closed() == 4400
    assert sofia.closed() == 1012
    back = joined(story.secretary, state=sofia.doc.get_update())
    back.type(2, "And on. ")
    back.settle()
    assert joined(story.ada.person).plain()[2].startswith("And on. Fine. ")


def test_news_holds_every_passage_first_and_then_what_changed(joined: Join, story: Cast) -> None:
    ada, arthur = joined(story.ada.person), joined(story.author)
    ada.until(lambda: ada.said(frames.NEWS), "the first news")
    assert set(ada.said(frames.NEWS)[0]["passages"]) == {p.pk for p in story.passages}
    count = len(ada.said(frames.NEWS))
    arthur.type(1, "Truly, ")
    arthur.settle()
    ada.until(lambda: len(ada.said(frames.NEWS)) > count, "the news")
    assert set(ada.said(frames.NEWS)[count]["passages"]) == {story.passages[1].pk}
