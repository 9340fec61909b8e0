"""Calls of helpers with arguments that are right, as far as a short program can make them.

The questions give a kind for each parameter. Memory is 64 zeroed bytes of the stack, sizes are 8.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bpfref.loader.assembler import R0, R1, R6, R7, R8, R10, Alu, Assembler, Jump, Width
from bpfref.probe.ask.btf import Maker
from bpfref.probe.ask.kernel import Kernel
from bpfref.probe.ask.programs import Variant

_MEMORY = 64
_SIZE = 8
_STATIC, _GLOBAL = 0, 1


@dataclass(frozen=True)
class Tools:
    """Numbers that arguments need: of the helper that gives the current task, and of a context's field."""

    current_task: int
    socket_offset: int  # of `sk` in struct __sk_buff


@dataclass(frozen=True)
class Call:
    """A helper with the kinds of its parameters; `map_fd` stands for all of its maps."""

    number: int
    kinds: tuple[str, ...]
    map_fd: int | None = None


def call_program(call: Call, variant: Variant, tools: Tools) -> Assembler:
    """The program: what arguments need first, then the arguments, then the call, then the end."""
    code = Assembler().copy(R6, R1)
    if "memory" in call.kinds:
        for at in range(8, _MEMORY + 1, 8):
            code.store(Width.DW, R10, -at, 0)
    _objects(code, call.kinds, tools)
    for register, kind in enumerate(call.kinds, R1):
        _ARGUMENTS[kind](code, register, call)
    code.call(call.number)
    code.label("out").mov(R0, variant.returns).exit()
    if "callback" in call.kinds:
        code.label("callback").mov(R0, 0).exit()
    return code


def _objects(code: Assembler, kinds: Sequence[str], tools: Tools) -> None:
    """Kernel objects for the arguments: the current task in R7, the packet's socket in R8."""
    if "task" in kinds:
        code.call(tools.current_task).copy(R7, R0)
    if "sock" in kinds:
        code.load(Width.DW, R8, R6, tools.socket_offset).jump_if(Jump.EQ, R8, 0, "out")


def _memory(code: Assembler, register: int, _: Call) -> None:
    code.copy(register, R10).alu(Alu.ADD, register, -_MEMORY)


_ARGUMENTS: dict[str, Callable[[Assembler, int, Call], object]] = {
    "context": lambda code, register, _: code.copy(register, R6),
    "map": lambda code, register, call: code.load_map(register, call.map_fd if call.map_fd is not None else -1),
    "memory": _memory,
    "size": lambda code, register, _: code.mov(register, _SIZE),
    "zero": lambda code, register, _: code.mov(register, 0),
    "task": lambda code, register, _: code.copy(register, R7),
    "sock": lambda code, register, _: code.copy(register, R8),
    "callback": lambda code, register, _: code.load_function(register, "callback"),
}


class Describer:
    """Describes a program with a callback to the kernel, which wants it to be a static function."""

    def __init__(self, kernel: Kernel):
        self._kernel = kernel
        maker = Maker()
        number = maker.integer("int", 4)
        prototype = maker.prototype(number, [])
        self._main = maker.function("main", prototype, linkage=_GLOBAL)
        self._callback = maker.function("callback", prototype, linkage=_STATIC)
        self._btf = kernel.load_btf(maker.make()).result

    def fields(self, code: Assembler) -> dict[str, int]:
        """What a load has to say of its functions; the callback is the last two instructions."""
        last = len(code.instructions()) - 2
        info = struct.pack("<IIII", 0, self._main, last, self._callback)
        return {
            "prog_btf_fd": self._btf,
            "func_info": self._kernel.address(info),
            "func_info_cnt": 2,
            "func_info_rec_size": 8,
        }


__all__ = ["Call", "Describer", "Tools", "call_program"]
