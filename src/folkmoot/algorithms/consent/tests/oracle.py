"""CONSENT a second time: straight from the rules, slow on purpose, sharing no code with the first.

Everything is worked out anew from the list of events at every question: no bits, no tables kept up
to date, the consistent set by trying every subset. `Oracle(events)` believes its events; whether a
further one may happen is asked with `allows`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

COUNTING = {
    "unanimity": {"endorse", "accept", "reserve"},
    "consensus": {"endorse", "accept", "reserve", "stand_aside"},
}
STANCES = {"undecided", "endorse", "accept", "reserve", "stand_aside", "object"}
LETS_STAND = {"endorse", "accept", "reserve", "stand_aside"}
COOLEST_FIRST = ["undecided", "stand_aside", "reserve", "accept", "endorse"]
TEXT_ACTS = {
    "passage.added",
    "passage.opened",
    "passage.edited",
    "passage.withdrawn",
    "passage.restored",
    "variant.proposed",
    "variant.withdrawn",
    "call.opened",
    "candidate.frozen",
    "charter.change_proposed",
    "charter.change_accepted",
}


class Slot:
    """One passage with all that was ever said of it."""

    def __init__(self, digest: str, open_: bool) -> None:
        self.current = digest
        self.open = open_
        self.withdrawn = False
        self.variants: list[str] = []
        self.tables: list[tuple[int, set[str]]] = []
        self.said: list[dict[str, Any]] = []
        self.carried: dict[str, dict[str, Any]] = {}
        self.objecting: dict[str, int] = {}
        self.recalled = 0
        self.wordings_recalled: dict[str, int] = {}
        self.orphans: list[dict[str, Any]] = []
        self.carrying = False
        self.disputed = False

    def note_table(self, seq: int) -> None:
        self.tables.append((seq, {self.current, *self.variants}))

    def table_at(self, seq: int) -> set[str]:
        return [table for since, table in self.tables if since <= seq][-1]

    def own(self, seat: str, digest: str) -> dict[str, Any] | None:
        """The seat's word on exactly this wording, unless it has spoken without it since."""
        mine = [word for word in self.said if word["seat"] == seat]
        on_it = [word for word in mine if word["digest"] == digest]
        if not on_it:
            return None
        word = on_it[-1]
        for later in mine:
            if later["seq"] > word["seq"] and digest not in self.table_at(later["seq"]):
                return None
        return word

    def word(self, seat: str, digest: str) -> dict[str, Any] | None:
        own = self.own(seat, digest)
        if own is None and digest == self.current:
            return self.carried.get(seat)
        return own

    def objectors(self, digest: str) -> set[str]:
        if digest == self.current:
            return set(self.objecting)
        against = set()
        for seat in {word["seat"] for word in self.said} | set(self.objecting):
            own = self.own(seat, digest)
            if own and own["stance"] == "object":
                against.add(seat)
            if seat in self.objecting and (own is None or own["seq"] < self.objecting[seat]):
                against.add(seat)
        return against

    def orphaned_since(self, digest: str) -> int:
        return max(
            [o["since"] for o in self.orphans if o["follows"] or o["digest"] == digest], default=0
        )


