"""The parts of the instruction set beyond the first kernels', by name, and which part an instruction is of."""

from __future__ import annotations

from bpfref.formats.bpf_object import code as bpf
from bpfref.formats.bpf_object.code import Instruction

PARTS = (
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
_EXTENDED = {8, 16, 32}  # bits of a number whose sign is extended


def find_parts(code: dict[int, Instruction]) -> tuple[tuple[str, int], ...]:
    """Each part that some instruction is of, with the first such slot."""
    found: dict[str, int] = {}
    for slot, instruction in code.items():
        part = of_instruction(instruction)
        if part:
            found.setdefault(part, slot)
    return tuple(found.items())


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
