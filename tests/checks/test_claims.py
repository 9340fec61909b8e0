"""What kernels answered against claims, tables and source: each planted disagreement is found, and its place told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bpfref import catalogue
from bpfref.catalogue import Catalogue
from bpfref.checks import claims, data, kfuncs, probes
from bpfref.checks.problem import Problem
from bpfref.layout import Layout
from bpfref.model.entry import Kind
from bpfref.model.files import FilterCorrection, PairSince, SinceCorrection
from bpfref.model.probe import Call, ProbeFile
from bpfref.model.since import Since
from bpfref.pairs import GROUP, Pairs
from bpfref.probe.questions import find_outdated

Change = Callable[[ProbeFile], ProbeFile]


Check = Callable[[Catalogue, Layout], Iterator[Problem]]
CHECKS: tuple[Check, ...] = (probes.problems, claims.problems, kfuncs.problems)


def told(facts: Catalogue, layout: Layout, *checks: Check) -> list[str]:
    return [str(problem) for check in checks or CHECKS for problem in check(facts, layout)]


def with_probe(facts: Catalogue, series: str, change: Change) -> Catalogue:
    """The facts with one kernel's answers changed."""
    assert any(file.kernel.series == series for file in facts.probes)
    return replace(facts, probes=tuple(change(file) if file.kernel.series == series else file for file in facts.probes))


def moved(kind: str, name: str, old: str, new: str, option: str = "CONFIG_X") -> Change:
    """One name from one list of a kind to another."""

    def change(file: ProbeFile) -> ProbeFile:
        presence = file.presence[kind]
        assert name in getattr(presence, old)
        target = getattr(presence, new)
        changed: dict[str, Any] = {
            old: tuple(each for each in getattr(presence, old) if each != name),
            new: {**target, name: option} if isinstance(target, dict) else (*target, name),
        }
        return replace(file, presence={**file.presence, kind: replace(presence, **changed)})

    return change


def without_helper(name: str) -> Change:
    def change(file: ProbeFile) -> ProbeFile:
        # An entry that is `like` another keeps its variants when the other goes.
        assert name in file.helpers
        kept = {n: c for n, c in file.helpers.items() if name not in {n, c.like}}
        return replace(file, helpers=kept, absent_helpers=(*file.absent_helpers, name))

    return change


def with_helper(name: str, *programs: str) -> Change:
    def change(file: ProbeFile) -> ProbeFile:
        absent = tuple(each for each in file.absent_helpers if each != name)
        return replace(file, helpers={**file.helpers, name: Call(programs)}, absent_helpers=absent)

    return change


def with_kfunc(name: str, call: Call) -> Change:
    return lambda file: replace(file, kfuncs={**file.kfuncs, name: call})


def test_the_real_answers_agree_with_all_claims(facts: Catalogue, layout: Layout) -> None:
    assert told(facts, layout) == []


