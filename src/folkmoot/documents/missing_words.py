"""The check that nothing was cut in silence: the words of the file against those that arrived."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from folkmoot.documents.loss import LossReport

_WORD: Final = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Words for comparison: NFKC, letters and digits only."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


def report_missing(
    expected: Mapping[int, str],
    arrived: Iterable[str],
    places: Mapping[int, str],
    report: LossReport,
) -> int:
    """Name in the report every word of the file that is neither in the passages nor named in the
    report already; returns how many there were.

    `expected` is the words of each paragraph of the file, `arrived` those of the passages with
    their labels, `places` where each paragraph is.
    """
    found = Counter(word for text in arrived for word in words_of(text))
    found.update(word for text in report.words for word in words_of(text))
    wanted = Counter(word for text in expected.values() for word in words_of(text))
    missing = wanted - found
    if not missing:
        return 0
    whole = "".join(found_text for text in arrived for found_text in words_of(text))
    number = 0
    for key, text in expected.items():
        words = words_of(text)
        if not any(missing[word] for word in words) or "".join(words) in whole:
            continue
        gone = []
        for word in words:
            if missing[word]:
                missing[word] -= 1
                gone.append(word)
        number += len(gone)
        if gone:
            report.lost("Words that could not be read", places.get(key, ""), words=" ".join(gone))
    return number
