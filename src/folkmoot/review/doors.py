"""The way from a text to its candidate, its next edition and what is published of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.commission.doors import Door
from folkmoot.commission.models import Text
from folkmoot.commission.policies import standing
from folkmoot.people.policies import Visitor

from .models import Candidate, Edition
from .policies import may_prepare, may_publish, may_see_candidate


def open_doors(text: Text, visitor: Visitor) -> Iterator[Door]:
    """A candidate that is being signed, the preparation of one, and the published editions."""
    if not may_see_candidate(visitor, text):
        return
    candidate = Candidate.objects.open().filter(text=text).first()
    if candidate:
        yield Door(
            reverse("review:candidate", args=[text.slug]),
            _("Candidate"),
            _waits(candidate, text, visitor),
        )
    elif may_prepare(visitor, text):
        yield Door(reverse("review:prepare", args=[text.slug]), _("Next edition"))
    if Edition.objects.filter(text=text).exists():
        yield Door(reverse("review:review", args=[text.slug]), _("Published"))


def _waits(candidate: Candidate, text: Text, visitor: Visitor) -> str:
    """What is asked of this visitor while the candidate is open."""
    seat = standing(visitor, text.commission).seat
    if seat and not candidate.sign_offs.filter(seat=seat).exists():
        return _("A candidate for edition %(number)d waits for your signature.") % {
            "number": candidate.number
        }
    if may_publish(visitor, text) and not candidate.missing():
        return _("Every seat has signed. Edition %(number)d can be published.") % {
            "number": candidate.number
        }
    return ""
