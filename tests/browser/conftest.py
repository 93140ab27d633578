"""Chromium, and the demo's site in a process of its own. Without a Chromium these tests fail: they skip nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.offspring import environment

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "build" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
# A page that a test has changed counts as one of the internet, which may not speak to this machine.
LOOPBACK = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
PATIENCE = 60_000  # milliseconds

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """A running demo."""

    url: str
    hooks: Hooks
    pid: int

    @property
    def memory(self) -> int:
        """The bytes that the site's process holds in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024


MakeSite = Callable[..., AbstractContextManager[Site]]


@contextmanager
def running_site(protocol: str, *, server: dict[str, Any] | None = None, **uploads: Any) -> Iterator[Site]:
    """The demo's site; keywords change SELECTEL_UPLOADS."""
    variables = {"SITE_SERVER": json.dumps(server or {}), "SITE_UPLOADS": json.dumps(uploads)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.site", "--port=0", f"--protocol={protocol}"],
        cwd=ROOT,
        env={**environment(), **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            told = _addresses(process)
            yield Site(told["Gallery:"], Hooks(told["Hooks:"]), process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    told = {}
    for line in process.stdout:
        name, _, rest = line.partition(" ")
        told[name] = rest.strip()
        if name == "Gallery:":
            return told
    raise AssertionError(f"the demo ended: {told}")


@pytest.fixture(scope="session")
def make_site() -> MakeSite:
    """Starts a site of one's own."""
    return running_site


@pytest.fixture(scope="session")
def sites() -> Iterator[dict[str, Site]]:
    """The site on the S3 API, and on the Swift API."""
    with running_site("s3") as over_s3, running_site("swift") as over_swift:
        yield {"s3": over_s3, "swift": over_swift}


@pytest.fixture(params=["s3", "swift"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(sites: dict[str, Site], face: str) -> Iterator[Site]:
    """The site on each face."""
    sites[face].hooks.reset()
    yield sites[face]
    sites[face].hooks.reset()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "These tests need a Chromium: apt-get install chromium, or set CHROMIUM to the path of one."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, LOOPBACK])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of a new visitor, in which nothing may go wrong unseen."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        context = chromium.new_context(viewport={"width": 900, "height": 720}, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit: Callable[..., BrowserContext]) -> Page:
    return visit().new_page()


@pytest.fixture
def picture_of_the_page(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Keeps a screenshot among the artefacts."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> Path:
        path = ARTEFACTS / f"{name}.png"
        page.screenshot(path=path)
        return path

    return keep
