"""What every page knows of the organisation: its name, its colour, and where the main links go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject

DEFAULT_ACCENT = "#22577a"
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Destination:
    """One link of the primary navigation."""

    href: str
    label: str | Promise


@dataclass(frozen=True)
class Organisation:
    """The look of the organisation whose site this is."""

    name: str
    accent: str

    @property
    def accent_href(self) -> str:
        """Address of the stylesheet that sets the accent; empty when it is the built-in one."""
        if self.accent == DEFAULT_ACCENT:
            return ""
        return _address("ui:accent", self.accent.removeprefix("#"))


def current_organisation() -> Organisation:
    """The organisation as set by `FOLKMOOT_ORGANISATION_NAME` and `FOLKMOOT_ACCENT`.

    An accent that is not `#rrggbb` counts as not set.
    """
    accent = str(getattr(settings, "FOLKMOOT_ACCENT", "") or "").lower()
    return Organisation(
        name=str(getattr(settings, "FOLKMOOT_ORGANISATION_NAME", "") or "Folkmoot"),
        accent=accent if _HEX_COLOUR.fullmatch(accent) else DEFAULT_ACCENT,
    )


def destinations(setting: str = "NAVIGATION") -> list[Destination]:
    """The links of a setting, pairs of URL name and label; names that do not exist are left out."""
    pairs = getattr(settings, setting, ())
    return [Destination(href, label) for name, label in pairs if (href := _address(name))]


def organisation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `organisation`, `destinations`, `footer_destinations` and `demo`.

    Touches no database.
    """
    return {
        "organisation": SimpleLazyObject(current_organisation),
        "destinations": SimpleLazyObject(destinations),
        "footer_destinations": SimpleLazyObject(lambda: destinations("FOOTER_NAVIGATION")),
        "demo": bool(getattr(settings, "DEMO", False)),
    }


def _address(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
