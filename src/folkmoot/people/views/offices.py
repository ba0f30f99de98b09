"""Giving and ending offices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from folkmoot.people.forms import OfficeForm, posted
from folkmoot.people.models import LastAdministrator, Office, Person
from folkmoot.people.policies import ADMINISTER, allowed, is_administrator, who_asks


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(is_administrator, ADMINISTER)
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Give an office to a person."""
    person = get_object_or_404(Person, key=key, is_active=True)
    form = OfficeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        office, new = Office.give(person, by=who_asks(request), **form.cleaned_data)
        words = {"name": person.shown_name, "office": str(office)}
        if new:
            messages.success(request, _("%(name)s now holds the office: %(office)s.") % words)
        else:
            messages.info(request, _("%(name)s holds that office already: %(office)s.") % words)
        return redirect(person)
    status = 400 if form.is_bound else 200
    return render(
        request, "people/give_office.html", {"form": form, "person": person}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(is_administrator, ADMINISTER)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then let an office end."""
    office = get_object_or_404(Office.objects.select_related("person", "branch"), pk=pk)
    if request.method == "POST":
        try:
            office.end(by=who_asks(request))
        except LastAdministrator:
            messages.error(
                request,
                _("There must always be an administrator. Give the office to somebody else first."),
            )
        else:
            messages.success(
                request,
                _("%(name)s no longer holds the office: %(office)s.")
                % {"name": office.person.shown_name, "office": str(office)},
            )
        return redirect(office.person)
    return render(request, "people/end_office.html", {"office": office})
