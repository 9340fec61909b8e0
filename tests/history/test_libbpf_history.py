"""libbpf's versions, out of a repository with its tags, and as a block of a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workshop import Workshop, make

from bpfref import markers, store
from bpfref.catalogue import Catalogue
from bpfref.cli import main
from bpfref.errors import MarkerError, SourceError
from bpfref.formats.libbpf_sections import parse_sections
from bpfref.generate.blocks import render
from bpfref.generate.facts import Facts
from bpfref.layout import Layout
from bpfref.model.history import LibbpfFile, Offer
from bpfref.model.libbpf import SectionRule, SectionsTable

HELPERS, TRACING, MAP = "src/bpf_helpers.h", "src/bpf_tracing.h", "src/libbpf.map"
CODE = "src/libbpf.c"
OLD_TABLE = """} section_names[] = {
	BPF_PROG_SEC("kprobe/",	BPF_PROG_TYPE_KPROBE),
	BPF_EAPROG_SEC("old",	BPF_PROG_TYPE_XDP,
				BPF_XDP_DEVMAP),
};
"""
NEW_TABLE = """static const struct bpf_sec_def section_defs[] = {
	SEC_DEF("kprobe+",	KPROBE,	0, SEC_NONE, attach_kprobe),
	SEC_DEF("lsm.s+",	LSM, BPF_LSM_MAC, SEC_ATTACH_BTF | SEC_SLEEPABLE, attach_lsm),	/* a word */
};
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return make(tmp_path)


def node(version: str, *symbols: str) -> str:
    return f"LIBBPF_{version} {{\n\tglobal:\n{''.join(f'		{s};{chr(10)}' for s in symbols)}}};\n"


@pytest.fixture
def libbpf(workshop: Workshop, checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LibbpfFile:
    monkeypatch.setenv("BPFREF_CACHE", str(tmp_path / "cache"))
    old = node("0.0.1", "a_old", "a_gone") + node("0.0.2", "b_untagged")
    workshop.commit("0.0.3", {MAP: old, CODE: OLD_TABLE})
    workshop.git("tag", "v0.0.3")
    files = {MAP: old + node("0.4.0", "c_new"), HELPERS: "#define SEC 1\n#define MOVED 2\n"}
    workshop.commit("0.4", files)
    workshop.git("tag", "v0.4.0")
    late = node("0.0.1", "a_old", "put_in_late") + node("0.0.2", "b_untagged") + node("0.4.0", "c_new")
    workshop.commit("1.0", {MAP: late, HELPERS: "#define SEC 1\n", TRACING: "#define MOVED 2\n"})
    workshop.git("tag", "v1.0.0")
    workshop.commit("1.1", {CODE: NEW_TABLE})
    assert main(["-C", str(checkout.root), "history", "--repository", str(workshop.path)]) == 0
    return store.read(checkout.scraped / "libbpf-since.yaml", LibbpfFile)


def test_versions_are_those_of_nodes_unless_tags_contradict(libbpf: LibbpfFile) -> None:
    assert libbpf.functions == {
        "a_gone": Offer("v0.0.1", "v1.0.0", "v0.0.3"),
        "a_old": Offer("v0.0.1", None, "v0.0.3"),
        "b_untagged": Offer("v0.0.2", None, "v0.0.3"),
        "c_new": Offer("v0.4.0"),
        "put_in_late": Offer("v1.0.0", node="v0.0.1"),
    }


def test_a_macro_that_moves_between_headers_stays(libbpf: LibbpfFile) -> None:
    assert libbpf.macros == {"MOVED": Offer("v0.4.0"), "SEC": Offer("v0.4.0")}


def test_the_table_of_sections_is_that_of_head_with_the_versions_of_its_names(
    libbpf: LibbpfFile, checkout: Layout
) -> None:
    table = store.read(checkout.scraped / "libbpf-sections.yaml", SectionsTable)
    assert (table.url, table.newest) == (libbpf.url, "v1.0.0")
    kprobe, lsm = table.sections
    assert kprobe == SectionRule("kprobe+", "BPF_PROG_TYPE_KPROBE", handler="attach_kprobe", since="v0.0.3")
    assert (lsm.program, lsm.attach, lsm.since) == ("BPF_PROG_TYPE_LSM", "BPF_LSM_MAC", None)
    assert lsm.flags == ("SEC_ATTACH_BTF", "SEC_SLEEPABLE")
    (old,) = table.gone
    assert (old.pattern, old.attach, old.since, old.until) == ("old", "BPF_XDP_DEVMAP", "v0.0.3", None)


@pytest.mark.parametrize(
    ("section", "pattern"),
    [
        ("kprobe/tcp_connect", "kprobe+"),
        ("kprobe", "kprobe+"),
        ("kprobe.multi/x*", "kprobe.multi+"),
        ("kprobes", None),
        ("socket1", None),
        ("xdp", "xdp"),
        ("xdp/devmap", "xdp/devmap"),
        ("xdp_devmap/x", None),
    ],
)
def test_a_section_is_what_the_first_entry_says_that_matches(
    section: str, pattern: str | None, facts: Catalogue
) -> None:
    rule = facts.libbpf_sections.rule(section)
    assert (rule.pattern if rule else None) == pattern


@pytest.mark.parametrize(
    ("section", "pattern"), [("classifier/x", "classifier"), ("xdp_x", "xdp"), ("sk_skb/x", "sk_skb"), ("x", None)]
)
def test_old_versions_read_the_beginning_of_a_name(section: str, pattern: str | None, facts: Catalogue) -> None:
    rule = facts.libbpf_sections.prefix_rule(section)
    assert (rule.pattern if rule else None) == pattern


def test_a_name_that_is_gone_is_remembered(facts: Catalogue) -> None:
    gone = facts.libbpf_sections.gone_rule("xdp_devmap/x")
    assert gone is not None
    assert (gone.program, gone.until) == ("BPF_PROG_TYPE_XDP", "v1.0.0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("int main(void) {}", "no table of section names"),
        ("x section_defs[] = { 7, };", "here should stand an entry"),
        ("x section_defs[] = { SEC_DEF(name, KPROBE), };", "is no name and program type"),
        ('x section_defs[] = { SEC_DEF("kprobe"), };', "is no name and program type"),
    ],
)
def test_a_table_of_another_form_is_refused(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        parse_sections(text, "libbpf.c")


def _block(facts: Catalogue, text: str) -> str:
    page = Path("page.md")
    marked = f"<!-- [LIBBPF_TAG]({text}) -->\n<!-- [/LIBBPF_TAG] -->\n"
    return markers.fill(marked, page, lambda block: render(Facts(facts), block, "page.md", page))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (
            "ring_buffer__new",
            r"\[v\d+\.\d+\.\d+\]\(https://github\.com/libbpf/libbpf/releases/tag/v[\d.]+\)\{ \.since \}",
        ),
        ("bpf_object__open", r"^v0\.0\.1$"),
        ("bpf_create_map", r"^v0\.0\.1, gone in v1\.0\.0$"),
        ("BPF_KPROBE", r"\[v0\.0\.8\]"),
    ],
)
def test_a_page_says_the_version(facts: Catalogue, name: str, pattern: str) -> None:
    assert re.search(pattern, _block(facts, name), re.M)


def test_an_unknown_name_is_refused_with_the_nearest(facts: Catalogue) -> None:
    with pytest.raises(MarkerError, match="ring_buffer__new"):
        _block(facts, "ring_bufer__new")
