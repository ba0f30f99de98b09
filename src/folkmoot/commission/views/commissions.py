"""Commissions: the list, a commission's page, its charter and its offices."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from folkmoot.algorithms.consent import Refused
from folkmoot.commission import policies
from folkmoot.commission.forms.commission import (
    CharterForm,
    CommissionForm,
    OfficeForm,
    SeatForm,
    SeatListForm,
    TextForm,
)
from folkmoot.commission.invitations import office_purpose
from folkmoot.commission.models import Commission, CommissionOffice, Text
from folkmoot.people.invitations import invite, send
from folkmoot.people.models import Invitation
from folkmoot.people.policies import allowed, is_administrator, require, signed_in, who_asks


@signed_in
@require_safe
def commissions(request: HttpRequest) -> HttpResponse:
    """The commissions the visitor belongs to; all of them for an administrator."""
    person = who_asks(request)
    found = Commission.objects.all()
    if not is_administrator(person):
        found = found.filter(
            Q(pk__in=person.seats.current().values("commission"))
            | Q(pk__in=person.commission_offices.current().values("commission"))
        )
    return render(
        request,
        "commission/commissions.html",
        {"commissions": found.distinct(), "administrator": is_administrator(person)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(is_administrator, policies.BEGIN_COMMISSION)
def new(request: HttpRequest) -> HttpResponse:
    """Set up a commission and its charter."""
    form = CommissionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = Commission.objects.create(**form.cleaned_data)
        messages.success(request, _("The commission is set up. Invite its people next."))
        return redirect(made)
    return render(
        request,
        "commission/new_commission.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def entered(request: HttpRequest, slug: str) -> Commission:
    """A commission, entered by somebody who may see it."""
    found = get_object_or_404(Commission, slug=slug)
    require(policies.may_see_commission(request.user, found), policies.SEE_COMMISSION)
    return found


@require_safe
def commission(request: HttpRequest, slug: str) -> HttpResponse:
    """Who sits in it, who holds its offices, what it writes, and how it agrees."""
    return page(request, entered(request, slug))


def page(
    request: HttpRequest, found: Commission, *, status: int = 200, **forms: object
) -> HttpResponse:
    """The commission's page; `forms` are those that came back with errors."""
    held = policies.standing(request.user, found)
    runs = policies.may_run_commission(request.user, found)
    waiting = {}
    if runs:
        purposes = Q(purpose__startswith=f"commission-office:{found.pk}:") | Q(
            purpose__in=[f"seat:{pk}" for pk in found.seats.values_list("pk", flat=True)]
        )
        waiting = {i.purpose: i for i in Invitation.objects.open().filter(purposes)}
    seats = []
    for seat in found.seats.select_related("person").order_by("number"):
        seat.waiting = waiting.get(f"seat:{seat.pk}")
        if seat.is_current or seat.is_kept:
            seats.append(seat)
    return render(
        request,
        "commission/commission.html",
        {
            "commission": found,
            "held": held,
            "runs": runs,
            "seats": seats,
            "left": [s for s in found.seats.all() if s.ended is not None],
            "offices": found.commission_offices.current().select_related("person").order_by("kind"),
            "asked": [i for p, i in waiting.items() if p.startswith("commission-office:")],
            "may_begin_text": policies.may_begin_text(request.user, found),
            "seat_form": SeatForm(prefix="seat"),
            "list_form": SeatListForm(prefix="list"),
            "office_form": OfficeForm(prefix="office"),
            **forms,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def charter(request: HttpRequest, slug: str) -> HttpResponse:
    """How the commission agrees; changed here until the first stance is taken."""
    found = entered(request, slug)
    may = policies.may_run_commission(request.user, found)
    names = [*CharterForm.base_fields]
    form = CharterForm(initial={name: getattr(found, name) for name in names})
    status = 200
    if request.method == "POST":
        require(may, policies.RUN_COMMISSION)
        form = CharterForm(request.POST)
        if form.is_valid():
            try:
                found.adopt_charter(who_asks(request), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                found.refresh_from_db()
            else:
                messages.success(request, _("The charter is adopted."))
                return redirect(found)
        status = 422
    return render(
        request,
        "commission/charter.html",
        {"commission": found, "form": form, "may": may, "fixed": found.charter_is_fixed},
        status=status,
    )


@require_POST
def give_office(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody to an office of the commission."""
    found = entered(request, slug)
    require(policies.may_run_commission(request.user, found), policies.RUN_COMMISSION)
    form = OfficeForm(request.POST, prefix="office")
    if not form.is_valid():
        return page(request, found, office_form=form, status=422)
    said = form.cleaned_data
    purpose = office_purpose(found, said["kind"])
    if Invitation.objects.open().filter(purpose=purpose, email=said["email"].lower()).exists():
        messages.info(request, _("This person is invited already."))
        return redirect(found)
    sent = invite(who_asks(request), purpose, email=said["email"], name=said["name"])
    transaction.on_commit(lambda: send([sent]))
    messages.success(request, _("The invitation is on its way."))
    return redirect(found)


@require_POST
def end_office(request: HttpRequest, slug: str, office: int) -> HttpResponse:
    """End an office of the commission. What its holder wrote stays."""
    found = entered(request, slug)
    require(policies.may_run_commission(request.user, found), policies.RUN_COMMISSION)
    held = get_object_or_404(CommissionOffice, pk=office, commission=found)
    held.end()
    messages.success(request, _("The office has ended."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def new_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a text; a document can be imported into it next."""
    found = entered(request, slug)
    require(policies.may_begin_text(request.user, found), policies.RUN_COMMISSION)
    form = TextForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = Text.begin(
            found,
            said["slug"],
            said["title"],
            who_asks(request),
            paragraphs=said["paragraphs"],
            headings=said["headings"],
        )
        if request.POST.get("then") == "import":
            return redirect("commission:import", slug=made.slug)
        messages.success(request, _("The text is begun. Add its first heading."))
        return redirect(made)
    return render(
        request,
        "commission/new_text.html",
        {"commission": found, "form": form},
        status=422 if form.is_bound else 200,
    )
