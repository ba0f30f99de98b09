"""A field for words: whatever is typed is kept as text, or refused at the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


def clean_words(words: str) -> str:
    """Words a database and a page can carry: no NUL, no lone surrogates, one kind of line end."""
    words = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return words.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


class Words(forms.CharField):
    """Words of any length up to `most` characters. NUL and lone surrogates are taken out."""

    def __init__(self, *, most: int, rows: int = 0, **fields: Any) -> None:
        if rows:
            fields.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**fields)
        self.most = most
        # A NUL is taken out rather than complained of: nobody types one on purpose.
        self.validators = []

    def to_python(self, value: Any) -> str:
        words = super().to_python(clean_words(str(value)) if value is not None else value)
        return words or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(
                ngettext_lazy(
                    "This is too long by one character: at most %(most)s fit here.",
                    "This is too long by %(over)s characters: at most %(most)s fit here.",
                    len(value) - self.most,
                ),
                code="too_long",
                params={"over": f"{len(value) - self.most:,}", "most": f"{self.most:,}"},
            )


REQUIRED = {"required": _("Please write something here.")}
