"""A role in the organisation or in a branch, held for a time."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.branches.models import Branch
from folkmoot.people.organisation import record

from .person import Person
from .tenure import Tenure


class LastAdministrator(RuntimeError):
    """The only administrator cannot let go before there is another."""


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
                fields=["person", "kind"],
                condition=Q(ended=None, branch=None),
                name="office_held_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "branch"],
                condition=Q(ended=None) & ~Q(branch=None),
                name="branch_office_held_once",
            ),
        ]
        ordering = ["started"]

    def __str__(self) -> str:
        return office_name(self.kind, self.branch)

    @classmethod
    @transaction.atomic
    def give(
        cls, person: Person, kind: str, *, by: Person, branch: Branch | None = None
    ) -> tuple[Office, bool]:
        """Let the person hold the office from now on. Returns it, and whether it is new: giving
        what is held already changes nothing."""
        office, new = cls.objects.get_or_create(person=person, kind=kind, branch=branch, ended=None)
        if new:
            record("office.given", by, office._particulars())
            person.__dict__.pop("current_offices", None)
        return office, new

    @transaction.atomic
    def end(self, at: datetime | None = None, *, by: Person | None = None) -> None:
        """Let the office end. Raises `LastAdministrator` when nobody else is one."""
        if self.ended is not None:
            return
        if self.kind == self.Kind.ADMINISTRATOR:
            others = Office.objects.current().filter(kind=self.kind, person__is_active=True)
            if not others.exclude(person_id=self.person_id).exists():
                raise LastAdministrator
        super().end(at)
        record("office.ended", by, self._particulars())
        self.person.__dict__.pop("current_offices", None)

    def _particulars(self) -> dict[str, object]:
        return {
            "person": self.person.key,
            "office": self.kind,
            "branch": self.branch.code if self.branch else None,
        }


def office_name(kind: str, branch: Branch | None) -> str:
    """The office in words, such as "Branch chair, Aldershot"."""
    name = str(Office.Kind(kind).label)
    return f"{name}, {branch.name}" if branch else name
