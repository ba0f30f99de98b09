"""Addresses of signing in and of keeping an account safe.

They are django-allauth's, by its names; what has to do with passwords is left out, as nobody here
has one.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.module_loading import import_string

from folkmoot.people.views import entrance


def later(name: str) -> Callable[..., HttpResponse]:
    """The view of this name in `allauth.mfa`, loaded when it is first asked for.

    What checks passkeys takes a tenth of the memory of a server, and few requests need it.
    """

    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        answer: HttpResponse = import_string(f"allauth.mfa.{name}")(request, **named)
        return answer

    return view


urlpatterns = [
    path("login/", entrance.sign_in, name="account_login"),
    path("login/code/", entrance.request_code, name="account_request_login_code"),
    path("login/code/confirm/", entrance.confirm_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("email/", account.email, name="account_email"),
    path("email/confirm/", entrance.confirm_address, name="account_email_verification_sent"),
    path("safety/", later("base.views.index"), name="mfa_index"),
    path("safety/second-step/", later("base.views.authenticate"), name="mfa_authenticate"),
    path("safety/again/", later("base.views.reauthenticate"), name="mfa_reauthenticate"),
    path("safety/app/add/", later("totp.views.activate_totp"), name="mfa_activate_totp"),
    path("safety/app/remove/", later("totp.views.deactivate_totp"), name="mfa_deactivate_totp"),
    path(
        "safety/recovery-codes/",
        later("recovery_codes.views.view_recovery_codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "safety/recovery-codes/new/",
        later("recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "safety/recovery-codes/download/",
        later("recovery_codes.views.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
    path("safety/passkeys/", later("webauthn.views.list_webauthn"), name="mfa_list_webauthn"),
    path("safety/passkeys/add/", later("webauthn.views.add_webauthn"), name="mfa_add_webauthn"),
    path(
        "safety/passkeys/again/",
        later("webauthn.views.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "safety/passkeys/<int:pk>/name/",
        later("webauthn.views.edit_webauthn"),
        name="mfa_edit_webauthn",
    ),
    path(
        "safety/passkeys/<int:pk>/remove/",
        later("webauthn.views.remove_webauthn"),
        name="mfa_remove_webauthn",
    ),
    path("login/passkey/", later("webauthn.views.login_webauthn"), name="mfa_login_webauthn"),
]
