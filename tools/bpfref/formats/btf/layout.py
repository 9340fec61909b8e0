"""Sizes and alignments of types, in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import Array, DataSec, Enum, Float, Int, Ptr, Struct, Type, Var
from bpfref.formats.btf.wire import Kind, fault

_LARGEST = 0xFFFFFFFF
_DEEPEST = 64
_POINTER = 8
_PACKED = 0  # less than any alignment: not even bit fields have boundaries
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


@dataclass(frozen=True, slots=True)
class Gaps:
    """The bits before each member, and after the last, that C would not leave by itself: from, and to."""

    before: tuple[tuple[int, int], ...]
    after: tuple[int, int]


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

    def gaps(self, type_id: int, found: Struct) -> Gaps:
        """Where a struct needs padding written out, if `packed` is given to it as `is_packed` says.

        SourceError for members that no C compiler would lay out so, even with padding.
        """
        gaps = self._lay(found, packed=self.is_packed(type_id, found), depth=0)
        if gaps is None:
            raise fault(f"type {type_id} ({found.name}) has members that overlap or do not fit into it", self._btf.file)
        return gaps

    def _is_packed(self, found: Struct, depth: int) -> bool:
        return self._lay(found, packed=False, depth=depth) is None

    def _lay(self, found: Struct, *, packed: bool, depth: int) -> Gaps | None:
        """Lay members out as a compiler does; None if one would come to lie behind its place.

        A bit field lies at the next bit, but not across a boundary of its type; anything else, and
        the end of the whole, at the next multiple of its alignment. Packed, there are no boundaries.
        """
        at, strictest, before = 0, 1, []
        for member in found.members:
            place, width = self._btf.bits(member)
            size = size_of(self._btf, member.type) * 8
            alignment = _PACKED if packed else self._of(member.type, depth + 1)
            strictest = max(strictest, alignment)
            start = 0 if found.union else at
            if _next(place, size, width, alignment) != place or _next(start, size, width, alignment) > place:
                return None
            natural = _next(start, size, width, alignment) == place
            before.append((place, place) if natural else (start, place))
            end = place + (size if width is None else width)
            at = max(at, end) if found.union else end
        end = found.size * 8
        if end % (strictest * 8) or at > end:
            return None
        return Gaps(tuple(before), (end, end) if _aligned(at, strictest * 8) == end else (at, end))

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


def _next(at: int, size: int, width: int | None, alignment: int) -> int:
    """The bit at which a member comes to lie that may not lie before `at`; `size` of its type in bits."""
    if width is None:
        return _aligned(at, max(alignment, 1) * 8)
    crosses = alignment != _PACKED and at % size + width > size
    return _aligned(at, size) if crosses else at


def _aligned(at: int, unit: int) -> int:
    return -(-at // unit) * unit
