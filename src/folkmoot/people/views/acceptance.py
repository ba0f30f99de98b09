"""Where an invitation leads."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from folkmoot.people import invitations
from folkmoot.people.models import Invitation, Person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites to what; let the visitor sign in or join, then accept.

    A visitor who presses “Continue” is sent to sign in, or to sign up when new, and comes back
    here. One whose invitation is over reads why, and what to do.
    """
    found = get_object_or_404(
        Invitation.objects.select_related("branch", "invited_by"), token=token.replace("\0", "")
    )
    person = request.user if isinstance(request.user, Person) else None
    accepted = person is not None and found.acceptances.filter(person=person).exists()
    if request.method == "POST" and not accepted and found.is_open:
        if person is None:
            return _to_the_door(request, found)
        try:
            invitations.accept(found, person)
        except invitations.Unavailable as refusal:
            messages.error(request, str(refusal))
            return redirect(found)
        request.session.pop(invitations.SESSION_KEY, None)
        messages.success(
            request, _("Welcome. You have accepted: %s.") % invitations.describe(found)
        )
        return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
    context = {
        "invitation": found,
        "offer": invitations.describe(found),
        "accepted": accepted,
        "is_for_you": person is None or invitations.is_for(found, person),
        "address_hint": _hint(found.email),
    }
    over = not found.is_open and not accepted
    return render(request, "people/invitation.html", context, status=410 if over else 200)


def _to_the_door(request: HttpRequest, found: Invitation) -> HttpResponse:
    """To signing in for those who have been here, to signing up for those who have not."""
    invitations.remember(request, found)
    known = (
        Person.objects.by_email(found.email) is not None if found.email else "known" in request.POST
    )
    door = reverse("account_login" if known else "account_signup")
    return redirect(f"{door}?{urlencode({'next': found.get_absolute_url()})}")


def _hint(email: str) -> str:
    """An address that its owner recognises and others cannot read: j…@example.org."""
    local, _at, domain = email.partition("@")
    return f"{local[:1]}…@{domain}" if email else ""
