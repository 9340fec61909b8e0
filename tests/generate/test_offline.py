"""Pages for a disk, archives with the same bytes each time, and the docset's table."""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.catalogue import Catalogue
from bpfref.checks.site import problems, read_site
from bpfref.errors import MachineError
from bpfref.generate.site import docset, packing
from bpfref.generate.site.docset import Row
from bpfref.generate.site.offline import Packed, find_files, offline, read_files, with_files
from bpfref.generate.site.relink import for_disk
from bpfref.layout import Layout
from bpfref.model.entry import Kind

SITE = "https://a.example/sub/"
FILES = frozenset({"index.html", "a/index.html", "a/b/index.html", "a/b/x.json", "style.css", "p/a>b.png"})


def linked(tag: str, page: str = "a/b/index.html") -> str:
    return for_disk(page, tag, FILES, SITE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="..">', '<a href="../index.html">'),
        ('<a href="../">', '<a href="../index.html">'),
        ('<a href="../../">', '<a href="../../index.html">'),
        ('<a href=".">', '<a href="./index.html">'),
        ('<a class="x" href="../#top">', '<a class="x" href="../index.html#top">'),
        ('<a href="../?q=1&amp;r=2#top">', '<a href="../index.html?q=1&amp;r=2#top">'),
        ("<a href='../'>", "<a href='../index.html'>"),
        ("<a href=../ title=t>", "<a href=../index.html title=t>"),
        ('<a title="a > b" href="../">', '<a title="a > b" href="../index.html">'),
        ('<img src="../../p/a%3Eb.png">', '<img src="../../p/a%3Eb.png">'),
        ('<link rel="stylesheet" href="../../style.css">', '<link rel="stylesheet" href="../../style.css">'),
        (
            '<meta http-equiv="refresh" content="0; url=../#t">',
            '<meta http-equiv="refresh" content="0; url=../index.html#t">',
        ),
        ('<a data-suffix="/" href="../">', '<a data-suffix="/index.html" href="../index.html">'),
        # what the archive has not is on the site
        ('<a href="../../n/x/">', f'<a href="{SITE}n/x/">'),
        ('<a href="y.json">', f'<a href="{SITE}a/b/y.json">'),
        # what leads elsewhere stays
        ('<a href="#x">', '<a href="#x">'),
        ('<a href="">', '<a href="">'),
        ('<a href="?q=1">', '<a href="?q=1">'),
        ('<a href="https://b.example/x/">', '<a href="https://b.example/x/">'),
        ('<a href="mailto:a@b.example">', '<a href="mailto:a@b.example">'),
        (f'<link rel="canonical" href="{SITE}a/">', f'<link rel="canonical" href="{SITE}a/">'),
        ('<meta name="description" content="x">', '<meta name="description" content="x">'),
        ("<p>href=../ &lt;a href=../&gt;</p>", "<p>href=../ &lt;a href=../&gt;</p>"),
        # what only others read goes
        ('<meta property="og:image" content="x">', ""),
        ('<meta name="twitter:card" content="x">', ""),
        ('<link rel="search" href="../../opensearch.xml">', ""),
        ('<link rel="alternate " type="text/markdown" href="index.md">', ""),
        ('<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">', ""),
    ],
)
def test_links_name_files(before: str, after: str) -> None:
    assert linked(before) == after


def test_the_front_page_leads_to_itself_by_its_file() -> None:
    assert linked('<a href=".">', "index.html") == '<a href="./index.html">'
    assert linked('<a href="gone/">', "index.html") == f'<a href="{SITE}gone/">'


@given(st.text())
def test_text_without_tags_stays(text: str) -> None:
    assert linked(text.replace("<", "")) == text.replace("<", "")


