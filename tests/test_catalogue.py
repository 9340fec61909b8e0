"""The facts in one place: names, corrections, synonyms, neighbours; on the real data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.model.entry import Kind
from bpfref.model.files import SinceCorrection
from bpfref.model.since import Since


@pytest.mark.parametrize(
    ("name", "kind", "value", "page", "anchor"),
    [
        ("bpf_map_lookup_elem", Kind.HELPER, 1, "linux/helper-function/bpf_map_lookup_elem.md", None),
        ("BPF_PROG_TYPE_XDP", Kind.PROGRAM_TYPE, 6, "linux/program-type/BPF_PROG_TYPE_XDP.md", None),
        ("BPF_MAP_TYPE_HASH", Kind.MAP_TYPE, 1, "linux/map-type/BPF_MAP_TYPE_HASH.md", None),
        ("BPF_MAP_CREATE", Kind.COMMAND, 0, "linux/syscall/BPF_MAP_CREATE.md", None),
        ("BPF_XDP", Kind.ATTACH_TYPE, 37, "linux/attach-type/index.md", "BPF_XDP"),
        ("BPF_LINK_TYPE_XDP", Kind.LINK_TYPE, 6, "linux/link-type/index.md", "BPF_LINK_TYPE_XDP"),
        ("BPF_F_NO_PREALLOC", Kind.CONSTANT, 1, "linux/flags/index.md", "BPF_F_NO_PREALLOC"),
        ("BPF_COMMON_ATTRS", Kind.CONSTANT, 65536, "linux/syscall/index.md", "BPF_COMMON_ATTRS"),
        ("xdp_md", Kind.CONTEXT, None, "linux/program-context/xdp_md.md", None),
        ("bpf_tunnel_key", Kind.STRUCT, None, "linux/struct/index.md", "bpf_tunnel_key"),
    ],
)
def test_every_kind_has_its_entries(
    facts: Catalogue, name: str, kind: Kind, value: int | None, page: str, anchor: str | None
) -> None:
    entry = facts.entries[name]
    assert (entry.kind, entry.value, entry.page, entry.anchor) == (kind, value, page, anchor)


@pytest.mark.parametrize(
    "name",
    [
        "BPF_PROG_TYPE_UNSPEC",
        "__MAX_BPF_CMD",
        "BPF_PROG_RUN",
        "BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED",
        "BPF_COMMON_ATTRS",
    ],
)
def test_counters_and_aliases_are_no_entries_with_pages(facts: Catalogue, name: str) -> None:
    entry = facts.entries.get(name)
    assert entry is None or entry.kind is Kind.CONSTANT


def test_a_deprecated_map_type_goes_by_its_own_name(facts: Catalogue) -> None:
    entry = facts.entries["BPF_MAP_TYPE_CGROUP_STORAGE"]
    assert (entry.kind, entry.deprecated) == (Kind.MAP_TYPE, True)


def test_numbers_of_helpers_are_synonyms(facts: Catalogue) -> None:
    assert facts.synonyms["BPF_FUNC_loop"].name == "bpf_loop"


def test_a_correction_wins_over_the_table(facts: Catalogue) -> None:
    assert str(facts.since("bpf_loop") and facts.entries["bpf_loop"].since) != "None"
    wrong = replace(
        facts.corrections, since={"bpf_loop": SinceCorrection(Since("v5.18", evidence=("git: linux",)), "why", "where")}
    )
    found = replace(facts, corrections=wrong).since("bpf_loop")
    assert found is not None
    assert (found.since, found.evidence) == ("v5.18", ("git: linux",))


def test_an_attribute_correction_gives_a_command_its_members(facts: Catalogue) -> None:
    found = facts.attributes("BPF_MAP_GET_NEXT_KEY")
    assert found is not None
    assert found.fields[0].name == "map_fd"


def test_each_helper_has_a_topic_and_exact_names_win(facts: Catalogue) -> None:
    assert all(facts.topic_of(helper) for helper in facts.helpers)
    topic = facts.topic_of("bpf_map_lookup_elem")
    assert topic is not None
    assert topic.slug == "maps"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bpf_map_lookup_elm", "bpf_map_lookup_elem"),
        ("bpf_lop", "bpf_loop"),
        ("BPF_PROG_TYPE_XPD", "BPF_PROG_TYPE_XDP"),
    ],
)
def test_a_misspelling_finds_its_name(facts: Catalogue, typed: str, meant: str) -> None:
    assert meant in facts.nearest(typed)


def test_nothing_is_near_to_nonsense(facts: Catalogue) -> None:
    assert facts.nearest("zzzzqqqq") == []
