"""The numbers of the encoding, against the names that the kernel's header gives them."""

from __future__ import annotations

import pytest

from bpfref.catalogue import Catalogue
from bpfref.formats.bpf_object import code, features
from bpfref.formats.bpf_object.core import CoreKind
from bpfref.formats.bpf_object.model import MOST_FUNCTIONS

NUMBERS = {
    "BPF_JMP32": code.JMP32,
    "BPF_ALU64": code.ALU64,
    "BPF_MEMSX": code.MEMSX,
    "BPF_ATOMIC": code.ATOMIC,
    "BPF_MOV": code.MOV,
    "BPF_END": code.END,
    "BPF_CALL": code.CALL,
    "BPF_EXIT": code.EXIT,
    "BPF_JCOND": code.JCOND,
    "BPF_FETCH": code.FETCH,
    "BPF_LOAD_ACQ": code.LOAD_ACQUIRE,
    "BPF_STORE_REL": code.STORE_RELEASE,
    "BPF_PSEUDO_CALL": code.CALL_FUNCTION,
    "BPF_PSEUDO_KFUNC_CALL": code.CALL_KFUNC,
}


@pytest.mark.parametrize(("name", "value"), NUMBERS.items())
def test_an_opcode_is_the_headers(name: str, value: int, facts: Catalogue) -> None:
    assert facts.constants[name].value == value


def test_the_comparisons_that_came_later(facts: Catalogue) -> None:
    assert {facts.constants[f"BPF_{name}"].value for name in ("JLT", "JLE", "JSLT", "JSLE")} == code.LESS
    assert facts.constants["BPF_ADDR_SPACE_CAST"].value == code.ADDRESS_SPACE_CAST


def test_the_helper_that_calls_tails(facts: Catalogue) -> None:
    assert facts.helpers["bpf_tail_call"].id == features._TAIL_CALL


def test_kinds_of_relocations_are_the_headers(facts: Catalogue) -> None:
    listed = {m.name.removeprefix("BPF_CORE_"): m.value for m in facts.groups["bpf_core_relo_kind"].members}
    assert {kind.name: kind.value for kind in CoreKind} == listed


def test_more_functions_than_a_kernel_takes() -> None:
    assert MOST_FUNCTIONS == 256 + 1