@given(st.dictionaries(st.text("abc/._", min_size=1), st.binary()))
def test_the_same_files_give_the_same_archives_in_any_order(files: dict[str, bytes]) -> None:
    other = dict(reversed(files.items()))
    for pack in (packing.zipped, packing.tarred):
        assert pack(files, "top") == pack(other, "top")
    with zipfile.ZipFile(io.BytesIO(packing.zipped(files, "top"))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {f"top/{k}": v for k, v in files.items()}
    with tarfile.open(fileobj=io.BytesIO(packing.tarred(files, "top"))) as tar:
        assert {(entry.mtime, entry.uid, entry.uname) for entry in tar.getmembers()} <= {(0, 0, "")}


def test_the_table_of_a_docset_is_one_that_readers_of_docsets_open(tmp_path: Path) -> None:
    rows = [Row("bpf_loop", "Function", "a/index.html"), Row("BPF_ANY", "Constant", "b/index.html#BPF_ANY")]
    (tmp_path / "dsidx").write_bytes(docset.write_table(rows))
    with sqlite3.connect(tmp_path / "dsidx") as table:
        assert table.execute("SELECT name, type, path FROM searchIndex ORDER BY id").fetchall() == rows
    assert docset.write_table(rows) == docset.write_table(rows)


def test_every_kind_has_a_type_that_dash_knows() -> None:
    types = {docset.type_of(kind) for kind in Kind}
    assert "Entry" not in types
    assert types <= {
        "Function",
        "Type",
        "Command",
        "Constant",
        "Struct",
        "Option",
        "Interface",
        "Object",
        "Hook",
        "Macro",
    }


def test_headings_get_anchors_for_the_table_of_contents() -> None:
    page = '<h2 id="x">A <code>b</code> &amp; c<a class="headerlink" href="#x">&para;</a></h2><h1 id="t">T</h1>'
    assert docset.marked(page) == f'<a name="//apple_ref/cpp/Section/A%20b%20%26%20c" class="dashAnchor"></a>{page}'


HEAD = (
    '<link rel="canonical" href="https://a.example/sub/"><meta property="og:site_name" content="s">'
    '<meta name="description" content="d">'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in {
        "index.html": f'{HEAD}<a href="linux/helper-function/bpf_loop/">x</a><a href="api/v1/all.json">all</a>',
        "linux/helper-function/bpf_loop/index.html": '<a href="../../../">home</a><a href="index.md">md</a>',
        "linux/helper-function/bpf_loop/index.md": "# bpf_loop",
        "offline/index.html": '<div class="offline-files"><p>none</p></div><a href="../">home</a>',
        "api/v1/all.json": "{}",
        "assets/bpfref.css": "p{}",
        "assets/docset/icon.png": "1",
        "assets/docset/icon@2x.png": "2",
        "n/bpf_loop/index.html": "x",
        "404.html": "x",
        "llms.txt": "x",
        "robots.txt": "x",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_an_archive_holds_what_is_of_use_on_a_disk_and_leads_nowhere_else(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = find_files(site)
    assert "n/bpf_loop/index.html" not in names
    assert not {"404.html", "robots.txt"} & set(names)
    folder = tmp_path_factory.mktemp("disk")
    for name, data in read_files(site, names, SITE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    assert list(problems(read_site(folder))) == []
    assert "offline-files" in (folder / "offline/index.html").read_text()


def test_the_same_site_gives_the_same_files_whenever_it_was_built(site: Path, facts: Catalogue, layout: Layout) -> None:
    first = offline(facts, layout.docs, site)
    assert [each.name for each in first] == ["bpfref-offline.zip", "bpfref-docset.tgz", "bpfref.xml"]
    for path in site.rglob("*"):
        os.utime(path, (1, 1))
    page = site / "offline/index.html"
    page.write_text(with_files(page.read_text(), first))
    assert 'href="bpfref-offline.zip"' in page.read_text()
    for each in first:
        (site / "offline" / each.name).write_bytes(each.data)
    assert offline(facts, layout.docs, site) == first
    with tarfile.open(fileobj=io.BytesIO(first[1].data)) as docs:
        assert not [name for name in docs.getnames() if name.endswith((".md", ".json"))]
        front = docs.extractfile("bpfref.docset/Contents/Resources/Documents/index.html")
        assert front is not None
        assert f'href="{SITE}api/v1/all.json"' in front.read().decode()
    assert first[1].digest[:12] in first[2].data.decode()


def test_a_site_that_is_not_finished_is_refused(site: Path, facts: Catalogue, layout: Layout) -> None:
    (site / "llms.txt").unlink()
    with pytest.raises(MachineError, match="bpfref finish"):
        offline(facts, layout.docs, site)


def test_a_page_without_the_place_for_links_stays_as_it_is() -> None:
    assert with_files("<p>x</p>", [Packed("a", b"", "b")]) == "<p>x</p>"
