"""The proof that a passage stands in an edition: its leaf and the path to the signed root."""

from __future__ import annotations

import json
from typing import Any

from folkmoot.algorithms import edition as editions
from folkmoot.algorithms import merkle
from folkmoot.review.layout import Line
from folkmoot.review.models import Edition


def proof(edition: Edition, line: Line) -> dict[str, Any]:
    """Everything needed to work out the root from one passage: the entry whose RFC 8785 form is
    the leaf, its place among all, and the sibling hashes, the one nearest the leaf first."""
    entries = edition.manifest["passages"]
    leaves = [editions.leaf_of(entry) for entry in entries]
    return {
        "manifest": edition.digest,
        "root": edition.manifest["root"],
        "entry": entries[line.position],
        "index": line.position,
        "count": len(entries),
        "path": [step.hex() for step in merkle.path(leaves, line.position)],
    }


def proof_text(edition: Edition, line: Line) -> str:
    """The proof as text to copy."""
    return json.dumps(proof(edition, line), indent=1, ensure_ascii=False)
