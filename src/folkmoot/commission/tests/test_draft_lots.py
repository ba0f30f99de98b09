"""Drafts are recorded a few at a time; what belongs together stays together."""

from __future__ import annotations

import pytest

from folkmoot.algorithms.wording import Wording, text
from folkmoot.commission import drafts
from folkmoot.commission.models import Comment, Passage
from folkmoot.commission.models.text import Incoming

from .cast import Cast, cast
from .test_drafts import Wrote, keep

pytestmark = pytest.mark.django_db

NEW = "00000000zz"


@pytest.fixture
def story() -> Cast:
    return cast()


def paragraphs(story: Cast, count: int) -> list[Passage]:
    words = [text("paragraph", f"Passage {n} is about the year {1990 + n}.") for n in range(count)]
    return story.text.add([Incoming(one) for one in words], story.author)


def rewritten(passage: Passage) -> Wording:
    return text("paragraph", f"{passage.value.plain} And more.")


def written(story: Cast, *changes: Wrote, order: list[str] | None = None) -> list[str]:
    """Drafts of these; the first keystroke in a passage that was at rest is recorded at once, so
    each is touched first."""
    for one in changes:
        passage = Passage.objects.filter(pk=one.id).first()
        if passage is not None:
            keep(story, Wrote(one.id, text("paragraph", f"{passage.value.plain} x")))
    keep(story, *changes, order=order)
    return [one.id for one in changes]


def test_plain_changes_are_parted_and_all_are_there(story: Cast) -> None:
    names = written(story, *(Wrote(p.id, rewritten(p)) for p in paragraphs(story, 8)))
    lots = drafts.lots(story.text, names)
    assert max(len(lot) for lot in lots) == drafts.LOT
    assert sorted(name for lot in lots for name in lot) == sorted(names)


def test_both_halves_of_a_passage_that_was_cut_are_in_one_lot(story: Cast) -> None:
    whole, *others = paragraphs(story, 6)
    order = [p.pk for p in story.text.outline()]
    order.insert(order.index(whole.id) + 1, NEW)
    changed = [Wrote(p.id, rewritten(p)) for p in others]
    names = written(
        story,
        *changed,
        Wrote(whole.id, text("paragraph", "Passage 0 is about")),
        Wrote(NEW, text("paragraph", "the year 1990. x")),
        order=order,
    )
    lots = drafts.lots(story.text, names)
    [together] = [lot for lot in lots if NEW in lot]
    assert len(lots) > 1
    assert sorted(together) == sorted([whole.id, NEW])
    assert sorted(name for lot in lots for name in lot) == sorted(names)


def test_nothing_is_parted_when_commented_words_have_left_their_passage(story: Cast) -> None:
    rows = paragraphs(story, 8)
    Comment.make(rows[0], story.ada.person, "Was it?", quote="the year 1990")
    names = written(story, *(Wrote(p.id, rewritten(p)) for p in rows))
    assert len(drafts.lots(story.text, names)) > 1
    keep(story, Wrote(rows[0].id, text("paragraph", "Passage 0.")))
    keep(story, Wrote(rows[1].id, text("paragraph", f"{rows[1].value.plain} Or the year 1990.")))
    assert [sorted(lot) for lot in drafts.lots(story.text, names)] == [sorted(names)]
