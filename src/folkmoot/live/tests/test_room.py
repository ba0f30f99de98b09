"""The room over real sockets: what is written reaches everybody, and only when it is on disk."""

from __future__ import annotations

from folkmoot.commission.models import Draft
from folkmoot.commission.tests.cast import Cast
from folkmoot.live import frames
from folkmoot.live.models import Document, Snapshot, Update

from .conftest import Join, eventually
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
    assert Draft.objects.get().name == story.passages[1].pk
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
    for one in writers:
        one.until(lambda one=one: one.plain() == writers[0].plain(), "the same words")
        one.ask()
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
    arthur.close()
    eventually(lambda: len(server.rooms) == 0)
    assert room._paper is None
    assert room._task.done()
    eventually(lambda: not room._jobs)
    assert Snapshot.objects.filter(seq=1).exists(), "the whole is stored when a room closes"
    assert joined(story.ada.person).plain()[1].startswith("Truly, ")
