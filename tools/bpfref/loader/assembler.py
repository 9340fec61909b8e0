"""A tiny assembler: instructions with labels into the bytes that `BPF_PROG_LOAD` takes, and back.

Standard library only: it also runs in guests. The parts of an opcode are the encoding that
Documentation/bpf/standardization/instruction-set.rst of Linux fixes; a test compares them with the
constants that the UAPI header names.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

SIZE = 8  # bytes of an instruction; a 64-bit load takes two

R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 = range(11)

_LD, _LDX, _ST, _STX, _ALU, _JMP, _ALU64 = 0, 1, 2, 3, 4, 5, 7
_IMM, _MEM, _ATOMIC = 0x00, 0x60, 0xC0
_K, _X = 0x00, 0x08
_MOV, _CALL, _EXIT = 0xB0, 0x80, 0x90
_LOAD_64 = _LD | _IMM | 0x18


class Width(IntEnum):
    """How many bytes a load or store moves."""

    W = 0x00
    H = 0x08
    B = 0x10
    DW = 0x18


class Alu(IntEnum):
    """An arithmetic operation on 64 bits."""

    ADD = 0x00
    SUB = 0x10
    MUL = 0x20
    OR = 0x40
    AND = 0x50
    LSH = 0x60
    RSH = 0x70
    XOR = 0xA0
    MOV = 0xB0


class Jump(IntEnum):
    """When a jump is taken; the numbers compared are 64 bits wide."""

    ALWAYS = 0x00
    EQ = 0x10
    GT = 0x20
    GE = 0x30
    SET = 0x40
    NE = 0x50
    SGT = 0x60
    SGE = 0x70
    LT = 0xA0
    LE = 0xB0
    SLT = 0xC0
    SLE = 0xD0


class Pseudo(IntEnum):
    """What the source register of a 64-bit load or a call makes of its immediate."""

    MAP_FD = 1
    MAP_VALUE = 2
    BTF_ID = 3
    FUNC = 4
    CALL = 1
    KFUNC_CALL = 2


@dataclass(frozen=True, slots=True)
class Instruction:
    """The fields of one instruction; `imm` is signed, 32 bits."""

    code: int
    dst: int = 0
    src: int = 0
    off: int = 0
    imm: int = 0

    def encode(self) -> bytes:
        """Eight bytes, little-endian. ValueError for a field that does not fit."""
        try:
            return struct.pack("<BBhi", self.code, self.src << 4 | self.dst, self.off, self.imm)
        except struct.error as error:
            raise ValueError(f"{self} does not fit into an instruction: {error}") from error


def decode(code: bytes) -> list[Instruction]:
    """Instructions out of bytes. ValueError when they are not whole."""
    if len(code) % SIZE:
        raise ValueError(f"{len(code)} bytes are not whole instructions of {SIZE}")
    return [Instruction(c, regs & 15, regs >> 4, off, imm) for c, regs, off, imm in struct.iter_unpack("<BBhi", code)]


@dataclass
class Assembler:
    """Instructions as they are written; each method appends and gives the assembler back.

    Jumps, calls and references to subprograms go to labels, which may come later.
    """

    _code: list[Instruction] = field(default_factory=list)
    _labels: dict[str, int] = field(default_factory=dict)
    _fixes: list[tuple[int, str, str]] = field(default_factory=list)

    def label(self, name: str) -> Assembler:
        """Name the place of the next instruction. ValueError for a name that is taken."""
        if name in self._labels:
            raise ValueError(f"label {name!r} is here twice")
        self._labels[name] = len(self._code)
        return self

    def mov(self, dst: int, value: int) -> Assembler:
        """Put a number of 32 bits, sign extended, into a register."""
        return self.alu(Alu.MOV, dst, value)

    def copy(self, dst: int, src: int) -> Assembler:
        """Copy a register."""
        return self.alu_register(Alu.MOV, dst, src)

    def alu(self, operation: Alu, dst: int, value: int) -> Assembler:
        """`dst = dst OPERATION value`."""
        return self._add(Instruction(_ALU64 | operation | _K, dst, imm=value))

    def alu_register(self, operation: Alu, dst: int, src: int) -> Assembler:
        """`dst = dst OPERATION src`."""
        return self._add(Instruction(_ALU64 | operation | _X, dst, src))

    def load(self, width: Width, dst: int, src: int, off: int = 0) -> Assembler:
        """`dst = *(src + off)`."""
        return self._add(Instruction(_LDX | _MEM | width, dst, src, off))

    def store(self, width: Width, dst: int, off: int, value: int) -> Assembler:
        """`*(dst + off) = value`."""
        return self._add(Instruction(_ST | _MEM | width, dst, 0, off, value))

    def store_register(self, width: Width, dst: int, off: int, src: int) -> Assembler:
        """`*(dst + off) = src`."""
        return self._add(Instruction(_STX | _MEM | width, dst, src, off))

    def load_64(self, dst: int, value: int) -> Assembler:
        """Put a number of 64 bits into a register: two instructions."""
        low, high = struct.unpack("<ii", struct.pack("<Q", value & (1 << 64) - 1))
        return self._pair(Instruction(_LOAD_64, dst, imm=low), high)

    def load_map(self, dst: int, fd: int) -> Assembler:
        """Put the address of a map, by its file descriptor, into a register."""
        return self._pair(Instruction(_LOAD_64, dst, Pseudo.MAP_FD, imm=fd))

    def load_map_value(self, dst: int, fd: int, offset: int = 0) -> Assembler:
        """Put the address within the only value of an array map into a register."""
        return self._pair(Instruction(_LOAD_64, dst, Pseudo.MAP_VALUE, imm=fd), offset)

    def load_function(self, dst: int, label: str) -> Assembler:
        """Put the address of a subprogram, a callback, into a register."""
        self._fixes.append((len(self._code), label, "imm"))
        return self._pair(Instruction(_LOAD_64, dst, Pseudo.FUNC))

    def call(self, helper: int) -> Assembler:
        """Call a helper by its number."""
        return self._add(Instruction(_JMP | _CALL, imm=helper))

    def call_kfunc(self, btf_id: int, place: int = 0) -> Assembler:
        """Call a kernel function by the BTF id of its `FUNC`; `place` is its module's in `fd_array`."""
        return self._add(Instruction(_JMP | _CALL, src=Pseudo.KFUNC_CALL, off=place, imm=btf_id))

    def call_label(self, label: str) -> Assembler:
        """Call a subprogram."""
        self._fixes.append((len(self._code), label, "imm"))
        return self._add(Instruction(_JMP | _CALL, src=Pseudo.CALL))

    def jump(self, label: str) -> Assembler:
        """Go to a label."""
        return self.jump_if(Jump.ALWAYS, R0, 0, label)

    def jump_if(self, when: Jump, dst: int, value: int, label: str) -> Assembler:
        """Go to a label if a register compares so with a number."""
        self._fixes.append((len(self._code), label, "off"))
        return self._add(Instruction(_JMP | when | _K, dst, imm=value))

    def exit(self) -> Assembler:
        """Leave the program or subprogram."""
        return self._add(Instruction(_JMP | _EXIT))

    def instructions(self) -> list[Instruction]:
        """All instructions, labels resolved. ValueError for a label that is nowhere."""
        code = list(self._code)
        for at, name, where in self._fixes:
            if name not in self._labels:
                raise ValueError(f"label {name!r} is nowhere")
            old, way = code[at], self._labels[name] - at - 1
            off, imm = (way, old.imm) if where == "off" else (old.off, way)
            code[at] = Instruction(old.code, old.dst, old.src, off, imm)
        return code

    def assemble(self) -> bytes:
        """The bytes of the program."""
        return b"".join(instruction.encode() for instruction in self.instructions())

    def _add(self, instruction: Instruction) -> Assembler:
        self._code.append(instruction)
        return self

    def _pair(self, first: Instruction, high: int = 0) -> Assembler:
        return self._add(first)._add(Instruction(0, imm=high))
