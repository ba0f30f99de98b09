"""The editor says the same in its script and where it is translated."""

from __future__ import annotations

import json
import re
from pathlib import Path

from folkmoot.live.words import ENGLISH

EDITOR = Path(__file__).parents[2] / "frontend/editor"
SAID = re.compile(r'^  "([\w.-]+)":\s*("(?:[^"\\]|\\.)*"),$', re.MULTILINE)


def test_every_word_of_the_script_can_be_translated() -> None:
    said: dict[str, str] = {}
    for source in ("words.ts", "consent/words.ts"):
        for name, words in SAID.findall((EDITOR / source).read_text()):
            said[name] = json.loads(words)
    assert said == ENGLISH
