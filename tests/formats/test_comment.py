"""`formats.comment`: each construct of the dialect, each refusal, and that nothing is lost."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import helper_defs
from bpfref.formats.comment import parse
from bpfref.kernels.headers import fetch_header
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


def paragraph(*inlines: Inline | str) -> Paragraph:
    return Paragraph(tuple(Text(i) if isinstance(i, str) else i for i in inlines))


def described(text: str) -> tuple[Block, ...]:
    """Parse a description that is written here without its tab."""
    return parse(indent(text, "\t"), "defs.h", 1).description


INLINES: list[tuple[str, Paragraph]] = [
    ("Takes *a* and\n**B**.", paragraph("Takes ", Emphasis("a"), " and ", Strong("B"), ".")),
    (r"**close**\ (2)", paragraph(Strong("close"), "(2)")),
    ("**bpf_x**\\\n()", paragraph(Strong("bpf_x"), "()")),
    (r"*skb*\ **->len**", paragraph(Emphasis("skb"), Strong("->len"))),
    ("``a * b`` is code", paragraph(Literal("a * b"), " is code")),
    ("``*a*s`` is code", paragraph(Literal("*a*s"), " is code")),
    ("two *skb*s to **HOST** in", paragraph("two ", Emphasis("skb"), "s to ", Strong("HOST"), " in")),
    ("**skb**s", paragraph(Strong("skb"), "s")),
    (r"a *\/proc/x* file", paragraph("a ", Emphasis("/proc/x"), " file")),
    (r"long (\*f)(void \*ctx)", paragraph("long (*f)(void *ctx)")),
    (r"**a << 32 \|** *b*", paragraph(Strong("a << 32 |"), " ", Emphasis("b"))),
    ("*p*'s, *p*->x, 2 * 3, x_*()", paragraph(Emphasis("p"), "'s, ", Emphasis("p"), "->x, 2 * 3, x_*()")),
    ("one\ttab,  two spaces", paragraph("one tab, two spaces")),
    ("to fq@dev now", paragraph("to fq@dev now")),
    ("then | A | B | drawn", paragraph("then | A | B | drawn")),
    ("see\n| A | B | drawn", paragraph("see | A | B | drawn")),
]


@pytest.mark.parametrize(("text", "expected"), INLINES)
def test_text_within_a_paragraph(text: str, expected: Paragraph) -> None:
    assert described(text) == (expected,)


BLOCKS: list[tuple[str, tuple[Block, ...]]] = [
    ("one\n\ntwo", (paragraph("one"), paragraph("two"))),
    (
        "so:\n\n::\n\n\tint a;\n\n\t\treturn a;\n\nend",
        (paragraph("so:"), LiteralBlock("int a;\n\n        return a;"), paragraph("end")),
    ),
    ("so::\n\n\tint a;", (paragraph("so:"), LiteralBlock("int a;"))),
    ("* a\n  b\n* c", (BulletList(((paragraph("a b"),), (paragraph("c"),))),)),
    ("above:\n\n\t* a\n\n\t  b", (paragraph("above:"), BulletList(((paragraph("a"), paragraph("b")),)))),
    ("* a\n\n  - b\n  - c", (BulletList(((paragraph("a"), BulletList(((paragraph("b"),), (paragraph("c"),)))),)),)),
    (
        "**F_A**\n\tFirst.\n**F_B**\n\tSecond,\n\tlong.\n\n\tThird.",
        (
            DefinitionList(
                (
                    Definition((Strong("F_A"),), (paragraph("First."),)),
                    Definition((Strong("F_B"),), (paragraph("Second, long."), paragraph("Third."))),
                )
            ),
        ),
    ),
    (
        "Types:\n\t- one;\n\t- two.",
        (
            DefinitionList(
                (Definition((Text("Types:"),), (BulletList(((paragraph("one;"),), (paragraph("two."),))),)),)
            ),
        ),
    ),
    ("Note:\n\n\tquoted\n\nend", (paragraph("Note:"), BlockQuote((paragraph("quoted"),)), paragraph("end"))),
]


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_blocks(text: str, expected: tuple[Block, ...]) -> None:
    assert described(text) == expected


def test_returns_is_a_part_of_its_own() -> None:
    document = parse("\tDoes it.\n\nReturns\n\t0, or:\n\n\t* **-EINVAL**\n", "defs.h", 1)
    assert document.description == (paragraph("Does it."),)
    assert document.returns == (paragraph("0, or:"), BulletList(((paragraph(Strong("-EINVAL")),),)))


def test_without_returns() -> None:
    assert parse("\tDoes it.", "defs.h", 1).returns is None
    assert parse("\tDoes it.", "defs.h", 1).errnos == ()


def test_errnos_come_from_returns_in_order_and_once() -> None:
    returns = "0, -E2BIG if large, **-EINVAL** or **-E2BIG**, AE-EBUSY no: x-EIO, ECN, EBPF"
    assert parse(f"\tNot **-EPERM**.\nReturns\n\t{returns}", "defs.h", 1).errnos == ("E2BIG", "EINVAL")


REFUSED = [
    ("\tfine\n\n\tan **open\n\tend", 3, "strong start-string without end-string"),
    ("\tan *open end", 1, "emphasis start-string without end-string"),
    ("\tan ``open end", 1, "literal start-string without end-string"),
    ("\tfine\n\n\t.. note:: x", 3, "note"),
    ("\tfine\n\n\t.. foo:: x", 3, 'Unknown directive type "foo"'),
    ("\tfine\n\n\t.. include:: /etc/passwd", 3, "include"),
    ("\tfine\n\n\t.. a comment", 3, "comment"),
    ("\tfine\n\n\t.. _target:\n\n\tx", 3, "target"),
    ("\ta :c:func:`x` b", 1, "role"),
    ("\tsee word_ here", 1, "reference"),
    ("\tan |x| y", 1, "substitution"),
    ("\ta [1]_ b", 1, "footnote"),
    ("\tfine\n\n\t1. one\n\t2. two", 3, "enumerated list"),
    ("\tfine\n\n\t:field: x", 3, "field list"),
    ("\tfine\n\n\t=== ===\n\ta   b\n\t=== ===\n\tc   d\n\t=== ===", 3, "table"),
    ("\tfine\n\n\t| a\n\t| b", 3, "line block"),
    ("\tfine\n\n\tTitle\n\t=====\n\n\tx", 4, "section"),
    ("\t* a\n\tb", 2, "unexpected unindent"),
    ("\tfine\n\n\tterm : kind\n\t\tbody", 3, "classifier"),
    ("\tfine\n\nNotes\n\tx", 4, "unknown heading 'Notes'"),
    ("text at the margin", 2, "unknown heading"),
    ("\tfine\nReturns\n\t0\nReturns\n\t1", 5, "a second part 'Returns'"),
    ("\tfine\nReturns\n\n", 3, "the part 'Returns' is empty"),
    ("Returns\n\t0", 1, "the description is empty"),
    ("", 1, "the description is empty"),
    ("\tfine\nReturns\n\tok\n\n\tan **open", 5, "strong"),
]


@pytest.mark.parametrize(("text", "line", "what"), REFUSED)
def test_what_is_not_understood_is_refused_with_its_place(text: str, line: int, what: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text, "defs.h", 101)
    assert what in caught.value.message
    assert (caught.value.file, caught.value.line) == ("defs.h", 100 + line)
    assert ": " in caught.value.message  # the repair follows


def test_docutils_is_only_loaded_by_the_parser() -> None:
    code = "import sys, bpfref.model.document, bpfref.markdown.kernel_text, bpfref.markdown.links_in_code\n"
    code += "sys.exit('docutils' in sys.modules or 'clang' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Any document, written down in the dialect, is read back equal.

SIGNS = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
phrases = st.text(st.sampled_from("abXY09  " + SIGNS), min_size=1, max_size=8).map(
    lambda text: " ".join(text.split() or ["x"])
)
literals = st.from_regex(r"[a-z*_|:.<>]([a-z*_|:.<> ]{0,6}[a-z*_|:.<>])?", fullmatch=True).map(
    lambda s: re.sub(" +", " ", s)
)
marked = st.one_of(phrases.map(Emphasis), phrases.map(Strong), literals.map(Literal))


@st.composite
def inlines(draw: st.DrawFn) -> tuple[Inline, ...]:
    """Text and markup by turns, with and without spaces between."""
    found: list[Inline] = []
    for _ in range(draw(st.integers(1, 3))):
        left, right = draw(st.sampled_from(["", " "])), draw(st.sampled_from(["", " "]))
        found += [Text(f"{left}{draw(phrases)}{right}"), draw(marked)]
    found = found[draw(st.integers(0, 1)) :]
    found = found[: len(found) - draw(st.integers(0, int(len(found) > 1)))]
    if isinstance(found[0], Text):
        found[0] = Text(found[0].text.lstrip())
    if isinstance(found[-1], Text):
        found[-1] = Text(found[-1].text.rstrip())
    return tuple(found)


code_lines = st.text(st.sampled_from("ab *`_|\\:"), max_size=8).map(str.rstrip)
paragraphs = inlines().map(Paragraph)
code = st.lists(code_lines, max_size=3).map(lambda lines: LiteralBlock("\n".join(["x", *lines, "{y"])))


def lists(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    bodies = st.lists(inner, min_size=1, max_size=2).filter(apart).map(tuple)
    led = st.tuples(paragraphs, bodies).map(lambda pair: (pair[0], *pair[1])).filter(apart)
    definitions = st.builds(Definition, inlines(), bodies)
    return st.one_of(
        st.lists(led, min_size=1, max_size=3).map(lambda items: BulletList(tuple(items))),
        st.lists(definitions, min_size=1, max_size=3).map(lambda items: DefinitionList(tuple(items))),
    )


def apart(blocks: list[Block] | tuple[Block, ...]) -> bool:
    """Two lists of a kind in a row are one list."""
    return all(type(a) is not type(b) or isinstance(a, Paragraph) for a, b in itertools.pairwise(blocks))


any_block: st.SearchStrategy[Block] = st.recursive(st.one_of(paragraphs, code), lists, max_leaves=4)
any_blocks = st.lists(any_block, min_size=1, max_size=3).filter(apart).map(tuple)


def escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in SIGNS else c for c in text)


def written(blocks: tuple[Block, ...]) -> str:
    return "\n\n".join(map(block_text, blocks))


def block_text(block: Block) -> str:
    match block:
        case Paragraph(parts):
            return line(parts)
        case LiteralBlock(text):
            return "::\n\n" + indent(text, "    ")
        case BulletList(items):
            return "\n".join("* " + indent(written(item), "  ").lstrip(" ") for item in items)
        case DefinitionList(items):
            return "\n".join(f"{line(item.term)}\n{indent(written(item.blocks), '    ')}" for item in items)
        case BlockQuote():
            raise NotImplementedError
    return ""


def line(parts: tuple[Inline, ...]) -> str:
    marks = {Text: "", Emphasis: "*", Strong: "**", Literal: "``"}
    return r"\ ".join(
        marks[type(p)] + (p.text if isinstance(p, Literal) else escaped(p.text)) + marks[type(p)] for p in parts
    )


@given(any_blocks, paragraphs.map(lambda block: (block,)))
def test_what_is_written_is_read(description: tuple[Block, ...], returns: tuple[Block, ...]) -> None:
    text = "\n".join(["", indent(written(description), "\t"), "", "Returns", indent(written(returns), "\t")])
    assert parse(text, "defs.h", 1) == Document(description, returns)


@given(st.text(st.sampled_from("ab \n\t*_`\\|:.-~=Returns()")))
def test_any_text_is_read_without_loss_or_refused(text: str) -> None:
    try:
        document = parse(text, "defs.h", 1)
    except SourceError:
        return
    found = plain(document.description) + plain(document.returns or ())
    letters = re.sub(r"[^a-zA-Z]", "", re.sub(r"(?m)^Returns\s*$", "", text))
    assert re.sub(r"[^a-zA-Z]", "", found) == letters


@pytest.mark.network
def test_every_comment_of_the_newest_libbpf_is_read_without_loss(tmp_path: Path) -> None:
    header = fetch_header("libbpf", tmp_path).path
    comments = helper_defs.parse(header.read_text(), header).comments
    assert len(comments) > 200
    for name, comment in comments.items():
        document = parse(comment.text, header, comment.line)
        found = plain(document.description) + plain(document.returns or ())
        source = re.sub(r"(?m)^Returns$", "", re.sub(r"(?m)^\s*[*-]\s", "", comment.text))
        assert re.sub(r"[\s*`\\:]", "", found) == re.sub(r"[\s*`\\:]", "", source), name
