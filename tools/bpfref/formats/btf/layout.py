"""Sizes and alignments of types, in bytes."""

from __future__ import annotations

from functools import cached_property

from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import Array, DataSec, Enum, Float, Int, Ptr, Struct, Type, Var
from bpfref.formats.btf.wire import Kind, fault

_LARGEST = 0xFFFFFFFF
_DEEPEST = 64
_POINTER = 8
_LONG = ("long unsigned int", "unsigned long", "long int", "long")


def size_of(btf: Btf, type_id: int) -> int:
    """What C's `sizeof` gives; for a section its size, for a variable that of its type.

    SourceError for a type without size (void, functions, what is only declared), and for an array
    of more than 4 GiB.
    """
    count = 1
    while True:
        type_id = btf.resolve(type_id)
        found = btf[type_id]
        if isinstance(found, Array):
            count *= found.count
            type_id = found.element
        elif isinstance(found, Var):
            type_id = found.type
        else:
            break
        if count > _LARGEST:
            break
    size = count * (_own_size(btf, type_id, found) if count <= _LARGEST else 1)
    if size > _LARGEST:
        raise fault(f"type {type_id} makes an array of {size} bytes", btf.file)
    return size


def _own_size(btf: Btf, type_id: int, found: Type) -> int:
    match found:
        case Ptr():
            return pointer_size(btf)
        case Int() | Float() | Struct() | DataSec():
            return found.size
        case Enum() if found.enumerators:
            return found.size
    raise fault(f"type {type_id} ({btf.kind(type_id).name}) has no size", btf.file)


def pointer_size(btf: Btf) -> int:
    """The size of `long`, which on Linux is that of a pointer; 8 where BTF has no `long`."""
    for name in _LONG:
        for type_id in btf.find(name, Kind.INT):
            if isinstance(found := btf[type_id], Int):
                return found.size
    return _POINTER


class Alignments:
    """The alignment that C gives to the types of one file, each worked out once."""

    def __init__(self, btf: Btf):
        self._btf = btf
        self._known: dict[int, int] = {}
        self._packed: dict[int, bool] = {}

    @cached_property
    def _pointer(self) -> int:
        return pointer_size(self._btf)

    def is_packed(self, type_id: int, found: Struct) -> bool:
        """Whether C would lay the members out otherwise without `packed`; `found` is the type of that id."""
        if type_id not in self._packed:
            self._packed[type_id] = self._is_packed(found, 0)
        return self._packed[type_id]

    def _is_packed(self, found: Struct, depth: int) -> bool:
        strictest = 1
        for member in found.members:
            alignment = self._of(member.type, depth + 1)
            strictest = max(strictest, alignment)
            if not member.bits and member.offset % (alignment * 8):
                return True
        return found.size % strictest != 0

    def _of(self, type_id: int, depth: int) -> int:
        if depth > _DEEPEST:
            raise fault(f"type {type_id} lies within more than {_DEEPEST} others, or within itself", self._btf.file)
        type_id = self._btf.resolve(type_id)
        while isinstance(found := self._btf[type_id], Array):
            type_id = self._btf.resolve(found.element)
        if type_id not in self._known:
            self._known[type_id] = self._alignment(found, depth)
        return self._known[type_id]

    def _alignment(self, found: Type, depth: int) -> int:
        match found:
            case Ptr():
                return self._pointer
            case Int() | Float() | Enum():
                # On 64 bits the largest numbers are aligned to their size, on 32 bits to a word at most.
                return max(1, found.size if self._pointer == _POINTER else min(found.size, self._pointer))
            case Struct():
                inner = (self._of(member.type, depth + 1) for member in found.members)
                return 1 if self._is_packed(found, depth) else max(inner, default=1)
        return 1
