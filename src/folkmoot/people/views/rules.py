"""Pages that anybody can read: who may do what, and what is kept about people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from folkmoot.people import policies, register


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Every right of every room, and who has it."""
    return render(request, "people/roles.html", {"rooms": policies.declared()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Every personal field that is stored, why, and for how long."""
    return render(request, "people/privacy.html", {"records": register.declared()})
