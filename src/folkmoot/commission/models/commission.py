"""The body that writes and must agree."""

from __future__ import annotations

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from folkmoot.people.models import Person


class Commission(models.Model):
    """A commission and its charter, which is fixed before the first stance."""

    class Rule(models.TextChoices):
        UNANIMITY = "unanimity", _("Unanimity: every seat agrees to every word")
        CONSENSUS = "consensus", _("Consensus: nobody opposes, and who stands aside is named")

    class Visibility(models.TextChoices):
        PRIVATE_FIRST = "private-first", _("Others' stances are seen after giving one's own")
        NAMED = "named", _("Stances are seen by all seats, with names")
        SECRET = "secret", _("Stances are never shown by name")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    remit = models.TextField(blank=True)
    rule = models.CharField(max_length=12, choices=Rule, default=Rule.UNANIMITY)
    visibility = models.CharField(
        max_length=14, choices=Visibility, default=Visibility.PRIVATE_FIRST
    )
    editorial_window = models.PositiveSmallIntegerField(
        default=7, help_text=_("Days in which a seat may dispute an edit declared editorial.")
    )
    seats_may_edit = models.BooleanField(
        default=True, help_text=_("Commissioners edit the text; otherwise they propose wordings.")
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("commission:commission", args=[self.slug])

    @transaction.atomic
    def adopt_charter(self, by: Person, **terms: object) -> None:
        """Change the charter, in the ledger of every text. Raises `consent.Refused`, changing
        nothing, once any seat has taken a stance."""
        from folkmoot.commission.consent_log import recording

        for name, value in terms.items():
            setattr(self, name, value)
        self.save(update_fields=[*terms])
        for text in self.texts.all():
            with recording(text, by.actor) as log:
                log.record("charter.adopted", self.charter)

    @property
    def charter_is_fixed(self) -> bool:
        """Whether a stance was taken on any text, which fixes the charter."""
        from .stance import Stance

        return Stance.objects.filter(passage__text__commission=self).exists()

    @property
    def charter(self) -> dict[str, object]:
        """The charter as it is recorded in the ledger of each text."""
        return {
            "rule": self.rule,
            "visibility": self.visibility,
            "editorial_window": self.editorial_window,
        }
