"""What a newcomer may rely on: everything that can be set or run is written down, and nothing of
one machine is in the project."""

from __future__ import annotations

import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from folkmoot.config import environment

ROOT = Path(__file__).parents[2]
OURS = sorted(name for name, app in get_commands().items() if str(app).startswith("folkmoot"))


def tracked(*patterns: str) -> list[Path]:
    """Files of the project, tracked or about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def test_every_setting_is_documented_with_its_default() -> None:
    guide = (ROOT / "docs/guide/settings.md").read_text()
    documented = dict(re.findall(r"^\| `(FOLKMOOT_\w+)` \| (.*?) \|", guide, re.MULTILINE))
    expected = {v.name: f"`{v.default}`" if v.default else "-" for v in environment.VARIABLES}
    assert documented == expected


def test_every_variable_the_code_reads_is_declared() -> None:
    declared = {variable.name for variable in environment.VARIABLES}
    read = set()
    for path in tracked("src/**/*.py", "bin/*"):
        if "tests" not in path.parts:
            read |= set(re.findall(r"\bFOLKMOOT_[A-Z_]*[A-Z]\b", path.read_text()))
    assert read - declared == set()


@pytest.mark.parametrize("command", OURS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`folkmoot {command}" in (ROOT / "docs/guide/commands.md").read_text()


def test_every_documented_command_exists() -> None:
    guide = (ROOT / "docs/guide/commands.md").read_text()
    named = set(re.findall(r"^\| `folkmoot (\w+)", guide, re.MULTILINE))
    assert named - set(OURS) - {"verify", "migrate", "help"} == set()


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)


def test_no_lock_names_a_host() -> None:
    for path in [*ROOT.glob("requirements/*.txt"), ROOT / "frontend/package-lock.json"]:
        assert not re.search(
            r"https?://(?!opencollective|github|feross|www\.patreon|paypal|ko-fi|tidelift)[^\s\"]*(?:regist|pypi|npmjs|index)",
            path.read_text(),
        ), path
    assert not (ROOT / "uv.lock").exists()


def test_nothing_of_one_machine_is_in_the_project() -> None:
    for path in tracked("*.py", "*.md", "*.toml", "*.ts", "*.js", "*.json", "*.html", "bin/*"):
        words = path.read_text(errors="replace")
        found = re.search(r"(?<![\w.])/(?:work|root|home/\w+)/\w", words)
        assert not found, f"{path}: {words[found.start() : found.start() + 40]!r}" if found else ""


def test_every_room_is_on_the_map() -> None:
    listed = (ROOT / "ARCHITECTURE.md").read_text()
    for init in (ROOT / "src/folkmoot").glob("*/__init__.py"):
        assert init.parent.name in listed, init.parent.name


def test_links_in_the_documents_lead_somewhere() -> None:
    for path in tracked("*.md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text()):
            if "{" not in target and "demo/review" not in str(path):
                assert (path.parent / target).exists(), f"{path} links to {target}"
