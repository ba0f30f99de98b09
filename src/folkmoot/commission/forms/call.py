"""Opening a call for consensus."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from folkmoot.commission.outline import Outline
from folkmoot.ui.widgets import DateTimeInput

from .words import Words


class CallForm(forms.Form):
    """What is asked, by when, and about which part of the text.

    The part is a chapter or the whole, never "what is contested": which passages a call names is
    seen by every seat, and must not tell what others said.
    """

    title = Words(label=_("What you ask"), most=160)
    part = forms.ChoiceField(label=_("About"))
    closes = forms.DateTimeField(
        label=_("Answers by"),
        widget=DateTimeInput(),
        help_text=_("Nothing happens by itself then: whatever lacks an answer stays out."),
    )

    def __init__(self, *args: Any, outline: Outline, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.outline = outline
        self.passages: list[str] = []
        part = self.fields["part"]
        assert isinstance(part, forms.ChoiceField)
        part.choices = [
            ("", _("The whole text")),
            *((c.slug, c.title or _("Opening")) for c in outline.chapters),
        ]
        part.required = False

    def clean_closes(self) -> Any:
        closes = self.cleaned_data["closes"]
        if closes <= timezone.now():
            raise forms.ValidationError(_("Choose a moment in the future."))
        if closes > timezone.now() + timedelta(days=730):
            raise forms.ValidationError(_("Choose a moment within the next two years."))
        return closes

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chapter = self.outline.chapter(values.get("part") or "")
        rows = self.outline.of(chapter) if chapter else self.outline.rows
        self.passages = [row.id for row in rows]
        if not self.passages:
            self.add_error("part", _("There are no passages here yet."))
        return values
