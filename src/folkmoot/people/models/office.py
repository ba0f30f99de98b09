"""A role in the organisation or in a branch, held for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .tenure import Tenure


class Office(Tenure):
    """An office that a person holds. Offices in a commission live with the commission."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        MEMBER = "member", _("Member")
        BRANCH_SECRETARY = "branch_secretary", _("Branch secretary")
        BRANCH_CHAIR = "branch_chair", _("Branch chair")
        BRANCH_OFFICER = "branch_officer", _("Branch officer")

    BRANCH_KINDS = (Kind.BRANCH_SECRETARY, Kind.BRANCH_CHAIR, Kind.BRANCH_OFFICER)

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="offices")
    kind = models.CharField(max_length=20, choices=Kind)
    branch = models.ForeignKey(
        "branches.Branch", models.CASCADE, null=True, blank=True, related_name="offices"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(branch=None) | ~Q(kind__in=["administrator", "member"]),
                name="office_branch_only_for_branch_offices",
            ),
            models.CheckConstraint(
                condition=~Q(branch=None) | Q(kind__in=["administrator", "member"]),
                name="branch_office_needs_a_branch",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "branch"],
                condition=Q(ended=None),
                name="office_held_once",
                nulls_distinct=False,
            ),
        ]
        ordering = ["started"]

    def __str__(self) -> str:
        kind = self.get_kind_display()
        return f"{kind}, {self.branch.name}" if self.branch else str(kind)
