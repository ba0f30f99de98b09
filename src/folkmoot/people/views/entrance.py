"""Signing in: django-allauth's pages, saying what happened where it says nothing."""

from __future__ import annotations

from typing import Any

from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    ConfirmLoginCodeView,
    LoginView,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def request_code(request: HttpRequest) -> HttpResponse:
    """Codes are asked for on the sign-in page itself."""
    query = {"next": request.GET["next"]} if request.GET.get("next") else {}
    return redirect(reverse("account_login") + (f"?{urlencode(query)}" if query else ""))


class SignIn(LoginView):  # type: ignore[misc]
    """Where an address is typed to be sent a code, or a passkey is used."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "open_signup": settings.FOLKMOOT_OPEN_SIGNUP}


class _SaysWhenTooLate:
    """Tells somebody who is sent back to the start that their code is no longer good."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if getattr(self, "_process", None) is None and not request.user.is_authenticated:
            messages.info(request, _("That code is no longer good. Ask for a new one."))
        return response


class ConfirmCode(_SaysWhenTooLate, ConfirmLoginCodeView):  # type: ignore[misc]
    """Where the code from the mail is typed to sign in."""


class ConfirmAddress(_SaysWhenTooLate, ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """Where the code is typed that shows that a new address is one's own."""


sign_in = SignIn.as_view()
confirm_code = ConfirmCode.as_view()
confirm_address = ConfirmAddress.as_view()