LACKS_OR_HAS = [
    ("v6.1", moved("map-type", "BPF_MAP_TYPE_BLOOM_FILTER", "present", "absent"), "is absent in v6.1, but claimed"),
    ("v6.1", moved("map-type", "BPF_MAP_TYPE_ARENA", "absent", "present"), "is present in v6.1, but claimed sin"),
    ("v6.1", moved("map-type", "BPF_MAP_TYPE_ARENA", "absent", "known"), "is known in v6.1, but claimed since v6.9"),
    ("v6.1", moved("map-type", "BPF_MAP_TYPE_ARENA", "absent", "left_out"), "is left out of the configuration in v6.1"),
    ("v5.10", moved("program-type", "BPF_PROG_TYPE_SYSCALL", "absent", "present"), "BPF_PROG_TYPE_SYSCALL is present"),
    ("v5.10", moved("program-type", "BPF_PROG_TYPE_XDP", "present", "absent"), "BPF_PROG_TYPE_XDP is absent in v5.10"),
    ("v6.12", moved("syscall-command", "BPF_TOKEN_CREATE", "present", "absent"), "BPF_TOKEN_CREATE is absent in v6.12"),
    ("v5.10", moved("attach-type", "BPF_LSM_CGROUP", "absent", "present"), "BPF_LSM_CGROUP is present in v5.10"),
    ("v6.12", moved("link-type", "BPF_LINK_TYPE_TCX", "present", "absent"), "BPF_LINK_TYPE_TCX is absent in v6.12"),
    ("v6.1", moved("map-flag", "BPF_F_MMAPABLE", "present", "absent"), "BPF_F_MMAPABLE is absent in v6.1"),
    ("v5.10", lambda f: replace(f, program_flags={**f.program_flags, "BPF_F_XDP_HAS_FRAGS": ("X",)}),
     "BPF_F_XDP_HAS_FRAGS is present in v5.10, but claimed since v5.18"),
    ("v7.2", lambda f: replace(f, program_flags={**f.program_flags, "BPF_F_SLEEPABLE": ()}), "BPF_F_SLEEPABLE is a"),
    ("v5.10", with_helper("bpf_loop", "BPF_PROG_TYPE_XDP"), "bpf_loop is present in v5.10, but claimed since v5.17"),
    ("v6.1", without_helper("bpf_loop"), "bpf_loop is absent in v6.1, but claimed since v5.17"),
    ("v6.1", with_kfunc("bpf_arena_alloc_pages", Call(("BPF_PROG_TYPE_XDP/*",))), "bpf_arena_alloc_pages is present"),
]  # fmt: skip


@pytest.mark.parametrize(("series", "change", "words"), LACKS_OR_HAS, ids=[words for _, _, words in LACKS_OR_HAS])
def test_a_release_that_a_kernel_rules_out_is_found(
    facts: Catalogue, layout: Layout, series: str, change: Change, words: str
) -> None:
    found = told(with_probe(facts, series, change), layout, claims.problems)
    assert any(words in problem for problem in found), found[:5]


NO_PROOF = [
    ("v6.12", moved("map-type", "BPF_MAP_TYPE_ARENA", "present", "unclear", "EPERM")),
    ("v6.12", moved("map-type", "BPF_MAP_TYPE_ARENA", "present", "left_out")),
    ("v6.12", moved("map-type", "BPF_MAP_TYPE_ARENA", "present", "known")),
    ("v6.1", moved("map-type", "BPF_MAP_TYPE_ARENA", "absent", "unclear", "EPERM")),
]


@pytest.mark.parametrize(("series", "change"), NO_PROOF)
def test_what_a_configuration_lacks_or_nobody_could_tell_proves_nothing(
    facts: Catalogue, layout: Layout, series: str, change: Change
) -> None:
    assert list(claims.problems(with_probe(facts, series, change), layout)) == []


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("v5.11", []),
        ("v5.17", []),
        ("v6.1", []),
        ("v5.10", ["bpf_loop is absent in v5.10"]),
        ("v6.2", ["bpf_loop is present in v6.1"]),
        ("v6.13", ["bpf_loop is present in v6.1", "bpf_loop is present in v6.12"]),
    ],
)
def test_a_correction_too_must_fit_the_kernels(facts: Catalogue, layout: Layout, since: str, words: list[str]) -> None:
    corrected = {**facts.corrections.since, "bpf_loop": SinceCorrection(Since(since), "r", "s")}
    spoilt = replace(facts, corrections=replace(facts.corrections, since=corrected))
    found = [problem.message for problem in claims.problems(spoilt, layout)]
    assert len(found) == len(words)
    assert all(message.startswith(start) for message, start in zip(found, words, strict=True))


def test_what_is_gone_must_be_gone(facts: Catalogue, layout: Layout) -> None:
    corrected = {**facts.corrections.since, "bpf_loop": SinceCorrection(Since("v5.17", until="v7.2"), "r", "s")}
    spoilt = replace(facts, corrections=replace(facts.corrections, since=corrected))
    found = [p.message for p in claims.problems(spoilt, layout)]
    assert [words.split(",")[0] for words in found] == ["bpf_loop is present in v7.2", "bpf_loop is present in v7.3"]
    assert "claimed since v5.17 until v7.2" in found[0]


