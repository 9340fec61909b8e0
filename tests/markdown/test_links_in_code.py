"""`markdown.links_in_code` on finished HTML: what is linked, what is not, and that no text changes."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.treeprocessors import Treeprocessor

from bpfref.markdown.links_in_code import Names, Target, link, read_names
from bpfref.markdown.page import Page
from markdown import Markdown

TARGETS = {
    "bpf_a": Target("h/bpf_a.md"),
    "BPF_B": Target("c/index.md", "BPF_B"),
    "struct md": Target("s/index.md", "md"),
    "bpf_lock": Target("h/bpf_lock.md"),
    "here": Target("p/here.md"),
}
NAMES = Names(TARGETS, frozenset(name.split()[-1] for name in TARGETS))
PAGE = Page("p/here.md", "p/here/", Path(), Path(), directory_urls=True)
A = '<a class="code-link" href="../../h/bpf_a/">bpf_a</a>'
B = '<a class="code-link" href="../../c/#BPF_B">BPF_B</a>'
MD = '<a class="code-link" href="../../s/#md">md</a>'


def linked(html: str) -> str:
    return link(html, NAMES, PAGE)


def test_within_a_folder_a_name_may_mean_something_else() -> None:
    names = Names(TARGETS, NAMES.words, {"l/": {"bpf_a": Target("l/bpf_a.md")}})
    inside = Page("l/other.md", "l/other/", Path(), Path(), directory_urls=True)
    assert link("<code>bpf_a</code>", names, PAGE) == f"<code>{A}</code>"
    assert link("<code>bpf_a</code>", names, inside) == '<code><a class="code-link" href="../bpf_a/">bpf_a</a></code>'
    assert "../../c/#BPF_B" in link("<code>BPF_B</code>", names, inside)


LINKED = [
    ("<code>bpf_a</code>", f"<code>{A}</code>"),
    ("<code>bpf_a()</code>", f"<code>{A}()</code>"),
    ("<code>-bpf_a | BPF_B</code>", f"<code>-{A} | {B}</code>"),
    ('<code class="x>y">&lt;bpf_a&gt;</code>', f'<code class="x>y">&lt;{A}&gt;</code>'),
    ("<code>struct md *x</code>", f"<code>struct {MD} *x</code>"),
    ("<code>struct\n  md</code>", f"<code>struct\n  {MD}</code>"),
    (
        '<code><span class="k">struct</span> <span class="nc">md</span></code>',
        f'<code><span class="k">struct</span> <span class="nc">{MD}</span></code>',
    ),
    ('<code><span class="n">bpf_a</span></code>', f'<code><span class="n">{A}</span></code>'),
    ('<code><span class="c">x</span>bpf_a</code>', f'<code><span class="c">x</span>{A}</code>'),
    (
        '<code><span class="hll"><span class="nf">bpf_a</span></span></code>',
        f'<code><span class="hll"><span class="nf">{A}</span></span></code>',
    ),
    ('<code><a id="l-1" href="#l-1"></a>bpf_a</code>', f'<code><a id="l-1" href="#l-1"></a>{A}</code>'),
    ('<a href="#">x</a><code>bpf_a</code>', f'<a href="#">x</a><code>{A}</code>'),
    ("<h2><code>bpf_a</code></h2>", f"<h2><code>{A}</code></h2>"),
]
LEFT = [
    "<p>bpf_a</p>",
    "<code>my_bpf_a bpf_a2 xbpf_a 0bpf_a</code>",
    "<code>here</code>",
    "<code>md</code>",
    "<code>struct, md</code>",
    "<code>union md</code>",
    "<code>struct bpf_lock x</code>",
    "<code>enum BPF_B</code>",
    "<code>&bpf_a;</code>",
    '<a href="x">see <code>bpf_a</code></a>',
    '<a href="x"><b><code>bpf_a</code></b></a>',
    '<code><a href="x">bpf_a</a></code>',
    '<code><span class="c1">// bpf_a</span></code>',
    '<code><span class="cm">/* <span class="n">bpf_a</span> */</span></code>',
    '<code><span class="cpf">"bpf_a"</span></code>',
    '<code><span class="s">"bpf_a"</span></code>',
    '<code><span class="s2">"bpf_a"</span></code>',
    "<!-- <code>bpf_a</code> -->",
    "<script>'<code>bpf_a</code>'</script>",
    '<pre class="mermaid"><code>bpf_a --> BPF_B</code></pre>',
    '<code title="bpf_a">x</code>',
    '<code><i title="bpf_a">x</i></code>',
    "<code>bpf_a",
]


@pytest.mark.parametrize(("html", "expected"), LINKED)
def test_linked(html: str, expected: str) -> None:
    assert linked(html) == expected


@pytest.mark.parametrize("html", LEFT)
def test_left_alone(html: str) -> None:
    assert linked(html) == html


PIECES = [
    "bpf_a",
    " ",
    "struct ",
    "md",
    "BPF_B",
    "<code>",
    "</code>",
    '<span class="n">',
    '<span class="s">',
    "</span>",
]
PIECES += ['<a href="x">', "</a>", "&lt;", "(", '"', "<pre>", "</pre>", "<!--", "-->", "here", "\n", "<", ">"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_taking_the_links_out_gives_the_same_bytes(html: str) -> None:
    result = linked(html)
    assert re.sub(r'<a class="code-link" href="[^"]*">(\w+)</a>', r"\1", result) == html
    assert linked(result) == result


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "h").mkdir()
    (tmp_path / "h/bpf_a.md").write_text("# x\n")
    return tmp_path


def write(file: Path, text: str, stamp: int) -> None:
    file.write_text(text)
    os.utime(file, ns=(stamp, stamp))


def test_names_are_read_again_when_the_file_changes(docs: Path) -> None:
    file = docs / "names.json"
    write(file, json.dumps({"names": {"bpf_a": {"kind": "helper", "page": "h/bpf_a.md"}}}), 10**9)
    first = read_names(file, docs)
    assert first is not None
    assert first.targets == {"bpf_a": Target("h/bpf_a.md")}
    assert read_names(file, docs) is first
    write(file, json.dumps({"names": {"bpf_b": {"page": "h/bpf_a.md", "anchor": "b"}}}), 2 * 10**9)
    second = read_names(file, docs)
    assert second is not None
    assert second.targets == {"bpf_b": Target("h/bpf_a.md", "b")}


def test_a_page_that_is_not_there_gets_no_links_and_a_warning(docs: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = docs / "names.json"
    write(file, json.dumps({"names": {"bpf_a": {"page": "h/bpf_a.md"}, "gone": {"page": "h/gone.md"}}}), 10**9)
    names = read_names(file, docs)
    assert names is not None
    assert set(names.targets) == {"bpf_a"}
    assert [(r.name, r.levelno) for r in caplog.records] == [("mkdocs.bpfref", logging.WARNING)]
    assert "h/gone.md" in caplog.text


BROKEN = [None, "{", "[]", "{}", '{"names": []}', '{"names": {"a": 1}}', '{"names": {"a": {}}}', "\udcff"]


@pytest.mark.parametrize("text", BROKEN)
def test_an_unusable_file_is_a_warning_with_the_repair(
    docs: Path, caplog: pytest.LogCaptureFixture, text: str | None
) -> None:
    file = docs / "names.json"
    if text is not None:
        file.write_bytes(text.encode(errors="surrogateescape"))
    assert read_names(file, docs) is None
    assert "bpfref generate" in caplog.text


class Site(Treeprocessor):
    """What MkDocs registers: a page and its site."""

    def __init__(self, md: Markdown, root: Path):
        super().__init__(md)
        self.file = SimpleNamespace(src_uri="index.md", url="./")
        self.config = SimpleNamespace(
            config_file_path=str(root / "mkdocs.yml"), docs_dir=str(root), use_directory_urls=True
        )

    def run(self, root: Element) -> None:
        pass


def test_headings_have_links_on_the_page_but_not_in_its_contents(docs: Path) -> None:
    (docs / "names.json").write_text(json.dumps({"names": {"bpf_a": {"page": "h/bpf_a.md"}}}))
    options = {"bpfref.markdown.links_in_code": {"names": "names.json"}}
    md = Markdown(extensions=["toc", "bpfref.markdown.links_in_code"], extension_configs=options)
    md.treeprocessors.register(Site(md, docs), "relpath", 0)
    html = md.convert("# About `bpf_a`\n")
    assert '<code><a class="code-link" href="h/bpf_a/">bpf_a</a></code></h1>' in html
    assert [token["html"] for token in md.toc_tokens] == ["About <code>bpf_a</code>"]  # type: ignore[attr-defined]
