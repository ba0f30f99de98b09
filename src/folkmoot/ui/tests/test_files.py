"""What the files of the look may and may not contain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

UI = Path(__file__).parents[1]
ROOT = UI.parents[2]
CSS = UI / "static/ui/css"
JS = UI / "static/ui/js"
TEMPLATES = sorted((UI.parent).glob("*/templates/**/*.html"))
SHEETS = sorted(CSS.glob("*.css"))
SCRIPTS = sorted(JS.glob("*.js"))
# `height` alone is also a property of shapes in a drawing, which do not turn.
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width"
    r"|(?:min|max)-(?:width|height)|text-align:\s*(?:left|right)|float:\s*(?:left|right))\s*:"
)


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEETS, *SCRIPTS], ids=lambda p: p.name)
def test_nothing_comes_from_another_host(path: Path) -> None:
    words = path.read_text()
    fetched = re.findall(
        r"(?:src|href|srcset|action|poster)\s*=\s*[\"'](?:https?:)?//[^\"']*|url\([\"']?(?:https?:)?//"
        r"|@import[^;]*//|(?:import|fetch)\s*\(?\s*[\"']https?://",
        words,
    )
    assert fetched == []


# Mail readers know no stylesheets, so a letter carries its own styles.
PAGES = [path for path in TEMPLATES if path.name != "letter.html"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_script_or_style_stands_in_a_page(path: Path) -> None:
    words = path.read_text()
    assert not re.search(r"<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son\w+\s*=\s*[\"']", words)


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_styles_know_no_left_and_right(path: Path) -> None:
    """Right-to-left pages come out right because only logical directions are used."""
    words = re.sub(
        r"/\*.*?\*/|@media[^{]*|@container[^{]*|@page[^}]*\}", "", path.read_text(), flags=re.DOTALL
    )
    assert PHYSICAL.findall(words) == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_styles_use_tokens_that_exist(path: Path) -> None:
    words = path.read_text()
    declared = set(re.findall(r"(--[\w-]+)\s*:", (CSS / "tokens.css").read_text()))
    assert set(re.findall(r"var\((--[\w-]+)", words)) - declared == set()


@pytest.mark.parametrize(
    "path", [s for s in SHEETS if s.name not in {"tokens.css", "print.css"}], ids=lambda p: p.name
)
def test_components_take_their_colours_from_tokens(path: Path) -> None:
    own = re.findall(r"#[0-9a-f]{3,8}\b|\b(?:oklch|hsl|lab)\(", path.read_text())
    assert own == []


def test_every_stylesheet_is_part_of_the_look() -> None:
    imported = set(re.findall(r'@import url\("([\w-]+\.css)"\)', (CSS / "site.css").read_text()))
    assert imported == {sheet.name for sheet in SHEETS} - {"site.css"}


def test_every_script_is_loaded() -> None:
    imported = set(re.findall(r'import "\./([\w-]+\.js)"', (JS / "site.js").read_text()))
    # The theme comes before the first paint, by itself.
    assert imported == {script.name for script in SCRIPTS} - {"site.js", "theme.js"}


def test_every_icon_that_is_used_exists() -> None:
    drawn = {path.stem for path in (UI / "templates/ui/icons").glob("*.svg")}
    used = set()
    for path in TEMPLATES:
        words = path.read_text()
        used |= set(re.findall(r"{%\s*icon\s+[\"']([\w-]+)[\"']", words))
        used |= set(re.findall(r"icon_name=[\"']([\w-]+)[\"']", words))
        used |= set(re.findall(r"{%\s*empty\s+.*?[)\"']\s+\"([\w-]+)\"\s*%}", words))
    assert len(used) > 10
    assert used - drawn == set()


def test_the_lock_of_the_bundles_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()
