"""Inviting commissioners, and leaving a seat."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from folkmoot.commission import policies
from folkmoot.commission.consent_log import reading
from folkmoot.commission.forms.commission import LeaveForm, SeatForm, SeatListForm
from folkmoot.commission.invitations import seat_purpose
from folkmoot.commission.models import Commission, Seat
from folkmoot.people import invitation_list
from folkmoot.people.invitations import invite as send_invitation
from folkmoot.people.invitations import send
from folkmoot.people.models import Invitation, Person
from folkmoot.people.policies import require, who_asks

from .commissions import entered, page

MOST_SEATS = 200


def _may(request: HttpRequest, slug: str) -> Commission:
    found = entered(request, slug)
    require(policies.may_run_commission(request.user, found), policies.RUN_COMMISSION)
    return found


@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a seat for one person and invite them, by mail or by a link to pass on."""
    found = _may(request, slug)
    form = SeatForm(request.POST, prefix="seat")
    if form.is_valid() and _invited(found, form.cleaned_data["email"]):
        form.add_error("email", _("Somebody with this address is seated or invited already."))
    if form.is_valid() and found.seats.filter(ended=None).count() >= MOST_SEATS:
        form.add_error(None, _("A commission can have at most 200 seats."))
    if not form.is_valid():
        return page(request, found, seat_form=form, status=422)
    invitation = _keep(
        found, who_asks(request), form.cleaned_data["name"], form.cleaned_data["email"]
    )
    if invitation.email:
        transaction.on_commit(lambda: send([invitation]))
        messages.success(request, _("The seat is kept and the invitation is on its way."))
    else:
        messages.success(request, _("The seat is kept. Its link stands beside it below."))
    return redirect(found)


@require_POST
def invite_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a seat for each person of a list, and invite them all by mail."""
    found = _may(request, slug)
    form = SeatListForm(request.POST, request.FILES, prefix="list")
    if not form.is_valid():
        return page(request, found, list_form=form, status=422)
    try:
        rows = invitation_list.read(form.cleaned_data["list"].read())
    except invitation_list.Unreadable as error:
        form.add_error("list", str(error))
        return page(request, found, list_form=form, status=422)
    wanted = {row.email.strip().lower(): row.name for row in rows if "@" in row.email}
    fresh = {email: name for email, name in wanted.items() if not _invited(found, email)}
    if found.seats.filter(ended=None).count() + len(fresh) > MOST_SEATS:
        form.add_error("list", _("A commission can have at most 200 seats."))
        return page(request, found, list_form=form, status=422)
    with transaction.atomic():
        by = who_asks(request)
        made = [_keep(found, by, name, email) for email, name in fresh.items()]
    send(made)
    said = ngettext("%(n)d person invited.", "%(n)d people invited.", len(made)) % {"n": len(made)}
    skipped = len(rows) - len(made)
    if skipped:
        said += " " + ngettext(
            "%(n)d line was left out: no address, twice, or invited already.",
            "%(n)d lines were left out: no address, twice, or invited already.",
            skipped,
        ) % {"n": skipped}
    messages.success(request, said)
    return redirect(found)


def _keep(commission: Commission, by: Person, name: str, email: str) -> Invitation:
    with transaction.atomic():
        seat = Seat.keep(commission, name or email.partition("@")[0])
        return send_invitation(by, seat_purpose(seat), email=email, name=name)


def _invited(commission: Commission, email: str) -> bool:
    email = email.strip().lower()
    if not email:
        return False
    purposes = [seat_purpose(seat) for seat in commission.seats.filter(ended=None, person=None)]
    return (
        commission.seats.current().filter(person__email=email).exists()
        or Invitation.objects.open().filter(purpose__in=purposes, email=email).exists()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Leave a seat, having read what follows; or end one at its holder's request."""
    found = entered(request, slug)
    seat = get_object_or_404(Seat, commission=found, number=number)
    kept = seat.is_kept and policies.may_run_commission(request.user, found)
    require(kept or policies.may_leave(request.user, seat), policies.LEAVE_SEAT)
    own = seat.person_id == request.user.pk
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if seat.is_kept:
            _withdraw_invitations(seat)
        seat.leave(who_asks(request))
        if own:
            messages.success(request, _("You have left the seat. Thank you for your work."))
            return redirect("commission:desk")
        messages.success(request, _("The seat is left."))
        return redirect(found)
    return render(
        request,
        "commission/leave.html",
        {
            "commission": found,
            "seat": seat,
            "own": own,
            "form": form,
            "objections": _own_objections(found, seat) if own else None,
        },
        status=422 if form.is_bound else 200,
    )


def _own_objections(commission: Commission, seat: Seat) -> int:
    """How many open objections the seat's own holder would leave behind."""
    count = 0
    for text in commission.texts.all():
        with reading(text) as state:
            count += sum(
                any(o.seat == seat.key for o in state.standing(p).objections)
                for p, status in state.statuses().items()
                if status.value == "contested"
            )
    return count


def _withdraw_invitations(seat: Seat) -> None:
    from django.utils import timezone

    Invitation.objects.filter(purpose=seat_purpose(seat), withdrawn=None).update(
        withdrawn=timezone.now()
    )
