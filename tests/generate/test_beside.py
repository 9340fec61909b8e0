"""What stands beside the built pages: Markdown copies, short addresses, guides."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.errors import MachineError
from bpfref.generate.api.files import FOLDER, feature_file
from bpfref.generate.facts import Page
from bpfref.generate.site import guides, short
from bpfref.generate.site.built import Publishing
from bpfref.generate.site.copies import copies, copy
from bpfref.generate.site.finish import Front, finish, read_front
from bpfref.layout import Layout, address_of

FRONT = '---\ntitle: T\ndescription: "D"\n---\n'
PAGES = {"index.md": "", "a/index.md": "", "a/x.md": "", "b.md": ""}
LINK = re.compile(r"(?<!!)\]\(([^()\s#:]+)(?:#[^()\s]*)?\)")


@pytest.mark.parametrize(
    ("page", "address"),
    [("index.md", ""), ("a/index.md", "a/"), ("a/x.md", "a/x/"), ("b.md", "b/"), ("a/myindex.md", "a/myindex/")],
)
def test_the_address_of_a_page_is_that_of_the_engines(page: str, address: str) -> None:
    assert address_of(page) == address


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("See [b](../b.md#part) now.", "See [b](../../b/index.md#part) now."),
        ("[home](../index.md), [this](x.md)", "[home](../../index.md), [this](index.md)"),
        ("[index](index.md#c)", "[index](../index.md#c)"),
        ("[`R%d [x]`](../b.md) and ![p](../p.png)", "[`R%d [x]`](../../b/index.md) and ![p](../../p.png)"),
        ("[feed](../feed.xml)", "[feed](../../feed.xml)"),
        ("[out](https://a.example/x.md)", "[out](https://a.example/x.md)"),
        ("`[no](../b.md)` stays", "`[no](../b.md)` stays"),
        ('[v5.17](https://a.example/){ .since title="x" } and `{ .x }`', "[v5.17](https://a.example/) and `{ .x }`"),
        ('<div class="facts" markdown>', ""),
        ("</div>", ""),
        ('<details class="evidence" markdown>', ""),
        ("<summary>Evidence: who</summary>", "**Evidence: who**"),
        ('Facts <a data-wrong="FACTS"></a>', "Facts"),
        (
            'K. <a data-facts="feature/helper/x.json"></a>',
            "K. The same facts as JSON: [x.json](../../api/v1/feature/helper/x.json).",
        ),
        ("since <!-- [FEATURE_TAG](x) -->v5.1<!-- [/FEATURE_TAG] -->", "since v5.1"),
        ("a comment <!-- stays -->", "a comment <!-- stays -->"),
        ("| `a{ .b }` | [b](../b.md){ .c } |", "| `a{ .b }` | [b](../../b/index.md) |"),
    ],
)
def test_a_line_of_a_copy(line: str, told: str) -> None:
    found = copy("a/x.md", f"{FRONT}# H\n\nfirst\n\n{line}\n\nlast\n", PAGES)
    middle = f"{told}\n\n" if told else ""
    assert found == f"{FRONT}# H\n\nfirst\n\n{middle}last\n"


def test_code_is_copied_as_it_stands() -> None:
    code = "```c\nint x; /* [a](../b.md) { .y } */\n<div>\n<!-- [FACTS] -->\n```"
    assert code in copy("a/x.md", f"{FRONT}# H\n\n{code}\n", PAGES)


def test_the_kernels_text_is_not_in_a_copy(layout: Layout) -> None:
    text = (layout.docs / "linux/helper-function/bpf_loop.md").read_text()
    assert "KERNEL_TEXT" in text
    assert "KERNEL_TEXT" not in copy("linux/helper-function/bpf_loop.md", text, {})


def test_every_link_of_every_copy_leads_to_a_copy_or_a_file(layout: Layout, facts: Catalogue) -> None:
    data = {f"{FOLDER}/{feature_file(entry)}" for entry in facts.all_entries}
    texts = {path.relative_to(layout.docs).as_posix(): path.read_text() for path in layout.docs.rglob("*.md")}
    texts = {page: text for page, text in texts.items() if page != "SUMMARY.md"}
    found = dict(copies(texts))
    assert len(found) == len(texts) > 800
    checked = 0
    for path, text in found.items():
        outside = re.sub(r"^(`{3,}).*?^\1|`[^`\n]*`", "", text, flags=re.S | re.M)
        for target in LINK.findall(outside):
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            assert wanted in found or wanted in data or (layout.docs / wanted).is_file(), (path, target)
            checked += 1
    assert checked > 10_000


@pytest.fixture(scope="module")
def led(facts: Catalogue) -> dict[str, str]:
    return dict(short.redirects(facts, {"old/place.md": "linux/lab.md", "gone/index.md": "index.md"}))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("h/181/index.html", "../../linux/helper-function/bpf_loop/"),
        ("n/bpf_loop/index.html", "../../linux/helper-function/bpf_loop/"),
        ("n/BPF_FUNC_loop/index.html", "../../linux/helper-function/bpf_loop/"),
        ("n/BPF_XDP/index.html", "../../linux/attach-type/#BPF_XDP"),
        ("old/place/index.html", "../../linux/lab/"),
        ("gone/index.html", "../"),
    ],
)
def test_a_short_address_leads_on_without_a_script(led: dict[str, str], path: str, target: str) -> None:
    assert f'content="0; url={target}"' in led[path]
    assert f'<a href="{target}">' in led[path]
    assert "<script" not in led[path]


def test_every_name_and_every_number_has_one(led: dict[str, str], facts: Catalogue) -> None:
    assert {f"n/{name}/index.html" for name in facts.entries} <= set(led)
    assert {f"h/{helper.id}/index.html" for helper in facts.helpers.values()} <= set(led)
    assert sum(map(len, led.values())) < 1_500_000
    assert all('Content-Security-Policy" content="default-src \'none\'">' in text for text in led.values())


def test_the_guide_lists_every_page_of_the_navigation_below_its_section() -> None:
    navigation = (
        "* [Home](index.md)\n* Maps\n    * [Maps](a/index.md)\n    * Fast\n        * [x](a/x.md)\n* [gone](c.md)\n"
    )
    told = guides.llms("N", "About.", navigation, {page: Page(f"D {page}.", described=True) for page in PAGES})
    assert told.startswith("# N\n\n> About.\n")
    assert "- [Home](index.md): D index.md." in told
    assert "## Maps\n\n- [Maps](a/index.md): D a/index.md.\n- [x](a/x/index.md): D a/x.md." in told
    assert "gone" not in told


def test_a_browser_learns_how_to_search() -> None:
    root = ET.fromstring(guides.search("N & M", "About.", "https://a.example/sub/"))  # noqa: S314 # our own
    space = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    url = root.find("o:Url", space)
    assert url is not None
    assert url.get("template") == "https://a.example/sub/?q={searchTerms}"


def test_what_is_no_built_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="make site"):
        read_front(tmp_path)
    (tmp_path / "index.html").write_text("<title>x</title>")
    with pytest.raises(MachineError, match="names no address"):
        read_front(tmp_path)


def test_nothing_beside_the_pages_takes_the_place_of_one(layout: Layout, facts: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<meta charset="utf-8"><link rel="canonical" href="https://a.example/">'
        '<meta property="og:site_name" content="bpfref"><meta name="description" content="About.">'
    )
    assert read_front(tmp_path) == Front("https://a.example/", "bpfref", "About.")
    written = finish(facts, layout.docs, tmp_path, {}, Publishing())
    paths = [each.path.relative_to(tmp_path).as_posix() for each in written]
    assert len(paths) == len(set(paths)) > 3000
    pages = {f"{address_of(p.relative_to(layout.docs).as_posix())}index.html" for p in layout.docs.rglob("*.md")}
    assert pages & set(paths) == {"index.html"}  # the one page that was built
    assert not [path for path in paths if (layout.docs / path).is_file() and not path.endswith(".md")]
