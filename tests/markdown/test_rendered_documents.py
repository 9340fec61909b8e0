"""`markdown.document`: what Python-Markdown shows of a rendered document is the document's words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.markdown.document import render
from bpfref.model.document import (
    Block,
    BlockQuote,
    BulletList,
    Definition,
    DefinitionList,
    Document,
    Emphasis,
    Inline,
    Literal,
    LiteralBlock,
    Paragraph,
    Strong,
    Text,
    plain,
)
from markdown import Markdown

MARKDOWN = Markdown(
    extensions=[
        "abbr",
        "admonition",
        "attr_list",
        "def_list",
        "footnotes",
        "md_in_html",
        "tables",
        "toc",
        "pymdownx.details",
        "pymdownx.highlight",
        "pymdownx.superfences",
        "pymdownx.tabbed",
    ]
)


def html_of(*blocks: Block) -> str:
    html: str = MARKDOWN.reset().convert(render(Document(blocks)))
    return re.sub(r">\s+<", "><", html)


class Words(HTMLParser):
    """The text of HTML, and a check that its elements nest."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(html: str) -> str:
    """The text without white space."""
    words = Words()
    words.feed(html)
    words.close()
    assert not words.open
    return "".join(words.text.split())


SHOWN = [
    (Paragraph((Text("a_b *c* `d` <e> &amp; [f](g) | \\"),)), "<p>a_b *c* `d` &lt;e&gt; &amp;amp; [f](g) | \\</p>"),
    (Paragraph((Emphasis("skb"), Strong("->len"))), "<p><em>skb</em><strong>-&gt;len</strong></p>"),
    (Paragraph((Text("__sk_buff->x__ and _y_"),)), "<p>__sk_buff-&gt;x__ and _y_</p>"),
    (Paragraph((Literal("a*b`c"),)), "<p><code>a*b`c</code></p>"),
    (Paragraph((Text("1. no list"),)), "<p>1. no list</p>"),
    (Paragraph((Text("- no list"),)), "<p>- no list</p>"),
    (Paragraph((Text(": no definition"),)), "<p>: no definition</p>"),
    (Paragraph((Text("# no heading {: .x }"),)), "<p># no heading {: .x }</p>"),
    (Paragraph((Text("!!! no box"),)), "<p>!!! no box</p>"),
    (BulletList(((Paragraph((Text("a"),)),), (Paragraph((Text("b"),)),))), "<ul><li>a</li><li>b</li></ul>"),
    (
        DefinitionList((Definition((Strong("A_B"),), (Paragraph((Text("is"),)),)),)),
        "<dl><dt><strong>A_B</strong></dt><dd>is</dd></dl>",
    ),
    (BlockQuote((Paragraph((Text("q"),)),)), "<blockquote><p>q</p></blockquote>"),
]


@pytest.mark.parametrize(("block", "expected"), SHOWN)
def test_what_a_block_becomes(block: Block, expected: str) -> None:
    html = re.sub(
        r"&#(\d+);",
        lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(chr(int(m[1])), chr(int(m[1]))),
        html_of(block),
    )
    assert html == expected


def test_literal_lines_stay_as_they_are() -> None:
    text = "int *a;\n\n    ```b``` <c> &lt;\n# d_e_"
    html = html_of(BulletList(((Paragraph((Text("a"),)), LiteralBlock(text)),)), LiteralBlock(text))
    found = re.findall(
        r"<code>(.*?)</code>", MARKDOWN.reset().convert(render(Document((LiteralBlock(text),)))), re.DOTALL
    )
    assert [code.rstrip("\n") for code in found] == [
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ]
    assert html.count("<pre>") == 2


def test_returns_has_a_label() -> None:
    document = Document((Paragraph((Text("a"),)),), (Paragraph((Text("b"),)),))
    html = MARKDOWN.reset().convert(render(document))
    assert html == "<p>a</p>\n<p><strong>Returns</strong></p>\n<p>b</p>"


SIGNS = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
texts = st.text(st.sampled_from("ab 1\n  " + SIGNS), min_size=1, max_size=10).map(lambda t: " ".join(t.split()) or "x")
inlines = st.lists(
    st.builds(lambda kind, text: kind(text), st.sampled_from([Text, Emphasis, Strong, Literal]), texts),
    min_size=1,
    max_size=4,
)
lines: st.SearchStrategy[tuple[Inline, ...]] = inlines.map(tuple)
leaves: st.SearchStrategy[Block] = st.one_of(
    lines.map(Paragraph),
    st.text(st.sampled_from("ab \n*`~>" + SIGNS), max_size=12).map(lambda t: LiteralBlock(f"x{t.rstrip()}\ny")),
)


def nested(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    bodies = st.lists(inner, max_size=2).map(tuple)
    led = st.builds(lambda first, rest: (Paragraph(first), *rest), lines, bodies)
    return st.one_of(
        st.lists(led, min_size=1, max_size=2).map(lambda items: BulletList(tuple(items))),
        st.lists(st.builds(Definition, lines, led), min_size=1, max_size=2).map(
            lambda items: DefinitionList(tuple(items))
        ),
        led.map(BlockQuote),
    )


@given(st.lists(st.recursive(leaves, nested, max_leaves=4), min_size=1, max_size=3).map(tuple))
def test_no_word_is_lost_or_added(blocks: tuple[Block, ...]) -> None:
    html = MARKDOWN.reset().convert(render(Document(blocks)))
    assert shown(html) == "".join(plain(blocks).split())