def test_the_line_of_an_answer_is_told(checkout: Layout) -> None:
    path = checkout.probe("v6.1")
    text = path.read_text()
    assert text.count("BPF_MAP_TYPE_ARENA, ") == 1
    path.write_text(
        text.replace("BPF_MAP_TYPE_ARENA, ", "").replace(
            "[BPF_MAP_TYPE_HASH, ", "[BPF_MAP_TYPE_ARENA, BPF_MAP_TYPE_HASH, ", 1
        )
    )
    line = next(n for n, line in enumerate(path.read_text().splitlines(), 1) if "BPF_MAP_TYPE_ARENA" in line)
    found = told(catalogue.read(checkout), checkout)
    assert [problem.split(" ")[0] for problem in found] == [f"data/verified/probes/v6.1.yaml:{line}:"]
    assert "bpfref probe -k v6.1" in found[0]


# Pairs


def with_pair(facts: Catalogue, program: str, helper: str, since: str) -> Catalogue:
    """The facts with one claim of the table changed."""
    pairs = facts.pairs.pairs
    assert any((p.program, p.helper) == (program, helper) for p in pairs)
    changed = tuple(
        PairSince(program, helper, Since(since)) if (p.program, p.helper) == (program, helper) else p for p in pairs
    )
    return replace(facts, pairs=replace(facts.pairs, pairs=changed))


PAIRS = [
    ("BPF_PROG_TYPE_SCHED_CLS", "bpf_get_netns_cookie", "v6.12", "v6.12 refuses bpf_get_netns_cookie in every variant"),
    ("BPF_PROG_TYPE_SCHED_CLS", "bpf_get_netns_cookie", "v6.19", "v6.18 accepts bpf_get_netns_cookie in BPF_PROG_TYPE"),
    ("BPF_PROG_TYPE_CGROUP_SOCKOPT", "bpf_setsockopt", "v5.9", "v5.10 refuses bpf_setsockopt in every variant"),
    ("BPF_PROG_TYPE_LSM", "bpf_setsockopt", "v6.2", "v6.1 accepts bpf_setsockopt in BPF_PROG_TYPE_LSM already"),
    ("group:base", "bpf_get_current_pid_tgid", "v6.1", "v6.1 refuses bpf_get_current_pid_tgid in every variant"),
    ("group:base", "bpf_get_current_cgroup_id", "v6.13", "no program type refuses bpf_get_current_cgroup_id before"),
    ("group:sk_filter", "bpf_get_netns_cookie", "v6.19", "no program type refuses bpf_get_netns_cookie before v6.19"),
    ("group:tracing_prog", "bpf_sk_storage_get", "v6.2", "no program type refuses bpf_sk_storage_get before v6.2"),
    ("group:tracing_prog", "bpf_get_attach_cookie", "v5.10", "v5.10 refuses bpf_get_attach_cookie in every variant of"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "helper", "since", "words"), PAIRS, ids=[row[3] for row in PAIRS])
def test_a_pair_that_kernels_rule_out_is_found(
    facts: Catalogue, layout: Layout, program: str, helper: str, since: str, words: str
) -> None:
    found = told(with_pair(facts, program, helper, since), layout, claims.problems)
    assert any(words in problem for problem in found), found[:5]
    place = [(p.program, p.helper) for p in facts.pairs.pairs].index((program, helper))
    assert any(f"helper-pairs-table.yaml:{place + 5}: " in problem for problem in found)


