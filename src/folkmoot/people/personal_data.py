"""What this room stores about people."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person
from folkmoot.people.register import OnClosing, PersonalData, declare


def addressed_to(person: Person) -> Q:
    """Invitations sent to the person's address."""
    return Q(email=person.email)


declare(
    PersonalData(
        model="people.Person",
        title=_("You"),
        fields=("email", "name", "about", "branch__name", "key", "joined", "last_login"),
        whose="pk",
        purpose=_("To let you sign in and to show others who you are."),
        retention=_("Until you close your account."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="account.EmailAddress",
        title=_("E-mail addresses"),
        fields=("email", "verified", "primary"),
        whose="user",
        purpose=_("To send you codes for signing in."),
        retention=_("Until you change the address or close your account."),
    ),
    PersonalData(
        model="mfa.Authenticator",
        title=_("Passkeys, authenticator app and recovery codes"),
        fields=("type", "created_at", "last_used_at"),
        whose="user",
        purpose=_("To check that it is you. Their secrets are never shown, not even here."),
        retention=_("Until you remove them or close your account."),
    ),
    PersonalData(
        model="people.Office",
        title=_("Offices"),
        fields=("kind", "branch__name", "started", "ended"),
        whose="person",
        purpose=_("To know what you may do here, and who decided what in which office."),
        retention=_("Offices end when you close your account; that they were held stays, unnamed."),
        on_closing=OnClosing.KEEP,
    ),
    PersonalData(
        model="people.Invitation",
        title=_("Invitations to you"),
        fields=("email", "name", "purpose", "created", "expires"),
        whose=addressed_to,
        purpose=_("To let you in."),
        retention=_("Until you close your account; otherwise a year after they were made."),
        unnamed=("invited_by",),
    ),
    PersonalData(
        model="people.Acceptance",
        title=_("Invitations you accepted"),
        fields=("invitation__purpose", "at"),
        whose="person",
        purpose=_("So that a link is used once by each person."),
        retention=_("Until you close your account."),
    ),
    PersonalData(
        model="people.DemoPerson",
        title=_("Your part in the demonstration"),
        fields=("role", "about"),
        whose="person",
        purpose=_("To offer invented people for trying things out."),
        retention=_("Exists in the demonstration only."),
    ),
)
