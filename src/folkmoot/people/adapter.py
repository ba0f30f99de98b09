"""What django-allauth asks us: who may come in, and what we say."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from folkmoot.notify.letter import letter
from folkmoot.people.invitations import pending_invitation
from folkmoot.people.models import Office, Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Opens sign-up to those who are invited, or to all where the organisation wishes it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account was closed. Write to the people who run this site."),
        "duplicate_email": _("That is your address already."),
        "incorrect_code": _("That is not the right code. Check it, or ask for a new one."),
        "invalid_login": _("Type an e-mail address, such as name@example.org."),
        "too_many_login_attempts": _(
            "That was tried too often. Wait five minutes, then ask for a new code."
        ),
        "rate_limited": _("That was too often in a short time. Wait a minute and try again."),
    }

    def render_mail(
        self,
        template_prefix: str,
        email: str,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """The mail of a template, as text and as HTML of the same words."""
        context = {**context, "open_signup": settings.FOLKMOOT_OPEN_SIGNUP}
        return letter(
            render_to_string(f"{template_prefix}_subject.txt", context),
            render_to_string(f"{template_prefix}_message.txt", context),
            [email],
            code=context.get("code", ""),
            headers=headers,
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell somebody who tries to join that they are here already."""
        address = settings.PUBLIC_URL + reverse("account_login")
        self.send_mail("account/email/account_already_exists", email, {"login_url": address})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether somebody new may come in: invited, or all may join."""
        return bool(settings.FOLKMOOT_OPEN_SIGNUP or pending_invitation(request))

    def get_reauthentication_methods(
        self, user: Person | AnonymousUser
    ) -> list[dict[str, str | Promise]]:
        """How somebody can show once more who they are: a passkey first, where there is one."""
        words = {
            "mfa_reauthenticate": _("Use a code from your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use your passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        said = [method | {"description": words[method["id"]]} for method in methods]
        return sorted(said, key=lambda method: not method["id"].endswith("webauthn"))

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Make somebody who joined by themselves, and has now shown their address, a member."""
        if user.waiting:
            user.waiting = False
            user.save(update_fields=["waiting"])
            if settings.FOLKMOOT_OPEN_SIGNUP and not pending_invitation(request):
                Office.give(user, Office.Kind.MEMBER, by=user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response


class SafetyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Our words for passkeys, the authenticator app and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Add a passkey or an app first."),
        "unverified_email": _("Show first that your e-mail address is yours."),
    }

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        """A name for a passkey that was not given one."""
        count = int(Authenticator.objects.filter(user=user, type=type).count())
        return str(gettext("Passkey %d")) % (count + 1)
