"""What pages say of where their facts come from, on the real data."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts, Page, read_page
from bpfref.generate.render import coverage
from bpfref.generate.render.evidence import evidence, lacks_evidence
from bpfref.generate.render.witnesses import NOBODY, first_release, first_release_of_field, grouped
from bpfref.layout import Layout
from bpfref.model.entry import Kind
from bpfref.model.files import OpenQuestion

LOOP = "linux/helper-function/bpf_loop.md"


def shown(facts: Catalogue, page: str, *blocks: tuple[str, str | None]) -> str:
    return evidence(Facts(facts, {page: Page("", described=True, blocks=blocks)}), page)


def test_a_page_knows_its_blocks_but_not_those_within_a_line() -> None:
    text = "# A\n<!-- [FACTS] -->\nx\n<!-- [/FACTS] -->\nsince <!-- [FEATURE_TAG](x) -->\n    <!-- [EXAMPLE](a#b) -->\n"
    assert read_page(text).blocks == (("FACTS", None), ("EXAMPLE", "a#b"))


def test_a_first_release_names_repositories_commits_and_the_release_before(facts: Catalogue) -> None:
    told = first_release(Facts(facts), "bpf_loop")
    witness = facts.since_file.witnesses["bionic"].features["bpf_loop"]
    assert witness.commit
    address = f"{facts.history.repositories['bionic'].url}/commit/{witness.commit[:12]}"
    assert f"bionic: v5.17 ([{witness.commit[:12]}]({address})), not v5.16; iproute2: v5.17.0 " in told
    assert told.endswith("; a published table: v5.17")


def test_a_witness_that_goes_back_no_further_says_so(facts: Catalogue) -> None:
    assert "iproute2: v4.1.0 or earlier" in first_release(Facts(facts), "bpf_map_lookup_elem")


def test_what_a_person_settled_or_left_open_is_told(facts: Catalogue) -> None:
    name = "bpf_map_lookup_elem"
    assert facts.corrections.since[name].reason in first_release(Facts(facts), name)
    open_ = replace(facts.corrections, open={"bpf_loop": OpenQuestion(("a", "b"), "nobody looked")})
    assert "not settled: nobody looked" in first_release(Facts(replace(facts, corrections=open_)), "bpf_loop")


def test_kernels_testify_of_kfuncs(facts: Catalogue) -> None:
    told = first_release(Facts(facts), "bpf_list_add")
    assert "images and sources of kernels: v7.2 (linux-binary-7.2.13" in told
    assert told.endswith(", not v7.1")


def test_a_name_that_nobody_saw_has_no_witness(facts: Catalogue) -> None:
    assert first_release(Facts(facts), "no_such_name") == NOBODY
    assert first_release_of_field(Facts(facts), "no.such_field") == NOBODY


def test_every_entry_with_a_first_release_has_a_witness(facts: Catalogue) -> None:
    known = Facts(facts)
    silent = [e.name for e in facts.entries.values() if e.since and first_release(known, e.name) == NOBODY]
    assert silent == []


def test_names_of_which_the_same_is_said_stand_together() -> None:
    assert grouped({"a": "x", "b": "y", "c": "x"}) == "- x: `a`, `c`\n- y: `b`"


def test_each_block_has_a_row_with_a_place_to_report_it(facts: Catalogue) -> None:
    blocks = (("FACTS", None), ("HELPER_FUNC_DEF", None), ("KERNEL_TEXT", None), ("HELPER_FUNC_PROG_REF", None))
    text = shown(facts, LOOP, *blocks)
    assert re.findall(r'data-wrong="([^"]*)"', text) == ["FACTS", "HELPER_FUNC_DEF", "HELPER_FUNC_PROG_REF"]
    assert text.startswith('<details class="evidence" markdown>\n<summary>')
    assert '<a data-facts="feature/helper/bpf_loop.json"></a>' in text
    assert "(../../lab.md)" in text


def test_answers_are_counted_by_kernel(facts: Catalogue) -> None:
    text = shown(facts, LOOP, ("HELPER_FUNC_PROG_REF", None))
    loads = len(facts.lab.files["v6.1"].variants.loads)
    accepts = sum(len(by["v6.1"].accepts) for by in facts.lab.answers("helpers", "bpf_loop").values() if "v6.1" in by)
    assert f"{accepts} of {loads} (v6.1)" in text
    assert "No answer of v5.10." in text


def test_examples_of_a_page_are_told_once(facts: Catalogue) -> None:
    text = shown(facts, LOOP, ("EXAMPLE", "bpf-loop#loop"), ("EXAMPLE_OUTPUT", "bpf-loop"), ("EXAMPLE", "bounded-loop"))
    assert re.findall(r'data-wrong="([^"]*)"', text) == ["EXAMPLE(bpf-loop)", "EXAMPLE(bounded-loop)"]
    assert text.count("Compiled with ") == 1
    assert facts.verified[-1].kernel.compiler in text


def test_a_page_without_facts_has_no_evidence(facts: Catalogue) -> None:
    assert shown(facts, "faq.md", ("COUNTS", None)) == ""
    assert shown(facts, "faq.md") == ""


def test_a_page_with_facts_has_to_show_evidence(facts: Catalogue) -> None:
    pages = {"a.md": Page("", True, (("FACTS", None),)), "b.md": Page("", True, (("FACTS", None), ("EVIDENCE", None)))}
    known = Facts(facts, pages)
    assert [lacks_evidence(known, page) for page in pages] == [True, False]


def test_every_entry_with_a_page_has_evidence_there(facts: Catalogue, layout: Layout) -> None:
    pages = {entry.page for entry in facts.entries.values() if entry.anchor is None}
    assert len(pages) > 700
    bare = [
        page
        for page in pages
        if 'id="evidence"' not in (t := (layout.docs / page).read_text()) and "{ #evidence }" not in t
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("kind", "most"), [(Kind.MAP_TYPE, None), (Kind.HELPER, None), (Kind.STRUCT, None), (Kind.LSM_HOOK, 0)]
)
def test_coverage_counts_what_people_described(facts: Catalogue, layout: Layout, kind: Kind, most: int | None) -> None:
    texts = {p.relative_to(layout.docs).as_posix(): p.read_text() for p in layout.docs.glob("linux/*/*.md")}
    known = Facts(facts, {page: read_page(text) for page, text in texts.items()})
    row = next(line for line in coverage.coverage(known).splitlines() if line.startswith(f"| {kind.label} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    entries = len(facts.of_kind(kind))
    assert cells[1:3] == [str(entries), str(entries if most is None else most)]


def test_names_in_examples_come_from_code_and_sections_not_from_comments(facts: Catalogue) -> None:
    folder = facts.examples["bpf-loop"]
    made = replace(
        folder, files={"bpf-loop.bpf.c": b'SEC("xdp")\nint f() { return bpf_ktime_get_ns(); } // bpf_trace_printk\n'}
    )
    names = set(coverage.names_of(Facts(facts), made))
    assert {"bpf_loop", "bpf_ktime_get_ns", "BPF_PROG_TYPE_XDP", "BPF_XDP"} <= names
    assert "bpf_trace_printk" not in names


def test_an_example_that_passed_nowhere_counts_as_shown_alone(facts: Catalogue) -> None:
    whole = coverage.coverage(Facts(facts))
    nowhere = coverage.coverage(Facts(replace(facts, verified=())))
    row = r"\| helper function \| \d+ \| \d+ \| (\d+) \| (\d+) \|"
    shown_, passed = re.findall(row, whole)[0]
    assert int(shown_) >= int(passed) > 100
    assert re.findall(row, nowhere) == [(shown_, "0")]


def test_what_only_a_table_says_is_listed_by_name(facts: Catalogue) -> None:
    text = coverage.claimed(Facts(facts), "coverage.md")
    for entry in facts.entries.values():
        listed = f"`{entry.name}`" in text
        assert listed is bool(entry.since and entry.since.is_claim), entry.name


def test_freshness_counts_the_releases_since(facts: Catalogue) -> None:
    rows = {line.split("|")[1].strip(): line for line in coverage.freshness(Facts(facts)).splitlines()}
    newest = facts.kernels.kernels[-1].series
    assert f"| {newest} (" in rows["What kernels answer"]
    assert "| 0 |" in rows["What kernels answer"]
    behind = int(rows["First releases: bionic"].split("|")[3])
    assert behind > 0
    assert f"bpfref probe -k {newest}" in rows["What kernels answer"]
