"""The checks of entries on the verifier's complaints find what is planted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.checks.pages import read_pages
from bpfref.checks.verifier import problems
from bpfref.layout import Layout
from verifier_checkout import plant, read

FAMILY = "data/authored/verifier/planted.yaml"
PAGE = "docs/verifier/no-bound.md"
VERDICTS = "data/verified/examples/v6.1.yaml"
TRACE = "data/authored/verifier-trace.yaml"
SCRAPED = "data/scraped/verifier-messages.yaml"
SECOND = """\
  another:
    title: another
    says: s
    repair: r
    messages: ["R%d unbounded memory access, make sure to bounds check any such access"]
"""
Spoil = Callable[[Path], object]


def replaced(file: str, old: str, new: str) -> Spoil:
    def spoil(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return spoil


def added(file: str, more: str) -> Spoil:
    return lambda root: (root / file).write_text((root / file).read_text() + more)


def second_family(root: Path) -> None:
    text = (root / FAMILY).read_text()
    (root / FAMILY).with_name("zweite.yaml").write_text(text)


PLANTED: list[tuple[Spoil, str]] = [
    (
        replaced(FAMILY, "'%s unbounded", "'%s unbound"),
        "planted.yaml:9: no source prints '%s unbound memory access, make sure to bounds check any such access': did",
    ),
    (replaced(FAMILY, '- "R%d unb', '- "R%u unb'), "planted.yaml:8: no source prints 'R%u unbounded"),
    (
        added(FAMILY, SECOND),
        "planted.yaml:17: 'R%d unbounded memory access, make sure to bounds check any such access' is",
    ),
    (added(FAMILY, SECOND), "another has no page: write docs/verifier/another.md"),
    (second_family, "no-bound is an entry of planted too: keep one"),
    (lambda root: (root / PAGE).unlink(), "planted.yaml:3: no-bound has no page: write docs/verifier/no-bound.md"),
    (
        lambda root: (root / PAGE).rename(root / "docs/verifier/no-bounds.md"),
        "no-bounds.md: no entry is called no-bounds",
    ),
    (
        replaced(FAMILY, "[unbounded-index]", "[unbound-index]"),
        "there is no example unbound-index: did you mean unbounded-",
    ),
    (replaced(FAMILY, "[hash-flags]", "[none-such]"), "no-bound: there is no example none-such"),
    (replaced(FAMILY, "[unbounded-index]", "[hash-flags]"), "no-bound: the example hash-flags is not rejected"),
    (replaced(FAMILY, "[hash-flags]", "[unbounded-index]"), "no-bound: the example unbounded-index is not accepted"),
    (
        replaced(VERDICTS, "R2 unb", "R2 unboundb"),
        "no-bound: v6.1 refuses unbounded-index with 'R2 unboundbounded memory",
    ),
    (
        replaced(VERDICTS, "R2 unbounded memory access, make sure to bounds check any such access", "R0 !read_ok"),
        "with 'R0 !read_ok': that is 'R# !read_ok', of no entry: add the message, or name another example",
    ),
    (
        replaced(VERDICTS, "R2 unbounded memory access, make sure to bounds check any such access", "quite new"),
        "with 'quite new', which is no message of any source",
    ),
    (
        replaced(PAGE, "`4: (0f) r2 += r1`", "`4: (0f) r2 -= r1`"),
        "no-bound.md:19: the log that is shown has no '4: (0f) r2 -=",
    ),
    (
        replaced(PAGE, "`R2 unbounded memory access`: the", "The"),
        "no-bound.md:20: an item of the walk begins with a line of",
    ),
    (replaced(PAGE, "VERIFIER_LOG", "EXAMPLE_OUTPUT"), "no-bound.md:19: walks through a log that is not shown"),
    (
        replaced(TRACE, "print_liveness", "print_livness"),
        "verifier-trace.yaml:6: no function print_livness prints anything",
    ),
    (replaced(TRACE, "'cur state:'", "'curr state:'"), "no source prints 'curr state:': remove or correct it"),
    (replaced(SCRAPED, "version: 6.1.", "version: 6.0."), "v6.1 was read in 6.0."),
    (
        replaced(SCRAPED, "{series: v6.1, p", "{series: v6.0, p"),
        "the source of v6.1 was not read: bpfref scrape verifier-",
    ),
]


@pytest.fixture
def planted(tmp_path: Path, facts: Catalogue, layout: Layout) -> Layout:
    return plant(tmp_path, facts, layout)


def found(layout: Layout, facts: Catalogue) -> list[str]:
    return [str(each) for each in problems(facts, layout, read_pages(layout))]


def test_the_checkout_has_no_problem(layout: Layout, facts: Catalogue) -> None:
    assert found(layout, facts) == []


def test_what_is_planted_whole_has_no_problem(planted: Layout, facts: Catalogue) -> None:
    assert found(planted, read(planted, facts)) == []


@pytest.mark.parametrize(("spoil", "words"), PLANTED)
def test_what_is_planted_is_found(spoil: Spoil, words: str, planted: Layout, facts: Catalogue) -> None:
    spoil(planted.root)
    there = found(planted, read(planted, facts))
    assert any(words in each for each in there), there


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("R9 unbounded memory access, make sure to bounds check any such access", True),
        ("load failed: whatever", True),
        ("oh, load failed: whatever", False),
    ],
)
def test_a_refusal_may_use_any_wording_of_its_entry(
    said: str, *, fine: bool, planted: Layout, facts: Catalogue
) -> None:
    path = planted.root / VERDICTS
    path.write_text(re.sub(r"message: .*such access'?", f"message: '{said}'", path.read_text(), flags=re.DOTALL))
    assert said in path.read_text()
    assert (found(planted, read(planted, facts)) == []) is fine