class Oracle:
    def __init__(self, events: Iterable[Any]) -> None:
        self.events = list(events)
        self.roster: list[str] = []
        self.rule = "unanimity"
        self.terms = ("unanimity", "private-first", 7)
        self.proposal: tuple[Any, ...] | None = None
        self.accepted: set[str] = set()
        self.begun = False
        self.slots: dict[str, Slot] = {}
        self.calls: dict[str, bool] = {}
        self.candidate: dict[str, Any] | None = None
        self.candidates: set[str] = set()
        self.editions: dict[Any, dict[str, str]] = {}
        for seq, act, payload in self.events:
            getattr(self, "_" + act.replace(".", "_"))(seq, payload)

    # What follows

    def counts(self, slot: Slot, seat: str, digest: str) -> bool:
        word = slot.word(seat, digest)
        return (
            word is not None
            and word["stance"] in COUNTING[self.rule]
            and word["seq"] > slot.orphaned_since(digest)
        )

    def locally_agreed(self, name: str) -> list[str]:
        slot = self.slots[name]
        if not slot.open or slot.withdrawn or slot.recalled or not self.roster:
            return []
        return [
            digest
            for digest in [slot.current, *slot.variants]
            if all(self.counts(slot, seat, digest) for seat in self.roster)
            and not slot.objectors(digest)
            and digest not in slot.wordings_recalled
        ]

    def candidates_for_inclusion(self) -> dict[str, str]:
        return {
            name: slot.current
            for name, slot in self.slots.items()
            if self.locally_agreed(name) == [slot.current]
        }

    def conditions(self, name: str) -> list[tuple[str, str, str]]:
        slot = self.slots[name]
        found = []
        for seat in self.roster:
            word = slot.word(seat, slot.current)
            for passage, digest in (word or {}).get("conditions", []):
                found.append((seat, passage, digest))
        return found

    def included(self) -> dict[str, str]:
        """The largest set that keeps its own conditions, by trying all from the largest down."""
        able = self.candidates_for_inclusion()
        for size in range(len(able), -1, -1):
            for chosen in combinations(able, size):
                text = {name: able[name] for name in chosen}
                if all(
                    text.get(passage) == digest
                    for name in chosen
                    for _, passage, digest in self.conditions(name)
                ):
                    return text
        raise AssertionError("the empty set keeps all conditions")

    def status(self, name: str, included: dict[str, str] | None = None) -> str:
        slot = self.slots[name]
        agreed = self.locally_agreed(name)
        if slot.withdrawn:
            return "withdrawn"
        if not slot.open:
            return "not_open"
        if len(agreed) > 1:
            return "tie"
        if slot.current in agreed:
            text = self.included() if included is None else included
            return "agreed" if name in text else "held_by_condition"
        return "contested" if slot.objecting else "awaiting"

    def state_of(self, name: str, seat: str) -> str:
        slot = self.slots[name]
        own = slot.own(seat, slot.current)
        if own is not None:
            gone = [
                since
                for since, table in slot.tables
                if since > own["seq"] and slot.current not in table
            ]
            return "revived" if gone else "fresh"
        if seat in slot.carried:
            return "carried"
        table = {slot.current, *slot.variants}
        for word in slot.said:
            valid = word["digest"] in table and slot.own(seat, word["digest"]) is not None
            if word["seat"] == seat and not valid:
                return "stale"
        return "missing"

    def last_accepted(self, name: str, seat: str) -> str | None:
        slot = self.slots[name]
        own = slot.own(seat, slot.current)
        if own and own["stance"] in LETS_STAND:
            return slot.current
        if own is None and seat in slot.carried and slot.carried[seat]["stance"] in LETS_STAND:
            return str(slot.carried[seat]["digest"])
        latest = {word["digest"]: word for word in slot.said if word["seat"] == seat}
        accepted = [word for word in latest.values() if word["stance"] in LETS_STAND]
        return str(max(accepted, key=lambda word: word["seq"])["digest"]) if accepted else None

    def price(self, name: str) -> int:
        slot = self.slots[name]
        return sum(self.counts(slot, seat, slot.current) for seat in self.roster)

    def needs(self, seat: str) -> set[tuple[str, str]]:
        found = set()
        for name, slot in self.slots.items():
            if not slot.open or slot.withdrawn:
                continue
            word = slot.word(seat, slot.current)
            if word is None:
                stale = self.state_of(name, seat) == "stale"
                found.add((name, "stale" if stale else "never answered"))
            elif word["seq"] <= max([o["since"] for o in slot.orphans if o["follows"]], default=0):
                found.add((name, "orphan"))
            elif slot.recalled and word["seq"] < slot.recalled:
                found.add((name, "recall"))
            elif self.state_of(name, seat) == "carried":
                found.add((name, "carried"))
        return found

    # What may happen

    def allows(self, act: str, p: dict[str, Any]) -> bool:
        if act in TEXT_ACTS and self.candidate:
            return False
        slot = self.slots.get(p.get("passage", ""))
        by_a_seat = "seat" in p and act not in ("seat.joined", "objection.addressed")
        if by_a_seat and p["seat"] not in self.roster:
            return False
        elsewhere = ("passage.added", "passage.restored", "objection.addressed")
        about_one = "passage" in p and act not in elsewhere
        if about_one and (slot is None or slot.withdrawn):
            return False
        match act:
            case "charter.adopted":
                return not self.begun
            case "charter.change_proposed" | "seat.left" | "passage.withdrawn":
                return True
            case "charter.change_accepted":
                terms = (p["rule"], p["visibility"], p["editorial_window"])
                return self.proposal == terms
            case "seat.joined":
                return p["seat"] not in self.roster
            case "passage.added":
                return slot is None and self._is_current([p.get("split_from")])
            case "passage.opened":
                return slot is not None and not slot.open
            case "passage.edited":
                assert slot is not None
                merged = p.get("merged", [])
                names = [p["passage"], *(name for name, _ in merged)]
                return (
                    p["before"] == slot.current
                    and (p["class"] != "variant" or p["after"] in [slot.current, *slot.variants])
                    and self._is_current(merged)
                    and len(set(names)) == len(names)
                )
            case "edit.disputed":
                assert slot is not None
                return slot.carrying and not slot.disputed
            case "passage.restored":
                return slot is not None and slot.withdrawn
            case "variant.proposed":
                assert slot is not None
                return p["digest"] not in [slot.current, *slot.variants]
            case "variant.withdrawn":
                assert slot is not None
                return p["digest"] in slot.variants
            case "stance.given":
                assert slot is not None
                return (
                    slot.open
                    and p["digest"] in [slot.current, *slot.variants]
                    and p["stance"] in STANCES
                    and all(name in self.slots for name, _ in p.get("conditions", []))
                )
            case "objection.addressed":
                return slot is not None and any(
                    p["seat"] in slot.objectors(d) for d in [slot.current, *slot.variants]
                )
            case "call.opened":
                return (
                    p["call"] not in self.calls
                    and bool(p["items"])
                    and self._is_current(p["items"])
                    and all(self.slots[name].open for name, _ in p["items"])
                )
            case "call.closed":
                return self.calls.get(p["call"], False)
            case "candidate.frozen":
                return p["candidate"] not in self.candidates and bool(self.roster)
        c = self.candidate
        if c is None or c["candidate"] != p["candidate"]:
            return False
        same = c["included"] == self.included() and c["roster"] == set(self.roster)
        match act:
            case "candidate.signed":
                return (
                    same
                    and p["manifest"] == c["manifest"]
                    and p["seat"] not in c["signed"]
                    and all(self.state_of(n, p["seat"]) != "carried" for n in c["included"])
                )
            case "candidate.returned":
                return not (same and c["signed"] == set(self.roster))
            case "edition.published":
                return (
                    same
                    and p["manifest"] == c["manifest"]
                    and c["signed"] == set(self.roster)
                    and p["edition"] not in self.editions
                )
        raise AssertionError(act)

    def _is_current(self, pairs: list[Any]) -> bool:
        for pair in pairs:
            if pair is not None:
                slot = self.slots.get(pair[0])
                if slot is None or slot.withdrawn or slot.current != pair[1]:
                    return False
        return True

    # What happened

    def _charter_adopted(self, seq: int, p: dict[str, Any]) -> None:
        self.terms = (p["rule"], p["visibility"], p["editorial_window"])
        self.rule = p["rule"]

    def _charter_change_proposed(self, seq: int, p: dict[str, Any]) -> None:
        self.proposal = (p["rule"], p["visibility"], p["editorial_window"])
        self.accepted = set()

    def _charter_change_accepted(self, seq: int, p: dict[str, Any]) -> None:
        self.accepted.add(p["seat"])
        if self.proposal and set(self.roster) <= self.accepted:
            self.terms, self.proposal = self.proposal, None
            self.rule = self.terms[0]

    def _seat_joined(self, seq: int, p: dict[str, Any]) -> None:
        self.roster.append(p["seat"])

    def _seat_left(self, seq: int, p: dict[str, Any]) -> None:
        seat, agreed = p["seat"], self.included()
        for name, slot in self.slots.items():
            if name not in agreed:
                slot.recalled = seq
            others = {word["digest"] for word in slot.said} | set(slot.variants)
            slot.wordings_recalled |= dict.fromkeys(others - {slot.current}, seq)
            opened = slot.objecting.pop(seat, None)
            if opened is not None:
                # Words of a passage that was split or merged may lie with that passage.
                slot.orphans.append({"digest": None, "since": seq, "follows": True})
            for word in slot.said:
                objects = word["seat"] == seat and word["stance"] == "object"
                stands = slot.own(seat, word["digest"]) is word
                elsewhere = word["digest"] != slot.current and word["seq"] != opened
                if objects and stands and elsewhere:
                    orphan = {"digest": word["digest"], "since": seq, "follows": False}
                    slot.orphans.append(orphan)
        for slot in self.slots.values():
            slot.said = [word for word in slot.said if word["seat"] != seat]
            slot.carried.pop(seat, None)
        self.roster.remove(seat)
        self.accepted.discard(seat)
        if self.candidate:
            self.candidate["signed"].discard(seat)

    def _passage_added(self, seq: int, p: dict[str, Any]) -> None:
        slot = self.slots[p["passage"]] = Slot(p["digest"], p["open"])
        slot.note_table(seq)
        if p.get("split_from"):
            source = self.slots[p["split_from"][0]]
            slot.carried = self._to_carry([source], [])
            slot.carrying = True
            self._inherit(slot, source)

    def _passage_opened(self, seq: int, p: dict[str, Any]) -> None:
        self.slots[p["passage"]].open = True

    def _passage_edited(self, seq: int, p: dict[str, Any]) -> None:
        if p["before"] == p["after"]:
            return
        slot = self.slots[p["passage"]]
        others = [self.slots[name] for name, _ in p.get("merged", [])]
        slot.carrying = p["class"] in ("editorial", "split") or (
            p["class"] == "merge" and bool(others)
        )
        carried = {}
        if slot.carrying:
            carried = self._to_carry([slot, *others], p.get("seats_beyond", []))
        for other in others:
            self._inherit(slot, other)
        slot.current = p["after"]
        slot.variants = [variant for variant in slot.variants if variant != p["after"]]
        slot.note_table(seq)
        slot.recalled = max(slot.recalled, slot.wordings_recalled.pop(p["after"], 0))
        slot.disputed = False
        slot.carried = {}
        for seat in self.roster:
            own = slot.own(seat, slot.current)
            if own is None:
                if seat in carried:
                    slot.carried[seat] = carried[seat]
            elif own["stance"] == "object":
                slot.objecting[seat] = own["seq"]
            elif slot.objecting.get(seat, seq) < own["seq"]:
                del slot.objecting[seat]
        for orphan in slot.orphans:
            if orphan["digest"] == slot.current:
                orphan["follows"] = True

    def _to_carry(self, sources: list[Slot], beyond: list[str]) -> dict[str, dict[str, Any]]:
        carried = {}
        for seat in self.roster:
            words = [source.word(seat, source.current) for source in sources]
            if seat in beyond or any(w is None or w["stance"] == "object" for w in words):
                continue
            known = [word for word in words if word is not None]
            carried[seat] = {
                "seq": min(word["seq"] for word in known),
                "stance": min((word["stance"] for word in known), key=COOLEST_FIRST.index),
                "digest": known[0]["digest"],
                "conditions": [pair for word in known for pair in word["conditions"]],
            }
        return carried

    def _inherit(self, slot: Slot, source: Slot) -> None:
        for seat, seq in source.objecting.items():
            slot.objecting[seat] = max(seq, slot.objecting.get(seat, 0))
        slot.recalled = max(slot.recalled, source.recalled)
        slot.orphans += [dict(orphan) for orphan in source.orphans if orphan["follows"]]

    def _edit_disputed(self, seq: int, p: dict[str, Any]) -> None:
        slot = self.slots[p["passage"]]
        slot.disputed = True
        slot.carried = {}

    def _passage_withdrawn(self, seq: int, p: dict[str, Any]) -> None:
        self.slots[p["passage"]].withdrawn = True

    def _passage_restored(self, seq: int, p: dict[str, Any]) -> None:
        self.slots[p["passage"]].withdrawn = False

    def _variant_proposed(self, seq: int, p: dict[str, Any]) -> None:
        slot = self.slots[p["passage"]]
        slot.variants.append(p["digest"])
        slot.note_table(seq)

    def _variant_withdrawn(self, seq: int, p: dict[str, Any]) -> None:
        slot = self.slots[p["passage"]]
        slot.variants.remove(p["digest"])
        slot.note_table(seq)

    def _stance_given(self, seq: int, p: dict[str, Any]) -> None:
        self.begun = True
        slot = self.slots[p["passage"]]
        word = {"seq": seq, "seat": p["seat"], "digest": p["digest"], "stance": p["stance"]}
        slot.said.append(word | {"conditions": p.get("conditions", [])})
        if p["digest"] == slot.current:
            slot.objecting.pop(p["seat"], None)
            if p["stance"] == "object":
                slot.objecting[p["seat"]] = seq

    def _objection_addressed(self, seq: int, p: dict[str, Any]) -> None:
        pass

    def _call_opened(self, seq: int, p: dict[str, Any]) -> None:
        self.calls[p["call"]] = True
        for name, _ in p["items"]:
            self.slots[name].recalled = 0
            self.slots[name].wordings_recalled = {}

    def _call_closed(self, seq: int, p: dict[str, Any]) -> None:
        self.calls[p["call"]] = False

    def _candidate_frozen(self, seq: int, p: dict[str, Any]) -> None:
        self.candidates.add(p["candidate"])
        self.candidate = {
            **p,
            "included": self.included(),
            "roster": set(self.roster),
            "signed": set(),
        }

    def _candidate_signed(self, seq: int, p: dict[str, Any]) -> None:
        assert self.candidate
        self.candidate["signed"].add(p["seat"])

    def _candidate_returned(self, seq: int, p: dict[str, Any]) -> None:
        self.candidate = None

    def _edition_published(self, seq: int, p: dict[str, Any]) -> None:
        assert self.candidate
        self.editions[p["edition"]] = self.candidate["included"]
        self.candidate = None
