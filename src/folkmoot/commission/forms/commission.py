"""Setting up a commission: its charter, its seats, its texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from folkmoot.commission.models import Commission, CommissionOffice, Text
from folkmoot.ui.widgets import FileInput, RadioCards

from .words import Words

RULE_HINTS = {
    Commission.Rule.UNANIMITY: _("The edition says: all agree."),
    Commission.Rule.CONSENSUS: _("The edition says who stood aside. Standing aside lets words in."),
}
VISIBILITY_HINTS = {
    Commission.Visibility.PRIVATE_FIRST: _("Nobody is swayed by who spoke first. Recommended."),
    Commission.Visibility.NAMED: _("Everybody sees who said what, at any time."),
    Commission.Visibility.SECRET: _("Reasons are read without names."),
}
_LIST_BYTES = 2 * 1024 * 1024


class CharterForm(forms.Form):
    """How this commission agrees."""

    rule = forms.ChoiceField(
        label=_("When is something agreed?"),
        choices=Commission.Rule.choices,
        initial=Commission.Rule.UNANIMITY,
        widget=RadioCards(choices=Commission.Rule.choices, hints=RULE_HINTS),
    )
    visibility = forms.ChoiceField(
        label=_("Who sees the stances?"),
        choices=Commission.Visibility.choices,
        initial=Commission.Visibility.PRIVATE_FIRST,
        widget=RadioCards(choices=Commission.Visibility.choices, hints=VISIBILITY_HINTS),
    )
    editorial_window = forms.IntegerField(
        label=_("Days in which an editorial change can be disputed"),
        min_value=0,
        max_value=90,
        initial=7,
    )
    seats_may_edit = forms.BooleanField(
        label=_("Commissioners may change the text themselves; otherwise they propose wordings"),
        required=False,
        initial=True,
    )


class CommissionForm(CharterForm):
    """A new commission with its charter."""

    field_order = ("name", "slug", "remit")

    name = Words(label=_("Name"), most=160)
    slug = Words(
        label=_("Name in addresses"),
        most=60,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the name."),
    )
    remit = Words(label=_("What it is asked to do"), most=10_000, rows=4, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        slug = slugify(values.get("slug") or values.get("name") or "")[:60].strip("-")
        if "name" in values and not slug:
            self.add_error("slug", _("Write a name for addresses, such as “review-2027”."))
        elif Commission.objects.filter(slug=slug).exists() or slug == "new":
            self.add_error("slug", _("There is a commission with this name already."))
        values["slug"] = slug
        return values


class SeatForm(forms.Form):
    """Inviting one commissioner."""

    name = Words(label=_("Name"), most=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Left empty, you get a link to pass on yourself."),
    )


class SeatListForm(forms.Form):
    """Inviting several commissioners from a list."""

    list = forms.FileField(
        label=_("List of commissioners"),
        help_text=_("A CSV file with the columns name and email."),
        widget=FileInput(limit=_LIST_BYTES, kinds=".csv,.txt"),
    )

    def clean_list(self) -> Any:
        upload = self.cleaned_data["list"]
        if upload.size > _LIST_BYTES:
            raise forms.ValidationError(_("This list is larger than 2 MB."))
        return upload


class OfficeForm(forms.Form):
    """Inviting somebody to an office of the commission."""

    kind = forms.ChoiceField(label=_("Office"), choices=CommissionOffice.Kind.choices)
    name = Words(label=_("Name"), most=120, required=False)
    email = forms.EmailField(label=_("E-mail address"))


class LeaveForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I have read what follows from this"),
        error_messages={"required": _("Tick this to go on.")},
    )


class TextForm(forms.Form):
    """A new text, empty or from a file."""

    title = Words(label=_("Title"), most=200)
    slug = Words(
        label=_("Name in addresses"),
        most=80,
        required=False,
        validators=[RegexValidator(r"^[-\w]*$")],
        help_text=_("Left empty, it is made from the title."),
    )
    paragraphs = forms.ChoiceField(
        label=_("Numbers of paragraphs"),
        choices=Text.Paragraphs.choices,
        initial=Text.Paragraphs.NONE,
    )
    headings = forms.ChoiceField(
        label=_("Numbers of headings"),
        choices=Text.Headings.choices,
        initial=Text.Headings.DECIMAL,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        slug = slugify(values.get("slug") or values.get("title") or "")[:70].strip("-")
        if "title" in values and not slug:
            self.add_error("slug", _("Write a name for addresses, such as “draft-report”."))
        elif slug and Text.objects.filter(slug=slug).exists():
            self.add_error("slug", _("There is a text with this name already."))
        values["slug"] = slug
        return values
