"""`loader.assembler`: instructions to bytes and back, labels, and the header's own numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.catalogue import Catalogue
from bpfref.loader import assembler
from bpfref.loader.assembler import R0, R1, R2, R10, SIZE, Alu, Assembler, Instruction, Jump, Pseudo, Width, decode

REGISTERS = st.integers(0, 10)
OFFSETS = st.integers(-(1 << 15), (1 << 15) - 1)
WORDS = st.integers(-(1 << 31), (1 << 31) - 1)
INSTRUCTIONS = st.builds(Instruction, st.integers(0, 255), REGISTERS, REGISTERS, OFFSETS, WORDS)


@given(st.lists(INSTRUCTIONS))
def test_bytes_and_back(code: list[Instruction]) -> None:
    data = b"".join(each.encode() for each in code)
    assert len(data) == SIZE * len(code)
    assert decode(data) == code


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        # As clang's disassembler prints the same bytes.
        (lambda a: a.mov(R0, 0), "b700000000000000"),
        (lambda a: a.exit(), "9500000000000000"),
        (lambda a: a.copy(R1, R10), "bfa1000000000000"),
        (lambda a: a.alu(Alu.ADD, R2, -8), "07020000f8ffffff"),
        (lambda a: a.call(12), "850000000c000000"),
        (lambda a: a.call_kfunc(4711, 1), "8520010067120000"),
        (lambda a: a.store(Width.DW, R10, -8, 0), "7a0af8ff00000000"),
        (lambda a: a.load(Width.W, R0, R1, 4), "6110040000000000"),
        (lambda a: a.store_register(Width.B, R10, -1, R2), "732affff00000000"),
        (lambda a: a.load_64(R1, -1), "18010000ffffffff00000000ffffffff"),
        (lambda a: a.load_map(R1, 5), "18110000050000000000000000000000"),
        (lambda a: a.load_map_value(R1, 5, 8), "18210000050000000000000008000000"),
    ],
)
def test_encodings(build: object, expected: str) -> None:
    code = Assembler()
    build(code)  # type: ignore[operator]
    assert code.assemble().hex() == expected


@given(st.integers(0, (1 << 64) - 1))
def test_a_64_bit_number_is_split(value: int) -> None:
    low, high = Assembler().load_64(R1, value).instructions()
    assert (low.imm & 0xFFFFFFFF) | (high.imm & 0xFFFFFFFF) << 32 == value


def test_labels_reach_forward_and_back() -> None:
    code = Assembler().label("start").mov(R0, 0).jump_if(Jump.EQ, R0, 0, "end").jump("start").label("end").exit()
    offsets = [each.off for each in code.instructions()]
    assert offsets == [0, 1, -3, 0]


def test_calls_of_labels_count_instructions_and_not_lines() -> None:
    code = Assembler().load_function(R2, "callback").call_label("callback").exit().label("callback").exit()
    pair, _, call, *_ = code.instructions()
    assert (pair.src, pair.imm) == (Pseudo.FUNC, 3)
    assert (call.src, call.imm) == (Pseudo.CALL, 1)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=30))
def test_jumps_land_where_their_labels_are(targets: list[str]) -> None:
    code = Assembler()
    for name in ("a", "b", "c"):
        code.label(name).mov(R0, ord(name))
    for target in targets:
        code.jump(target)
    made = code.exit().instructions()
    for at, target in enumerate(targets, 3):
        assert made[at + 1 + made[at].off].imm == ord(target)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        (lambda: Assembler().jump("nowhere").assemble(), "nowhere"),
        (lambda: Assembler().label("x").label("x"), "twice"),
        (lambda: Assembler().mov(R0, 1 << 31).assemble(), "does not fit"),
        (lambda: Assembler().load(Width.W, R0, R1, 1 << 15).assemble(), "does not fit"),
        (lambda: decode(b"1234567"), "whole"),
    ],
)
def test_what_cannot_be(code: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        code()  # type: ignore[operator]


def test_numbers_are_the_header_s(facts: Catalogue) -> None:
    """What the header names of the encoding, it names with these numbers."""
    known = {name: constant.value for name, constant in facts.constants.items()}
    pairs = {
        "BPF_DW": Width.DW,
        "BPF_MOV": Alu.MOV,
        "BPF_JNE": Jump.NE,
        "BPF_JLT": Jump.LT,
        "BPF_JLE": Jump.LE,
        "BPF_JSGT": Jump.SGT,
        "BPF_JSGE": Jump.SGE,
        "BPF_JSLT": Jump.SLT,
        "BPF_JSLE": Jump.SLE,
        "BPF_ALU64": assembler._ALU64,
        "BPF_CALL": assembler._CALL,
        "BPF_EXIT": assembler._EXIT,
        "BPF_PSEUDO_MAP_FD": Pseudo.MAP_FD,
        "BPF_PSEUDO_MAP_VALUE": Pseudo.MAP_VALUE,
        "BPF_PSEUDO_BTF_ID": Pseudo.BTF_ID,
        "BPF_PSEUDO_FUNC": Pseudo.FUNC,
        "BPF_PSEUDO_CALL": Pseudo.CALL,
        "BPF_PSEUDO_KFUNC_CALL": Pseudo.KFUNC_CALL,
        "BPF_REG_10": R10,
    }
    assert {name: known[name] for name in pairs} == {name: int(value) for name, value in pairs.items()}
