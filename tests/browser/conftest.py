"""The site as both engines build it, served, and pages of it that let no fault pass."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.chromium import CHROMIUM, DESKTOP, OPTIONS, PHONE, ROOT, SITE_URL, Handler, Server

if TYPE_CHECKING:  # the package may be missing where these tests are left out
    from playwright.sync_api import Browser, ConsoleMessage, Page

REPORT = "https://code.example/owner/name/issues/new"
ENGINES = [
    "mkdocs",
    pytest.param(
        "zensical",
        marks=pytest.mark.skipif(not importlib.util.find_spec("zensical"), reason="zensical is not installed"),
    ),
]


Build = Callable[[str], Path]


def run(folder: Path, *command: str) -> None:
    settings = {"SITE_URL": SITE_URL, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={"BPFREF_CACHE": str(ROOT / ".bpfref-cache"), **os.environ, **settings},
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The finished site as an engine builds it, once in a run; from a copy, for the engines write beside the pages."""

    @functools.cache
    def built_by(engine: str) -> Path:
        copy = tmp_path_factory.mktemp(engine)
        run(ROOT, "bpfref", "index")
        for name in ("docs", "overwrites", "data"):
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "mkdocs.yml", copy)
        run(copy, engine, "build", "--config-file", "mkdocs.yml")
        run(ROOT, "bpfref", "finish", str(copy / "site"), "--report", REPORT)
        return copy / "site"

    return built_by


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def address(build: Build, engine: str) -> Iterator[str]:
    """The address of the site as an engine builds it."""
    handler = functools.partial(Handler, directory=str(build(engine)))
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on a wide screen; its test fails if the browser reports an error or asks another host."""
    yield from watched(browser, address, DESKTOP)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    yield from watched(browser, address, PHONE)


def watched(browser: Browser, address: str, size: tuple[int, int]) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(30_000)  # a busy machine is no fault of the pages
    opened = context.new_page()
    faults: list[str] = []

    def report(one: ConsoleMessage) -> None:
        # the browser itself reports the page that is missing where a test opens one
        own = one.text.startswith("Failed to load resource") and one.location["url"] == opened.url
        if one.type == "error" and not own:
            faults.append(f"{one.text} {one.location}")

    opened.on("request", lambda one: None if one.url.startswith((address, "data:")) else faults.append(one.url))
    opened.on("pageerror", lambda one: faults.append(str(one)))
    opened.on("console", report)
    yield opened
    context.close()
    assert faults == []
