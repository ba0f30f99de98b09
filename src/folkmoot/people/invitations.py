"""Inviting people, and what happens when they accept.

An invitation offers something, named by the first word of its purpose. The rooms say what each
word means: they register an `Offer` (see `config/wiring.py`), so that this room needs to know
nothing of the higher ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.branches.models import Branch
from folkmoot.notify.letter import letter
from folkmoot.people.models import Acceptance, Invitation, Office, Person
from folkmoot.people.models.invitation import LIFETIME
from folkmoot.people.models.office import office_name
from folkmoot.people.organisation import record, record_all

SESSION_KEY = "invitation"
RESEND_AFTER = timedelta(minutes=5)


class Unavailable(RuntimeError):
    """The invitation cannot be accepted; the message says why and what to do."""


@dataclass(frozen=True)
class Offer:
    """What invitations of one kind offer.

    `take_up(invitation, person)` gives it, inside a transaction, and may raise `Unavailable`.
    `describe(invitation)` says in a few words what it is, such as "Seat 7 of the review".
    """

    take_up: Callable[[Invitation, Person], object]
    describe: Callable[[Invitation], str] = lambda invitation: _("A place here")


_offers: dict[str, Offer] = {}


def register(word: str, offer: Offer) -> None:
    """Say what invitations offer whose purpose begins with `word`."""
    _offers[word] = offer


def describe(invitation: Invitation) -> str:
    """What the invitation offers, in a few words."""
    offer = _offers.get(invitation.subject[0])
    return offer.describe(invitation) if offer else _("A place here")


def take_up_office(invitation: Invitation, person: Person) -> Office:
    """Give the office that an invitation such as "office:branch_chair" offers."""
    kind = invitation.subject[1]
    if kind not in Office.Kind.values:
        raise Unavailable(_("This invitation offers something that no longer exists."))
    if invitation.branch and person.branch is None:
        person.branch = invitation.branch
        person.save(update_fields=["branch"])
    branch = invitation.branch if kind in Office.BRANCH_KINDS else None
    office, _new = Office.give(person, kind, by=invitation.invited_by or person, branch=branch)
    return office


def describe_office(invitation: Invitation) -> str:
    """The office offered, such as "Branch chair, Aldershot"."""
    kind = invitation.subject[1]
    if kind not in Office.Kind.values:
        return _("An office")
    return office_name(kind, invitation.branch)


@transaction.atomic
def invite(
    by: Person,
    purpose: str,
    *,
    email: str = "",
    name: str = "",
    branch: Branch | None = None,
    uses: int = 1,
    days: int = LIFETIME.days,
) -> Invitation:
    """Invite one person by `email`, or, without, whoever has the link, `uses` times.

    Sends no mail: see `send`. `purpose` is "office:KIND" or another registered word.
    """
    invitation = Invitation.objects.create(
        email=email.strip().lower(),
        name=name.strip(),
        purpose=purpose,
        branch=branch,
        invited_by=by,
        uses_left=1 if email else uses,
        expires=timezone.now() + timedelta(days=days),
    )
    record("invitation.made", by, _particulars(invitation))
    return invitation


@transaction.atomic
def invite_many(by: Person, invitations: Sequence[Invitation]) -> list[Invitation]:
    """Store many prepared invitations at once, with a ledger entry each. Sends no mail."""
    made = Invitation.objects.bulk_create(invitations, batch_size=500)
    record_all("invitation.made", by, [_particulars(invitation) for invitation in made])
    return made


def _particulars(invitation: Invitation) -> dict[str, object]:
    """What the ledger says of an invitation: nothing about who is invited."""
    return {
        "invitation": invitation.pk,
        "purpose": invitation.purpose,
        "branch": invitation.branch.code if invitation.branch else None,
        "uses": invitation.uses_left,
    }


def send(invitations: Sequence[Invitation]) -> int:
    """Mail the link to each open invitation that has an address. Returns how many were sent."""
    messages, sent = [], []
    for invitation in invitations:
        if invitation.email and invitation.is_open:
            messages.append(_mail(invitation))
            sent.append(invitation.pk)
    if messages:
        with get_connection() as connection:
            connection.send_messages(messages)
        Invitation.objects.filter(pk__in=sent).update(sent=timezone.now())
    return len(sent)


def _mail(invitation: Invitation) -> EmailMultiAlternatives:
    context = {
        "invitation": invitation,
        "offer": describe(invitation),
        "organisation_name": settings.FOLKMOOT_ORGANISATION_NAME,
        "address": settings.PUBLIC_URL + invitation.get_absolute_url(),
    }
    return letter(
        render_to_string("people/mail/invitation_subject.txt", context),
        render_to_string("people/mail/invitation.txt", context),
        [invitation.email],
    )


def may_resend(invitation: Invitation) -> bool:
    """Whether the mail can be sent again: not within minutes of the last one."""
    last = invitation.sent
    return invitation.is_open and (last is None or timezone.now() - last >= RESEND_AFTER)


@transaction.atomic
def withdraw(invitation: Invitation, by: Person) -> None:
    """Close the invitation. Withdrawing twice keeps the first time."""
    if Invitation.objects.filter(pk=invitation.pk, withdrawn=None).update(withdrawn=timezone.now()):
        record("invitation.withdrawn", by, {"invitation": invitation.pk})
    invitation.refresh_from_db(fields=["withdrawn"])


def is_for(invitation: Invitation, person: Person) -> bool:
    """Whether the person may accept it: a link is for anybody, a mail for whom it was sent to."""
    if not invitation.email:
        return True
    if person.email == invitation.email:
        return True
    proven = EmailAddress.objects.filter(user=person, verified=True)
    return bool(proven.filter(email__iexact=invitation.email).exists())


@transaction.atomic
def accept(invitation: Invitation, person: Person) -> None:
    """Let the person have what is offered. Accepting twice changes nothing.

    Raises `Unavailable` when it is for somebody else or can no longer be accepted.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.acceptances.filter(person=person).exists():
        return
    if not is_for(invitation, person):
        raise Unavailable(_("This invitation was sent to another address."))
    offer = _offers.get(invitation.subject[0])
    if offer is None or not invitation.use():
        raise Unavailable(_("This invitation can no longer be accepted."))
    offer.take_up(invitation, person)
    if invitation.name and not person.name:
        person.name = invitation.name
        person.save(update_fields=["name"])
    Acceptance.objects.create(invitation=invitation, person=person)
    record("invitation.accepted", person, {"invitation": invitation.pk, "person": person.key})


def remember(request: HttpRequest, invitation: Invitation) -> None:
    """Keep in the session which invitation a visitor came with, until they have signed in."""
    request.session[SESSION_KEY] = invitation.token


def pending_invitation(request: HttpRequest | None) -> Invitation | None:
    """The open invitation that the visitor came with, if any."""
    token = request.session.get(SESSION_KEY) if request is not None else None
    return Invitation.objects.open().filter(token=token).first() if token else None
