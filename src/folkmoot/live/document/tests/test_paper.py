"""The paper follows the document, whatever people do at once."""

import gc
import os
import random
import resource
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlText

from folkmoot.algorithms.wording import Wording, text
from folkmoot.live.document import paper as module
from folkmoot.live.document import words
from folkmoot.live.document.paper import OutOfSchema, Paper
from folkmoot.live.document.schema import is_id
from folkmoot.live.document.tests.replicas import Replica, exchange, name, passages
from folkmoot.live.document.update import read_state_vector

_CI = bool(os.environ.get("CI"))


def check(paper: Paper) -> None:
    """What the paper knows is what a full reading finds, and every id is one passage's."""
    assert paper.full_reading() == paper.standing
    ids = [*paper.order, *paper.variants]
    assert len(ids) == len(set(ids))
    assert all(map(is_id, ids))
    assert paper.standing == Paper(paper.state()).standing
    assert read_state_vector(paper.state_vector()) == paper._clocks


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


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2**16), st.booleans()), min_size=1, max_size=60
    )
)
@settings(deadline=None, derandomize=_CI)
def test_whoever_sends_when_all_have_the_same_in_the_end(
    steps: list[tuple[int, int, bool]],
) -> None:
    paper = Paper.of_passages(passages(3, words=5))
    people = [Replica(paper, who) for who in ("ana", "ben", "cyd")]
    for who, what, send in steps:
        people[who].random.seed(what)
        people[who].act()
        if send:
            outcome = paper.apply(people[who].sent())
            assert not outcome.refused
            for person in people:
                person.receive(outcome.merged)
            assert paper.full_reading() == paper.standing
    exchange(paper, people)
    check(paper)
    for person in people:
        assert Paper(person.doc.get_update()).standing == paper.standing
    assert paper.verify().merged == b""
    paper.close()


def test_what_was_written_is_told_with_what_stood_there() -> None:
    paper = Paper.of_passages([(name(0), "3", text("paragraph", "One two"))])
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 3, " and")
    outcome = exchange(paper, [ana])
    [written] = outcome.written
    assert (written.id, written.of, written.label) == (name(0), "", "3")
    assert (written.before, written.after) == ("One two", "One and two")
    assert written.wording == text("paragraph", "One and two")
    assert written.digest == text("paragraph", "One and two").digest
    assert outcome.writers == {name(0): {"ana"}}
    assert outcome.order is None
    assert outcome.repairs == b""


def test_one_batch_of_several_people_is_one_update_and_names_each() -> None:
    paper = Paper.of_passages(passages(4))
    people = [Replica(paper, who) for who in ("ana", "ben", "cyd")]
    watching = Replica(paper, "dan")
    people[0].type(people[0].at(name(0)), 0, "A ")
    people[1].type(people[1].at(name(0)), 0, "B ")
    people[1].type(people[1].at(name(1)), 0, "B ")
    people[2].remove(3)
    outcome = exchange(paper, people)
    watching.receive(outcome.merged)
    assert outcome.writers == {
        name(0): {"ana", "ben"},
        name(1): {"ben"},
        name(3): {"cyd"},
    }
    assert outcome.order == (name(0), name(1), name(2))
    assert Paper(watching.doc.get_update()).standing == paper.standing


def test_what_is_typed_and_taken_back_within_a_batch_was_not_written() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    node = ana.at(name(0))
    ana.type(node, 0, "x")
    inside = node.children[0]
    assert isinstance(inside, XmlText)
    del inside[0:1]
    outcome = exchange(paper, [ana])
    assert outcome.merged
    assert outcome.written == ()


def test_other_wordings_are_told_apart() -> None:
    paper = Paper.of_passages(passages(2))
    ana = Replica(paper, "ana")
    ana.propose(name(7), name(1), "Other words")
    outcome = exchange(paper, [ana])
    assert [(w.id, w.of, w.after) for w in outcome.written] == [(name(7), name(1), "Other words")]
    assert outcome.order is None
    assert paper.variants == {name(7): (name(1), text("paragraph", "Other words"))}
    assert paper.order == (name(0), name(1))
    del ana.variants.children[0]
    outcome = exchange(paper, [ana])
    assert [(w.id, w.of, w.wording) for w in outcome.written] == [(name(7), name(1), None)]


