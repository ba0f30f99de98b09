"""Addresses of signing in and of keeping an account safe.

They are django-allauth's, by its names; what has to do with passwords is left out, as nobody here
has one.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from folkmoot.people.views import entrance

urlpatterns = [
    path("login/", entrance.sign_in, name="account_login"),
    path("login/code/", entrance.request_code, name="account_request_login_code"),
    path("login/code/confirm/", entrance.confirm_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("email/", account.email, name="account_email"),
    path("email/confirm/", entrance.confirm_address, name="account_email_verification_sent"),
    path("safety/", second_step.index, name="mfa_index"),
    path("safety/second-step/", second_step.authenticate, name="mfa_authenticate"),
    path("safety/again/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("safety/app/add/", app.activate_totp, name="mfa_activate_totp"),
    path("safety/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "safety/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"
    ),
    path(
        "safety/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "safety/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("safety/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("safety/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path(
        "safety/passkeys/again/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("safety/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("safety/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
]
