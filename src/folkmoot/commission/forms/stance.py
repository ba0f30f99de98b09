"""Taking a stance on one wording."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.commission.models import Passage, Stance, Text
from folkmoot.ui.widgets import RadioCards

from .words import Words

REASON_LIMIT = 10_000
CONDITIONS = 3
_ID = re.compile(r"(?<![0-9a-z])([0-9a-hjkmnp-tv-z]{10})(?![0-9a-z])")

HINTS = {
    Stance.Position.ENDORSE: _("Counts as your agreement."),
    Stance.Position.ACCEPT: _("Counts as your agreement."),
    Stance.Position.RESERVE: _("Counts as your agreement. Say what your reservation is."),
    Stance.Position.STAND_ASIDE: _(
        "You neither agree nor stand in the way. Say why. Where all must agree, these words stay "
        "out."
    ),
    Stance.Position.OBJECT: _(
        "Keeps these words out. Say why, and what would let you live with them."
    ),
    Stance.Position.UNDECIDED: _("Does not count yet. Say what you need, if you can."),
}


class StanceForm(forms.Form):
    """A seat's stance on the wording named by `digest`, with reason and conditions."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    position = forms.ChoiceField(
        label=_("My answer"),
        choices=Stance.Position.choices,
        widget=RadioCards(choices=Stance.Position.choices, hints=HINTS),
        error_messages={"required": _("Choose one of the six answers.")},
    )
    reason = Words(
        label=_("Why"),
        most=REASON_LIMIT,
        rows=4,
        required=False,
        help_text=_("Needed for a reservation, for standing aside and for an objection."),
    )
    would_accept = Words(
        label=_("What would let me live with it"),
        most=REASON_LIMIT,
        rows=3,
        required=False,
        help_text=_("For an objection: the words, or the change, that you could accept."),
    )
    condition = Words(
        label=_("Only if these passages are in as well"),
        most=2_000,
        rows=2,
        required=False,
        help_text=_(
            "Links or codes of up to three other passages, in their wording of today. Leave empty "
            "if your answer depends on nothing else."
        ),
    )

    def __init__(
        self, *args: Any, passage: Passage, text: Text, prefix_id: str = "", **fields: Any
    ) -> None:
        fields["auto_id"] = f"id_{prefix_id}%s"
        super().__init__(*args, **fields)
        self.passage = passage
        self.text = text
        self.conditions: list[tuple[str, str]] = []

    def clean_condition(self) -> str:
        words: str = self.cleaned_data["condition"]
        ids = list(dict.fromkeys(_ID.findall(words.lower())))
        if words.strip() and not ids:
            raise forms.ValidationError(
                _("We found no passage in this. Paste the link of a passage of this text.")
            )
        if len(ids) > CONDITIONS:
            raise forms.ValidationError(_("At most three passages can be named."))
        found = dict(
            self.text.passages.filter(id__in=ids, withdrawn=None).values_list("id", "wording_id")
        )
        missing = [i for i in ids if i not in found]
        if missing:
            raise forms.ValidationError(
                _("There is no passage %(code)s in this text."), params={"code": missing[0]}
            )
        if self.passage.pk in found:
            raise forms.ValidationError(_("A passage cannot depend on itself."))
        self.conditions = [(i, found[i]) for i in ids]
        return words

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        position = values.get("position")
        if position in Stance.NEEDS_REASON and "reason" in values and not values["reason"].strip():
            self.add_error("reason", _("Say why: this answer is only taken with a reason."))
        if (
            position == Stance.Position.OBJECT
            and "would_accept" in values
            and not values["would_accept"].strip()
        ):
            self.add_error(
                "would_accept",
                _("Say what would let you live with it. If nothing would, say that."),
            )
        return values
