"""Sessions of editing: the history of a text, read from its log and from its ledger."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditingSessionQuerySet(models.QuerySet["EditingSession"]):
    def with_changes(self) -> EditingSessionQuerySet:
        """Those that changed a passage of the text, newest first."""
        return self.filter(passages__gt=0).order_by("-ended", "-pk")


class EditingSession(models.Model):
    """What one person wrote in a text without a pause of a quarter of an hour.

    A reading of the log: it can be made again from it, except where the log was thinned. `first`
    and `last` are the numbers of its first and last update, or, for what was written outside the
    live room, of the ledger's entries. Nobody wrote what the room itself put right
    (`automatic`). `added` and `removed` count characters, `passages` those that were touched.
    """

    class Source(models.TextChoices):
        LIVE = "live", _("Written together")
        RECORD = "record", _("Written in forms or imported")

    text = models.ForeignKey(
        "commission.Text", models.CASCADE, related_name="editing_sessions", db_index=False
    )
    person = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, related_name="editing_sessions"
    )
    automatic = models.BooleanField(default=False)
    source = models.CharField(max_length=6, choices=Source)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    began = models.DateTimeField()
    ended = models.DateTimeField()
    added = models.PositiveBigIntegerField(default=0)
    removed = models.PositiveBigIntegerField(default=0)
    passages = models.PositiveIntegerField(default=0)

    objects = EditingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-ended", "-pk"]
        indexes = [
            models.Index(fields=["text", "-ended"], name="session_newest"),
            models.Index(fields=["text", "source", "last"], name="session_in_log"),
        ]

    def __str__(self) -> str:
        return f"{self.text}, {self.began:%Y-%m-%d %H:%M}"


class TouchedPassage(models.Model):
    """What a session of editing did to one passage.

    `before` and `after` are digests of the words as the session found and left them; empty where
    the passage was not in the text. They differ from one another in what others wrote at the same
    time as well. `at` is when the session touched the passage last.
    """

    session = models.ForeignKey(
        "live.EditingSession", models.CASCADE, related_name="touched", db_index=False
    )
    passage = models.CharField(max_length=10, db_index=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    at = models.DateTimeField()
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    added = models.PositiveBigIntegerField(default=0)
    removed = models.PositiveBigIntegerField(default=0)
    moved = models.BooleanField(default=False)

    class Meta:
        ordering = ["session_id", "first", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "passage"], name="touched_once")]

    def __str__(self) -> str:
        return self.passage


class Folded(models.Model):
    """How far a text's history has been read: up to which update of which document, and up to
    which entry of its ledger."""

    text = models.OneToOneField("commission.Text", models.CASCADE, related_name="folded")
    epoch = models.CharField(max_length=32, blank=True)
    seq = models.BigIntegerField(default=0)
    entry = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.text} read up to {self.seq}"
