"""The paper follows the document, whatever people do at once."""

import random

import pytest

from folkmoot.live.document.paper import Paper
from folkmoot.live.document.schema import is_id
from folkmoot.live.document.tests.replicas import Replica, exchange, passages
from folkmoot.live.document.update import read_state_vector


def check(paper: Paper) -> None:
    """What the paper knows is what a full reading finds, and every id is one passage's."""
    assert paper.full_reading() == paper.standing
    ids = [*paper.order, *paper.variants]
    assert len(ids) == len(set(ids))
    assert all(map(is_id, ids))
    assert paper.standing == tuple(Paper(paper.state()).standing)


@pytest.mark.parametrize("seed", range(12))
def test_reading_what_was_touched_equals_reading_everything(seed: int) -> None:
    paper = Paper.of_passages(passages(12))
    people = [Replica(paper, who, seed) for who in ("ana", "ben", "cyd")]
    when = random.Random(seed)
    for _ in range(60):
        for person in people:
            for _ in range(when.randrange(4)):
                person.act()
        outcome = exchange(paper, people)
        assert not outcome.refused
        if when.random() < 0.3:
            check(paper)
    check(paper)
    for person in people:
        assert read_state_vector(person.doc.get_state()) == read_state_vector(paper.state_vector())
        assert Paper(person.doc.get_update()).standing == paper.standing
    paper.close()
