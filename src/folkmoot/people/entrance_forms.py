"""The forms of signing in and of keeping an account safe, in our words.

The working is django-allauth's; `config/settings.py` names these classes.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    SignupForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from folkmoot.people.fields import LineField
from folkmoot.people.invitations import pending_invitation
from folkmoot.people.models import Person

WRONG_CODE = _("That is not the code we sent. Check it, or ask for a new one.")


class _CodeField:
    """The field for a code: digits, filled in by phones, without a placeholder."""

    fields: dict[str, forms.Field]
    code_label = _("Code from the mail")
    code_hint = _("Eight digits. The line between them does not matter.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = self.code_label, self.code_hint
        field.error_messages["required"] = _("Type the code.")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "maxlength": 40,
            "class": "input-short",
        }


class SignInForm(LoginForm):  # type: ignore[misc]
    """Asks for the address to which a code is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("E-mail address")
        field.error_messages |= {
            "required": _("Type your e-mail address."),
            "invalid": _("Type an e-mail address, such as name@example.org."),
        }
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {"autocomplete": "username webauthn", "maxlength": 254}

    def clean_login(self) -> str:
        """The address as it is kept: in lower case."""
        address = str(super().clean_login()).lower()
        if len(address) > 254:
            raise forms.ValidationError(_("That is too long for an e-mail address."))
        return address


class SignInCodeForm(_CodeField, ConfirmLoginCodeForm):  # type: ignore[misc]
    """Asks for the code that opens the door."""


class AddressCodeForm(_CodeField, ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """Asks for the code that shows that an address is one's own."""


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Asks somebody new for an address and a name. By invitation the address is given."""

    name = LineField(
        label=_("Your name"),
        help_text=_("As others here will see it. You can change it later."),
        max_length=120,
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("E-mail address")
        email.help_text = _("We send a code to it, to see that it is yours.")
        email.error_messages |= {
            "required": _("Type your e-mail address."),
            "invalid": _("Type an e-mail address, such as name@example.org."),
        }
        email.widget.attrs.pop("placeholder", None)
        email.widget.attrs["autocomplete"] = "email"
        invitation = pending_invitation(context.request)
        if invitation and invitation.email:
            email.initial, email.disabled = invitation.email, True
            email.help_text = _("The address that was invited. We send a code to it.")
        if invitation and invitation.name:
            self.fields["name"].initial = invitation.name

    def custom_signup(self, request: HttpRequest, user: Person) -> None:
        """Keep the name that was typed; and forget those who never came back."""
        Person.objects.unproven().delete()
        user.name, user.waiting = self.cleaned_data["name"], True
        user.save(update_fields=["name", "waiting"])


class NewAddressForm(AddEmailForm):  # type: ignore[misc]
    """Asks for another address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = _("New e-mail address")
        field.help_text = _("We send a code to it. Until you type it, the old address stays.")
        field.error_messages |= {
            "required": _("Type the new e-mail address."),
            "invalid": _("Type an e-mail address, such as name@example.org."),
        }
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["autocomplete"] = "email"


class SecondStepForm(_CodeField, AuthenticateForm):  # type: ignore[misc]
    """Asks for a code from the authenticator app, or a recovery code."""

    code_label = _("Code from your app, or a recovery code")
    code_hint = _("Six digits from the app, or one of the recovery codes you kept.")


class SecondStepAgainForm(_CodeField, ReauthenticateForm):  # type: ignore[misc]
    """The same, before something that needs care."""

    code_label = SecondStepForm.code_label
    code_hint = SecondStepForm.code_hint


class AuthenticatorAppForm(_CodeField, ActivateTOTPForm):  # type: ignore[misc]
    """Asks for a first code from a new authenticator app."""

    code_label = _("Code that the app shows now")
    code_hint = _("Six digits.")


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Asks for a name for a new passkey. It always opens the door by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_field(self.fields["name"])
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].widget = forms.HiddenInput()


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Asks for another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_field(self.fields["name"])


def _name_field(field: forms.Field) -> None:
    field.label = _("Name")
    field.help_text = _("To tell your passkeys apart, such as “my phone”.")
    field.widget.attrs["maxlength"] = 60
