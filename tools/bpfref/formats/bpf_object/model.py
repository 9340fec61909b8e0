"""What a BPF object holds, as frozen values: programs, functions, maps, what it takes from the kernel."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum

from bpfref.formats.bpf_object.code import Instruction
from bpfref.formats.btf import Btf
from bpfref.formats.btf.wire import Order

MOST_FUNCTIONS = 257  # one more than BPF_MAX_SUBPROGS of include/linux/bpf_verifier.h


class Refers(StrEnum):
    """What an instruction refers to."""

    HELPER = "helper"
    FUNCTION = "function"
    CALLBACK = "callback"
    MAP = "map"
    DATA = "data"
    KFUNC = "kfunc"
    KSYM = "ksym"
    KCONFIG = "kconfig"
    JUMP_TABLE = "jump table"
    UNKNOWN = "unknown symbol"


@dataclass(frozen=True, slots=True)
class Reference:
    """One instruction that refers to something by name, or (`number`) to a helper."""

    slot: int
    kind: Refers
    name: str
    number: int = 0
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The source line that an instruction came from."""

    slot: int
    file: str
    number: int
    text: str


@dataclass(frozen=True)
class Function:
    """A function of the object: a program or what programs call.

    `linkage` is `global`, `static`, `hidden` (global in C, static for the verifier) or `weak`;
    `type_id` its type in the object's BTF, where that has it. `loop` is an instruction from which
    control goes back; `parts` are those of the instruction set, each with its first slot.
    """

    name: str
    section: str
    offset: int
    code: dict[int, Instruction] = field(repr=False)
    linkage: str = "global"
    references: tuple[Reference, ...] = ()
    lines: tuple[Line, ...] = field(default=(), repr=False)
    type_id: int | None = None
    loop: int | None = None
    parts: tuple[tuple[str, int], ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def slots(self) -> int:
        """How many instructions the kernel counts: a 64-bit load is two."""
        return sum(2 if each.is_load_64 else 1 for each in self.code.values())

    def line(self, slot: int) -> Line | None:
        """The source line of an instruction."""
        at = bisect_right(self.lines, slot, key=lambda line: line.slot)
        return self.lines[at - 1] if at else None


@dataclass(frozen=True)
class Map:
    """A map that the object declares or implies.

    `type` is the number of the kernel's `enum bpf_map_type`, None for the maps that a loader makes
    of data sections and structs (`role` says which: `data`, `kconfig`, `struct_ops`). `key` and
    `value` are types in the object's BTF. `fields` are the kernel's special fields in its value by
    the C name (`bpf_timer`), `kptrs` the tags on pointers in it. `values` are the names in a prog
    array or map of maps that is filled at load.
    """

    name: str
    section: str
    type: int | None
    role: str = "map"
    key_size: int = 0
    value_size: int = 0
    max_entries: int = 0
    flags: int = 0
    extra: int = 0
    pinning: int = 0
    numa_node: int | None = None
    key: int | None = None
    value: int | None = None
    inner: Map | None = None
    values: tuple[str, ...] = ()
    legacy: bool = False
    fields: tuple[str, ...] = ()
    kptrs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extern:
    """Something that the kernel is to give: a kernel function, a variable of it, a configuration value.

    `typed` tells a symbol with a C type (found in the kernel's BTF) from one that is only an address;
    `type_id` is its type in the object's BTF.
    """

    name: str
    kind: Refers
    weak: bool = False
    typed: bool = False
    type_id: int | None = None


@dataclass(frozen=True)
class StructOps:
    """A variable of section `.struct_ops`: the kernel's type, and the member that each program fills."""

    name: str
    section: str
    type: str
    members: tuple[str, ...]
    programs: dict[str, str]


@dataclass(frozen=True)
class CoreRelocation:
    """A CO-RE relocation: what the loader is to find in the kernel's BTF and put into an instruction.

    `kind` is the kernel's number in `enum bpf_core_relo_kind`; `access` the path as the compiler
    writes it (`0:1:2`); `path` the same by the names of members or of the enumerator.
    """

    section: str
    slot: int
    kind: int
    type_id: int
    type: str
    access: str
    path: tuple[str, ...]
    function: str = ""

    @property
    def spelled(self) -> str:
        """The type and what of it, as C programmers write it: `struct task_struct.mm.owner`."""
        return "".join([self.type, *(part if part.startswith("[") else f".{part}" for part in self.path)])


@dataclass(frozen=True)
class BpfObject:
    """One object file. `programs` and `subprograms` are functions by name, in the order of the file."""

    file: str
    order: Order
    licence: str | None
    version: int | None
    programs: dict[str, Function]
    subprograms: dict[str, Function]
    maps: dict[str, Map]
    externs: dict[str, Extern]
    struct_ops: tuple[StructOps, ...]
    relocations: tuple[CoreRelocation, ...]
    btf: Btf | None = field(repr=False, default=None)
    has_ext: bool = False

    def closure(self, function: Function) -> list[Function]:
        """A function and all that it calls or hands over as callbacks, itself first.

        No more than `MOST_FUNCTIONS`: a kernel takes no program with so many.
        """
        found: dict[str, Function] = {}
        waiting = [function]
        while waiting and len(found) < MOST_FUNCTIONS:
            here = waiting.pop()
            if here.name in found:
                continue
            found[here.name] = here
            names = [r.name for r in here.references if r.kind in {Refers.FUNCTION, Refers.CALLBACK}]
            waiting += [each for name in reversed(names) if (each := self.function(name))]
        return list(found.values())

    def function(self, name: str) -> Function | None:
        """A program or subprogram."""
        return self.programs.get(name) or self.subprograms.get(name)
