"""The way from a text to its history."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.commission.doors import Door
from folkmoot.commission.models import Text
from folkmoot.commission.policies import may_see_text
from folkmoot.people.policies import Visitor


def open_history(text: Text, visitor: Visitor) -> Iterator[Door]:
    """The history, for whoever may read the text."""
    if may_see_text(visitor, text):
        yield Door(reverse("live:history", args=[text.slug]), _("History"))