def test_a_kernel_that_refuses_what_its_group_has_is_found(facts: Catalogue, layout: Layout) -> None:
    def refuse(file: ProbeFile) -> ProbeFile:
        call = Call(tuple(v for v in file.variants.loads if not v.startswith("BPF_PROG_TYPE_XDP")))
        return replace(file, helpers={**file.helpers, "bpf_get_ns_current_pid_tgid": call})

    found = told(with_probe(facts, "v7.0", refuse), layout, claims.problems)
    assert any("v7.0 refuses bpf_get_ns_current_pid_tgid in every variant of BPF_PROG_TYPE_XDP" in p for p in found)


def test_groups_are_what_kernels_show(facts: Catalogue) -> None:
    pairs = Pairs(facts.pairs, facts.lab)
    base = pairs.members("group:base")
    assert {"BPF_PROG_TYPE_XDP", "BPF_PROG_TYPE_SOCKET_FILTER", "BPF_PROG_TYPE_SCHED_CLS"} <= set(base)
    assert not {"BPF_PROG_TYPE_KPROBE", "BPF_PROG_TYPE_LSM", "BPF_PROG_TYPE_TRACING", "BPF_PROG_TYPE_EXT"} & set(base)
    assert pairs.members("group:tracing_prog") == ["BPF_PROG_TYPE_TRACING"]
    assert "BPF_PROG_TYPE_SCHED_CLS" not in pairs.members("group:sk_filter")  # the table claims an earlier release


def test_first_releases_of_pairs_name_types_only_and_prefer_what_the_table_names(facts: Catalogue) -> None:
    found = Pairs(facts.pairs, facts.lab).first_releases()
    types = {entry.name for entry in facts.of_kind(Kind.PROGRAM_TYPE)}
    assert {program for program, _ in found} <= types
    assert found["BPF_PROG_TYPE_SCHED_CLS", "bpf_get_netns_cookie"].since == "v6.13"
    gained = found["BPF_PROG_TYPE_CGROUP_SKB", "bpf_get_netns_cookie"]
    assert gained.since == "v6.15"
    assert gained.evidence == ("table", "kernel v6.12: refused", "kernel v6.18: accepted")
    assert gained.is_claim
    assert ("BPF_PROG_TYPE_KPROBE", "bpf_get_current_pid_tgid") not in found
    named = {(p.program, p.helper) for p in facts.pairs.pairs if not p.program.startswith(GROUP)}
    assert named < set(found)


def test_without_kernels_nothing_is_claimed_of_groups(facts: Catalogue) -> None:
    alone = replace(facts, probes=())
    pairs = Pairs(alone.pairs, alone.lab)
    assert pairs.members("group:base") == []
    assert list(pairs.contradictions()) == []


# Kfuncs


def test_a_kfunc_without_an_answer_is_found(facts: Catalogue, layout: Layout) -> None:
    def drop(file: ProbeFile) -> ProbeFile:
        kept = {n: c for n, c in file.kfuncs.items() if n != "bpf_cpumask_any_and_distribute"}
        return replace(file, kfuncs=kept)

    lines = enumerate(layout.probe("v6.18").read_text().splitlines(), 1)
    line = next(number for number, text in lines if text.startswith("  bpf_cpumask_any_and_distribute:"))
    found = told(with_probe(facts, "v6.18", drop), layout, kfuncs.problems)
    assert found == [
        (
            f"data/verified/probes/v6.18.yaml:{line}: bpf_cpumask_any_and_distribute is in v6.18 and has no answer: "
            "ask again: bpfref probe -k v6.18"
        )
    ]


def test_an_unclear_kfunc_is_answered_and_judged_no_further(facts: Catalogue, layout: Layout) -> None:
    def doubt(file: ProbeFile) -> ProbeFile:
        kept = {n: c for n, c in file.kfuncs.items() if n != "bpf_cpumask_any_and_distribute"}
        unclear = {**file.unclear_kfuncs, "no-address": ("bpf_cpumask_any_and_distribute",)}
        return replace(file, kfuncs=kept, unclear_kfuncs=unclear)

    assert told(with_probe(facts, "v7.2", doubt), layout) == []


