"""`formats.btf_sets`: sets of ids in images, sets of names in source, and which is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.errors import SourceError
from bpfref.formats import btf_sets
from bpfref.formats.btf.wire import Order


def section(*words: int, order: Order = "little") -> bytes:
    return b"".join(word.to_bytes(4, order) for word in words)


@pytest.mark.parametrize("order", ["little", "big"])
def test_sets_are_found_between_other_ids(order: Order) -> None:
    data = section(7000, 3, 10, 12, 15, 9000, 1, 12, 0, 2, 10, 9000, order=order)
    found = btf_sets.parse_id_sets(data, order, {10, 12, 15})
    assert found == [frozenset({10, 12, 15}), frozenset({12})]


NO_SETS = {
    "not in order": (2, 12, 10),
    "twice the same": (2, 10, 10),
    "a stranger": (2, 10, 11),
    "cut off": (3, 10, 12),
    "pairs with flags": (2, 0, 10, 0, 12, 0),
    "empty": (0, 0, 0),
}


@pytest.mark.parametrize("case", NO_SETS)
def test_what_is_no_set(case: str) -> None:
    assert btf_sets.parse_id_sets(section(*NO_SETS[case]), "little", {10, 12, 15}) == []


def test_a_section_of_odd_size_is_refused() -> None:
    with pytest.raises(SourceError, match="not made of whole words"):
        btf_sets.parse_id_sets(b"12345", "little", {1})


MEMBERS = st.sets(st.integers(50_000, 50_400), min_size=1, max_size=40)


@given(st.lists(MEMBERS, max_size=6), st.integers(0, 3))
def test_planted_sets_are_found_in_order(sets: list[set[int]], noise: int) -> None:
    words = [word for each in sets for word in ([900_000] * noise + [len(each), *sorted(each)])]
    found = btf_sets.parse_id_sets(section(*words), "little", range(50_000, 50_401))
    assert found == [frozenset(each) for each in sets]


SOURCE = """
/* a comment */
BTF_SET_START(sleepable_lsm_hooks)
BTF_ID(func, bpf_lsm_bpf)
#ifdef CONFIG_KEYS
/* of two
 * lines */
BTF_ID(func, bpf_lsm_key_free)
#else
BTF_ID_UNUSED
#endif /* CONFIG_KEYS */
BTF_SET_END(sleepable_lsm_hooks)

BTF_SET_START(bpf_lsm_hooks)
#include <linux/lsm_hook_defs.h>
BTF_SET_END(bpf_lsm_hooks)

BTF_SET_START(types)
BTF_ID(struct, cgroup)
BTF_SET_END(types)
"""


def test_sets_of_a_source_are_read_by_name() -> None:
    found = btf_sets.parse_source_sets(SOURCE, "bpf_lsm.c", "bpf_lsm_")
    assert found == {"sleepable_lsm_hooks": frozenset({"bpf", "key_free"})}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("BTF_ID(func, bpf_lsm_bpf)", "BTF_ID_FLAGS(func, bpf_lsm_bpf, KF_X)", r"is no BTF_ID\(…\)"),
        ("BTF_ID(func, bpf_lsm_bpf)", "LSM_HOOK(bpf)", r"in the set sleepable_lsm_hooks is no BTF_ID"),
        ("BTF_SET_END(sleepable_lsm_hooks)", "BTF_SET_END(other)", "ends as other"),
    ],
)
def test_a_source_of_another_form_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        btf_sets.parse_source_sets(SOURCE.replace(old, new), "bpf_lsm.c", "bpf_lsm_")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\tret = ret ?: register_bpf_struct_ops(&bpf_my_ops, my_ops);\n", {"my_ops"}),
        ("BPF_STRUCT_OPS_TYPE(old_ops)\n", {"old_ops"}),
        ("#define BPF_STRUCT_OPS_TYPE(_name) x\n", set()),
        ("#define register_bpf_struct_ops(st_ops, type) \\\n", set()),
        ("int __register_bpf_struct_ops(struct bpf_struct_ops *st_ops);\n", set()),
    ],
)
def test_registrations_of_both_ages(text: str, expected: set[str]) -> None:
    assert btf_sets.parse_registered(text) == expected


def test_a_set_is_recognised_by_what_most_of_it_is() -> None:
    known = {"sleepable": frozenset("abcdef"), "disabled": frozenset("xy"), "bool": frozenset("q")}
    sets = [frozenset("abcdeg"), frozenset("xyz"), frozenset("mnop")]
    assert btf_sets.recognise(sets, known) == {"sleepable": sets[0], "disabled": sets[1]}


def test_sets_that_are_alike_are_not_guessed() -> None:
    with pytest.raises(SourceError, match="could be sleepable"):
        btf_sets.recognise([frozenset("abcy"), frozenset("abcx")], {"sleepable": frozenset("abc")})
