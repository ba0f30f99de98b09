"""An id is never two passages', and stays with the words it stood for."""

import pytest
from pycrdt import XmlElement, XmlText

from folkmoot.algorithms.wording import Wording, text
from folkmoot.live.document.identity import Claim, Gone, settle
from folkmoot.live.document.paper import Outcome, Paper
from folkmoot.live.document.schema import is_id
from folkmoot.live.document.tests.replicas import Replica, exchange, name
from folkmoot.live.document.tests.test_paper import check

SHORT = "We met."
LONG = "The commission heard evidence from forty witnesses over eleven days in the spring."
OTHER = "Branches reported that their members were asked too late, and too seldom."


def paper_of(*words: str) -> Paper:
    return Paper.of_passages((name(n), "", text("paragraph", said)) for n, said in enumerate(words))


def plain(paper: Paper) -> dict[str, str]:
    return {id: wording.plain for id, wording in paper.passages.items()}


def only_new(paper: Paper, *known: int) -> str:
    [id] = set(paper.order) - {name(n) for n in known}
    assert is_id(id)
    return id


@pytest.mark.parametrize("tail_id", [name(0), name(5), None, "", "no id!"])
@pytest.mark.parametrize("at", [0, 4, 70, len(LONG)])
def test_in_a_split_the_id_stays_with_most_of_the_words(at: int, tail_id: str | None) -> None:
    paper = paper_of(LONG)
    ana = Replica(paper, "ana")
    ana.split(ana.at(name(0)), at, tail_id)
    outcome = exchange(paper, [ana])
    words = plain(paper)
    larger = max(LONG[:at].strip(), LONG[at:].strip(), key=len)
    assert words[name(0)] == larger
    assert sorted(words.values()) == sorted([LONG[:at].strip(), LONG[at:].strip()])
    assert ana.ids() == list(paper.order)
    assert bool(outcome.repairs) == (tail_id != name(5) or at < 40)
    check(paper)


def test_two_people_who_split_at_one_place_leave_three_passages_with_ids_of_their_own() -> None:
    paper = paper_of(LONG)
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    ana.split(ana.at(name(0)), 60, name(0))
    ben.split(ben.at(name(0)), 60, name(0))
    outcome = exchange(paper, [ana, ben])
    assert len(set(paper.order)) == 3
    assert paper.plain(name(0)) == LONG[:60].strip()
    assert outcome.order == paper.order
    assert ana.ids() == ben.ids() == list(paper.order)
    check(paper)


def test_two_people_who_split_at_different_places() -> None:
    paper = paper_of(LONG)
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    ana.split(ana.at(name(0)), 10, name(7))
    ben.split(ben.at(name(0)), 30, name(8))
    exchange(paper, [ana, ben])
    assert len(set(paper.order)) == 3
    longest = max(plain(paper).values(), key=len)
    assert paper.plain(name(0)) == longest
    check(paper)


@pytest.mark.parametrize(("first", "second", "stays"), [(SHORT, LONG, 1), (LONG, SHORT, 0)])
def test_joined_passages_are_the_one_with_more_words(first: str, second: str, stays: int) -> None:
    paper = paper_of(first, second, OTHER)
    ana = Replica(paper, "ana")
    ana.join(0)
    exchange(paper, [ana])
    assert paper.order == (name(stays), name(2))
    assert paper.plain(name(stays)) == first + second
    check(paper)


def test_a_passage_joined_to_an_empty_one_keeps_its_id() -> None:
    paper = paper_of("", LONG)
    ana = Replica(paper, "ana")
    ana.join(0)
    exchange(paper, [ana])
    assert plain(paper) == {name(1): LONG}


def test_a_join_that_is_undone_gives_both_their_ids_back() -> None:
    paper = paper_of(SHORT, LONG)
    ana = Replica(paper, "ana")
    ana.join(0)
    exchange(paper, [ana])
    assert paper.order == (name(1),)
    with ana.doc.transaction():
        inside = ana.text.children[0].children[0]
        assert isinstance(inside, XmlText)
        del inside[len(SHORT) : len(inside)]
        ana.insert(1, LONG, name(1))
    exchange(paper, [ana])
    assert plain(paper) == {name(0): SHORT, name(1): LONG}
    check(paper)