KFUNCS = [
    ("v7.2", with_kfunc("bpf_no_such", Call(("BPF_PROG_TYPE_XDP/*",))), "bpf_no_such has an answer, but"),
    ("v6.1", with_kfunc("bpf_ct_release", Call(("BPF_PROG_TYPE_XDP/*",), module="nf_conntrack")),
     "bpf_ct_release is refused in BPF_PROG_TYPE_SCHED_CLS and 2 more variants, which the source of v6.1 registers"),
    ("v6.1", with_kfunc("bpf_ct_release", Call(("BPF_PROG_TYPE_XDP/*",))), "bpf_ct_release is in the image by its"),
    ("v6.12", with_kfunc("bpf_modify_return_test2", Call(("BPF_PROG_TYPE_XDP/*",))),
     "bpf_modify_return_test2 is let pass in BPF_PROG_TYPE_XDP and 3 more variants, which the source of v6.12 does"),
    ("v6.12", with_kfunc("bpf_modify_return_test2", Call(refused={"hook": ("BPF_PROG_TYPE_LWT_IN",)})),
     "bpf_modify_return_test2 is let pass in BPF_PROG_TYPE_LWT_IN, which the source of v6.12 does not"),
]  # fmt: skip


@pytest.mark.parametrize(("series", "change", "words"), KFUNCS, ids=[words for _, _, words in KFUNCS])
def test_answers_of_kfuncs_against_image_and_source(
    facts: Catalogue, layout: Layout, series: str, change: Change, words: str
) -> None:
    found = told(with_probe(facts, series, change), layout, kfuncs.problems)
    assert any(words in problem for problem in found), found[:5]


def test_an_extension_is_judged_as_what_it_replaces(facts: Catalogue, layout: Layout) -> None:
    file = next(file for file in facts.probes if file.kernel.series == "v6.12")
    call = file.kfuncs["bpf_dynptr_from_xdp"]
    assert set(call.programs) == {"BPF_PROG_TYPE_XDP/*", "BPF_PROG_TYPE_EXT/xdp"}
    changed = replace(call, programs=("BPF_PROG_TYPE_XDP/*", "BPF_PROG_TYPE_EXT/*"))
    found = told(with_probe(facts, "v6.12", with_kfunc("bpf_dynptr_from_xdp", changed)), layout, kfuncs.problems)
    assert "bpf_dynptr_from_xdp is let pass in BPF_PROG_TYPE_EXT/sched_cls, which the source" in found[0]
    assert all("is let pass in BPF_PROG_TYPE_EXT/sched_cls, which" in problem for problem in found)


def test_a_filter_of_another_set_must_be_known(facts: Catalogue, layout: Layout) -> None:
    bare = replace(facts, corrections=replace(facts.corrections, filters={}))
    found = told(bare, layout, kfuncs.problems)
    assert len(found) == 3
    assert all("is refused in BPF_PROG_TYPE_STRUCT_OPS/" in problem and "of v7.3" in problem for problem in found)


@pytest.mark.parametrize(
    ("name", "correction", "words"),
    [
        ("scx_none", FilterCorrection("scx_kfunc_context_filter", ("v7.3",), "r", "s"), "v7.3 registers no such set"),
        ("scx_kfunc_ids_any", FilterCorrection("scx_kfunc_context_filter", ("v7.3",), "r", "s"), "without a filter"),
        ("scx_kfunc_ids_cid", FilterCorrection("scx_filter", ("v7.3",), "r", "s"), "v7.3 has no filter scx_filter"),
        ("scx_kfunc_ids_cid", FilterCorrection("scx_kfunc_context_filter", ("v6.1",), "r", "s"), "v6.1 registers no"),
    ],
)
def test_a_filter_that_corrects_nothing_is_found(
    facts: Catalogue, layout: Layout, name: str, correction: FilterCorrection, words: str
) -> None:
    spoilt = replace(facts, corrections=replace(facts.corrections, filters={name: correction}))
    assert any(words in str(problem) for problem in data.references(spoilt, layout))


