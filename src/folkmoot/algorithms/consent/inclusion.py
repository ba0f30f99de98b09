"""The consistent set: all that can be in together, with every condition of every seat kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from folkmoot.algorithms.consent.stance import Named


def consistent(
    candidates: Mapping[str, str],
    conditions: Mapping[str, Sequence[Named]],
    settled: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The greatest set of candidates in which every condition holds.

    `candidates` maps each locally agreed passage to its current digest. `conditions` maps a
    passage to the (passage, digest) pairs it needs. `settled` names what is in for certain outside
    the candidates. Start with all, remove those with a failing condition, repeat: removal only
    ever makes more conditions fail, so there is one greatest set and the order of removal does
    not matter. Time is linear in the number of conditions.
    """
    included = dict(candidates)
    outside = settled or {}
    dependents: dict[str, list[str]] = {}
    doomed: list[str] = []
    for passage in candidates:
        for needed, digest in conditions.get(passage, ()):
            if (included if needed in candidates else outside).get(needed) != digest:
                doomed.append(passage)
            dependents.setdefault(needed, []).append(passage)
    while doomed:
        passage = doomed.pop()
        if included.pop(passage, None) is not None:
            doomed.extend(dependents.get(passage, ()))
    return included
