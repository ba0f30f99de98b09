"""What people write about editions and candidates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from folkmoot.review.models import Edition, EditionPassage


def _clean(words: str) -> str:
    """What no page can show becomes the replacement character."""
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class ErratumForm(forms.Form):
    """A note on an error in an edition."""

    note = forms.CharField(
        label=_("What is wrong, and what it should say"),
        help_text=_("Published on the notes of this edition. The edition itself stays as it is."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is wrong.")},
    )
    passage = forms.CharField(
        label=_("Passage"),
        help_text=_(
            "Its address, or the ten characters at the end of it. Leave this empty for a note on"
            " the whole."
        ),
        required=False,
        max_length=300,
    )

    def __init__(self, *arguments: Any, edition: Edition, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.edition = edition
        self.found: EditionPassage | None = None

    def clean_note(self) -> str:
        return _clean(self.cleaned_data["note"])

    def clean_passage(self) -> str:
        words = self.cleaned_data["passage"].strip().rstrip("/")
        if not words:
            return ""
        name = words.rpartition("p-")[2] if "#p-" in words else words.rpartition("/")[2]
        self.found = self.edition.passages.filter(passage=name.lower()).first()
        if self.found is None:
            raise ValidationError(
                _(
                    "This edition has no passage with that address. Copy it from the ¶ beside"
                    " the passage."
                )
            )
        return str(name)


class ReturnForm(forms.Form):
    """Why a candidate is sent back."""

    reason = forms.CharField(
        label=_("Why it should not be published like this"),
        help_text=_("The others will read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give a reason, so that the others know what to work on.")},
    )

    def clean_reason(self) -> str:
        return _clean(self.cleaned_data["reason"])
