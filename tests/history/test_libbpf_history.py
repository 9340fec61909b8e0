"""libbpf's versions, out of a repository with its tags, and as a block of a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workshop import Workshop, make

from bpfref import markers, store
from bpfref.catalogue import Catalogue
from bpfref.cli import main
from bpfref.errors import MarkerError
from bpfref.generate.blocks import render
from bpfref.generate.facts import Facts
from bpfref.layout import Layout
from bpfref.model.history import LibbpfFile, Offer

HELPERS, TRACING, MAP = "src/bpf_helpers.h", "src/bpf_tracing.h", "src/libbpf.map"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return make(tmp_path)


def node(version: str, *symbols: str) -> str:
    return f"LIBBPF_{version} {{\n\tglobal:\n{''.join(f'		{s};{chr(10)}' for s in symbols)}}};\n"


@pytest.fixture
def libbpf(workshop: Workshop, checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LibbpfFile:
    monkeypatch.setenv("BPFREF_CACHE", str(tmp_path / "cache"))
    old = node("0.0.1", "a_old", "a_gone") + node("0.0.2", "b_untagged")
    workshop.release("v0.0.3", old, MAP)
    files = {MAP: old + node("0.4.0", "c_new"), HELPERS: "#define SEC 1\n#define MOVED 2\n"}
    workshop.commit("0.4", files)
    workshop.git("tag", "v0.4.0")
    late = node("0.0.1", "a_old", "put_in_late") + node("0.0.2", "b_untagged") + node("0.4.0", "c_new")
    workshop.commit("1.0", {MAP: late, HELPERS: "#define SEC 1\n", TRACING: "#define MOVED 2\n"})
    workshop.git("tag", "v1.0.0")
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
