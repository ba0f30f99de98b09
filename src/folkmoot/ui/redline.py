"""What changed between two wordings as HTML, said in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from folkmoot.algorithms.redline import SPOKEN, Piece, Redline, Spoken, pieces_html, to_html


def spoken() -> Spoken:
    """The fixed words of a redline, translated."""
    return Spoken(
        added=_("added:"),
        removed=_("removed:"),
        end=_("end of change."),
        became=_("became"),
        nothing=pgettext("no value", "none"),
        replaced=_("replaced"),
        names={name: _(words) for name, words in SPOKEN.items()},
    )


def draw(change: Redline | Iterable[Piece]) -> SafeString:
    """A `Redline` as a block; pieces as running text, to stand in an element of the caller's."""
    if isinstance(change, Redline):
        return mark_safe(to_html(change, spoken=spoken()))  # noqa: S308 - escapes what it is given
    return mark_safe(pieces_html(change, spoken=spoken()))  # noqa: S308 - as above
