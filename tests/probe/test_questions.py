"""`probe.questions`: everything that the header has is asked, or named as open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.errors import DataError
from bpfref.model.numbered import KIND_OF_ENUM, entries
from bpfref.model.uapi import Constant, Form, Group
from bpfref.probe.questions import kinds_of, make_questions
from bpfref.probe.recipes import PROGRAMS, Recipe

ENUMS = ("bpf_prog_type", "bpf_map_type", "bpf_attach_type", "bpf_cmd")


def with_member(facts: Catalogue, enum: str, name: str) -> Catalogue:
    """The facts of a header in which an enum has one member more."""
    groups = []
    for group in facts.constants_file.groups:
        if group.name == enum:
            at = next(i for i, member in enumerate(group.members) if member.sentinel)
            members = (*group.members[:at], Constant(name, 900), *group.members[at:])
            groups.append(Group(group.lead, Form.ENUM, members, group.name))
        else:
            groups.append(group)
    return replace(facts, constants_file=replace(facts.constants_file, groups=tuple(groups)))


def test_no_enumerator_of_the_header_is_open(facts: Catalogue) -> None:
    assert make_questions(facts, {}).open == ()


@pytest.mark.parametrize(
    ("enum", "name"),
    [
        ("bpf_prog_type", "BPF_PROG_TYPE_NEW"),
        ("bpf_map_type", "BPF_MAP_TYPE_NEW"),
        ("bpf_attach_type", "BPF_TRACE_NEW"),
        ("bpf_cmd", "BPF_MAP_SHUFFLE_ELEM"),
    ],
)
def test_a_new_enumerator_is_an_open_question(facts: Catalogue, enum: str, name: str) -> None:
    assert make_questions(with_member(facts, enum, name), {}).open == (name,)


def test_a_new_program_type_is_asked_for_all_the_same(facts: Catalogue) -> None:
    asked = make_questions(with_member(facts, "bpf_prog_type", "BPF_PROG_TYPE_NEW"), {})
    names = [variant["name"] for variant in asked.values["variants"]]  # type: ignore[attr-defined]
    assert "BPF_PROG_TYPE_NEW" in names


def test_each_thing_of_the_header_is_asked_once(facts: Catalogue) -> None:
    values = make_questions(facts, {}).values
    assert len(values["helpers"]) == len(facts.helpers)  # type: ignore[arg-type]
    for enum, key in (("bpf_cmd", "commands"), ("bpf_attach_type", "attach_types")):
        assert set(values[key]) == {m.name for m in entries(facts.groups[enum])}  # type: ignore[call-overload]
    assert set(KIND_OF_ENUM) >= set(ENUMS)


def test_the_digest_names_the_questions(facts: Catalogue) -> None:
    first, again = make_questions(facts, {"vmlinux": ["a"]}), make_questions(facts, {"vmlinux": ["a"]})
    assert first.digest == again.digest
    assert first.digest != make_questions(facts, {"vmlinux": ["a", "b"]}).digest


@pytest.mark.parametrize(
    ("helper", "kinds"),
    [
        ("bpf_map_update_elem", ["map", "memory", "memory", "zero"]),
        ("bpf_skb_load_bytes", ["context", "zero", "memory", "size"]),
        ("bpf_perf_event_output", ["context", "map", "zero", "memory", "size"]),
        ("bpf_ringbuf_output", ["map", "memory", "size", "zero"]),
        ("bpf_for_each_map_elem", ["map", "callback", "zero", "zero"]),
        ("bpf_task_storage_get", ["map", "task", "memory", "zero"]),
        ("bpf_sk_storage_get", ["map", "sock", "memory", "zero"]),
        ("bpf_ktime_get_ns", []),
        ("bpf_trace_printk", ["memory", "size"]),
        ("bpf_timer_init", None),  # no short program can make one
    ],
)
def test_arguments(facts: Catalogue, helper: str, kinds: list[str] | None) -> None:
    contexts = {context.type for context in facts.contexts.contexts.values()}
    assert kinds_of(facts.helpers[helper], contexts) == kinds


def test_a_recipe_for_what_the_header_lacks_is_refused(facts: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROGRAMS, "BPF_PROG_TYPE_XDP", (Recipe("BPF_XDP_TYPO"),))
    with pytest.raises(DataError, match="BPF_XDP_TYPO"):
        make_questions(facts, {})
