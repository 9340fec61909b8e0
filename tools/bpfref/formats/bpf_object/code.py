"""Instructions as an object holds them, in either byte order, and where control flows in a function.

The encoding is that of Documentation/bpf/standardization/instruction-set.rst of Linux; a test compares
its parts with the constants that the UAPI header names.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from bpfref.formats.btf.wire import Order

SIZE = 8

LD, LDX, ST, STX, ALU, JMP, JMP32, ALU64 = range(8)
ABS, IND, MEM, MEMSX, ATOMIC = 0x20, 0x40, 0x60, 0x80, 0xC0  # modes of loads and stores
DIV, MOD, MOV, END = 0x30, 0x90, 0xB0, 0xD0
JA, CALL, EXIT, JCOND = 0x00, 0x80, 0x90, 0xE0
LESS = frozenset({0xA0, 0xB0, 0xC0, 0xD0})  # JLT, JLE, JSLT, JSLE
REGISTER = 0x08
FETCH, LOAD_ACQUIRE, STORE_RELEASE = 0x01, 0x100, 0x110
LOAD_64 = 0x18
CALL_HELPER, CALL_FUNCTION, CALL_KFUNC = range(3)
ADDRESS_SPACE_CAST = 1


class Instruction(NamedTuple):
    """The fields of one instruction; `high` is the upper half of a 64-bit load's number."""

    code: int
    dst: int
    src: int
    off: int
    imm: int
    high: int = 0

    @property
    def kind(self) -> int:
        """The class: `LD` to `ALU64`."""
        return self.code & 7

    @property
    def operation(self) -> int:
        """What an arithmetic instruction or a jump does."""
        return self.code & 0xF0

    @property
    def mode(self) -> int:
        """How a load or store addresses memory."""
        return self.code & 0xE0

    @property
    def is_load_64(self) -> bool:
        """Whether it takes two slots."""
        return self.code == LOAD_64

    @property
    def is_call(self) -> bool:
        """Whether it calls a helper, a function or a kernel function."""
        return self.kind == JMP and self.operation == CALL


class BadCode(Exception):  # noqa: N818 - it never leaves the package
    """Instructions that cannot be; the message continues "function f "."""


def decode(data: bytes, order: Order) -> dict[int, Instruction]:
    """Instructions by their slot, 8 bytes each; a 64-bit load has two slots and stands at the first.

    BadCode for bytes that are not whole instructions.
    """
    if not data or len(data) % SIZE:
        raise BadCode(f"has {len(data)} bytes, which are not whole instructions")
    little = order == "little"
    rows = list(struct.iter_unpack("<BBhi" if little else ">BBhi", data))
    found: dict[int, Instruction] = {}
    slot = 0
    while slot < len(rows):
        code, registers, off, imm = rows[slot]
        one, two = registers & 15, registers >> 4
        high, step = 0, 1
        if code == LOAD_64:
            if slot + 1 == len(rows) or rows[slot + 1][0]:
                raise BadCode(f"has half a 64-bit load at instruction {slot}")
            high, step = rows[slot + 1][3], 2
        found[slot] = Instruction(code, one if little else two, two if little else one, off, imm, high)
        slot += step
    return found


def successors(code: dict[int, Instruction], slot: int) -> Iterator[int]:
    """Where control may go after an instruction; nowhere known for an indirect jump."""
    found = code[slot]
    following = slot + (2 if found.is_load_64 else 1)
    if found.kind not in {JMP, JMP32} or found.operation == CALL:
        yield following
    elif found.operation == JA:
        if not found.code & REGISTER:
            yield slot + 1 + (found.imm if found.kind == JMP32 else found.off)
    elif found.operation != EXIT:
        yield following
        yield slot + 1 + found.off


def find_loop(code: dict[int, Instruction]) -> int | None:
    """The first instruction found from which control goes back to one that led to it; None without a loop.

    BadCode for a jump to where no instruction begins. Code that is never reached is not looked at.
    """
    open_now, done = {0}, set[int]()
    trail = [(0, successors(code, 0))]
    while trail:
        slot, ways = trail[-1]
        target = next(ways, None)
        if target is None:
            trail.pop()
            open_now.discard(slot)
            done.add(slot)
        elif target in open_now:
            return slot
        elif target not in done:
            if target not in code:
                raise BadCode(f"leads from instruction {slot} to {target}, where none begins")
            open_now.add(target)
            trail.append((target, successors(code, target)))
    return None