def test_a_split_that_is_undone_gives_the_id_back() -> None:
    paper = paper_of(LONG)
    ana = Replica(paper, "ana")
    ana.split(ana.at(name(0)), 4, name(3))
    exchange(paper, [ana])
    assert paper.plain(name(0)) == LONG[4:]
    with ana.doc.transaction():
        del ana.text.children[1]
        ana.type(ana.text.children[0], 4, LONG[4:])
    exchange(paper, [ana])
    assert plain(paper) == {name(0): LONG}
    check(paper)


def test_a_deletion_that_is_undone_brings_the_passage_back() -> None:
    paper = paper_of(SHORT, LONG)
    ana = Replica(paper, "ana")
    ana.remove(1)
    outcome = exchange(paper, [ana])
    assert [(w.id, w.wording, w.before) for w in outcome.written] == [(name(1), None, LONG)]
    assert outcome.writers == {name(1): {"ana"}}
    ana.bring_back()
    exchange(paper, [ana])
    assert plain(paper) == {name(0): SHORT, name(1): LONG}


@pytest.mark.parametrize("pasted_id", [name(1), name(6), None])
def test_a_passage_cut_and_pasted_is_the_same(pasted_id: str | None) -> None:
    paper = paper_of(SHORT, LONG, OTHER)
    ana = Replica(paper, "ana")
    ana.remove(1)
    exchange(paper, [ana])
    ana.insert(2, LONG, pasted_id)
    exchange(paper, [ana])
    assert paper.order == (name(0), name(2), name(1))
    check(paper)


@pytest.mark.parametrize("pasted_id", [name(1), name(6), None])
def test_a_passage_copied_and_pasted_is_another(pasted_id: str | None) -> None:
    paper = paper_of(SHORT, LONG, OTHER)
    ana = Replica(paper, "ana")
    ana.insert(0, LONG, pasted_id)
    exchange(paper, [ana])
    assert paper.order[1:] == (name(0), name(1), name(2))
    assert is_id(paper.order[0])
    check(paper)


def test_of_two_twins_the_one_with_most_of_the_old_words_keeps_the_id() -> None:
    paper = paper_of(LONG)
    ana = Replica(paper, "ana")
    with ana.doc.transaction():
        inside = ana.at(name(0)).children[0]
        assert isinstance(inside, XmlText)
        del inside[10 : len(inside)]
        ana.insert(1, LONG + " And more.", name(0))
    exchange(paper, [ana])
    assert paper.plain(name(0)) == LONG + " And more."
    other = only_new(paper, 0)
    assert paper.plain(other) == LONG[:10].strip()


def test_two_people_who_move_one_passage_leave_one_with_its_id() -> None:
    paper = paper_of(SHORT, LONG, OTHER)
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    ana.move(1, 0)
    ben.move(1, 2)
    exchange(paper, [ana, ben])
    assert len(set(paper.order)) == 4
    assert paper.plain(name(1)) == paper.plain(only_new(paper, 0, 1, 2)) == LONG
    check(paper)


@pytest.mark.parametrize("written", ["", "nonsense", name(9), name(2)])
def test_nobody_takes_an_id_from_its_words(written: str) -> None:
    paper = paper_of(SHORT, LONG, OTHER)
    ana = Replica(paper, "ana")
    ana.at(name(1)).attributes["id"] = written
    outcome = exchange(paper, [ana])
    assert plain(paper) == {name(0): SHORT, name(1): LONG, name(2): OTHER}
    assert outcome.repairs
    assert outcome.written == ()
    assert outcome.order is None
    assert ana.ids() == list(paper.order)


def test_ids_that_were_exchanged_are_exchanged_back() -> None:
    paper = paper_of(LONG, OTHER)
    ana = Replica(paper, "ana")
    with ana.doc.transaction():
        first, second = ana.text.children[0], ana.text.children[1]
        first.attributes["id"], second.attributes["id"] = name(1), name(0)
    exchange(paper, [ana])
    assert plain(paper) == {name(0): LONG, name(1): OTHER}


