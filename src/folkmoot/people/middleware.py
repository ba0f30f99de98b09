"""Somebody who is not signed in is asked to sign in before being told no."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from folkmoot.people.policies import Forbidden


class SignInFirst:
    """Answers `Forbidden` from a view with the way to sign in, for visitors we do not know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Forbidden) or request.user.is_authenticated:
            return None
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': way_back(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(address)
        return redirect(address)


def way_back(request: HttpRequest) -> str:
    """Where to go after signing in: this page, or, for a form or a fragment, the page it was on."""
    fragment = request.headers.get("HX-Current-URL", "")
    if request.method in {"GET", "HEAD"} and not fragment:
        return request.get_full_path()
    page = fragment or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
