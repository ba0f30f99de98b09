"""A real site for journeys: the demonstration organisation behind a real server and browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests import servers

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """A running site: its address and its data folder."""

    url: str
    data: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `folkmoot ARGUMENTS` against this site's data."""
        return subprocess.run(
            [sys.executable, "-m", "folkmoot", *arguments],
            env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT,
        )  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration organisation, loaded and served."""
    data, port = tmp_path_factory.mktemp("site"), servers.free_port()
    url = f"http://localhost:{port}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOLKMOOT_")} | {
        "FOLKMOOT_DEMO": "yes",
        "FOLKMOOT_DATA_DIR": str(data),
        "FOLKMOOT_URL": url,
        "FOLKMOOT_ORGANISATION_NAME": "Commonhold Alliance",
        "PYTHONPATH": str(ROOT / "src"),
    }
    made = Site(url, data, environment)
    for arguments in (
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["demo", "load", "--large"],
    ):
        done = made.command(*arguments)
        assert done.returncode == 0, done.stderr
    log = (data / "server.log").open("w")
    serve = (
        "uvicorn folkmoot.config.asgi:application --log-level warning --ws websockets-sansio"
        " --ws-per-message-deflate false --port"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", *serve.split(), str(port)],
        env=environment, cwd=ROOT, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        _wait_until_alive(f"{url}/healthz", server)
        yield made
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait_until_alive(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "The server ended at once."
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The server does not answer.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium."""
    path = servers.chromium()
    if not path:
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody with a browser of their own. What goes wrong in it is remembered."""

    site: Site
    context: BrowserContext
    page: Page
    scripts: bool = True
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open an address of the site, given without its host."""
        self.page.goto(self.site.url + path)

    def sign_in(self, key: str) -> None:
        """Sign in as one of the demonstration's cast, with one click."""
        self.go("/demo/")
        self.page.locator(f'form[action="/demo/sign-in/{key}/"] button').click()
        self.page.wait_for_load_state()

    def check(self) -> None:
        """The page has no accessibility faults, and nothing went wrong in the browser."""
        assert not self.errors, self.errors
        if not self.scripts:
            # Nothing can be asked of a page that runs no scripts; the same page with them can.
            return
        # Evaluated from outside, so that the page's own policy against foreign scripts stays on.
        self.page.evaluate(AXE.read_text())
        result = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        )
        faults = [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in result["violations"]
            for node in fault["nodes"]
        ]
        assert not faults, f"{self.page.url}\n" + "\n".join(faults)
        width = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{self.page.url} is {width} pixels wider than the screen."


@pytest.fixture
def visitors(site: Site, chromium: Browser) -> Iterator[list[Visitor]]:
    """All who came in this journey; their browsers are closed at its end."""
    came: list[Visitor] = []
    yield came
    for visitor in came:
        visitor.context.close()


def _arrive(site: Site, browser: Browser, came: list[Visitor], **how: object) -> Visitor:
    context = browser.new_context(locale="en-GB", **how)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    visitor = Visitor(
        site, context, context.new_page(), scripts=bool(how.get("java_script_enabled", True))
    )

    def heard(message: ConsoleMessage) -> None:
        # A page may answer 403, 404 or 409 on purpose; the journey looks at its words itself.
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            visitor.errors.append(message.text)

    visitor.page.on("console", heard)
    visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    came.append(visitor)
    return visitor


@pytest.fixture
def visitor(site: Site, chromium: Browser, visitors: list[Visitor]) -> Visitor:
    """Somebody at a desk."""
    return _arrive(site, chromium, visitors, viewport=DESK)


@pytest.fixture
def phone(site: Site, chromium: Browser, visitors: list[Visitor]) -> Visitor:
    """Somebody with an old phone, in the dark."""
    return _arrive(site, chromium, visitors, viewport=PHONE, color_scheme="dark", has_touch=True)


@pytest.fixture
def plain(site: Site, chromium: Browser, visitors: list[Visitor]) -> Visitor:
    """Somebody whose browser runs no scripts."""
    return _arrive(site, chromium, visitors, viewport=DESK, java_script_enabled=False)
