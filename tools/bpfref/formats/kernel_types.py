"""What a kernel offers to BPF, read from the names and types of its BTF. Pure.

The kernel builds its lists of struct_ops types, iterator targets and tracepoints from the same
names: Linux v7.2, kernel/bpf/bpf_struct_ops.c, include/linux/bpf.h, include/trace/bpf_probe.h.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bpfref.errors import SourceError
from bpfref.formats.btf import Btf, Kind, declare
from bpfref.formats.btf.types import Func, FuncProto, Ptr, Struct

_VALUE = "bpf_struct_ops_"
_CONTEXT, _WALKER = "bpf_iter__", "bpf_iter_"
_TRACEPOINT = "btf_trace_"
_HOOK = "bpf_lsm_"
_DATA = "data"


@dataclass(frozen=True)
class Part:
    """A member of a struct: its type's id, its declaration, and its bit from the struct's start."""

    type: int
    declaration: str
    bit: int


@dataclass(frozen=True)
class Operation:
    """A member of a struct_ops type: declared as BTF has it, and with the names of its stub's parameters."""

    bare: str
    declaration: str


Parts = dict[str, Part]


def parts(btf: Btf, type_id: int, start: int = 0) -> Parts:
    """The members of a struct or union by name; those of anonymous members as if they stood outside.

    `type_id` may be a typedef; anything but a struct or union has none.
    """
    found = btf[btf.resolve(type_id)]
    result: Parts = {}
    for member in found.members if isinstance(found, Struct) else ():
        at, bits = btf.bits(member)
        if member.name is None:
            result |= parts(btf, member.type, start + at)
        else:
            width = f":{bits}" if bits is not None else ""
            result[member.name] = Part(member.type, declare(btf, member.type, member.name) + width, start + at)
    return result


def find_struct(btf: Btf, name: str, *, union: bool = False) -> int | None:
    """The id of the one struct or union with a name; SourceError when there are several."""
    found = btf.find(name, Kind.UNION if union else Kind.STRUCT)
    if len(found) > 1:
        raise SourceError(f"BTF: there are {len(found)} definitions of {name}: which one counts?", btf.file)
    return found[0] if found else None


def struct_ops(btf: Btf) -> dict[str, int]:
    """The struct_ops types of a file by name, with their ids.

    A type is offered through `struct bpf_struct_ops_TYPE`, whose member `data` is a `struct TYPE`;
    the kernel's own structs of that prefix have no such member.
    """
    found: dict[str, int] = {}
    for type_id in btf.ids(Kind.STRUCT):
        name = btf.name(type_id) or ""
        value = parts(btf, type_id).get(_DATA) if name.startswith(_VALUE) else None
        if value and btf.name(btf.resolve(value.type)) == name.removeprefix(_VALUE):
            found[name.removeprefix(_VALUE)] = btf.resolve(value.type)
    return found


def operations(btf: Btf, name: str, type_id: int, stubs: Iterable[str] = ()) -> dict[str, Operation]:
    """The members of a struct_ops type, declared.

    BTF does not keep the names of a function pointer's parameters. They are those of the kernel's
    stub for the member, a function called PREFIX and the member's name for one of the prefixes
    `stubs`, when its type is the member's; without a stub the parameters stay without names.
    """
    found: dict[str, Operation] = {}
    for member, part in parts(btf, type_id).items():
        prefixes = (*stubs, f"{name}__")
        named = (_with_names(btf, member, part.type, f"{prefix}{member}") for prefix in prefixes)
        found[member] = Operation(part.declaration, next(filter(None, named), part.declaration))
    return found


def _with_names(btf: Btf, member: str, type_id: int, stub: str) -> str | None:
    pointer = btf[btf.resolve(type_id)]
    proto = btf[btf.resolve(pointer.target)] if isinstance(pointer, Ptr) else None
    functions = btf.find(stub, Kind.FUNC)
    function = btf[functions[0]] if len(functions) == 1 else None
    if not isinstance(proto, FuncProto) or not isinstance(function, Func):
        return None
    named = btf[function.proto]
    if not isinstance(named, FuncProto) or _spelled(btf, named) != _spelled(btf, proto):
        return None
    inside = ", ".join(declare(btf, p.type, p.name or "") for p in named.parameters) or "void"
    return declare(btf, named.returns, f"(*{member})({inside})")


def _spelled(btf: Btf, proto: FuncProto) -> list[str]:
    return [declare(btf, proto.returns), *(declare(btf, each.type) for each in proto.parameters)]


def iterators(btf: Btf) -> dict[str, dict[str, str]]:
    """The iterator targets of a file with the declared members of their contexts.

    A target has both the struct of its context and the function that programs name as their hook.
    """
    found = {}
    for type_id in btf.ids(Kind.STRUCT):
        name = (btf.name(type_id) or "").removeprefix(_CONTEXT)
        if btf.name(type_id) == _CONTEXT + name and btf.find(_WALKER + name, Kind.FUNC):
            found[name] = {member: part.declaration for member, part in parts(btf, type_id).items()}
    return found


def tracepoints(btf: Btf) -> frozenset[str]:
    """The names of the tracepoints that a file's own BTF knows."""
    return frozenset(_names(btf, Kind.TYPEDEF, _TRACEPOINT).values())


def lsm_functions(btf: Btf) -> dict[int, str]:
    """The functions named like LSM hooks, id to hook: the hooks, and a few that serve them."""
    return _names(btf, Kind.FUNC, _HOOK)


def hooks(btf: Btf, ids: Mapping[int, str]) -> dict[str, str]:
    """LSM hooks by name, declared under it."""
    return {name: declare(btf, type_id, name) for type_id, name in ids.items()}


def _names(btf: Btf, kind: Kind, prefix: str) -> dict[int, str]:
    return dict(_prefixed(btf, kind, prefix))


def _prefixed(btf: Btf, kind: Kind, prefix: str) -> Iterator[tuple[int, str]]:
    for type_id in btf.ids(kind):
        name = btf.name(type_id) or ""
        if name.startswith(prefix):
            yield type_id, name.removeprefix(prefix)
