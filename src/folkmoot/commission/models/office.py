"""Secretary or author of a commission."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Tenure


class CommissionOffice(Tenure):
    class Kind(models.TextChoices):
        SECRETARY = "secretary", _("Secretary")
        AUTHOR = "author", _("Report author")

    commission = models.ForeignKey(
        "commission.Commission", models.CASCADE, related_name="commission_offices"
    )
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="commission_offices")
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "person", "kind"],
                condition=Q(ended=None),
                name="commission_office_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.commission}"
