"""The words, icons and marks for the status of a passage.

Colour never stands alone: each status has a word, an icon, and a texture in the state bar.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Status:
    """How one status is shown. `slug` is the end of its class names."""

    slug: str
    word: str | Promise
    meaning: str | Promise


STATUSES: dict[str, Status] = {
    status.slug: status
    for status in (
        Status("yours", _("Waits for you"), _("You have not answered on these words yet.")),
        Status("agreed", _("Agreed"), _("Every seat accepts exactly these words.")),
        Status(
            "locally-agreed",
            _("Agreed on its own"),
            _("Every seat accepts these words; whether they are in depends on other passages."),
        ),
        Status("contested", _("Contested"), _("At least one seat objects.")),
        Status("awaiting", _("Awaiting"), _("Some seats have not answered on these words.")),
        Status("held", _("Held"), _("Agreed, but only if another passage is in, which is not.")),
        Status("tie", pgettext_lazy("status", "Tie"), _("Two wordings are both agreed.")),
        Status("not-open", _("Not open"), _("Nobody has been asked about this yet.")),
        Status("withdrawn", _("Withdrawn"), _("Taken out by those who proposed it.")),
    )
}
_OTHER_NAMES = {"held-by-condition": "held", "contest": "contested", "unopened": "not-open"}


def status_of(value: object) -> Status:
    """The status named by `value`: a slug, a word, or an enumeration member with such a value.

    Raises `KeyError` for a status that does not exist.
    """
    name = str(getattr(value, "value", value)).lower().replace("_", "-").replace(" ", "-")
    return STATUSES[_OTHER_NAMES.get(name, name)]
