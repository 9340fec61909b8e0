"""`model.probe`: variants in short, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bpfref.model.probe import compress, expand

EVERY = ("XDP", "XDP/DEVMAP", "XDP/CPUMAP", "LSM/MAC", "LSM/MAC/sleepable", "KPROBE", "LWT_IN")


@given(st.sets(st.sampled_from(EVERY)))
def test_short_and_back(chosen: set[str]) -> None:
    assert set(expand(compress(chosen, EVERY), EVERY)) == chosen


@given(st.lists(st.sampled_from(EVERY)))
def test_the_order_asked_in_does_not_matter(chosen: list[str]) -> None:
    assert compress(chosen, EVERY) == compress(sorted(chosen), EVERY)


def test_a_whole_family_is_one_word_and_a_lone_member_keeps_its_name() -> None:
    assert compress(EVERY, EVERY) == ("XDP/*", "LSM/*", "KPROBE", "LWT_IN")
    assert compress(["XDP", "LSM/MAC"], EVERY) == ("XDP", "LSM/MAC")


def test_a_family_stands_for_what_the_kernel_had() -> None:
    assert list(expand(["XDP/*"], ["XDP", "XDP/NEW", "XDPRESS"])) == ["XDP", "XDP/NEW"]
