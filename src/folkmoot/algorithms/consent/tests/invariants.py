"""The invariants of CONSENT, each a check of one step of a walk, by number.

18 (replay) and 16 (order, names and batches) are about whole logs and are checked at the end of a
walk; 22 to 24 belong to the rendering and to the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from folkmoot.algorithms.consent.tests.walk import Step, portrait, walk

COUNTING = {"endorse", "accept", "reserve"}


def invariant_0_state_agrees_with_the_oracle(step: Step) -> None:
    state, oracle = step.state, step.oracle
    assert step.was.allows(step.event.act, step.event.payload) is (step.refused is None)
    included = oracle.included()
    assert state.included() == included
    assert set(state.roster) == set(oracle.roster)
    assert list(state.passages()) == list(oracle.slots)
    for name, slot in oracle.slots.items():
        assert state.current(name) == slot.current
        assert list(state.variants(name)) == slot.variants
        assert str(state.status(name)) == oracle.status(name, included)
        assert state.price(name) == oracle.price(name)
        standing = state.standing(name)
        assert {one.seat for one in standing.objections} == slot.objecting.keys()
        for seat in oracle.roster:
            stand = standing.stands[seat]
            assert str(stand.state) == oracle.state_of(name, seat)
            assert stand.counts == oracle.counts(slot, seat, slot.current)
            assert state.last_accepted(seat, name) == oracle.last_accepted(name, seat)
    for seat in oracle.roster:
        needs = state.needs(seat)
        assert {(need.passage, str(need.why)) for need in needs} == oracle.needs(seat)
        kinds = [str(need.why) for need in needs]
        assert kinds[: kinds.count("stale")] == ["stale"] * kinds.count("stale")


def invariant_1_included_means_everyone_accepted_the_current_digest(step: Step) -> None:
    oracle = step.oracle
    agreeing = COUNTING | ({"stand_aside"} if oracle.rule == "consensus" else set())
    for name, digest in step.state.included().items():
        assert digest == step.state.current(name)
        for seat in step.state.roster:
            word = oracle.slots[name].word(seat, digest)
            assert word is not None
            assert word["stance"] in agreeing
    if not step.state.roster:
        assert step.state.included() == {}


def invariant_2_nothing_included_has_an_open_objection(step: Step) -> None:
    for name in step.state.included():
        assert not step.state.standing(name).objections
        assert not step.oracle.slots[name].objecting


def invariant_3_an_act_changes_no_other_seats_stance(step: Step) -> None:
    if step.event.act != "stance.given" or step.refused:
        return
    after = portrait(step.state)["standings"]
    for name, standings in step.before["standings"].items():
        if name != step.event.payload["passage"]:
            assert after[name].keys() == standings.keys()
    for name, slot in step.oracle.slots.items():
        for seat in step.oracle.roster:
            if seat == step.event.payload["seat"] or seat not in step.was.roster:
                continue
            was = step.was.slots[name].word(seat, slot.current)
            stand = step.state.standing(name).stands[seat]
            assert (stand.seq, stand.stance) == (
                (was["seq"], was["stance"]) if was else (stand.seq, stand.stance)
            )


def invariant_4_an_objection_ends_only_through_its_seat(step: Step) -> None:
    for name, slot in step.was.slots.items():
        after = {one.seat for one in step.state.standing(name).objections}
        for seat, opened in slot.objecting.items():
            if seat in after:
                continue
            own = step.event.payload.get("seat") == seat
            spoke = own and step.event.act == "stance.given"
            left = own and step.event.act == "seat.left"
            word = step.oracle.slots[name].own(seat, step.oracle.slots[name].current)
            spoke_of_variant = word is not None and word["seq"] > opened
            assert spoke or left or spoke_of_variant


def invariant_5_no_edit_lifts_an_objection(step: Step) -> None:
    if step.event.act != "passage.edited" or step.refused:
        return
    name = step.event.payload["passage"]
    after = {one.seat for one in step.state.standing(name).objections}
    for seat, opened in step.was.slots[name].objecting.items():
        word = step.oracle.slots[name].own(seat, step.event.payload["after"])
        assert seat in after or (word is not None and word["seq"] > opened)


def invariant_6_a_refused_act_changes_nothing(step: Step) -> None:
    event = step.event
    if step.refused is not None:
        assert portrait(step.state) == step.before
    if event.act == "stance.given" and event.payload["passage"] in step.was.slots:
        slot = step.was.slots[event.payload["passage"]]
        if event.payload["digest"] not in [slot.current, *slot.variants]:
            assert step.refused is not None
            if step.refused.code == "stale_wording":
                assert step.refused.current == slot.current


def invariant_7_the_same_digest_is_no_change(step: Step) -> None:
    payload = step.event.payload
    if step.event.act == "passage.edited" and payload["before"] == payload["after"]:
        after = portrait(step.state)
        assert after["statuses"] == step.before["statuses"]
        assert after["standings"] == step.before["standings"]


def invariant_8_a_new_wording_of_substance_has_no_stance_that_counts(step: Step) -> None:
    payload = step.event.payload
    if step.event.act == "passage.edited" and step.refused is None:
        slot = step.was.slots[payload["passage"]]
        seen = any(payload["after"] in table for _, table in slot.tables)
        if payload["class"] == "substantive" and not seen:
            assert step.state.price(payload["passage"]) == 0


def invariant_9_an_edit_adds_nothing_but_what_all_accepted(step: Step) -> None:
    if step.event.act != "passage.edited":
        return
    before, after = step.before["included"], step.state.included()
    edited = step.event.payload["passage"]
    for name in after.keys() - before.keys():
        for seat in step.state.roster:
            assert step.oracle.counts(step.oracle.slots[name], seat, after[name])
        assert name == edited or edited in after


def invariant_10_closing_a_call_changes_nothing(step: Step) -> None:
    if step.event.act == "call.closed":
        after = portrait(step.state)
        for part in ("included", "statuses", "standings"):
            assert after[part] == step.before[part]


def invariant_11_carried_only_one_edit_far_and_not_after_a_dispute(step: Step) -> None:
    payload = step.event.payload
    if step.refused is None and step.event.act == "edit.disputed":
        standing = step.state.standing(payload["passage"])
        assert all(str(one.state) != "carried" for one in standing.stands.values())
        had = step.was.slots[payload["passage"]].carried
        if had.keys() & set(step.was.roster):
            assert payload["passage"] not in step.state.included()
        assert standing.disputed_by == payload["seat"]
    if step.refused is None and step.event.act == "passage.edited":
        beyond = set(payload.get("seats_beyond", []))
        was = step.was.slots[payload["passage"]]
        for seat, stand in step.state.standing(payload["passage"]).stands.items():
            if str(stand.state) == "carried" and payload["before"] != payload["after"]:
                assert payload["class"] in ("editorial", "split", "merge")
                assert seat not in beyond
                assert was.word(seat, was.current) is not None


def invariant_12_a_joiner_never_adds_text(step: Step) -> None:
    if step.event.act == "seat.joined" and step.refused is None:
        assert step.state.included() == {}
        name = step.event.payload["seat"]
        for passage in step.state.passages():
            assert str(step.state.standing(passage).stands[name].state) == "missing"


def invariant_13_a_departure_never_adds_text(step: Step) -> None:
    if step.event.act == "seat.left" and step.refused is None:
        before, after = step.before["included"], step.state.included()
        assert after == (before if step.state.roster else {})
        for name in step.state.passages():
            assert step.state.standing(name).recall or name in before
    for name in step.state.included():
        slot = step.oracle.slots[name]
        for orphan in slot.orphans:
            if orphan["follows"]:
                for seat in step.state.roster:
                    word = slot.word(seat, slot.current)
                    assert word is not None
                    assert word["seq"] > orphan["since"]


def invariant_14_every_condition_holds(step: Step) -> None:
    included = step.state.included()
    for name in included:
        for _, needed, digest in step.oracle.conditions(name):
            assert included.get(needed) == digest


def invariant_15_no_greater_set_would_do(step: Step) -> None:
    assert len(step.state.included()) == len(step.oracle.included())
    for name in step.state.passages():
        standing = step.state.standing(name)
        held = str(standing.status) == "held_by_condition"
        assert bool(standing.failing) is held
        for one in standing.failing:
            assert step.state.included().get(one.passage) != one.digest


def invariant_17_one_wording_of_a_slot_at_most(step: Step) -> None:
    for name in step.oracle.slots:
        if len(step.oracle.locally_agreed(name)) > 1:
            assert str(step.state.status(name)) == "tie"
            assert name not in step.state.included()


def invariant_18_reading_at_once_refuses_the_same(step: Step) -> None:
    if step.refused is not None:
        refusal: Any
        with pytest.raises(type(step.refused)) as refusal:
            step.read([*step.events, step.event])
        assert refusal.value.code == step.refused.code


def invariant_19_the_log_has_no_gap(step: Step) -> None:
    assert step.state.head == len(step.events)
    for seq in (len(step.events), len(step.events) + 2):
        refusal: Any
        with pytest.raises(Exception, match="same moment") as refusal:
            step.state.check(step.event._replace(seq=seq))
        assert refusal.value.code == "bad_sequence"


def invariant_20_every_counted_stance_has_its_own_event(step: Step) -> None:
    for name in step.state.passages():
        for seat, stand in step.state.standing(name).stands.items():
            if stand.counts:
                event = step.events[stand.seq - 1]
                assert event.act == "stance.given"
                assert event.payload["seat"] == seat
                if str(stand.state) != "carried":
                    assert stand.digest == event.payload["digest"]
                    assert event.payload["passage"] == name
                    assert event.payload["digest"] == step.state.current(name)


def invariant_21_published_only_with_every_signature(step: Step) -> None:
    if step.event.act == "candidate.signed" and step.refused is None:
        for name in step.state.included():
            stand = step.state.standing(name).stands[step.event.payload["seat"]]
            assert str(stand.state) != "carried"
    if step.event.act == "edition.published" and step.refused is None:
        candidate = step.was.candidate
        assert candidate is not None
        assert candidate["signed"] == set(step.was.roster)
        assert candidate["manifest"] == step.event.payload["manifest"]
        assert candidate["included"] == step.before["included"]
        edition = step.state.editions[step.event.payload["edition"]]
        assert dict(edition.included) == step.before["included"]
    text = {"passage.added", "passage.edited", "passage.withdrawn", "variant.proposed"}
    if step.was.candidate and step.event.act in text:
        assert step.refused is not None
        assert step.refused.code == "candidate_frozen"


def invariant_22_no_later_event_changes_an_edition(step: Step) -> None:
    after = {edition: dict(one.included) for edition, one in step.state.editions.items()}
    assert step.before["editions"].items() <= after.items()


INVARIANTS: list[Callable[[Step], None]] = [
    value for name, value in sorted(globals().items()) if name.startswith("invariant_")
]


def invariant_16_and_18_hold(consent: Any, events: list[Any], state: Any) -> None:
    """Replay gives the identical state; so does any renaming and batching."""
    events = [consent.Event(*event) for event in events]
    whole = portrait(consent.replay(events))
    assert whole == portrait(state)
    other = consent.replay([e._replace(payload=_rename(e.payload)) for e in events])
    assert _rename(other.included()) == whole["included"]
    half = consent.replay(events[: len(events) // 2])
    for event in events[len(events) // 2 :]:
        half.apply(event)
    assert portrait(half) == whole


_SWAP = {"a": "b", "b": "a", "c": "d", "d": "c"}


def _rename(value: Any) -> Any:
    """Swap the names of passages, leaving digests and all else alone."""
    if isinstance(value, dict):
        return {_SWAP.get(k, k): _rename(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rename(v) for v in value]
    return _SWAP.get(value, value) if isinstance(value, str) else value


def examine(consent: Any, seeds: range, length: int) -> None:
    """Walk, and check every invariant after every step; the state against its own replay after."""
    for seed in seeds:
        step = None
        for step in walk(consent, seed, length):
            for invariant in INVARIANTS:
                invariant(step)
        assert step is not None
        invariant_16_and_18_hold(consent, step.events, step.state)
