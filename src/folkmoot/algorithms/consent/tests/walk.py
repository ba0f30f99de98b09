"""Walks through the acts, mostly sensible ones, with the oracle walking alongside."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from folkmoot.algorithms.consent.tests.oracle import Oracle

SEATS = ["s1", "s2", "s3"]
NEWCOMERS = ["s4", "s5"]
PASSAGES = ["a", "b", "c", "d"]
WARM = ["endorse", "accept", "accept", "reserve"]
ANY = ["endorse", "accept", "reserve", "undecided", "stand_aside", "object", "object"]
TERMS = {"rule": "unanimity", "visibility": "named", "editorial_window": 7}

type Act = tuple[str, dict[str, Any]]


class Step(NamedTuple):
    """One event: the portrait and the oracle before it, the state and the oracle after it."""

    event: Any
    refused: Any
    before: dict[str, Any]
    state: Any
    oracle: Oracle
    events: list[Any]
    was: Oracle
    read: Callable[[list[Any]], Any]


class Walker:
    """Gives a state (of the module under test) one act after the other and yields what happened."""

    def __init__(self, consent: Any) -> None:
        self.consent = consent
        self.state = consent.State()
        self.events: list[Any] = []
        self.oracle = Oracle(())

    def act(self, act: str, **payload: Any) -> Step:
        event = self.consent.Event(len(self.events) + 1, act, payload)
        before, was = portrait(self.state), self.oracle
        refused = None
        try:
            self.state.apply(event)
        except self.consent.Refused as refusal:
            refused = refusal
        if refused is None:
            self.events.append(event)
            self.oracle = Oracle(self.events)
        return Step(
            event,
            refused,
            before,
            self.state,
            self.oracle,
            self.events,
            was,
            self.consent.replay,
        )


def portrait(state: Any) -> dict[str, Any]:
    """Everything a state answers, as plain values."""
    passages = state.passages()
    return {
        "head": state.head,
        "roster": set(state.roster),
        "charter": (
            state.charter.rule,
            state.charter.visibility,
            state.charter.editorial_window,
        ),
        "included": dict(state.included()),
        "statuses": {name: str(state.status(name)) for name in passages},
        "standings": {
            name: {digest: repr(state.standing(name, digest)) for digest in _table(state, name)}
            for name in passages
        },
        "needs": {seat: state.needs(seat) for seat in sorted(state.roster)},
        "one_away": state.one_away(),
        "counts": dict(state.counts()),
        "prices": {name: state.price(name) for name in passages},
        "accepted": {
            (seat, name): state.last_accepted(seat, name)
            for seat in sorted(state.roster)
            for name in passages
        },
        "candidate": _plain(state.candidate),
        "editions": {edition: dict(one.included) for edition, one in state.editions.items()},
    }


def _plain(candidate: Any) -> Any:
    if candidate is None:
        return None
    return {**candidate._asdict(), "included": dict(candidate.included)}


def _table(state: Any, name: str) -> list[str]:
    return [state.current(name), *state.variants(name)]


def opening(rule: str = "unanimity", passages: int = 3) -> list[Act]:
    acts: list[Act] = [("charter.adopted", {**TERMS, "rule": rule})]
    acts += [("seat.joined", {"seat": seat}) for seat in SEATS]
    for name in PASSAGES[:passages]:
        acts.append(("passage.added", {"passage": name, "digest": name + "0", "open": True}))
    return acts


def suggest(pick: random.Random, oracle: Oracle) -> Act:
    """An act that is usually allowed, in the state the oracle sees."""
    names = list(oracle.slots)
    name = pick.choice(names)
    slot = oracle.slots[name]
    wordings = [f"{name}{number}" for number in range(4)]
    digest = slot.current if pick.random() < 0.75 else pick.choice([*wordings, *slot.variants])
    seat = pick.choice([*oracle.roster, *oracle.roster, "s1", "s9"])
    kind = pick.choices(list(KINDS), list(KINDS.values()))[0]
    if oracle.candidate and pick.random() < 0.5:
        kind = pick.choice([*["candidate.signed"] * 4, "candidate.returned", "edition.published"])
    suited = {
        "passage.opened": [n for n in names if not oracle.slots[n].open],
        "passage.restored": [n for n in names if oracle.slots[n].withdrawn],
        "objection.addressed": [n for n in names if oracle.slots[n].objecting],
    }.get(kind)
    name = pick.choice(suited) if suited else name
    slot = oracle.slots[name]
    payload: dict[str, Any] = {"passage": name}
    match kind:
        case "stance.given":
            stance = pick.choice(WARM if pick.random() < 0.8 else ANY)
            payload |= {"seat": seat, "digest": digest, "stance": stance}
            if pick.random() < 0.12:
                other = pick.choice(names)
                wanted = oracle.slots[other].current if pick.random() < 0.9 else other + "3"
                payload["conditions"] = [[other, wanted]]
        case "passage.edited":
            classes = ["editorial", "editorial", "substantive", "substantive", "variant"]
            payload |= {
                "before": slot.current if pick.random() < 0.95 else name + "9",
                "after": pick.choice([*wordings, *slot.variants]),
                "class": pick.choice([*classes, "split", "merge"]),
                "editor": "author",
            }
            if pick.random() < 0.2:
                payload["seats_beyond"] = [seat]
            if payload["class"] == "merge" and pick.random() < 0.8:
                other = pick.choice(names)
                payload["merged"] = [[other, oracle.slots[other].current]]
        case "seat.joined":
            payload = {"seat": pick.choice([*SEATS, *NEWCOMERS])}
        case "seat.left":
            payload = {"seat": seat}
        case "passage.added":
            free = [one for one in PASSAGES if one not in names]
            name = pick.choice(free or names)
            payload = {"passage": name, "digest": name + "0", "open": pick.random() < 0.7}
            if pick.random() < 0.5:
                source = pick.choice(names)
                payload["split_from"] = [source, oracle.slots[source].current]
        case "variant.proposed" | "variant.withdrawn":
            choices = slot.variants if kind == "variant.withdrawn" and slot.variants else wordings
            payload["digest"] = pick.choice(choices)
        case "edit.disputed":
            payload["seat"] = seat
        case "objection.addressed":
            payload |= {"seat": pick.choice([seat, *slot.objecting]), "by": "author"}
        case "call.opened":
            payload = {
                "call": f"call{len(oracle.calls)}",
                "items": [[n, s.current] for n, s in oracle.slots.items() if s.open],
            }
            if pick.random() < 0.3:
                payload["items"] = [[name, slot.current]]
        case "call.closed":
            payload = {"call": f"call{max(len(oracle.calls) - 1, 0)}"}
        case "charter.adopted" | "charter.change_proposed":
            payload = {**TERMS, "rule": pick.choice(["unanimity", "consensus"])}
        case "charter.change_accepted":
            rule, visibility, window = oracle.proposal or ("consensus", "named", 7)
            payload = {"rule": rule, "visibility": visibility, "editorial_window": window}
            payload["seat"] = seat
        case _ if kind.startswith(("candidate.", "edition.")):
            number = len(oracle.candidates)
            held = oracle.candidate["candidate"] if oracle.candidate else f"candidate{number}"
            payload = {"candidate": held, "manifest": "right" if pick.random() < 0.9 else "wrong"}
            if kind in ("candidate.signed", "candidate.returned"):
                unsigned = set(oracle.roster) - (oracle.candidate or {"signed": set()})["signed"]
                payload["seat"] = pick.choice([seat, *sorted(unsigned)])
            if kind == "candidate.frozen":
                payload["manifest"] = "right"
            if kind == "edition.published":
                payload["edition"] = len(oracle.editions) + 1
    return kind, payload


KINDS = {
    "stance.given": 40,
    "passage.edited": 9,
    "seat.joined": 2,
    "seat.left": 2,
    "passage.added": 2,
    "passage.opened": 2,
    "passage.withdrawn": 1,
    "passage.restored": 3,
    "variant.proposed": 4,
    "variant.withdrawn": 2,
    "edit.disputed": 3,
    "objection.addressed": 1,
    "call.opened": 4,
    "call.closed": 2,
    "candidate.frozen": 1,
    "candidate.signed": 3,
    "candidate.returned": 2,
    "edition.published": 1,
    "charter.adopted": 1,
    "charter.change_proposed": 1,
    "charter.change_accepted": 3,
}


def walk(consent: Any, seed: int, length: int) -> Iterator[Step]:
    """A seeded walk; every third begins with everybody having agreed to everything."""
    pick = random.Random(seed)
    walker = Walker(consent)
    for act, payload in opening("consensus" if seed % 4 == 0 else "unanimity"):
        yield walker.act(act, **payload)
    if seed % 3 == 0:
        for name in PASSAGES[:3]:
            for seat in SEATS:
                yield walker.act(
                    "stance.given", seat=seat, passage=name, digest=name + "0", stance="accept"
                )
    for _ in range(length):
        act, payload = suggest(pick, walker.oracle)
        yield walker.act(act, **payload)
