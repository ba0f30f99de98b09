"""The state bar: the outline of a whole text as strips of parts, coloured and textured by status.

Drawn as SVG with lengths in per cent, so it fits any width without stretching its textures, and
printed as it is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from folkmoot.ui.statuses import STATUSES, status_of

#: More parts than this in one strip could no longer be told apart, so it goes on below.
STRIP_LIMIT = 160

#: The mark that lies over each colour: side of its tile in pixels, and its path.
TEXTURES = {
    "locally-agreed": (8, "M0 7h8"),
    "contested": (6, "M-1 5l6-6M-1 11l12-12"),
    "awaiting": (6, "M2 2h2v2h-2z"),
    "held": (6, "M1 0v6M4 0v6"),
    "tie": (8, "M0 2h8M0 6h8"),
    "yours": (9, "M4.5 2.5a2 2 0 1 0 .01 0"),
    "withdrawn": (8, "M0 0l8 8M8 0l-8 8"),
}


class Part(NamedTuple):
    """One part of the text. `weight` is its length, in words or anything else that adds up.

    `group` is the chapter it stands in; each change of it begins a new strip with that label.
    """

    status: str
    href: str
    label: str
    weight: float = 1
    group: str = ""


@dataclass
class Strip:
    """Parts that are drawn on one line, and the label before it."""

    label: str
    parts: list[Part]

    @property
    def weight(self) -> float:
        """How long the strip is."""
        return sum(max(part.weight, 0) for part in self.parts)


def strips(parts: Iterable[Part | Sequence[object]]) -> list[Strip]:
    """`parts` (or tuples in their order) in lines: one for each group, long ones going on."""
    lines: list[Strip] = []
    group: str | None = None
    for given in parts:
        part = given if isinstance(given, Part) else Part(*given)  # type: ignore[arg-type]
        if part.group != group:
            lines.append(Strip(part.group, []))
            group = part.group
        elif len(lines[-1].parts) >= STRIP_LIMIT:
            lines.append(Strip("", []))
        lines[-1].parts.append(part)
    return lines


def draw(
    parts: Iterable[Part | Sequence[object]], label: str = "", prefix: str = "bar"
) -> SafeString:
    """The strips and their legend as HTML. Escapes everything that comes from `parts`.

    `prefix` begins the ids of the textures, so that two bars can stand on one page.
    """
    lines = strips(parts)
    slugs = {
        name: status_of(name).slug for line in lines for name in {p.status for p in line.parts}
    }
    longest = max((line.weight for line in lines), default=0) or 1
    labelled = any(line.label for line in lines)
    words = {slug: escape(str(status.word)) for slug, status in STATUSES.items()}
    out = [f'<state-bar class="state-bar{" state-bar-labelled" if labelled else ""}">']
    out.append(_textures(prefix))
    out.append(f'<div class="state-strips" role="group" aria-label="{escape(_title(label))}">')
    for line in lines:
        if labelled:
            out.append(f'<span class="state-label">{escape(line.label)}</span>')
        out.append('<svg class="state-strip" width="100%" height="26">')
        scale = 100 / longest
        at = 0.0
        for status, href, text, weight, _group in line.parts:
            slug = slugs[status]
            wide = max(weight, 0) * scale
            name = f"{escape(str(text))}: {words[slug]}"
            box = f'x="{at:.2f}%" width="{wide:.2f}%"'
            texture = f'<rect fill="url(#{prefix}-{slug})" {box}/>' if slug in TEXTURES else ""
            out.append(
                f'<a href="{escape(str(href))}" tabindex="-1"><title>{name}</title>'
                f'<rect class="s-{slug}" {box}/>{texture}</a>'
            )
            at += wide
        out.append("</svg>")
    out.append("</div>")
    counts = Counter(slugs[part.status] for line in lines for part in line.parts)
    out.append(legend(counts, prefix))
    out.append("</state-bar>")
    return mark_safe("".join(out))  # noqa: S308 - every value above is escaped


def legend(counts: Counter[str], prefix: str = "bar") -> SafeString:
    """What each colour and texture means, with how many parts have it; only those that occur."""
    items = "".join(
        f'<li><svg class="state-key" width="22" height="16" aria-hidden="true">'
        f'<rect class="s-{slug}" width="22" height="16"/>'
        + (f'<rect fill="url(#{prefix}-{slug})" width="22" height="16"/>' * (slug in TEXTURES))
        + f'</svg><span>{escape(str(status.word))} <b class="number">{counts[slug]}</b></span></li>'
        for slug, status in STATUSES.items()
        if counts[slug]
    )
    return mark_safe(f'<ul class="state-legend">{items}</ul>')  # noqa: S308 - words escaped


def _textures(prefix: str) -> str:
    patterns = "".join(
        f'<pattern id="{prefix}-{slug}" width="{size}" height="{size}"'
        f' patternUnits="userSpaceOnUse"><path class="texture" d="{path}"/></pattern>'
        for slug, (size, path) in TEXTURES.items()
    )
    return f'<svg class="state-textures" width="0" height="0" aria-hidden="true">{patterns}</svg>'


def _title(label: str) -> str:
    return label or _("The whole text by status")
