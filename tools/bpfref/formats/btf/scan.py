"""One pass over the section of types: where each starts, and that nothing points astray.

After it every id leads to a type of a kind that may stand there, every name starts a string, and
every chain of pointers, typedefs and the like ends: what reads types later needs no such checks.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats.btf.strings import are_starts
from bpfref.formats.btf.wire import COMMON, MAX_CHAIN, MAX_TYPES, SHAPES, Kind, fault

_FLAG = 1 << 31
_VLEN = 0xFFFFFF
_KIND = 0x7F
_UNMEASURED = 0xFF
_BASE = " (split BTF needs the base it was made for)"

_DECLARED = frozenset({Kind.FUNC, Kind.VAR, Kind.DATASEC, Kind.DECL_TAG})
_TYPES = frozenset(Kind) - _DECLARED

# What the third word of a kind may lead to; for other kinds it is a size.
_TARGETS: dict[int, frozenset[Kind]] = {
    Kind.PTR: _TYPES,
    Kind.TYPEDEF: _TYPES,
    Kind.VOLATILE: _TYPES,
    Kind.CONST: _TYPES,
    Kind.RESTRICT: _TYPES,
    Kind.TYPE_TAG: _TYPES,
    Kind.FUNC_PROTO: _TYPES,
    Kind.VAR: _TYPES,
    Kind.FUNC: frozenset({Kind.FUNC_PROTO}),
    Kind.DECL_TAG: frozenset({Kind.STRUCT, Kind.UNION, Kind.FUNC, Kind.VAR, Kind.TYPEDEF}),
}
# Where in an entry its type is, and what it may be. clang lists external functions in sections.
_ENTRY_TYPES: dict[int, tuple[int, frozenset[Kind]]] = {
    Kind.STRUCT: (1, _TYPES),
    Kind.UNION: (1, _TYPES),
    Kind.FUNC_PROTO: (1, _TYPES),
    Kind.DATASEC: (0, frozenset({Kind.VAR, Kind.FUNC})),
}
_NAMED_ENTRIES = frozenset({Kind.STRUCT, Kind.UNION, Kind.FUNC_PROTO, Kind.ENUM, Kind.ENUM64})
# The word with the next link of a chain; a struct or union ends it.
_LINKS: dict[int, int] = {
    Kind.PTR: 2,
    Kind.TYPEDEF: 2,
    Kind.VOLATILE: 2,
    Kind.CONST: 2,
    Kind.RESTRICT: 2,
    Kind.TYPE_TAG: 2,
    Kind.FUNC_PROTO: 2,
    Kind.ARRAY: 3,
}

_FIXED = {int(kind): COMMON + shape.fixed for kind, shape in SHAPES.items()}
_EACH = {int(kind): shape.each for kind, shape in SHAPES.items()}
_UNUSED = {int(kind): (0 if shape.flag else _FLAG) | (0 if shape.vlen else _VLEN) for kind, shape in SHAPES.items()}


@dataclass(frozen=True, slots=True)
class Index:
    """Where types are. `kinds` and `depths` are by id, the base's ids included; `starts` are this file's own."""

    starts: array[int]
    kinds: bytes
    depths: bytes


EMPTY = Index(array("I"), bytes([Kind.VOID]), bytes(1))


def kind_of(info: int) -> int:
    """The kind in an info word."""
    return info >> 24 & _KIND


def vlen_of(info: int) -> int:
    """The number of entries (or the linkage) in an info word."""
    return info & _VLEN


def has_flag(info: int) -> bool:
    """The kind flag in an info word."""
    return bool(info & _FLAG)


def parse_index(words: array[int], before: bytes, base: Index, file: Path | str) -> Index:
    """Find and check all types; `before` is of `Strings.bytes_before`, `base` is `EMPTY` for a file of its own.

    SourceError for the first thing that the format does not allow.
    """
    starts, own = _starts(words, len(base.kinds), file)
    found = _Scan(words, starts, base.kinds + bytes(own), len(base.kinds), file)
    _check_names(found, before)
    for type_id in range(found.first, len(found.kinds)):
        _check_references(found, type_id)
    return Index(starts, found.kinds, _depths(found, base.depths))


@dataclass(frozen=True, slots=True)
class _Scan:
    """What is known after the first pass; `kinds` are by id, `starts` from id `first` on."""

    words: array[int]
    starts: array[int]
    kinds: bytes
    first: int
    file: Path | str

    def column(self, type_id: int, column: int) -> array[int]:
        """One word of each entry of a type."""
        at, kind = self.starts[type_id - self.first], self.kinds[type_id]
        start, each = at + _FIXED[kind], _EACH[kind]
        return self.words[start + column : start + (self.words[at + 1] & _VLEN) * each : each]

    def fault(self, type_id: int, message: str) -> SourceError:
        """The error for a type."""
        return fault(f"type {type_id} ({Kind(self.kinds[type_id]).name}) {message}", self.file)


def _starts(words: array[int], first: int, file: Path | str) -> tuple[array[int], bytearray]:
    starts, kinds = array("I"), bytearray()
    at, end = 0, len(words)
    while at < end:
        info = words[at + 1] if at + COMMON <= end else 0
        kind = info >> 24 & _KIND
        fixed = _FIXED.get(kind)
        if fixed is None or info & _UNUSED[kind] or first + len(kinds) > MAX_TYPES:
            message = "is cut off" if at + COMMON > end else _bad_info(info)
            raise fault(f"type {first + len(kinds)} {message}", file)
        starts.append(at)
        kinds.append(kind)
        at += fixed + (info & _VLEN) * _EACH[kind]
    if at != end:
        raise fault(f"type {first + len(kinds) - 1} ends {at - end} words beyond the types", file)
    return starts, kinds


def _bad_info(info: int) -> str:
    kind = kind_of(info)
    if kind not in _FIXED:
        return f"has the unknown kind {kind}"
    if info & _UNUSED[kind]:
        return f"({Kind(kind).name}) has unknown bits in its info word {info:#x}"
    return f"is one more than the {MAX_TYPES} that the format allows"


def _check_names(found: _Scan, before: bytes) -> None:
    names = [found.words[at] for at in found.starts]
    if not are_starts(before, names):
        bad = next(i for i, name in enumerate(names) if not are_starts(before, [name]))
        raise found.fault(found.first + bad, f"has its name at {names[bad]}, where no string starts{_BASE}")
    for type_id, kind in enumerate(found.kinds[found.first :], found.first):
        if kind in _NAMED_ENTRIES and not are_starts(before, found.column(type_id, 0)):
            raise found.fault(type_id, f"has a name within where no string starts{_BASE}")


def _check_references(found: _Scan, type_id: int) -> None:
    kinds, words = found.kinds, found.words
    kind, at = kinds[type_id], found.starts[type_id - found.first]
    try:
        targets = _TARGETS.get(kind)
        fine = targets is None or kinds[words[at + 2]] in targets
        if kind in _ENTRY_TYPES:
            column, allowed = _ENTRY_TYPES[kind]
            fine = fine and allowed.issuperset(map(kinds.__getitem__, found.column(type_id, column)))
        elif kind == Kind.ARRAY:
            fine = kinds[words[at + 3]] in _TYPES and kinds[words[at + 4]] in _TYPES
    except IndexError as error:
        raise found.fault(type_id, f"refers to a type that is not there{_BASE}") from error
    if not fine:
        raise found.fault(type_id, f"refers to a type of a kind that cannot stand there{_BASE}")


def _depths(found: _Scan, base: bytes) -> bytes:
    """For each type the links of its chain; SourceError for a chain that is too long or never ends."""
    depths = bytearray(base) + bytearray([_UNMEASURED]) * len(found.starts)
    for type_id in range(found.first, len(found.kinds)):
        chain: list[int] = []
        at = type_id
        while depths[at] == _UNMEASURED:
            link = _LINKS.get(found.kinds[at])
            if link is None:
                depths[at] = 0
                break
            chain.append(at)
            if len(chain) > MAX_CHAIN:
                break
            at = found.words[found.starts[at - found.first] + link]
        depth = depths[at]
        if depth + len(chain) > MAX_CHAIN:
            raise found.fault(type_id, f"leads through more than {MAX_CHAIN} others, or to itself")
        for passed in reversed(chain):
            depth += 1
            depths[passed] = depth
    return bytes(depths)
