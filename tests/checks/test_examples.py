"""The checks of examples find what is planted in a copy of the checkout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bpfref import catalogue
from bpfref.checks.examples import find_loose_c, problems
from bpfref.checks.pages import read_pages
from bpfref.layout import Layout

TAIL = "docs/examples/tail-call"
SOURCE, PROMISE = f"{TAIL}/tail-call.bpf.c", f"{TAIL}/example.yaml"
PAGE = "docs/linux/map-type/BPF_MAP_TYPE_HASH.md"
VERDICTS = "data/verified/examples/v6.1.yaml"
LOG = "data/verified/logs/v6.1/unbounded-index.txt"
Spoil = Callable[[Path], object]


def replaced(file: str, old: str, new: str) -> Spoil:
    def spoil(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return spoil


def hidden(root: Path) -> None:
    for path in (root / "docs").rglob("*.md"):
        path.write_text(path.read_text().replace("[EXAMPLE](tail-call", "[EXAMPLE](spin-lock"))


PLANTED: list[tuple[Spoil, str]] = [
    (replaced(SOURCE, "missed++;", "missed += 1;"), "v6.1.yaml: the verdict on tail-call is older than its files"),
    (replaced(PROMISE, "missed: 1", "missed: 2"), "v7.3.yaml: the verdict on tail-call is older than its files"),
    (lambda root: (root / VERDICTS).unlink(), "v6.1 has run no example: bpfref verify -k v6.1"),
    (replaced(VERDICTS, "  tail-call:", "  tail-cull:"), "tail-call has no verdict"),
    (replaced(VERDICTS, "  tail-call:", "  tail-cull:"), "there is no example tail-cull"),
    (replaced(VERDICTS, "image: ", "image: 0"), "these verdicts are of another kernel"),
    (lambda root: (root / LOG).unlink(), "the log of the refusal of unbounded-index is missing"),
    (
        replaced(LOG, "unbounded memory", "bounded memory"),
        "unbounded-index.txt has not the line that its verdict names",
    ),
    (lambda root: (root / LOG).rename((root / LOG).with_stem("gone")), "gone.txt is the log of no example"),
    (
        lambda root: (root / LOG).with_stem("tail-call").write_text("it fails\n"),
        "tail-call.txt is the log of an example that was not refused",
    ),
    (hidden, "tail-call/example.yaml: no page shows it"),
    (replaced(PROMISE, "bpf_tail_call]", "bpf_tail_cull]"), "subject bpf_tail_cull is no known name: did you mean"),
    (replaced(SOURCE, "// endregion", ""), "region jump is never closed"),
    (lambda root: (root / PROMISE).unlink(), "tail-call.bpf.c: has no example.yaml beside it"),
    (
        lambda root: (root / SOURCE).rename(root / TAIL / "other.bpf.c"),
        "tail-call.bpf.c is missing: the kernel side is called as its folder",
    ),
    (lambda root: (root / "docs/examples/pids").rename(root / "docs/examples/P_ids"), "is named in lower case"),
    (
        replaced("docs/examples/pids/example.yaml", "runs:\n  - {program: pids, size: 64, returns: XDP_PASS}", ""),
        "pids/example.yaml: nothing but loading is tested",
    ),
    (
        lambda root: (root / PAGE).write_text((root / PAGE).read_text() + "\n```c\nint x;\n```\n"),
        "BPF_MAP_TYPE_HASH.md:",
    ),
]


def found(layout: Layout) -> list[str]:
    return [str(each) for each in problems(catalogue.read(layout), layout, read_pages(layout))]


def test_the_checkout_has_no_problem(layout: Layout) -> None:
    assert found(layout) == []


@pytest.mark.parametrize(("spoil", "words"), PLANTED)
def test_what_is_planted_is_found(spoil: Spoil, words: str, checkout: Layout) -> None:
    spoil(checkout.root)
    assert any(words in each for each in found(checkout)), found(checkout)


BLOCK = "<!-- [EXAMPLE](a) -->\n\n```c\nint a;\n```\n\n<!-- [/EXAMPLE] -->\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (BLOCK, []),
        (f"{BLOCK}\n```c\nint b;\n```\n", [9]),
        ("```c\nint a;\n```\n```C\nint b;\n```\n", [1, 4]),
        ('    ```c title="a.c"\n    int a;\n    ```\n', [1]),
        ("> ```c\n> int a;\n> ```\n", [1]),
        ("~~~c\nint a;\n~~~\n", [1]),
        ("``` c\nint a;\n```\n", [1]),
        ("``` { .c }\nint a;\n```\n", [1]),
        ("````text\n```c\nint a;\n```\n````\n", []),
        ("```cfg\na = 1\n```\n", []),
        ("```text\n```\n```c\nint a;\n```\n", [3]),
        ("a word ```c``` and `c`\n", []),
    ],
)
def test_c_outside_of_blocks_is_found_in_any_fence(text: str, lines: list[int]) -> None:
    assert list(find_loose_c(text)) == lines
