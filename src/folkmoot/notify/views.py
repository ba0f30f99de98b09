"""The demonstration's mailbox: every mail as it would arrive."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from folkmoot.notify import mailbox

PAGE = 25


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails first."""
    _demo_only()
    number = request.GET.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1
    _none, total = mailbox.newest(0, 0)
    page = Paginator(range(total), PAGE).get_page(wanted)
    found, _total = mailbox.newest(page.start_index() - 1 if total else 0, PAGE)
    return render(request, "notify/mails.html", {"mails": found, "page": page, "total": total})


@require_safe
@never_cache
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail."""
    return render(request, "notify/mail.html", {"mail": _found(key)})


@require_safe
@never_cache
@xframe_options_sameorigin
@csp_override(
    {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [CSP.SELF],
        "form-action": [CSP.NONE],
        "sandbox": [
            "allow-popups",
            "allow-popups-to-escape-sandbox",
            "allow-top-navigation-by-user-activation",
        ],
    }
)
def html_part(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of one mail, for the frame in its page: no script, no form, nothing fetched."""
    return HttpResponse(_found(key).html)


def _found(key: str) -> mailbox.Mail:
    _demo_only()
    found = mailbox.read(key)
    if found is None:
        raise Http404
    return found


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404
