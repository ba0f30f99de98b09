"""What a state answers, beyond what the invariants compare."""

from __future__ import annotations

import random
from typing import Any

import pytest

from folkmoot.algorithms import consent
from folkmoot.algorithms.consent import (
    Event,
    Refused,
    State,
    Status,
    Why,
    consistent,
    nearest,
    replay,
)
from folkmoot.algorithms.consent.refusal import MESSAGES
from folkmoot.algorithms.consent.tests.invariants import invariant_16_and_18_hold
from folkmoot.algorithms.consent.tests.scenarios import Story
from folkmoot.algorithms.consent.tests.walk import SEATS, portrait, walk


def test_reading_at_once_equals_applying_one_by_one() -> None:
    for seed in range(300, 325):
        *_, last = walk(consent, seed, 80)
        applied = State()
        for event in last.events:
            applied.apply(event)
        assert portrait(replay(last.events)) == portrait(applied)
        assert portrait(replay(iter(last.events))) == portrait(applied)


def test_check_and_copy_change_nothing() -> None:
    for step in walk(consent, 7, 80):
        before = portrait(step.state)
        trial = step.state.copy()
        for act, payload in [
            ("seat.left", {"seat": "s1"}),
            ("seat.joined", {"seat": "s8"}),
            ("stance.given", {"seat": "s2", "passage": "a", "digest": "a0", "stance": "object"}),
        ]:
            event = Event(trial.head + 1, act, payload)
            try:
                trial.check(event)
            except Refused:
                continue
            trial.apply(event)
        assert portrait(step.state) == before


def test_touched_names_every_passage_whose_status_changed() -> None:
    for seed in range(20):
        for step in walk(consent, seed, 50):
            if step.refused is None:
                state = replay(step.events[:-1])
                before = dict(state.statuses())
                touched = state.apply(step.events[-1])
                changed = {
                    name for name, status in state.statuses().items() if before.get(name) != status
                }
                assert changed <= touched


def test_touched_is_small_for_one_stance() -> None:
    story = Story(consent)
    for name in "abc":
        story.all_say(name)
    there = {"seat": "s1", "passage": "a", "digest": "a0", "stance": "object"}
    head = story.state.head
    assert story.state.apply(Event(head + 1, "stance.given", there)) == {"a"}


def test_the_order_of_answers_to_one_text_does_not_matter() -> None:
    acts: list[tuple[str, dict[str, Any]]] = []
    for name, needed in (("a", "b"), ("b", "a"), ("c", "a")):
        for seat in SEATS:
            stance = {"seat": seat, "passage": name, "digest": name + "0", "stance": "accept"}
            acts.append(("stance.given", stance | {"conditions": [[needed, needed + "0"]]}))
    for seed in range(10):
        story = Story(consent)
        for act, payload in random.Random(seed).sample(acts, len(acts)):
            assert story(act, **payload) is None
        assert story.state.included() == {"a": "a0", "b": "b0", "c": "c0"}


@pytest.mark.parametrize(
    ("act", "payload", "code"),
    [
        ("no.such_act", {}, "unknown_act"),
        ("stance.given", {}, "incomplete"),
        ("stance.given", {"seat": ["s1"], "passage": "a"}, "incomplete"),
        ("stance.given", {"seat": "s1", "passage": {}, "digest": "a0"}, "incomplete"),
        ("passage.added", {"passage": "", "digest": "x", "open": True}, "incomplete"),
        ("passage.added", {"passage": "x", "digest": "x", "open": 1}, "incomplete"),
        ("passage.added", {"passage": "a", "digest": "x", "open": True}, "passage_exists"),
        ("call.opened", {"call": "k", "items": []}, "empty_call"),
        ("call.opened", {"call": "k", "items": [["a"]]}, "incomplete"),
        ("call.opened", {"call": "k", "items": [["a", "a9"]]}, "stale_wording"),
        ("charter.adopted", {"rule": "majority", "visibility": "named"}, "incomplete"),
        (
            "charter.adopted",
            {"rule": "majority", "visibility": "named", "editorial_window": 1},
            "bad_charter",
        ),
        (
            "candidate.signed",
            {"candidate": "c", "seat": "s1", "manifest": "m"},
            "unknown_candidate",
        ),
    ],
)
@pytest.mark.parametrize("at_once", [False, True])
def test_what_is_malformed_is_refused(
    act: str, payload: dict[str, Any], code: str, at_once: bool
) -> None:
    story = Story(consent)
    event = Event(story.state.head + 1, act, payload)
    before = portrait(story.state)
    take = (lambda one: replay([*story.walker.events, one])) if at_once else story.state.apply
    with pytest.raises(Refused) as refusal:
        take(event)
    assert refusal.value.code == code
    assert portrait(story.state) == before


