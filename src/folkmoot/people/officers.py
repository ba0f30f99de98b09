"""Who holds the offices of a branch, as a section of its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from folkmoot.branches.models import Branch
from folkmoot.people.models import Office, Person
from folkmoot.people.policies import is_administrator, sees_address, sees_directory


def officers(request: HttpRequest, branch: Branch) -> SafeString:
    """The officers by office. Visitors who have not signed in see that an office is held, and
    not by whom."""
    offices = Office.objects.current().filter(branch=branch).select_related("person")
    visitor = request.user
    addresses = sees_address(visitor, Person(branch=branch))
    held = [
        (kind.label, [office.person for office in offices if office.kind == kind])
        for kind in Office.BRANCH_KINDS
    ]
    context = {
        "branch": branch,
        "held": held,
        "named": sees_directory(visitor),
        "addresses": addresses,
        "administrator": is_administrator(visitor),
    }
    return render_to_string("people/officers.html", context, request)
