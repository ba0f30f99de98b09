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
            given = {"seat": seat, "passage": name, "digest": digest(number, 0), "stance": stance}
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


def main() -> None:
    for title, shuffled in (("in the order of the text", False), ("in random order", True)):
        events = log(shuffled=shuffled)
        lines = [json.dumps(event._asdict()) for event in events]
        counting, counting_lines = best(lambda: count(events)), best(lambda: count_lines(lines))
        whole, whole_lines = best(lambda: full(events)), best(lambda: full_lines(lines))
        state = replay(events)
        print(f"{len(events)} events, {PASSAGES} passages, {SEATS} seats, stances {title}:")
        print("  " + ", ".join(f"{n} {status}" for status, n in sorted(state.counts().items())))
        print(
            f"  statuses / counting, in memory        {whole / counting:6.2f}   (bound 3)"
            f"   {whole * 1e3:7.2f} ms / {counting * 1e3:.2f} ms"
        )
        print(
            f"  statuses / counting, from log lines   {whole_lines / counting_lines:6.2f}"
            f"   (bound 3)   {whole_lines * 1e3:7.2f} ms / {counting_lines * 1e3:.2f} ms"
        )
        agreed = next(p for p in state.passages() if state.status(p) == "agreed")
        there = {"passage": agreed, "digest": state.current(agreed)}
        more: dict[str, tuple[str, dict[str, Any]]] = {
            "a stance": ("stance.given", {"seat": "s01", **there, "stance": "object"}),
            "an edit": (
                "passage.edited",
                {
                    "passage": agreed,
                    "before": state.current(agreed),
                    "after": digest(0, 9),
                    "class": "substantive",
                },
            ),
            "a new passage": (
                "passage.added",
                {"passage": "new", "digest": digest(0, 8), "open": True},
            ),
            "a call": ("call.opened", {"call": "c1", "items": [[agreed, there["digest"]]]}),
            "a seat joins": ("seat.joined", {"seat": "s16"}),
            "a seat leaves": ("seat.left", {"seat": "s01"}),
        }
        for what, (act, payload) in more.items():
            taken = one_more(state, act, payload)
            print(
                f"  one more event / everything: {what:14}  1/{whole / taken:<6.0f} (bound 1/100)"
                f"   {taken * 1e6:7.1f} µs"
            )


if __name__ == "__main__":
    main()
