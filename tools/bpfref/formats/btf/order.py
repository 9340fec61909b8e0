"""In which order, and under which names, C can declare all types of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import Array, Enum, FuncProto, Fwd, Ptr, Qualifier, Struct, Typedef, TypeTag
from bpfref.formats.btf.wire import Kind, fault

_TAGGED = (Kind.STRUCT, Kind.UNION, Kind.ENUM, Kind.ENUM64)
_DEEPEST = 200
_COMPILERS_OWN = "__builtin_"


@dataclass(frozen=True, slots=True)
class Step:
    """A type to define (`whole`) or, a struct or union, to name as one that comes later."""

    type: int
    whole: bool


class Names:
    """The names of a file's types in C, each given once: tags share one space, all else another.

    What is only declared has the name of what is defined under it.
    """

    def __init__(self, btf: Btf):
        self._names: dict[int, str] = {}
        self._others: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        first: dict[tuple[str, str], str] = {}
        waiting: list[tuple[int, str, str]] = []
        for type_id in btf.own:
            name, kind = btf.name(type_id), btf.kind(type_id)
            if name is None:
                continue
            if (kind in _TAGGED and btf.entries(type_id)) or kind in {Kind.STRUCT, Kind.UNION}:
                given = self._names[type_id] = _counted(tags, name)
                first.setdefault((_keyword(btf, type_id), name), given)
            elif kind in _TAGGED or kind == Kind.FWD:
                waiting.append((type_id, _keyword(btf, type_id), name))
            elif kind == Kind.TYPEDEF:
                self._names[type_id] = name if name.startswith(_COMPILERS_OWN) else _counted(self._others, name)
        for type_id, keyword, name in waiting:
            if (keyword, name) not in first:
                first[keyword, name] = _counted(tags, name)
            self._names[type_id] = first[keyword, name]

    def of(self, type_id: int, name: str) -> str:
        """The name of a type in C; `name` is that in BTF."""
        return self._names.get(type_id, name)

    def enumerator(self, name: str) -> str:
        """A name for an enumerator that is about to be written: another one each time."""
        return _counted(self._others, name)


def order(btf: Btf) -> Iterator[Step]:
    """All types that C can name, each after what it needs; then enumerations that nothing names.

    SourceError for types that contain themselves.
    """
    walk = _Walk(btf)
    for type_id in btf.own:
        if btf.kind(type_id) in {*_TAGGED, Kind.TYPEDEF, Kind.FWD} and btf.name(type_id):
            yield from walk.need(type_id, whole=True)
    for type_id in btf.ids(Kind.ENUM, Kind.ENUM64):
        if type_id not in walk.met and btf.entries(type_id):
            yield Step(type_id, whole=True)


class _Walk:
    """Goes through types, dependencies first; `met` are those that have been written or begun."""

    def __init__(self, btf: Btf):
        self._btf = btf
        self.met: set[int] = set()
        self._done: set[int] = set()
        self._declared: set[int] = set()

    def need(self, type_id: int, *, whole: bool, depth: int = 0) -> Iterator[Step]:
        """What must be written before a type can be used: by name only, or (`whole`) with its size known."""
        if depth > _DEEPEST:
            raise fault(f"type {type_id} lies within more than {_DEEPEST} others, or within itself", self._btf.file)
        found = self._btf[type_id]
        match found:
            case Struct() | Enum() | Fwd():
                yield from self._tagged(type_id, found, whole=whole, depth=depth)
            case Typedef():
                yield from self._typedef(type_id, found, depth)
                if whole:
                    yield from self.need(found.target, whole=True, depth=depth + 1)
            case Ptr() | Qualifier() | TypeTag():
                yield from self.need(found.target, whole=whole and not isinstance(found, Ptr), depth=depth + 1)
            case Array():
                yield from self.need(found.element, whole=True, depth=depth + 1)
            case FuncProto():
                for each in (found.returns, *(parameter.type for parameter in found.parameters)):
                    yield from self.need(each, whole=False, depth=depth + 1)

    def _tagged(self, type_id: int, found: Struct | Enum | Fwd, *, whole: bool, depth: int) -> Iterator[Step]:
        """A type without name is written where it is used, so it needs what is in it."""
        if isinstance(found, Fwd) or (isinstance(found, Struct) and found.name and not whole):
            yield from self._declare(type_id)
        elif found.name:
            yield from self._define(type_id, found, depth)
        else:
            self.met.add(type_id)
            if isinstance(found, Struct):
                yield from self._members(found, depth)

    def _declare(self, type_id: int) -> Iterator[Step]:
        if type_id not in self._done and type_id not in self._declared:
            self._declared.add(type_id)
            yield Step(type_id, whole=False)

    def _define(self, type_id: int, found: Struct | Enum, depth: int) -> Iterator[Step]:
        if type_id in self._done:
            return
        if type_id in self.met:
            raise fault(f"type {type_id} ({found.name}) contains itself", self._btf.file)
        self.met.add(type_id)
        if isinstance(found, Struct):
            yield from self._members(found, depth)
        self._done.add(type_id)
        yield Step(type_id, whole=True)

    def _members(self, found: Struct, depth: int) -> Iterator[Step]:
        for member in found.members:
            yield from self.need(member.type, whole=True, depth=depth + 1)

    def _typedef(self, type_id: int, found: Typedef, depth: int) -> Iterator[Step]:
        if type_id in self.met or found.name.startswith(_COMPILERS_OWN):
            return
        self.met.add(type_id)
        yield from self.need(found.target, whole=False, depth=depth + 1)
        yield Step(type_id, whole=True)


def _keyword(btf: Btf, type_id: int) -> str:
    found = btf[type_id]
    if isinstance(found, Enum):
        return "enum"
    return "union" if isinstance(found, Struct | Fwd) and found.union else "struct"


def _counted(seen: Counter[str], name: str) -> str:
    """A name, with the ending that keeps it apart from those given before."""
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}___{seen[name]}"
