"""Candidates for an edition, and calls for consensus: what a commission pins at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from folkmoot.algorithms.consent.stance import Named


class Candidate(NamedTuple):
    """The agreed set as it was frozen, waiting for every seat to sign its manifest.

    `manifest` is the caller's digest of the manifest; what it stands for is kept beside it, so
    that a fresh computation can be compared with it.
    """

    name: str
    manifest: str
    included: Mapping[str, str]
    roster: frozenset[str]
    rule: str
    signed: frozenset[str] = frozenset()


class Call(NamedTuple):
    """A call for consensus: the wordings and the roster it was opened on."""

    name: str
    items: tuple[Named, ...]
    roster: frozenset[str]
    open: bool = True
