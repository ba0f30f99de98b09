"""A form field for one line of text."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms


class LineField(forms.CharField):
    """One line: line breaks and runs of spaces become one space, control characters go.

    NUL is refused by Django's own check; everything that can be read is kept as it was typed.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        shown = "".join(
            " " if unicodedata.category(c) in {"Zl", "Zp"} or c in "\t\n\r\v\f" else c
            for c in text
            if c == "\0" or c in "\t\n\r\v\f" or unicodedata.category(c) not in {"Cc", "Cs"}
        )
        return " ".join(shown.split())
