"""The demonstration: look around as one of the cast. Impossible anywhere else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from folkmoot.people.demo import cast_member
from folkmoot.people.models import DemoPerson

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
@never_cache
def cast(request: HttpRequest) -> HttpResponse:
    """The cast as cards, each with a button to sign in as."""
    if not settings.DEMO:
        raise Http404
    members = list(DemoPerson.objects.filter(person__is_active=True).select_related("person"))
    return render(
        request,
        "people/demo.html",
        {
            "parts": [
                (part.label, [member for member in members if member.part == part])
                for part in DemoPerson.Part
            ],
            "anybody": bool(members),
            "next": request.GET.get("next", ""),
        },
    )


@require_POST
@never_cache
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one of the cast; nobody else can be signed in this way."""
    person = cast_member(key)
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirect(onward)
