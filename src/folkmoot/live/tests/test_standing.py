"""What people in the room are told of where passages stand."""

from __future__ import annotations

import pytest
from django.utils import timezone

from folkmoot.algorithms.wording import text
from folkmoot.commission.models import Comment, Draft
from folkmoot.commission.tests.cast import Cast, cast, large
from folkmoot.live.standing import Board

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Cast:
    return cast()


def holder(story: Cast, name: str) -> int:
    person = getattr(story, name)
    found = person.person_id if hasattr(person, "person_id") else person.pk
    assert isinstance(found, int)
    return found


def test_a_newcomer_is_told_of_every_passage_and_then_only_of_changes(story: Cast) -> None:
    board, author = Board(story.text.pk), holder(story, "author")
    first = board.news([author])[author]
    assert first.passages.keys() == {p.id for p in story.passages}
    assert board.news([author]) == {}
    story.passages[1].take_stance(story.ada, story.passages[1].wording_id, "accept")
    news = board.news([author])[author]
    assert news.passages.keys() == {story.passages[1].id}
    row = news.passages[story.passages[1].id]
    assert row is not None
    assert row["p"] == 1


def test_nobody_learns_of_others_stances_before_giving_their_own(story: Cast) -> None:
    board, bea = Board(story.text.pk), holder(story, "bea")
    passage = story.passages[1]
    before = board.news([bea])[bea].passages[passage.id]
    assert before is not None
    assert before["p"] is None
    passage.take_stance(story.ada, passage.wording_id, "object", reason="No.")
    assert board.news([bea]) == {}
    passage.take_stance(story.bea, passage.wording_id, "accept")
    after = board.news([bea])[bea].passages[passage.id]
    assert after is not None
    assert after["s"] == "contested"
    assert "w" not in after


def test_the_price_that_the_author_sees_is_no_news_to_a_silent_seat(story: Cast) -> None:
    board = Board(story.text.pk)
    author, bea = holder(story, "author"), holder(story, "bea")
    board.news([author, bea])
    story.passages[1].take_stance(story.ada, story.passages[1].wording_id, "accept")
    assert board.news([author, bea]).keys() == {author}


def test_words_being_written_comments_and_wordings_show(story: Cast) -> None:
    board, author = Board(story.text.pk), holder(story, "author")
    board.news([author])
    passage, now = story.passages[1], timezone.now()
    Comment.make(passage, story.author, "Why fifty?")
    passage.propose(text("paragraph", "We lost some seats."), story.author)
    Draft.objects.create(text=story.text, name=passage.id, digest="0", since=now, changed=now)
    row = board.news([author])[author].passages[passage.id]
    assert row is not None
    assert (row["c"], row["v"], row["n"]) == (1, 1, True)


def test_a_passage_taken_out_is_told_as_gone(story: Cast) -> None:
    board, author = Board(story.text.pk), holder(story, "author")
    board.news([author])
    story.passages[1].withdraw(story.author)
    assert board.news([author])[author].passages == {story.passages[1].id: None}


def test_who_came_back_or_never_belonged(story: Cast) -> None:
    board, author = Board(story.text.pk), holder(story, "author")
    assert holder(story, "outsider") not in board.news([author, holder(story, "outsider")])
    board.forget(author)
    assert len(board.news([author])[author].passages) == len(story.passages)


def test_a_room_full_of_people_costs_a_few_queries(
    django_assert_max_num_queries: object,
) -> None:
    story = large(passages=200, seats=15)
    everybody = [s.person_id for s in story.commission.seats.all() if s.person_id]
    board = Board(story.text.pk)
    board.news(everybody)
    story.passages[1].take_stance(story.ada, story.passages[1].wording_id, "accept")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        board.news(everybody)
