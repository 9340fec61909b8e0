"""Blocks in page text: what counts as a marker, what is refused, and that nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref import markers
from bpfref.errors import MarkerError
from bpfref.markers import Block


def body(block: Block) -> str:
    return f"new {block.name} {block.argument}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!-- [A] -->\nold\n<!-- [/A] -->\n", "<!-- [A] -->\n\nnew A None\n\n<!-- [/A] -->\n"),
        ("<!-- [A](x y) -->\n<!-- [/A] -->", "<!-- [A](x y) -->\n\nnew A x y\n\n<!-- [/A] -->"),
        ("<!--[A]-->\n<!--[/A]-->", "<!--[A]-->\n\nnew A None\n\n<!--[/A]-->"),
        ("  <!-- [A] -->\nold\n  <!-- [/A] -->", "  <!-- [A] -->\n\n  new A None\n\n  <!-- [/A] -->"),
        ("\t<!-- [A] -->\n\t<!-- [/A] -->", "\t<!-- [A] -->\n\n\tnew A None\n\n\t<!-- [/A] -->"),
        ("a <!-- [A](x) -->old<!-- [/A] --> b", "a <!-- [A](x) -->new A x<!-- [/A] --> b"),
        ("| <!-- [A](x) --><!-- [/A] --> |", "| <!-- [A](x) -->new A x<!-- [/A] --> |"),
        ("<!-- [A] -->\r\nold\r\n<!-- [/A] -->\r\n", "<!-- [A] -->\r\n\r\nnew A None\r\n\r\n<!-- [/A] -->\r\n"),
        ("é <!-- [A] -->ü<!-- [/A] --> \u2028ß", "é <!-- [A] -->new A None<!-- [/A] --> \u2028ß"),
    ],
)
def test_a_body_is_replaced_and_nothing_else(text: str, expected: str) -> None:
    assert markers.fill(text, "page.md", body) == expected
    assert markers.fill(expected, "page.md", body) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no marker",
        "```\n<!-- [A] -->\n```\n",
        "   ~~~~ md\n<!-- [A] -->\n~~~\n<!-- [/B] -->\n~~~~~\n",
        "`<!-- [A] -->` in a code span",
        "``a ` <!-- [A] -->`` in a longer one",
        "<!-- a plain comment -->",
        "<!-- [lower](x) -->",
        "[A](x) without a comment",
        "> ```c\nnot a fence within a quotation",
    ],
)
def test_what_is_no_marker_is_left_alone(text: str) -> None:
    assert markers.blocks(text, "page.md") == []
    assert markers.fill(text, "page.md", body) == text


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n<!-- [A] -->\n", 2, "never closed"),
        ("\n\n<!-- [/A] -->\n", 3, "closes nothing"),
        ("<!-- [A] -->\n<!-- [B] -->\n<!-- [/A] -->\n<!-- [/B] -->", 2, "begins inside"),
        ("<!-- [A] -->\n<!-- [/B] -->\n<!-- [/A] -->", 2, "do not cross or nest"),
        ("x <!-- [A] -->\n<!-- [/A] -->", 1, "shares its line"),
        ("<!-- [A] -->\n x <!-- [/A] -->", 2, "shares its line"),
        ("<!-- [A] -->\n```\n<!-- [/A] -->\n```\n", 1, "never closed"),
    ],
)
def test_malformed_markers_are_named_with_their_line(text: str, line: int, words: str) -> None:
    with pytest.raises(MarkerError, match=words) as caught:
        markers.fill(text, "page.md", body)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"page.md:{line}: ")


def test_every_fault_of_a_page_is_found() -> None:
    faults = markers.scan("<!-- [/A] -->\n<!-- [B] -->\n<!-- [/C] -->\n<!-- [D] -->\n", "p.md")[1]
    assert [fault.line for fault in faults] == [1, 3, 4, 4]


def test_a_body_of_several_lines_has_no_place_within_a_line() -> None:
    with pytest.raises(MarkerError, match="several lines"):
        markers.fill("a <!-- [A] --><!-- [/A] -->", "p.md", lambda _: "one\ntwo")


def test_none_leaves_a_body_as_it_is() -> None:
    text = "<!-- [A] -->odd\n<!-- [/A] -->\n".replace("odd", "\n odd  ")
    assert markers.fill(text, "p.md", lambda _: None) == text


_LINES = st.lists(
    st.sampled_from(
        (
            "<!-- [A] -->",
            "<!-- [/A] -->",
            "  <!-- [B](x) -->",
            "  <!-- [/B] -->",
            "a <!-- [A](y) -->b<!-- [/A] --> c",
            "text",
            "",
            "```",
            "`x`",
            "    code",
            "é",
        )
    ),
    max_size=12,
)


@given(_LINES, st.sampled_from(["\n", "\r\n"]), st.text(alphabet="ab \n|*", max_size=12))
def test_filling_twice_is_filling_once_and_the_outside_stays(lines: list[str], newline: str, new: str) -> None:
    text = newline.join(lines)
    try:
        once = markers.fill(text, "p.md", lambda _: new)
    except MarkerError:
        return
    assert markers.fill(once, "p.md", lambda _: new) == once
    assert _outside(once) == _outside(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_worse(text: str) -> None:
    found, faults = markers.scan(text, "p.md")
    assert all(text[block.start : block.end] == block.body for block in found)
    assert all(fault.line for fault in faults)


def _outside(text: str) -> list[str]:
    """What stands before, between and after the bodies, without a marker's own indentation."""
    parts, done = [], 0
    for block in markers.blocks(text, "p.md"):
        parts.append(text[done : block.start])
        done = block.end
    return [*parts, text[done:]]
