"""The words of the editor, in the language of the page. The script has the same in English."""

from __future__ import annotations


def interface_words() -> dict[str, str]:
    """Every sentence the editor says, by the name its script knows it under."""
    return {}
