"""Blocks on the verifier's complaints: wordings by series, logs, the indexes, and what is counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts, Page
from bpfref.generate.nav import navigation
from bpfref.generate.render import verifier
from bpfref.generate.run import plan
from bpfref.layout import Layout
from verifier_checkout import LOG, SLUG, plant, read

HEAVIEST = 260_000  # bytes: the HTML that is made of it takes half as much again
PAGES = {
    name: Page("", described=True) for name in ("verifier/index.md", "verifier/messages.md", f"verifier/{SLUG}.md")
}


@pytest.fixture
def made(tmp_path: Path, facts: Catalogue, layout: Layout) -> Layout:
    return plant(tmp_path, facts, layout)


@pytest.fixture
def planted(made: Layout, facts: Catalogue) -> Facts:
    return Facts(read(made, facts), PAGES)


def test_an_entry_shows_its_wordings_with_anchors(planted: Facts) -> None:
    text = verifier.messages(planted, SLUG)
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    access = "unbounded memory access, make sure to bounds check any such access"
    where = "`check_mem_region_access()` in `kernel/bpf/verifier.c`"
    assert [re.sub(r"\{ #[^}]*\}", "{}", row) for row in rows] == [
        f"| `… {access}`{{}} | v7.2, v7.3 | {where} |",
        f"| `R# {access}`{{}} | v5.10 to v6.12 | {where} |",
    ]
    assert "regular expressions: `load failed: .*`." in text
    assert "in the sources of Linux v5.10, v6.1, v6.12, v7.2 and v7.3" in text


def test_an_entry_without_messages_of_the_kernel_has_patterns(made: Layout, facts: Catalogue) -> None:
    family = made.families / "planted.yaml"
    family.write_text(re.sub(r"    messages:\n(?:    - .*\n)+", "", family.read_text()))
    text = verifier.messages(Facts(read(made, facts), PAGES), SLUG)
    assert text == "The lines that this page is about, as regular expressions: `load failed: .*`."


def test_anchors_of_the_entry_are_those_of_the_index(planted: Facts) -> None:
    own = re.findall(r"\{ #(\S+) \}", verifier.messages(planted, SLUG))
    everywhere = re.findall(r"\{ #(\S+) \}", verifier.message_index(planted, "verifier/messages.md"))
    assert set(own) <= set(everywhere)
    assert len(everywhere) == len(set(everywhere))


def test_every_complaint_is_in_the_index_once(planted: Facts) -> None:
    text = verifier.message_index(planted, "verifier/messages.md")
    known = planted.catalogue.verifier
    complaints = [each for each in known.messages if known.is_complaint(each)]
    assert f"{len(complaints)} complaints, 2 of them explained." in text
    anchors = verifier.anchors_of(known)
    for each in complaints:
        assert text.count(f"{{ #{anchors[each]} }}") == 1, each
    assert f"### [R1 unbounded memory access]({SLUG}.md)" in text
    assert "R1=" not in text
    assert len(text.encode()) < HEAVIEST


def test_a_log_is_fenced_by_more_than_it_holds() -> None:
    assert verifier.log("a  \nb\n\n", "v7.3") == '```text title="Linux v7.3"\na\nb\n```'
    assert verifier.log("```\n", "v6.1").startswith('````text title="Linux v6.1"\n```\n````')


def test_blocks_are_filled(made: Layout, facts: Catalogue) -> None:
    page = made.docs / "verifier" / f"{SLUG}.md"
    result = plan(read(made, facts), made.docs, [page])
    assert result.faults == []
    assert f'```text title="Linux v7.3"\n{LOG}```' in result.changes[page]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (
            "VERIFIER_LOG](unbounded-index@v6.1)",
            "bound.md:3: [VERIFIER_LOG] no log of unbounded-index on v6.1 is kept: bpfref",
        ),
        ("VERIFIER_LOG](unbounded-idx@v6.1)", "is no folder of docs/examples: did you mean unbounded-index"),
        ("VERIFIER_LOG](unbounded-index)", "'' is not a kernel release"),
        ("VERIFIER_MESSAGES](no-bounds)", "'no-bounds' is no entry of data/authored/verifier: did you mean no-bound?"),
    ],
)
def test_what_is_not_there_is_named(block: str, words: str, made: Layout, facts: Catalogue) -> None:
    page = made.docs / "verifier" / f"{SLUG}.md"
    page.write_text(f"# a\n\n<!-- [{block} -->\n<!-- [/{block.partition(']')[0]}] -->\n")
    (fault,) = plan(read(made, facts), made.docs, [page]).faults
    assert words in str(fault)


def test_the_index_and_the_navigation_name_entries_of_pages_that_exist(planted: Facts) -> None:
    row = f"| [R1 unbounded memory access]({SLUG}.md) | An index has no upper bound. |"
    assert row in verifier.index(planted, "verifier/index.md")
    assert f"    * Planted\n        * [R1 unbounded memory access](verifier/{SLUG}.md)\n" in navigation(planted)
    bare = Facts(planted.catalogue, {"verifier/index.md": Page("", described=True)})
    assert row.replace(f"[R1 unbounded memory access]({SLUG}.md)", "R1 unbounded memory access") in verifier.index(
        bare, "verifier/index.md"
    )
    assert "Planted" not in navigation(bare)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("BPF_LD_[ABS|IND] is not allowed", r"BPF\_LD\_\[ABS|IND\] is not allowed"),
        ("'struct %s *' `x` <y>", r"'struct %s \*' \`x\` &lt;y>"),
    ],
)
def test_titles_are_shown_as_they_are(title: str, shown: str) -> None:
    assert verifier.escape(title) == shown


def test_coverage_counts_what_is_explained_and_what_is_not(planted: Facts) -> None:
    text = verifier.coverage(planted)
    known = planted.catalogue.verifier
    newest = known.file.series[-1]
    count = sum(newest in each.series and known.is_complaint(text) for text, each in known.messages.items())
    assert f"Linux {newest} has {count} complaints" in text
    assert "| Planted | 1 | 1 |  |" in text
    assert f"| Together | 1 | 1 | {count - 1} |" in text
    numbers = [int(n) for n in re.findall(r"^\| `[^`]+` \|  \|  \| (\d+) \|$", text, re.M)]
    assert sum(numbers) == count - 1
