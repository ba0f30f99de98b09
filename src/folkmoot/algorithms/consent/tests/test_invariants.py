"""The invariants over seeded walks, one test each, and over whatever hypothesis thinks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from folkmoot.algorithms import consent
from folkmoot.algorithms.consent.tests.invariants import (
    INVARIANTS,
    examine,
    invariant_16_and_18_hold,
)
from folkmoot.algorithms.consent.tests.walk import Step, Walker, opening, walk


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_invariant(invariant: Callable[[Step], None]) -> None:
    for seed in range(100, 108):
        for step in walk(consent, seed, 50):
            invariant(step)


def test_all_invariants_on_longer_walks() -> None:
    examine(consent, range(200, 212), 150)


SEAT = st.sampled_from(["s1", "s2", "s3", "s4", "s9"])
PASSAGE = st.sampled_from(["a", "b", "c", "d"])
NUMBER = st.integers(0, 3)
STANCE = st.sampled_from(["endorse", "accept", "reserve", "undecided", "stand_aside", "object"])
KIND = st.sampled_from(["editorial", "substantive", "variant", "split", "merge", "moved"])
RULE = st.sampled_from(["unanimity", "consensus"])


class Commission(RuleBasedStateMachine):
    """Any act at any time; the state has to agree with the oracle, and every invariant to hold."""

    def __init__(self) -> None:
        super().__init__()
        self.walker = Walker(consent)

    def take(self, act: str, **payload: Any) -> None:
        step = self.walker.act(act, **payload)
        for invariant in INVARIANTS:
            invariant(step)

    def current(self, passage: str) -> str:
        slot = self.walker.oracle.slots.get(passage)
        return slot.current if slot else passage + "0"

    @initialize(rule=RULE, agreed=st.booleans())
    def begin(self, rule: str, agreed: bool) -> None:
        for act, payload in opening(rule):
            self.walker.act(act, **payload)
        if agreed:
            self.everybody_accepts("a")
            self.everybody_accepts("b")

    @rule(seat=SEAT, passage=PASSAGE, number=NUMBER, stance=STANCE)
    def give_stance(self, seat: str, passage: str, number: int, stance: str) -> None:
        digest = f"{passage}{number}"
        self.take("stance.given", seat=seat, passage=passage, digest=digest, stance=stance)

    @rule(seat=SEAT, passage=PASSAGE, stance=STANCE)
    def answer_current(self, seat: str, passage: str, stance: str) -> None:
        digest = self.current(passage)
        self.take("stance.given", seat=seat, passage=passage, digest=digest, stance=stance)

    @rule(seat=SEAT, passage=PASSAGE, needed=PASSAGE)
    def accept_if(self, seat: str, passage: str, needed: str) -> None:
        self.take(
            "stance.given",
            seat=seat,
            passage=passage,
            digest=self.current(passage),
            stance="accept",
            conditions=[[needed, self.current(needed)]],
        )

    @rule(passage=PASSAGE)
    def everybody_accepts(self, passage: str) -> None:
        for seat in list(self.walker.oracle.roster):
            self.answer_current(seat, passage, "accept")

    @rule(passage=PASSAGE, number=NUMBER)
    def everybody_accepts_a_variant(self, passage: str, number: int) -> None:
        self.take("variant.proposed", passage=passage, digest=f"{passage}{number}")
        for seat in list(self.walker.oracle.roster):
            self.give_stance(seat, passage, number, "accept")

    @rule(passage=PASSAGE, number=NUMBER, kind=KIND, beyond=st.lists(SEAT, max_size=1))
    def edit(self, passage: str, number: int, kind: str, beyond: list[str]) -> None:
        payload = {"passage": passage, "before": self.current(passage), "class": kind}
        self.take("passage.edited", **payload, after=f"{passage}{number}", seats_beyond=beyond)

    @rule(passage=PASSAGE, other=PASSAGE, number=NUMBER)
    def merge(self, passage: str, other: str, number: int) -> None:
        payload = {"passage": passage, "before": self.current(passage), "class": "merge"}
        merged = [[other, self.current(other)]]
        self.take("passage.edited", **payload, after=f"{passage}{number}", merged=merged)

    @rule(passage=PASSAGE, source=PASSAGE)
    def split(self, passage: str, source: str) -> None:
        split_from = [source, self.current(source)]
        digest = passage + "0"
        self.take("passage.added", passage=passage, digest=digest, open=True, split_from=split_from)

    @rule(passage=PASSAGE, seat=SEAT)
    def dispute(self, passage: str, seat: str) -> None:
        self.take("edit.disputed", passage=passage, seat=seat)

    @rule(passage=PASSAGE, act=st.sampled_from(["withdrawn", "restored", "opened"]))
    def show_or_hide(self, passage: str, act: str) -> None:
        self.take(f"passage.{act}", passage=passage)

    @rule(passage=PASSAGE, number=NUMBER, act=st.sampled_from(["proposed", "withdrawn"]))
    def vary(self, passage: str, number: int, act: str) -> None:
        self.take(f"variant.{act}", passage=passage, digest=f"{passage}{number}")

    @rule(seat=SEAT, act=st.sampled_from(["joined", "left"]))
    def change_the_roster(self, seat: str, act: str) -> None:
        self.take(f"seat.{act}", seat=seat)

    @rule(seat=SEAT, passage=PASSAGE)
    def object_then_leave(self, seat: str, passage: str) -> None:
        self.answer_current(seat, passage, "object")
        self.change_the_roster(seat, "left")

    @rule(close=st.booleans(), passage=PASSAGE)
    def call(self, close: bool, passage: str) -> None:
        name = f"call{len(self.walker.oracle.calls)}"
        self.take("call.opened", call=name, items=[[passage, self.current(passage)]])
        if close:
            self.take("call.closed", call=name)

    @rule(late=st.booleans(), seat=SEAT, passage=PASSAGE)
    def ratify(self, late: bool, seat: str, passage: str) -> None:
        oracle = self.walker.oracle
        if oracle.candidate is None:
            name = f"candidate{len(oracle.candidates)}"
            self.take("candidate.frozen", candidate=name, manifest="right")
            for included in self.walker.oracle.included():
                self.everybody_accepts(included)
        else:
            name = oracle.candidate["candidate"]
        for signer in list(oracle.roster):
            self.take("candidate.signed", candidate=name, seat=signer, manifest="right")
        if late:
            self.answer_current(seat, passage, "undecided")
        edition = len(self.walker.oracle.editions) + 1
        self.take("edition.published", candidate=name, edition=edition, manifest="right")

    @rule(seat=SEAT)
    def send_back(self, seat: str) -> None:
        held = self.walker.oracle.candidate
        name = held["candidate"] if held else "none"
        self.take("candidate.returned", candidate=name, seat=seat)

    @rule(seat=SEAT, rule_=RULE)
    def change_the_charter(self, seat: str, rule_: str) -> None:
        terms = {"rule": rule_, "visibility": "named", "editorial_window": 7}
        self.take("charter.change_proposed", **terms)
        for one in [seat, *self.walker.oracle.roster]:
            self.take("charter.change_accepted", seat=one, **terms)

    def teardown(self) -> None:
        invariant_16_and_18_hold(consent, self.walker.events, self.walker.state)


TestCommission = Commission.TestCase
TestCommission.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
)
