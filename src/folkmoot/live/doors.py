"""The way from a text to the room where it is written together, and to its history."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.commission.doors import Door
from folkmoot.commission.models import Text
from folkmoot.commission.policies import may_edit, may_see_text
from folkmoot.people.policies import Visitor


def open_doors(text: Text, visitor: Visitor) -> Iterator[Door]:
    """The editor, called by what the visitor may do in it, and the history."""
    if not may_see_text(visitor, text):
        return
    label = _("Write together") if may_edit(visitor, text) else _("Read along")
    yield Door(reverse("live:write", args=[text.slug]), label)
    yield Door(reverse("live:history", args=[text.slug]), _("History"))