def test_a_corrected_filter_holds_for_its_series_only(facts: Catalogue) -> None:
    found = facts.kfuncs["scx_bpf_cid_to_cpu"].registrations
    assert [(each.series, each.filter) for each in found] == [
        (("v7.2",), None),
        (("v7.3",), "scx_kfunc_context_filter"),
    ]
    assert facts.kfuncs_file.kfuncs["scx_bpf_cid_to_cpu"].registrations[0].series == ("v7.2", "v7.3")


# The files themselves

HEALTH = [
    (lambda f: replace(f, kernel=replace(f.kernel, image="0" * 64)), "of image 000000000000, data/scraped/kfuncs"),
    (lambda f: replace(f, kernel=replace(f.kernel, version="6.1.1-1")), "are of 6.1.1-1, but data/authored/kernels"),
    (lambda f: replace(f, kernel=replace(f.kernel, series="v6.2")), "these are answers of v6.2: bpfref probe -k v6.1"),
    (lambda f: replace(f, absent_helpers=()), "bpf_user_ringbuf_drain was not asked for"),
    (lambda f: replace(f, unused_helpers=(*f.unused_helpers, "bpf_loop")), "bpf_loop is both present and known"),
    (lambda f: replace(f, presence={**f.presence, "link-type": type(f.presence["link-type"])()}), "BPF_LINK_TYPE_XDP"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), HEALTH, ids=[words for _, words in HEALTH])
def test_answers_of_another_kernel_or_to_fewer_names_are_found(
    facts: Catalogue, layout: Layout, change: Change, words: str
) -> None:
    if "ringbuf" in words:
        facts = with_probe(facts, "v6.1", without_helper("bpf_user_ringbuf_drain"))
    found = [str(problem) for problem in probes.problems(with_probe(facts, "v6.1", change), layout)]
    assert any(words in problem for problem in found), found[:5]


def test_a_name_that_is_known_to_have_no_recipe_is_not_missed(facts: Catalogue, layout: Layout) -> None:
    def leave_open(file: ProbeFile) -> ProbeFile:
        presence = file.presence["map-type"]
        absent = tuple(name for name in presence.absent if name != "BPF_MAP_TYPE_ARENA")
        changed = {**file.presence, "map-type": replace(presence, absent=absent)}
        return replace(file, presence=changed, open=(*file.open, "BPF_MAP_TYPE_ARENA"))

    assert told(with_probe(facts, "v6.1", leave_open), layout) == []


def test_a_series_without_answers_is_found(checkout: Layout) -> None:
    checkout.probe("v6.1").unlink()
    lines = (checkout.authored / "kernels.yaml").read_text().splitlines()
    place = lines.index("  - series: v6.1") + 1
    found = told(catalogue.read(checkout), checkout, probes.problems)
    assert f"data/authored/kernels.yaml:{place}: v6.1 was never asked: bpfref probe -k v6.1" in found


def test_answers_of_a_series_that_nobody_names_are_found(checkout: Layout) -> None:
    text = checkout.probe("v6.1").read_text()
    checkout.probe("v6.2").write_text(text.replace("series: v6.1,", "series: v6.2,", 1))
    found = told(catalogue.read(checkout), checkout, probes.problems)
    assert any("v6.2.yaml: data/authored/kernels.yaml has no series v6.2: remove this file" in p for p in found)


def test_answers_to_older_questions_are_found(facts: Catalogue) -> None:
    assert list(find_outdated(facts)) == []
    changed = with_probe(facts, "v6.1", lambda f: replace(f, kernel=replace(f.kernel, questions="0" * 64)))
    assert list(find_outdated(changed)) == ["v6.1"]
    meaning = replace(facts, kfuncs_file=replace(facts.kfuncs_file, kfuncs={}))
    assert len(list(find_outdated(meaning))) == len(facts.probes) - 1  # v5.10 has no kfuncs
