"""The word diff against the standard library, and matching an import against merely hashing it.

Prints ratios measured in the same run, smaller is better: a redline of 5,000 words against
`difflib.SequenceMatcher` on the same tokens (which is left out where it would take minutes), and
against cutting both texts into tokens; `match` of 2,000 passages that all changed, `compare` of
the same with ids, against one pass that hashes every word. Run it with
`python -m bench.redline.compare` or as a file.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from folkmoot.algorithms.redline import compare, match, redline
from folkmoot.algorithms.redline.tokens import tokens
from folkmoot.algorithms.wording import Wording, text

ROUNDS = 5
WORDS, PASSAGES, LENGTH = 5_000, 2_000, 40


def best(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return min(times)


def fresh(words: list[str]) -> Wording:
    return text("paragraph", " ".join(words))


def cut_both(old: Wording, new: Wording) -> None:
    tokens(old.content)
    tokens(new.content)


def diffs(source: random.Random, vocabulary: list[str]) -> None:
    base = source.choices(vocabulary, weights=zipf(vocabulary), k=WORDS)
    some = [source.choice(vocabulary) if source.random() < 0.1 else word for word in base]
    other = source.choices(vocabulary, weights=zipf(vocabulary), k=WORDS)
    few = ["a", "b"] * (WORDS // 2)
    cases = [
        ("one word added", base, [*base, "end"], True),
        ("one word in ten changed", base, some, True),
        ("another text altogether", base, other, True),
        ("two words over and over", few, few[1:] + few[:1], False),
        ("nothing in common", few, [word * 2 for word in few], False),
    ]
    print(f"{WORDS:,} words        redline     to cutting    to difflib")
    for name, before, after, with_peer in cases:
        old, new = fresh(before), fresh(after)
        taken = best(partial(redline, old, new))
        cut = best(partial(cut_both, old, new))
        one, two = [[t.key for t in tokens(w.content)] for w in (old, new)]
        ratio = "left out"
        if with_peer:
            peer = best(SequenceMatcher(None, one, two, autojunk=False).get_opcodes, 1)
            ratio = f"{taken / peer:8.4f}"
        print(f"{name:24} {taken * 1000:7.1f} ms   {taken / cut:8.2f}    {ratio}")


def zipf(vocabulary: list[str]) -> list[float]:
    return [1 / (rank + 1) for rank in range(len(vocabulary))]


def orders(source: random.Random, vocabulary: list[str]) -> None:
    weights = zipf(vocabulary)
    old = [source.choices(vocabulary, weights=weights, k=LENGTH) for _ in range(PASSAGES)]
    new = [[source.choice(vocabulary) if source.random() < 0.1 else w for w in ws] for ws in old]
    existing = [(str(k), fresh(words)) for k, words in enumerate(old)]
    cases = {
        "the same text": [wording for _, wording in existing],
        "every passage changed": [fresh(words) for words in new],
        "changed and shuffled": [fresh(words) for words in source.sample(new, len(new))],
        "another text altogether": [
            fresh(source.choices(vocabulary, weights=weights, k=LENGTH)) for _ in range(PASSAGES)
        ],
    }
    hashing = best(lambda: [hash(word + "x") for ws in old + new for word in ws])
    print(f"\n{PASSAGES:,} passages of {LENGTH} words        to hashing every word once")
    for name, incoming in cases.items():
        for _, wording in existing:
            _ = wording.digest
        for wording in incoming:
            _ = wording.digest
        taken = best(partial(match, existing, incoming), 2)
        print(f"match, {name:24} {taken * 1000:7.0f} ms   {taken / hashing:8.1f}")
    edition = [(id, fresh(words)) for (id, _), words in zip(existing, new, strict=True)]
    source.shuffle(edition)
    for _, wording in edition:
        _ = wording.digest
    taken = best(lambda: compare(existing, edition))
    print(f"compare, changed and shuffled    {taken * 1000:6.1f} ms   {taken / hashing:8.1f}")


def main() -> None:
    source = random.Random(1)
    vocabulary = [f"word{number}" for number in range(6_000)]
    diffs(source, vocabulary)
    orders(source, vocabulary)


if __name__ == "__main__":
    main()
