"""Stances of the past, as acts for the ledger."""

from __future__ import annotations

from typing import Any

from folkmoot.commission.models import Stance
from folkmoot.commission.models.passage import COUNTS
from folkmoot.ledger.models import Act


def act_of(row: Stance) -> Act:
    """The ledger's act for a stance of the past."""
    sealed: dict[str, dict[str, Any]] = {
        "on": {"digest": row.wording_id},
        "counts": {"counts": COUNTS[row.position]},
        "stance": {"stance": row.position, "conditions": []},
    }
    if row.reason:
        sealed["reason"] = {"reason": row.reason, "would_accept": row.would_accept}
    payload = {"seat": row.seat.key, "passage": row.passage_id}
    return Act("stance.given", row.seat.actor, payload, sealed, row.at)
