"""Somebody who has just made a passkey or typed a code from a new app has shown who they are."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.http import HttpRequest

_ASKED_OF_THE_PERSON = {Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP}


def count_as_proof(request: HttpRequest, authenticator: Authenticator, **_signal: Any) -> None:
    """Spare them being asked again at once, before they may see their recovery codes."""
    if authenticator.type not in _ASKED_OF_THE_PERSON:
        return
    shown = {
        "method": "mfa",
        "at": time.time(),
        "id": authenticator.pk,
        "type": authenticator.type,
        "reauthenticated": True,
    }
    earlier = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*earlier, shown]


def connect() -> None:
    """Listen for new passkeys and apps."""
    authenticator_added.connect(count_as_proof, dispatch_uid="folkmoot.people.proof")
