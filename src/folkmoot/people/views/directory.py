"""Who holds which office."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from folkmoot.people.models import Office, Person
from folkmoot.people.policies import (
    SEE_PEOPLE,
    allowed,
    is_administrator,
    may_see_person,
    require,
    sees_address,
    sees_directory,
)

PAGE = 50


@require_safe
@allowed(sees_directory, SEE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """The people in office; for administrators everybody, with addresses."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    administrator = is_administrator(request.user)
    everybody = administrator and request.GET.get("show") == "everybody"
    current = Office.objects.current().select_related("branch")
    found = Person.objects.filter(is_active=True)
    if not everybody:
        in_office = Office.objects.current().exclude(kind=Office.Kind.MEMBER)
        found = found.filter(pk__in=in_office.values("person"))
        current = current.exclude(kind=Office.Kind.MEMBER)
    for word in words.split():
        match = Q(name__icontains=word) | Q(
            pk__in=current.filter(branch__name__icontains=word).values("person")
        )
        found = found.filter(match | Q(email__icontains=word) if administrator else match)
    found = found.prefetch_related(Prefetch("offices", current, to_attr="offices_now"))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "people/people.html",
        {"page": page, "words": words, "administrator": administrator, "everybody": everybody},
    )


@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """One person: name, about, the offices held now and before."""
    require(sees_directory(request.user), SEE_PEOPLE)
    shown = get_object_or_404(Person.objects.select_related("branch"), key=key)
    require(may_see_person(request.user, shown), SEE_PEOPLE)
    offices = list(shown.offices.select_related("branch").order_by("-started"))
    return render(
        request,
        "people/person.html",
        {
            "shown": shown,
            "offices_now": [office for office in offices if office.is_current],
            "offices_before": [office for office in offices if not office.is_current],
            "administrator": is_administrator(request.user),
            "address": shown.email if sees_address(request.user, shown) else "",
        },
    )
