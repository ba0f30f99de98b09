"""Inviting by mail, by link and by list; and what became of the invitations."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from folkmoot.people import invitation_list
from folkmoot.people import invitations as inviting
from folkmoot.people.forms import InvitationForm, LinkForm, ListForm, posted
from folkmoot.people.invitation_list import Row, Unreadable, Verdict
from folkmoot.people.models import Invitation
from folkmoot.people.policies import ADMINISTER, allowed, is_administrator, who_asks

PAGE = 50
SHOWN = 100
"""How many rows of a kind the preview shows; the rest are counted."""

SENDING_SECONDS = 20
BATCH = 100

administrators_only = allowed(is_administrator, ADMINISTER)


@require_safe
@administrators_only
def invitations(request: HttpRequest) -> HttpResponse:
    """All open invitations, newest first."""
    found = Invitation.objects.open().select_related("branch", "invited_by")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    for word in words.split():
        found = found.filter(Q(email__icontains=word) | Q(name__icontains=word))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(one, inviting.describe(one), inviting.may_resend(one)) for one in page.object_list]
    return render(
        request,
        "people/invitations.html",
        {
            "page": page,
            "rows": rows,
            "words": words,
            "waiting": _waiting().count(),
            "public_url": settings.PUBLIC_URL,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def by_mail(request: HttpRequest) -> HttpResponse:
    """Invite one person."""
    form = InvitationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        purpose = f"office:{asked['kind']}"
        email = asked["email"].strip().lower()
        known = Invitation.objects.open().filter(email=email, purpose=purpose).first()
        if known:
            messages.info(request, _("%s was invited already; the invitation is open.") % email)
            return redirect("people:invitations")
        made = inviting.invite(
            who_asks(request), purpose, email=email, name=asked["name"], branch=asked["branch"]
        )
        inviting.send([made])
        messages.success(request, _("The invitation to %s is on its way.") % email)
        return redirect("people:invitations")
    return _form(request, form, _("Invite by e-mail"), _("Send the invitation"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def by_link(request: HttpRequest) -> HttpResponse:
    """Make a link that several people may use."""
    form = LinkForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        inviting.invite(
            who_asks(request),
            f"office:{asked['kind']}",
            branch=asked["branch"],
            uses=asked["uses"],
            days=asked["days"],
        )
        messages.success(request, _("The link is ready: copy it from the list below."))
        return redirect("people:invitations")
    return _form(request, form, _("Invite by link"), _("Make the link"))


def _form(request: HttpRequest, form: object, title: str, act: str) -> HttpResponse:
    status = 400 if request.method == "POST" else 200
    context = {"form": form, "title": title, "act": act}
    return render(request, "people/invite.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def by_list(request: HttpRequest) -> HttpResponse:
    """Read a list and show what was understood. Nobody is invited yet."""
    form = ListForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            rows = invitation_list.read(form.data_of_list)
        except Unreadable as refusal:
            form.add_error("file" if form.cleaned_data.get("file") else "pasted", str(refusal))
        else:
            invitation_list.judge(rows)
            return _preview(request, rows)
    status = 400 if request.method == "POST" else 200
    return render(request, "people/invite_list.html", {"form": form}, status=status)


def _preview(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    kinds = [
        (verdict, [row for row in rows if row.verdict is verdict])
        for verdict in (Verdict.REFUSED, Verdict.DOUBTFUL, Verdict.READY)
    ]
    counts = {verdict.value: len(found) for verdict, found in kinds}
    return render(
        request,
        "people/invite_list_preview.html",
        {
            "groups": [(v, found[:SHOWN], max(0, len(found) - SHOWN)) for v, found in kinds],
            "counts": counts,
            "total": len(rows),
            "as_csv": invitation_list.as_csv([r for r in rows if r.verdict is not Verdict.REFUSED]),
        },
    )


@require_POST
@administrators_only
def confirm_list(request: HttpRequest) -> HttpResponse:
    """Invite the people of a list that was looked at. Everything is checked again; sending the
    form twice invites nobody twice."""
    person = who_asks(request)
    try:
        rows = invitation_list.read(request.POST.get("list", "").encode("utf-8", "replace"))
    except Unreadable as refusal:
        messages.error(request, str(refusal))
        return redirect("people:invite-by-list")
    invitation_list.judge(rows)
    wanted = {Verdict.READY} | ({Verdict.DOUBTFUL} if request.POST.get("doubtful") else set())
    made = inviting.invite_many(
        person,
        [
            Invitation(
                email=row.email,
                name=row.name,
                purpose=row.purpose,
                branch=row.branch,
                invited_by=person,
            )
            for row in rows
            if row.verdict in wanted
        ],
    )
    if not made:
        messages.info(request, _("Nobody was left to invite."))
        return redirect("people:invitations")
    _send_for_a_while(request)
    return redirect("people:invitations")


@require_POST
@administrators_only
def send_waiting(request: HttpRequest) -> HttpResponse:
    """Send the mails of invitations that have not been sent yet."""
    _send_for_a_while(request)
    return redirect("people:invitations")


def _waiting() -> QuerySet[Invitation]:
    return Invitation.objects.open().filter(sent=None).exclude(email="")


def _send_for_a_while(request: HttpRequest) -> None:
    """Send what waits, for as long as somebody can be expected to look at a page loading."""
    until, sent = time.monotonic() + SENDING_SECONDS, 0
    while time.monotonic() < until:
        batch = list(_waiting().select_related("branch", "invited_by").order_by("pk")[:BATCH])
        if not batch:
            break
        sent += inviting.send(batch)
    messages.success(
        request,
        ngettext("%d invitation is on its way.", "%d invitations are on their way.", sent) % sent,
    )
    if left := _waiting().count():
        messages.info(
            request,
            ngettext("%d more waits to be sent.", "%d more wait to be sent.", left) % left,
        )


@require_POST
@administrators_only
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the mail of an open invitation once more."""
    found = get_object_or_404(Invitation.objects.select_related("branch", "invited_by"), pk=pk)
    if inviting.may_resend(found) and inviting.send([found]):
        messages.success(request, _("The invitation to %s was sent again.") % found.email)
    else:
        messages.info(request, _("It was sent a moment ago, or is no longer open."))
    return redirect("people:invitations")


@require_POST
@administrators_only
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(Invitation, pk=pk)
    inviting.withdraw(found, who_asks(request))
    messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
    return redirect("people:invitations")