def test_an_element_used_again_for_other_words_is_another_passage() -> None:
    paper = paper_of(LONG, OTHER)
    ana = Replica(paper, "ana")
    with ana.doc.transaction():
        node = ana.at(name(0))
        node.attributes["id"] = name(7)
        del node.children[0]
        node.children.append(XmlText("Something else altogether, newly begun."))
    exchange(paper, [ana])
    assert set(paper.order) == {name(7), name(1)}


def test_of_two_empty_twins_the_one_that_was_there_keeps_the_id() -> None:
    paper = paper_of("", LONG)
    ana = Replica(paper, "ana")
    ana.insert(0, "", name(0))
    exchange(paper, [ana])
    assert paper.order[1:] == (name(0), name(1))


def test_everything_cut_and_pasted_at_once_keeps_every_id() -> None:
    words = [f"{LONG} Number {n}." for n in range(300)]
    paper = paper_of(*words)
    ana = Replica(paper, "ana")
    with ana.doc.transaction():
        del ana.text.children[0:300]
        for n, said in enumerate(reversed(words)):
            ana.insert(n, said, name(299 - n))
    outcome = exchange(paper, [ana])
    assert paper.order == tuple(name(299 - n) for n in range(300))
    assert outcome.repairs == b""
    assert outcome.written == ()


def test_variants_have_ids_of_their_own() -> None:
    paper = paper_of(SHORT, LONG)
    ana, ben = Replica(paper, "ana"), Replica(paper, "ben")
    ana.propose(name(7), name(1), "One way")
    ben.propose(name(7), name(1), "Another way")
    ana.propose(name(0), name(1), "A third way")
    exchange(paper, [ana, ben])
    assert len(paper.variants) == 3
    assert name(0) not in paper.variants
    assert {of for of, _ in paper.variants.values()} == {name(1)}
    assert paper.plain(name(0)) == SHORT
    check(paper)


def test_a_document_stored_with_twins_is_mended() -> None:
    paper = Paper.of_passages([(name(0), "", text("paragraph", LONG))] * 2)
    outcome = paper.mend()
    assert outcome.repairs == outcome.merged != b""
    assert len(set(paper.order)) == 2
    assert paper.order[0] == name(0)
    assert paper.mend() == Outcome()
    check(paper)


def test_what_went_lately_is_forgotten_in_the_end() -> None:
    gone = Gone(most=2)
    for n in range(3):
        gone.add(name(n), f"words {n}")
    assert dict(gone) == {name(1): "words 1", name(2): "words 2"}
    gone.drop(name(1))
    gone.add(name(3), "")
    assert dict(gone) == {name(2): "words 2"}
    gone = Gone(characters=10)
    gone.add(name(0), "123456")
    gone.add(name(1), "123456")
    assert dict(gone) == {name(1): "123456"}


def test_a_fresh_id_is_nobody_elses() -> None:
    fresh = iter([name(1), name(2), name(3)])
    given = settle(
        [Claim(1, "", None, "words")],
        {},
        taken=lambda id: id in (name(1), name(2)),
        fresh=lambda: next(fresh),
    )
    assert given == {1: name(3)}


def test_a_table_keeps_its_id_when_it_moves() -> None:
    paper = paper_of(SHORT, LONG)
    ana = Replica(paper, "ana")
    ana.table(0, name(8))
    exchange(paper, [ana])
    wording = paper.wording(name(8))
    assert isinstance(wording, Wording)
    with ana.doc.transaction():
        del ana.text.children[0]
        ana.table(2, name(8))
    outcome = exchange(paper, [ana])
    assert paper.order == (name(0), name(1), name(8))
    assert paper.wording(name(8)) == wording
    assert outcome.written == ()


def test_a_client_without_ids_is_given_them() -> None:
    paper = paper_of(SHORT)
    ana = Replica(paper, "ana")
    with ana.doc.transaction():
        for words in ("One", "Two"):
            node = ana.text.children.append(XmlElement("passage", {"kind": "paragraph"}))
            node.children.append(XmlText(words))
    outcome = exchange(paper, [ana])
    assert list(plain(paper).values()) == [SHORT, "One", "Two"]
    assert all(map(is_id, paper.order))
    assert ana.ids() == list(paper.order)
    assert outcome.writers == {id: {"ana"} for id in paper.order[1:]}
