"""Kfuncs as Markdown: what a reader of one kfunc is told, on the real data and on made-up cases."""

from __future__ import annotations

import re

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts, Page
from bpfref.generate.render import kfuncs, labprograms
from bpfref.lab import KFUNCS
from bpfref.layout import page_of
from bpfref.model.entry import Kind

PAGE = "linux/kfuncs/x.md"


@pytest.fixture(scope="module")
def known(facts: Catalogue) -> Facts:
    return Facts(facts, {entry.page: Page("", False) for entry in facts.entries.values()})


def test_series_are_told_as_runs(known: Facts) -> None:
    order = [kernel.series for kernel in known.catalogue.kfuncs_file.kernels]
    assert kfuncs.span(known, order) == f"{order[0]} to {order[-1]}"
    assert kfuncs.span(known, [order[1]]) == order[1]
    assert kfuncs.span(known, [order[3], order[2]]) == f"{order[2]}, {order[3]}"
    assert kfuncs.span(known, [order[0], *order[2:5], order[7]]) == f"{order[0]}, {order[2]} to {order[4]}, {order[7]}"


@pytest.mark.parametrize(
    ("parameter", "suffix"),
    [
        ("len__sz", "sz"),
        ("len__szk", "szk"),
        ("p__map", "map"),
        ("p__const_map", "const_map"),
        ("a__arena__nullable", "arena__nullable"),
        ("flags", None),
        ("sz", None),
        ("buf_sz", None),
    ],
)
def test_the_longest_suffix_counts(known: Facts, parameter: str, suffix: str | None) -> None:
    assert kfuncs.suffix_of(known, parameter) == suffix


def test_a_gone_kfunc_says_so_and_names_its_successor(known: Facts) -> None:
    told = kfuncs.status(known, "scx_bpf_dispatch", PAGE)
    assert "v6.12 is the newest kernel that has it; v6.18 has not." in told
    assert "[`scx_bpf_dsq_insert`](scx_bpf_dsq_insert.md)" in told
    assert kfuncs.status(known, "bpf_task_acquire", PAGE) == ""


def test_a_module_that_was_not_looked_at_is_no_proof_of_absence(known: Facts) -> None:
    """`bbr_cwnd_event` is in a module; three series have no modules in the archive, so they say nothing."""
    assert "v7.2 has not" in kfuncs.status(known, "bbr_cwnd_event", PAGE)
    assert ("Not looked at", "modules of v6.19 to v7.1") in kfuncs.particulars(known, "bbr_init", PAGE)


def test_a_changed_prototype_is_shown_with_its_series(known: Facts) -> None:
    told = kfuncs.definition(known, "bpf_ct_set_nat_info")
    assert "it was" not in told  # only its flags changed
    told = kfuncs.definition(known, "bbr_main")
    assert told.count("```c") == 2
    assert "In v6.1 it was:" in told


def test_flags_of_earlier_forms_have_their_series(known: Facts) -> None:
    told = kfuncs.flags(known, "bpf_ct_set_nat_info", PAGE)
    assert "KF_TRUSTED_ARGS" in told
    assert "(v6.1 to v6.18)" in told


def test_program_types_of_the_same_hook_are_listed(known: Facts) -> None:
    told = kfuncs.programs(known, "bpf_cpumask_create", PAGE)
    for name in ("BPF_PROG_TYPE_TRACING", "BPF_PROG_TYPE_LSM", "BPF_PROG_TYPE_STRUCT_OPS", "BPF_PROG_TYPE_SYSCALL"):
        assert name in told
    assert "BPF_PROG_TYPE_XDP" not in told
    assert "every program type" in kfuncs.programs(known, "bpf_dynptr_size", PAGE)
    assert "No program calls it" in kfuncs.programs(known, "bpf_fentry_test1", PAGE)


def test_a_filter_is_named(known: Facts) -> None:
    assert "`bpf_fs_kfuncs_filter()`" in kfuncs.programs(known, "bpf_get_file_xattr", PAGE)


def test_a_filter_has_its_series_where_not_all_have_it(known: Facts) -> None:
    told = kfuncs.programs(known, "scx_bpf_cid_to_cpu", PAGE)
    assert re.search(r"STRUCT_OPS\S* \| v7.2, v7.3 \| `scx_kfunc_context_filter\(\)` \(v7.3\) \|", told)
    assert "v7.2, v7.3 | `bpf_qdisc_kfunc_filter()` |" in kfuncs.programs(known, "bpf_qdisc_skb_drop", PAGE)


def test_both_directions_agree(known: Facts) -> None:
    """A program type's list holds exactly the kfuncs whose own table names it."""
    page = page_of(Kind.PROGRAM_TYPE, "BPF_PROG_TYPE_XDP")
    listed = labprograms.calls(known, KFUNCS, "BPF_PROG_TYPE_XDP", page)
    for name in known.catalogue.kfuncs:
        answered = kfuncs.programs(known, name, PAGE).partition("??? note")[0]
        assert (f"`{name}`" in listed) == ("`XDP`" in answered), name


def test_a_release_between_two_series_is_never_a_guess(known: Facts) -> None:
    for entry in known.catalogue.of_kind(Kind.KFUNC):
        told = kfuncs.since(known, entry)
        if entry.since is None:
            assert told.startswith("after v") or told.endswith("or earlier"), entry.name


def test_the_index_gives_its_room_to_the_text(known: Facts) -> None:
    shown = kfuncs.index(known, "linux/kfuncs/index.md")
    topics = len(re.findall(r"^## ", shown, re.M))
    assert topics == shown.count('\n\n<div class="described" markdown>\n\n| Name |') == shown.count(" |\n\n</div>") > 1
