"""What functions rely on: parts of the instruction set and abilities of the verifier, each at its first place.

A feature is a name (`jmp32`, `bounded-loop`); `data/authored/features.yaml` says since which release
kernels have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.formats.bpf_object import code as bpf
from bpfref.formats.bpf_object.code import Instruction
from bpfref.formats.bpf_object.maps import ARENA
from bpfref.formats.bpf_object.model import BpfObject, Function, Refers

OLD_MOST = 4096  # instructions of a program, as BPF_MAXINSNS of linux/bpf_common.h has it

INSTRUCTION_FEATURES = (
    "jump-less-than",
    "jmp32",
    "gotol",
    "may-goto",
    "indirect-jump",
    "signed-division",
    "signed-move",
    "signed-load",
    "byte-swap",
    "address-space-cast",
    "atomic-fetch",
    "acquire-release",
    "packet-load",
    "unknown-instruction",
)
FUNCTION_FEATURES = ("bounded-loop", "function-call", "callback", "large-program", "tail-call-in-functions")
OBJECT_FEATURES = ("global-function", "global-data", "typed-kernel-symbol", "kernel-function-call", "arena-data")
_TAIL_CALL = 12  # the number of bpf_tail_call in `enum bpf_func_id`
_EXTENDED = {8, 16, 32}  # bits of a number whose sign is extended


@dataclass(frozen=True, slots=True)
class Use:
    """A feature and the first place that relies on it; `slot` None for the function as a whole."""

    feature: str
    function: str
    slot: int | None = None


def find_features(found: BpfObject, function: Function) -> Iterator[Use]:
    """What a program relies on, with all that it calls: each feature once."""
    seen: set[str] = set()
    for use in _every(found, function):
        if use.feature not in seen:
            seen.add(use.feature)
            yield use


def _every(found: BpfObject, program: Function) -> Iterator[Use]:
    functions = found.closure(program)
    for function in functions:
        for slot, instruction in function.code.items():
            feature = of_instruction(instruction)
            if feature:
                yield Use(feature, function.name, slot)
        if function.loop is not None:
            yield Use("bounded-loop", function.name, function.loop)
        for reference in function.references:
            feature = _of_reference(found, reference.kind, reference.name)
            if feature and not reference.weak:  # a loader makes a call of what is not there harmless
                yield Use(feature, function.name, reference.slot)
    if sum(function.slots for function in functions) > OLD_MOST:
        yield Use("large-program", program.name)
    yield from _tail_calls(functions)


_PLAIN_REFERENCES = {
    Refers.CALLBACK: "callback",
    Refers.KFUNC: "kernel-function-call",
    Refers.KCONFIG: "global-data",
    Refers.JUMP_TABLE: "indirect-jump",
}


def _of_reference(found: BpfObject, kind: Refers, name: str) -> str | None:
    if kind is Refers.FUNCTION:
        called = found.function(name)
        return "global-function" if called and called.linkage in {"global", "weak"} else "function-call"
    if kind is Refers.DATA:
        return "arena-data" if name == ARENA else "global-data"
    if kind is Refers.KSYM:
        known = found.externs.get(name)
        return "typed-kernel-symbol" if known and known.typed else None
    return _PLAIN_REFERENCES.get(kind)


def _tail_calls(functions: list[Function]) -> Iterator[Use]:
    """Tail calls in a program that also calls functions of its own."""
    calls = any(r.kind is Refers.FUNCTION for function in functions for r in function.references)
    for function in functions if calls else ():
        for reference in function.references:
            if reference.kind is Refers.HELPER and reference.number == _TAIL_CALL:
                yield Use("tail-call-in-functions", function.name, reference.slot)


def of_instruction(found: Instruction) -> str | None:
    """The part of the instruction set beyond the first kernels' that an instruction is of."""
    if found.kind in {bpf.JMP, bpf.JMP32}:
        return _jump(found)
    if found.kind in {bpf.ALU, bpf.ALU64}:
        return _arithmetic(found)
    if found.is_load_64 or (found.kind != bpf.LD and found.mode == bpf.MEM):
        return None
    if found.kind == bpf.STX and found.mode == bpf.ATOMIC:
        return _atomic(found)
    return _MODES.get((found.kind, found.mode), "unknown-instruction")


_MODES = {
    (bpf.LD, bpf.ABS): "packet-load",
    (bpf.LD, bpf.IND): "packet-load",
    (bpf.LDX, bpf.MEMSX): "signed-load",
}


def _jump(found: Instruction) -> str | None:
    operation, narrow = found.operation, found.kind == bpf.JMP32
    if operation == bpf.JA:
        return "indirect-jump" if found.code & bpf.REGISTER else "gotol" if narrow else None
    if operation > bpf.JCOND or (narrow and operation in {bpf.CALL, bpf.EXIT, bpf.JCOND}):
        return "unknown-instruction"
    if operation in {bpf.CALL, bpf.EXIT}:
        return None
    if operation == bpf.JCOND:
        return "may-goto"
    return "jmp32" if narrow else "jump-less-than" if operation in bpf.LESS else None


def _arithmetic(found: Instruction) -> str | None:
    operation, wide = found.operation, found.kind == bpf.ALU64
    if operation == bpf.END:
        return "byte-swap" if wide else None
    if not found.off and operation < bpf.END:
        return None
    if operation in {bpf.DIV, bpf.MOD} and found.off == 1:
        return "signed-division"
    if operation == bpf.MOV and found.code & bpf.REGISTER and found.off in _EXTENDED:
        return "signed-move"
    if operation == bpf.MOV and wide and found.code & bpf.REGISTER and found.off == bpf.ADDRESS_SPACE_CAST:
        return "address-space-cast"
    return "unknown-instruction"


def _atomic(found: Instruction) -> str | None:
    if found.imm in {bpf.LOAD_ACQUIRE, bpf.STORE_RELEASE}:
        return "acquire-release"
    return "atomic-fetch" if found.imm else None  # adding without fetching is the oldest