def test_a_refusal_says_what_the_wording_is_now() -> None:
    story = Story(consent)
    stance = {"seat": "s1", "passage": "a", "digest": "a7", "stance": "accept"}
    with pytest.raises(Refused, match="please look again") as refusal:
        story.state.apply(Event(story.state.head + 1, "stance.given", stance))
    assert refusal.value.current == "a0"


def test_messages_are_sentences() -> None:
    for code, message in MESSAGES.items():
        assert code == code.lower()
        assert message[0].isupper()
        assert message.endswith(".")


def test_unknown_passages_variants_and_seats() -> None:
    story = Story(consent)
    for ask in (story.state.status, story.state.standing, story.state.price, story.state.current):
        with pytest.raises(Refused, match="no such passage"):
            ask("zz")
    with pytest.raises(Refused, match="no such variant"):
        story.state.standing("a", "a5")
    with pytest.raises(Refused, match="on the roster"):
        story.state.needs("s9")


def test_a_charter_is_unanimous_and_private_until_another_is_adopted() -> None:
    charter = State().charter
    assert (charter.rule, charter.visibility) == ("unanimity", "private-first")


def test_the_queue_begins_with_what_is_stale() -> None:
    story = Story(consent)
    story.say("s1", "c")
    story.edit("c", "c1", "substantive")
    story.all_say("b")
    story.edit("b", "b1", "editorial")
    assert story.state.needs("s1") == [
        ("c", Why.STALE),
        ("a", Why.NEVER_ANSWERED),
        ("b", Why.CARRIED),
    ]


def test_answering_everything_empties_the_queue() -> None:
    for seed in range(30):
        *_, last = walk(consent, seed, 60)
        state = last.state
        for seat in state.roster:
            for need in state.needs(seat):
                stance = {"seat": seat, "passage": need.passage, "stance": "accept"}
                digest = state.current(need.passage)
                event = Event(state.head + 1, "stance.given", {**stance, "digest": digest})
                state.apply(event)
            assert state.needs(seat) == []


def test_blockers_are_empty_exactly_for_what_is_agreed() -> None:
    for seed in range(20):
        for step in walk(consent, seed, 60):
            away = {one.passage: one.seat for one in step.state.one_away()}
            for name in step.state.passages():
                blockers = step.state.blockers(name)
                assert (not blockers) == (step.state.status(name) == Status.AGREED)
                seats = {one.seat for one in blockers}
                alone = len(seats) == 1 and None not in seats
                assert (name in away) == alone
                assert not alone or away[name] in seats


def test_price_is_what_a_substantive_edit_unsettles() -> None:
    story = Story(consent)
    story.all_say("a")
    assert story.state.price("a") == 3
    story.edit("a", "a1", "substantive")
    assert story.state.price("a") == 0


def test_counts_and_statuses_follow_the_state() -> None:
    story = Story(consent)
    statuses: Any = story.state.statuses()
    story.all_say("a")
    assert statuses["a"] == Status.AGREED
    assert story.state.counts() == {Status.AGREED: 1, Status.AWAITING: 2}
    with pytest.raises(TypeError):
        statuses["a"] = Status.TIE


def test_consistent_prunes_along_a_chain_and_keeps_a_ring() -> None:
    chain = {f"p{n}": "d" for n in range(2_000)}
    needs = {f"p{n}": [(f"p{n + 1}", "d")] for n in range(2_000)}
    assert consistent(chain, needs) == {}
    ring = {**needs, "p1999": [("p0", "d")]}
    assert consistent(chain, ring) == chain
    assert consistent({"a": "1"}, {"a": [("b", "1")]}, {"b": "1"}) == {"a": "1"}
    assert consistent({"a": "1"}, {"a": [("b", "2")]}, {"b": "1"}) == {}


def test_renaming_leaves_agreement_as_it_is() -> None:
    for seed in range(8):
        *_, last = walk(consent, seed, 60)
        invariant_16_and_18_hold(consent, last.events, last.state)


def test_nearest_puts_what_fewest_cannot_live_with_first() -> None:
    story = Story(consent)
    story.say("s1", "a", "object")
    story.say("s2", "a", "object")
    for digest in ("a1", "a2"):
        story("variant.proposed", passage="a", digest=digest)
    story.say("s1", "a", "object", "a1")
    story.say("s2", "a", "accept", "a1")
    for seat in SEATS:
        story.say(seat, "a", "accept", "a2")
    standings = [story.state.standing("a", digest) for digest in ("a0", "a1", "a2")]
    assert [c.digest for c in nearest(standings)] == ["a2", None, "a1", "a0"]
    weighed = nearest(standings, {"a2": {"s1": 6, "s2": 2}, None: {"s1": 1, "s3": 2}})
    assert [c.digest for c in weighed] == [None, "a2", "a1", "a0"]
    assert weighed[1].resistance == 4
    hard = nearest(standings, {None: {"s1": 10, "s2": 10, "s3": 10}})
    assert [c.digest for c in hard] == ["a2", "a1", "a0", None]
