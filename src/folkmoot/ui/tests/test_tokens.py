"""Every pair of colours that stands on one another can be read, whatever accent is chosen."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "static/ui/css"
SCHEMES = ("light", "dark")
ACCENTS = (
    "#22577a", "#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#ffff00",
    "#00ffff", "#ff00ff", "#e4003b", "#0087dc", "#faa61a", "#6ab023", "#70147a", "#005b54",
    "#fdf38e", "#12b6cf", "#3f8428", "#d46a4c", "#1d1d1b", "#ffd700", "#7fff00", "#ff69b4",
    "#fffff0", "#000080", "#2e8b57", "#8b4513",
)  # fmt: skip
STATUSES = ("agreed", "contested", "awaiting", "held", "tie", "neutral")
GROUNDS = ("paper", "surface", "sunk")
WASHES = ("accent-wash", *(f"{status}-wash" for status in STATUSES))
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS),
    *((ink, wash) for ink in ("ink", "ink-soft") for wash in (*WASHES, "mark")),
    ("ink-faint", "accent-wash"),
    *((f"accent-ink{hover}", ground) for hover in ("", "-hover") for ground in GROUNDS),
    *((f"accent-ink{hover}", wash) for hover in ("", "-hover") for wash in WASHES),
    *(("on-accent", f"{fill}{hover}") for fill in ("accent-fill", "danger-fill")
      for hover in ("", "-hover")),
    *((f"{status}-ink", ground) for status in STATUSES
      for ground in ("paper", "surface", f"{status}-wash")),
]  # fmt: skip
SHAPES = [
    *(("line-strong", ground) for ground in GROUNDS),
    *((fill, ground) for fill in ("accent-fill", "focus") for ground in ("paper", "surface")),
    *((f"{status}-fill", ground) for status in STATUSES for ground in ("paper", "surface")),
]

type Colour = tuple[float, float, float]


@cache
def tokens() -> dict[str, str]:
    words = (CSS / "tokens.css").read_text()
    found = re.findall(r"--([\w-]+):\s*(light-dark\(.*?\)\s*\)|[^;]+);", words, re.DOTALL)
    return {name: " ".join(value.split()) for name, value in found}


def linear(colour: Colour) -> Colour:
    """OKLCH (lightness, chroma, hue in degrees) to linear sRGB, clipped as browsers do."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return tuple(min(max(part, 0.0), 1.0) for part in (red, green, blue))  # type: ignore[return-value]


def oklch(colour: str) -> Colour:
    """`#rrggbb` to OKLCH."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def parts_of(words: str, separator: str) -> list[str]:
    """`words` split at the separators that stand in no bracket."""
    out, depth = [""], 0
    for letter in words:
        depth += (letter == "(") - (letter == ")")
        if letter == separator and not depth:
            out.append("")
        else:
            out[-1] += letter
    return [part.strip() for part in out if part.strip()]


def value(words: str, scheme: str, accent: str) -> Colour:
    """A token's colour in a scheme; understands the forms that tokens.css uses."""
    name, _, inside = words.partition("(")
    inside = inside[:-1]
    if name == "light-dark":
        return value(parts_of(inside, ",")[SCHEMES.index(scheme)], scheme, accent)
    assert name == "oklch", words
    if not inside.startswith("from"):
        one, two, three = (float(part) for part in inside.split())
        return one, two, three
    lightness, chroma, hue = oklch(accent)
    known = {
        "l": lightness, "c": chroma, "h": hue, "min": min, "max": max,
        "clamp": lambda low, middle, high: max(low, min(middle, high)),
    }  # fmt: skip
    sums = parts_of(inside.removeprefix("from var(--accent)"), " ")
    one, two, three = (float(eval(part, {"__builtins__": {}}, known)) for part in sums)
    return one, two, three


def luminance(colour: Colour) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: str, accent: str) -> float:
    light, dark = sorted(
        (luminance(value(tokens()[name], scheme, accent)) for name in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def test_the_arithmetic_agrees_with_known_values() -> None:
    assert luminance(oklch("#ffffff")) == pytest.approx(1, abs=1e-3)
    assert luminance(oklch("#ff0000")) == pytest.approx(0.2126, abs=1e-3)
    # 4.54 is the contrast that WCAG's own examples give for this grey on white.
    grey = luminance(oklch("#767676"))
    assert 1.05 / (grey + 0.05) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_can_be_read(scheme: str, accent: str) -> None:
    weak = {
        f"{ink} on {ground}": round(found, 2)
        for ink, ground in TEXT
        if (found := contrast(ink, ground, scheme, accent)) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_shapes_can_be_seen(scheme: str, accent: str) -> None:
    weak = {
        f"{shape} on {ground}": round(found, 2)
        for shape, ground in SHAPES
        if (found := contrast(shape, ground, scheme, accent)) < 3
    }
    assert weak == {}


def test_every_colour_token_has_a_pair() -> None:
    """A new colour is not forgotten here. Lines are decoration, and the accent is only a source."""
    paired = {name for pair in (*TEXT, *SHAPES) for name in pair}
    colours = {name for name, words in tokens().items() if "oklch" in words}
    assert colours - paired == {"line", "accent-line"}
