"""One's own account: profile, data, closing."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from folkmoot.people import register
from folkmoot.people.closing import Hindered, close_account
from folkmoot.people.forms import ClosingForm, ProfileForm, posted
from folkmoot.people.models import Person
from folkmoot.people.policies import signed_in, who_asks


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Name, branch and a few words; and the way to everything else about the account."""
    person = Person.objects.get(pk=request.user.pk)
    form = ProfileForm(posted(request), instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("people:profile")
    context = {
        "form": form,
        "offices": who_asks(request).current_offices,
        "protected": is_mfa_enabled(request.user),
    }
    return render(request, "people/profile.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
@signed_in
def data(request: HttpRequest) -> HttpResponse:
    """All that is stored about the visitor, to read."""
    return render(
        request, "people/data.html", {"records": register.everything_to_read(who_asks(request))}
    )


@never_cache
@require_safe
@signed_in
def data_as_json(request: HttpRequest) -> HttpResponse:
    """All that is stored about the visitor, to take away."""
    about = {
        "organisation": settings.FOLKMOOT_ORGANISATION_NAME,
        "at": timezone.now().isoformat(timespec="seconds"),
        "records": [
            {
                "about": str(record.title),
                "model": record.model,
                "purpose": str(record.purpose),
                "retention": str(record.retention),
                "rows": rows,
            }
            for record, rows in register.everything_about(who_asks(request))
        ],
    }
    response = JsonResponse(about, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="about-me.json"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def close(request: HttpRequest) -> HttpResponse:
    """Ask, then close the account and sign out."""
    form = ClosingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            close_account(Person.objects.get(pk=request.user.pk))
        except Hindered as hindrance:
            messages.error(request, str(hindrance))
            return redirect("people:close-account")
        logout(request)
        messages.success(request, _("Your account is closed and what we kept about you is gone."))
        return redirect(resolve_url(settings.LOGOUT_REDIRECT_URL))
    context = {"form": form, "records": register.declared()}
    return render(request, "people/close.html", context, status=400 if form.errors else 200)
