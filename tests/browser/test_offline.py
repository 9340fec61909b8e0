"""The packed site in Chromium, opened from a disk: pages, search, explorer, schemes, copying; and the docset."""

from __future__ import annotations

import io
import plistlib
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bpfref.checks.site import problems, read_site
from bpfref.cli import main
from bpfref.generate.site.offline import ARCHIVE, DOCSET, FEED
from browser import test_site  # skips these tests too where there is no Chromium
from browser.chromium import DESKTOP, PHONE, ROOT, SITE_URL
from browser.conftest import Build, watched

pytestmark = test_site.pytestmark
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def packed(build: Build, engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what `make offline` makes of the site of each engine."""
    folder = tmp_path_factory.mktemp("packed")
    assert main(["-C", str(ROOT), "offline", str(build(engine)), "--into", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def unpacked(packed: Path) -> Path:
    with zipfile.ZipFile(packed / ARCHIVE) as archive:
        archive.extractall(packed)  # noqa: S202 # our own
    return packed / "bpfref-offline"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def disk(request: pytest.FixtureRequest, browser: Browser, unpacked: Path) -> Iterator[Page]:
    """A page that fails its test if it asks for anything outside the archive, or reports an error."""
    yield from watched(browser, f"{unpacked.as_uri()}/", request.param)


def test_every_link_and_anchor_of_the_archive_is_in_it(unpacked: Path) -> None:
    site = read_site(unpacked)
    assert len(site.pages) > 900
    assert list(map(str, problems(site))) == []
    relative = [t for page in site.pages.values() for t in page.targets if "://" not in t and t.partition("#")[0]]
    assert not [target for target in relative if target.partition("#")[0].partition("?")[0].endswith(("/", "."))]


def test_each_kind_of_page_opens_without_a_fault(disk: Page, unpacked: Path) -> None:
    size = disk.viewport_size
    assert size is not None
    for kind in ("", test_site.HELPER, "linux/timeline/", "explorer/", "offline/"):
        disk.goto((unpacked / kind / "index.html").as_uri(), wait_until="networkidle")
        assert disk.evaluate("document.styleSheets.length") > 1
        assert disk.evaluate("[...document.images].every(e => e.naturalWidth > 0)")
        assert disk.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("bpf_map_lookup_elem", "linux/helper-function/bpf_map_lookup_elem/index.html"),
        ("BPF_XDP", "linux/attach-type/index.html#BPF_XDP"),
        ("longest prefix match", "linux/map-type/BPF_MAP_TYPE_LPM_TRIE/index.html#example"),
    ],
)
def test_the_search_leads_by_keyboard_to_the_right_page(disk: Page, unpacked: Path, query: str, place: str) -> None:
    disk.goto((unpacked / "index.html").as_uri())
    disk.keyboard.press("/")
    disk.get_by_role("combobox", name="Search").fill(query)
    expect(disk.get_by_role("status").filter(has_text="result")).to_be_visible()
    disk.keyboard.press("Enter")
    disk.wait_for_url(f"{unpacked.as_uri()}/{place}")
    expect(disk.locator("h1")).to_be_visible()


def test_the_explorer_answers_and_keeps_its_state_in_the_address(disk: Page, unpacked: Path) -> None:
    disk.goto(f"{(unpacked / 'explorer/index.html').as_uri()}?kernel=v6.12&program=XDP&kinds=helper+function")
    expect(disk.locator(".explorer details").first).to_be_visible()
    disk.get_by_label("Linux", exact=True).select_option("v6.1")
    assert "kernel=v6.1&" in disk.url
    disk.locator(".explorer tbody a").first.click()
    disk.wait_for_url(f"{unpacked.as_uri()}/linux/helper-function/*/index.html")


def test_schemes_and_copying_work(disk: Page, unpacked: Path) -> None:
    disk.goto((unpacked / test_site.HELPER / "index.html").as_uri())
    disk.locator("label[title^='Colours follow the system']").click()
    disk.locator("label[title^='Light colours']").click()
    assert test_site.scheme(disk) == "slate"
    disk.locator("a.code-link").first.click()
    assert test_site.scheme(disk) == "slate"
    disk.goto((unpacked / test_site.HELPER / "index.html").as_uri())
    disk.locator(".highlight button[data-md-type=copy], .highlight .md-clipboard").first.click()
    expect(disk.locator(".md-dialog")).to_contain_text("Copied")


@pytest.mark.parametrize("engine", ["mkdocs"], indirect=True)
def test_every_name_of_the_docset_leads_to_a_page_and_an_anchor_in_it(packed: Path) -> None:
    with tarfile.open(packed / DOCSET) as archive:
        archive.extractall(packed)  # noqa: S202 # our own
    resources = packed / "bpfref.docset" / "Contents" / "Resources"
    pages = read_site(resources / "Documents").pages
    with sqlite3.connect(resources / "docSet.dsidx") as table:
        rows = table.execute("SELECT name, type, path FROM searchIndex").fetchall()
    assert len(rows) > 2000
    for name, _, path in rows:
        page, _, anchor = path.partition("#")
        assert page in pages, name
        assert not anchor or anchor in pages[page].anchors, name
    assert ("bpf_loop", "Function", "linux/helper-function/bpf_loop/index.html") in rows
    assert any(anchor.startswith("//apple_ref/cpp/Section/") for anchor in pages["faq/index.html"].anchors)


@pytest.mark.parametrize("engine", ["mkdocs"], indirect=True)
def test_the_docset_has_what_readers_of_docsets_ask_for(packed: Path) -> None:
    with tarfile.open(packed / DOCSET) as archive:
        names = set(archive.getnames())
        found = archive.extractfile("bpfref.docset/Contents/Info.plist")
        assert found is not None
        description = plistlib.load(io.BytesIO(found.read()))
        assert {entry.mtime for entry in archive.getmembers()} == {0}
    assert description["isDashDocset"]
    assert description["isJavaScriptEnabled"]
    assert f"bpfref.docset/Contents/Resources/Documents/{description['dashIndexFilePath']}" in names
    assert {"bpfref.docset/icon.png", "bpfref.docset/icon@2x.png"} <= names
    assert f"{SITE_URL}offline/{DOCSET}" in (packed / FEED).read_text()
