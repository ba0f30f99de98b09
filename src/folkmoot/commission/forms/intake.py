"""Importing a document, and what a person says of what it proposes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from folkmoot.ui.widgets import FileInput, RadioCards

from .wording import LEVELS
from .words import Words

ASK = ("", _("Ask me if there are any"))
CHANGES = [
    ("accept", _("Accept them all")),
    ("reject", _("Reject them all")),
    ("variants", _("Keep both, as wordings the seats can choose between")),
]


class ImportForm(forms.Form):
    """A document, and what becomes of changes that are tracked in it."""

    document = forms.FileField(label=_("Document"))
    changes = forms.ChoiceField(
        label=_("If changes are tracked in it"),
        choices=[ASK, *CHANGES],
        initial="",
        required=False,
        widget=RadioCards(choices=[ASK, *CHANGES]),
    )

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        field = self.fields["document"]
        field.widget = FileInput(
            limit=settings.UPLOAD_LIMIT, kinds=".docx,.odt,.md,.markdown,.html,.htm,.txt"
        )
        field.error_messages |= {
            "required": _("Choose the document."),
            "empty": _("This file is empty. Choose another one."),
        }

    def clean_document(self) -> Any:
        upload = self.cleaned_data["document"]
        if upload.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _(
                    "This file is larger than %(most)s. Split it into parts and import them one by "
                    "one."
                ),
                params={"most": filesizeformat(settings.UPLOAD_LIMIT)},
            )
        return upload


class ChangesForm(forms.Form):
    """What becomes of the tracked changes of a document that `waiting` names."""

    waiting = forms.CharField(widget=forms.HiddenInput)
    changes = forms.ChoiceField(
        label=_("What should become of them?"),
        choices=CHANGES,
        widget=RadioCards(choices=CHANGES),
        error_messages={"required": _("Choose what should become of them.")},
    )


class AsksForm(forms.Form):
    """What makes a passage a recommendation."""

    area = Words(label=_("Area"), most=120)
    addressee = Words(label=_("Whom it asks"), most=200)
    level = forms.ChoiceField(label=_("Who acts on it"), choices=LEVELS, initial="both")

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        for name in ("area", "addressee"):
            self.fields[name].widget.attrs["list"] = f"used-{name}"
