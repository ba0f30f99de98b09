"""How to cite an edition or a passage of it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.algorithms.numbering import Number
from folkmoot.review.models import Edition


def public(path: str) -> str:
    """A path of this site as the address that people pass on."""
    return f"{settings.PUBLIC_URL}{path}"


def citation(edition: Edition, numbered: Number | None = None, passage: str = "") -> str:
    """One line that names an edition, or a passage in it by number and permanent address."""
    book = edition.text.slug, edition.number
    if passage:
        address = reverse("review:passage-in", args=[*book, passage])
    else:
        address = edition.get_absolute_url()
    place = f", {numbered.spoken[:1].lower()}{numbered.spoken[1:]}" if numbered else ""
    return _("%(commission)s, “%(title)s”, edition %(number)d (%(year)d)%(place)s, %(address)s") % {
        "commission": edition.manifest["commission"],
        "title": edition.title,
        "number": edition.number,
        "year": timezone.localtime(edition.published).year,
        "place": place,
        "address": public(address),
    }
