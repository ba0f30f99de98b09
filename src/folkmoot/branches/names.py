"""Finding branches by name as people write it."""

from __future__ import annotations

import re
import unicodedata

from folkmoot.branches.models import Branch


def plain(words: str) -> str:
    """Words without case, accents and punctuation, for comparing: "Ynys Môn" is "ynys mon"."""
    split = unicodedata.normalize("NFKD", words.casefold().replace("&", " and "))
    kept = "".join(c for c in split if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", kept).strip()


def branches_by_name() -> dict[str, list[Branch]]:
    """All branches by their plain name and by their plain code. One query."""
    found: dict[str, list[Branch]] = {}
    for branch in Branch.objects.all():
        for key in {plain(branch.name), plain(branch.code)}:
            found.setdefault(key, []).append(branch)
    return found
