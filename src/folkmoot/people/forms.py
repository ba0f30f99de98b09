"""The forms of the directory, of offices, invitations and one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from folkmoot.branches.models import Branch
from folkmoot.people.fields import LineField
from folkmoot.people.models import Office, Person
from folkmoot.ui.widgets import Combobox, FileInput

LIST_LIMIT = 4 * 1024 * 1024
"""The largest list of people that is read, in bytes; 5,000 people need a tenth of it."""


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, or None when it has not been sent."""
    return request.POST if request.method == "POST" else None


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person says of themselves."""

    name = LineField(
        label=_("Name"),
        help_text=_("As others see it."),
        max_length=120,
        error_messages={"required": _("Type the name that others should see.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    about = LineField(
        label=_("About you"),
        help_text=_("A sentence or two, up to 300 characters."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Person
        fields = ["name", "branch", "about"]
        labels = {"branch": _("Branch")}
        widgets = {"branch": Combobox}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch = self.fields["branch"]
        assert isinstance(branch, forms.ModelChoiceField)
        branch.empty_label = _("No branch")


class _OfferForm(forms.Form):
    """Which office, and for which branch."""

    kind = forms.ChoiceField(label=_("Office"), choices=Office.Kind)
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.all(),
        required=False,
        empty_label=_("No branch"),
        widget=Combobox,
        help_text=_("Needed for the offices of a branch."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        missing = cleaned.get("kind") in Office.BRANCH_KINDS and not cleaned.get("branch")
        if missing and "branch" not in self.errors:
            self.add_error("branch", _("Choose the branch in which the office is held."))
        return cleaned


class OfficeForm(_OfferForm):
    """An office to give to a person."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") not in Office.BRANCH_KINDS:
            cleaned["branch"] = None
        return cleaned


class InvitationForm(_OfferForm):
    """One person to invite by e-mail."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Type the address to which the invitation goes."),
            "invalid": _("Type an e-mail address, such as name@example.org."),
        },
    )
    name = LineField(label=_("Name"), max_length=120, required=False)
    field_order = ["email", "name", "kind", "branch"]


class LinkForm(_OfferForm):
    """A link that several people may use."""

    kind = forms.ChoiceField(
        label=_("Office"),
        choices=[c for c in Office.Kind.choices if c[0] != Office.Kind.ADMINISTRATOR],
        initial=Office.Kind.MEMBER,
        help_text=_("Administrators are invited by e-mail only."),
    )
    uses = forms.IntegerField(
        label=_("How many people may use it"), min_value=1, max_value=5000, initial=25
    )
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=90, initial=21)


class ListForm(forms.Form):
    """A list of people to invite: a file, or the same pasted."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=FileInput(limit=LIST_LIMIT, kinds=".csv,.txt,.tsv"),
    )
    pasted = forms.CharField(
        label=_("Or paste the list here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > LIST_LIMIT:
            self.add_error("file", _("That file is larger than 4 MB. Send it in parts."))
        elif not file and not (cleaned.get("pasted") or "").strip() and not self.errors:
            raise ValidationError(_("Choose a file, or paste a list."))
        return cleaned

    @property
    def data_of_list(self) -> bytes:
        """The bytes of the file, or of what was pasted."""
        file = self.cleaned_data.get("file")
        pasted: str = self.cleaned_data["pasted"]
        return bytes(file.read()) if file else pasted.encode("utf-8", "replace")


class ClosingForm(forms.Form):
    """The last question before an account is closed."""

    sure = forms.BooleanField(
        label=_("I understand that this cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
