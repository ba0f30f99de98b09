"""Status of 2,000 passages and 15 seats from the event log, against merely counting the events.

Prints ratios, smaller is better. The peer is one pass over the same events that only counts them:
in memory (events are values already) and from stored log lines (both sides decode each line).
Then: one more event, with the status of every passage and the included set renewed, against the
full computation. Run it with `python -m bench.consent.status` or as a file.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from folkmoot.algorithms.consent import Event, State, replay

PASSAGES, SEATS, ROUNDS = 2_000, 15, 15
SEATED = [f"s{number:02}" for number in range(1, SEATS + 1)]


def digest(passage: int, version: int) -> str:
    return f"{passage:032x}{version:032x}"


def log(*, shuffled: bool) -> list[Event]:
    """A commission at work: every seat answers every passage, some are edited and answered anew,
    some contested, some conditional, some with variants; about 34,000 events."""
    pick = random.Random(1)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("charter.adopted", {"rule": "unanimity", "visibility": "named", "editorial_window": 7})
    ]
    acts += [("seat.joined", {"seat": seat}) for seat in SEATED]
    names = [f"p{number:09}" for number in range(PASSAGES)]
    for number, name in enumerate(names):
        acts.append(("passage.added", {"passage": name, "digest": digest(number, 0), "open": True}))
    stances = []
    for number, name in enumerate(names):
        for seat in SEATED:
            stance = pick.choices(
                ["endorse", "accept", "reserve", "object", "undecided"], [50, 46, 2, 1, 1]
            )[0]
            given: dict[str, Any] = {"seat": seat, "passage": name, "stance": stance}
            given["digest"] = digest(number, 0)
            if pick.random() < 0.002:
                other = pick.randrange(PASSAGES)
                given["conditions"] = [[names[other], digest(other, 0)]]
            stances.append(("stance.given", given))
    if shuffled:
        pick.shuffle(stances)
    acts += stances
    for number in pick.sample(range(PASSAGES), 100):
        name, change = names[number], pick.choice(["editorial", "substantive"])
        edit = {"passage": name, "before": digest(number, 0), "after": digest(number, 1)}
        acts.append(("passage.edited", {**edit, "class": change, "editor": "author"}))
        if change == "substantive":
            for seat in SEATED:
                given = {"seat": seat, "passage": name, "digest": digest(number, 1)}
                acts.append(("stance.given", {**given, "stance": "accept"}))
    for number in pick.sample(range(PASSAGES), 100):
        payload = {"passage": names[number], "digest": digest(number, 2)}
        acts.append(("variant.proposed", payload))
        for seat in SEATED[:8]:
            acts.append(("stance.given", {"seat": seat, **payload, "stance": "accept"}))
    # Through text and back, so that every event has its own strings, laid out in order of time.
    return [decode(line) for line in stored(acts)]


def plain() -> list[Event]:
    """Every seat accepts every passage, once: 32,000 events and nothing unusual."""
    usual = {"charter.adopted", "seat.joined", "passage.added"}
    acts = [(event.act, dict(event.payload)) for event in log(shuffled=False) if event.act in usual]
    for passage in [payload for act, payload in acts if act == "passage.added"]:
        for seat in SEATED:
            there = {"passage": passage["passage"], "digest": passage["digest"]}
            acts.append(("stance.given", {"seat": seat, **there, "stance": "accept"}))
    return [decode(line) for line in stored(acts)]


def stored(acts: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [
        json.dumps({"seq": seq, "act": act, "payload": payload})
        for seq, (act, payload) in enumerate(acts, 1)
    ]


def decode(line: str) -> Event:
    entry = json.loads(line)
    return Event(entry["seq"], entry["act"], entry["payload"])


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of several rounds, collecting garbage between and not during."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        begin = time.perf_counter()
        kept = work()
        times.append(time.perf_counter() - begin)
        del kept
    return min(times)


def count(events: list[Event]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for e in events:
        counts[e.act] = counts.get(e.act, 0) + 1
    return counts


def count_lines(lines: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        act = json.loads(line)["act"]
        counts[act] = counts.get(act, 0) + 1
    return counts


def full(events: list[Event]) -> tuple[State, dict[str, str]]:
    state = replay(events)
    return state, {passage: state.status(passage) for passage in state.passages()}


def full_lines(lines: list[str]) -> tuple[State, dict[str, str]]:
    return full([decode(line) for line in lines])


def one_more(state: State, act: str, payload: dict[str, Any]) -> float:
    """Seconds to take in one more event and have every status and the included set."""
    times = []
    for _ in range(ROUNDS):
        trial = state.copy()
        # A copy shares its passages with the original until one of them changes; that is the cost
        # of the copy, so let it be paid before the clock runs.
        for passage in trial.passages():
            trial._book.mine(passage)
        event = Event(trial.head + 1, act, payload)
        begin = time.perf_counter()
        trial.apply(event)
        trial.included()
        trial.statuses()
        times.append(time.perf_counter() - begin)
    return min(times)


def compare(title: str, events: list[Event]) -> None:
    """Measure one log and print its ratios."""
    lines = stored([(event.act, dict(event.payload)) for event in events])
    counting, counting_lines = best(lambda: count(events)), best(lambda: count_lines(lines))
    whole, whole_lines = best(lambda: full(events)), best(lambda: full_lines(lines))
    state = replay(events)
    print(f"{len(events)} events, {PASSAGES} passages, {SEATS} seats, {title}:")
    print("  " + ", ".join(f"{n} {status}" for status, n in sorted(state.counts().items())))
    for where, mine, peer in (
        ("in memory", whole, counting),
        ("from log lines", whole_lines, counting_lines),
    ):
        times = f"{mine * 1e3:7.2f} ms / {peer * 1e3:.2f} ms"
        print(f"  statuses / counting, {where:15} {mine / peer:6.2f}   (bound 3)   {times}")
    for what, (act, payload) in further(state).items():
        taken = one_more(state, act, payload)
        print(
            f"  one more event / everything: {what:14} 1/{whole / taken:<6.0f} (bound 1/100)"
            f"   {taken * 1e6:7.1f} µs"
        )


def further(state: State) -> dict[str, tuple[str, dict[str, Any]]]:
    """Events that may come next, of every weight."""
    agreed = next(name for name, status in state.statuses().items() if status == "agreed")
    now = state.current(agreed)
    edit = {"passage": agreed, "before": now, "after": digest(0, 9), "class": "substantive"}
    objection = {"seat": "s01", "passage": agreed, "digest": now, "stance": "object"}
    return {
        "a stance": ("stance.given", objection),
        "an edit": ("passage.edited", edit),
        "a new passage": (
            "passage.added",
            {"passage": "new", "digest": digest(0, 8), "open": True},
        ),
        "a call": ("call.opened", {"call": "c1", "items": [[agreed, now]]}),
        "a seat joins": ("seat.joined", {"seat": "s16"}),
        "a seat leaves": ("seat.left", {"seat": "s01"}),
    }


def main() -> None:
    compare("answers and nothing else", plain())
    compare("answers, edits, variants, conditions", log(shuffled=False))
    compare("the same with answers in random order", log(shuffled=True))


if __name__ == "__main__":
    main()