def test_a_document_without_passages_has_an_empty_paragraph() -> None:
    paper = Paper.of_passages([])
    assert list(paper.passages.values()) == [Wording("paragraph")]
    ana = Replica(paper, "ana")
    ana.remove(0)
    exchange(paper, [ana])
    assert paper.order == ()
    ana.insert(0, "Again", name(1))
    exchange(paper, [ana])
    assert paper.order == (name(1),)


def test_a_snapshot_and_what_followed_is_the_document() -> None:
    paper = Paper.of_passages(passages(6))
    ana, ben = Replica(paper, "ana", 3), Replica(paper, "ben", 3)
    states, log = [paper.state()], []
    for _ in range(60):
        ana.act()
        ben.act()
        batch = [*ana.sent(), *ben.sent()]
        outcome = paper.apply(batch)
        ana.receive(outcome.merged)
        ben.receive(outcome.merged)
        stored = [outcome.cut.get(n, update) for n, (update, _) in enumerate(batch)]
        log.append([*stored, outcome.repairs] if outcome.repairs else stored)
        states.append(paper.state())
    for cut in (0, 1, 17, 59, 60):
        again = Paper(states[cut])
        again.load(update for updates in log[cut:] for update in updates)
        assert again.standing == paper.standing
        again.close()


def test_a_keystroke_reads_one_passage_whatever_the_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[object] = []
    real = words.read
    monkeypatch.setattr(words, "read", lambda node, txn: read.append(node) or real(node, txn))
    paper = Paper.of_passages(passages(400))
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    assert not read
    assert len(paper.order) == 400
    assert len(read) == 400
    read.clear()
    for letter in "letters":
        ana.type(ana.at(name(200)), 0, letter)
        ben.type(ben.at(name(200)), 0, letter)
    exchange(paper, [ana, ben])
    assert len(read) == 1
    ana.insert(100, "", name(500))
    exchange(paper, [ana])
    assert len(read) == 2


def test_going_back_to_what_was_kept_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_TAIL", 5)
    paper = Paper.of_passages(passages(5))
    ana, mal = Replica(paper, "ana", 1), Replica(paper, "mal")
    for _ in range(30):
        ana.act()
        mal.text.children.append(XmlElement("script"))
        outcome = paper.apply([*ana.sent(), *mal.sent()])
        ana.receive(outcome.merged)
        assert len(outcome.refused) == 1
    check(paper)
    assert Paper(ana.doc.get_update()).standing == paper.standing


def test_a_paper_that_was_let_go_leaves_nothing_behind() -> None:
    paper = Paper.of_passages(passages(20))
    ana = Replica(paper, "ana")
    ana.type(ana.at(name(0)), 0, "x")
    exchange(paper, [ana])
    left = [weakref.ref(paper), weakref.ref(paper._doc), weakref.ref(paper._trace)]
    paper.close()
    del paper
    gc.collect()
    assert [one() for one in left] == [None, None, None]


def test_opening_and_closing_again_and_again_keeps_memory_where_it_was() -> None:
    state = Paper.of_passages(passages(400, words=40)).state()

    def open_and_close(times: int) -> None:
        for _ in range(times):
            paper = Paper(state)
            paper.close()
        gc.collect()

    open_and_close(10)
    before = _resident()
    open_and_close(40)
    # One document that stays is about two megabytes; forty would be eighty.
    assert _resident() - before < 20 * 2**20


def _resident() -> int:
    """Bytes of this process in memory."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        pytest.skip("This system does not tell how much memory a process has.")


def test_the_trace_that_the_engine_holds_does_not_hold_the_document() -> None:
    paper = Paper.of_passages(passages(3))
    held = gc.get_referents(paper._trace)
    seen: set[int] = set()
    while held:
        one = held.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen.add(id(one))
        assert one is not paper
        assert one is not paper._doc
        held += gc.get_referents(one) if isinstance(one, dict | list | set | tuple) else []


def test_bytes_that_were_stored_wrongly_are_told() -> None:
    with pytest.raises(OutOfSchema):
        Paper(b"nonsense")
