"""A whole text as it stood at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from folkmoot.algorithms.wording import Wording


@dataclass(frozen=True)
class Reading:
    """The passages of a text in order, and the author's own numbers of those that have one."""

    passages: tuple[tuple[str, Wording], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
