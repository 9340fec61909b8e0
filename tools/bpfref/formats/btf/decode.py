"""One type out of its words. The words were scanned before: ids in them are good and names start strings."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bpfref.formats.btf.scan import has_flag, kind_of, vlen_of
from bpfref.formats.btf.strings import Strings
from bpfref.formats.btf.types import (
    Array,
    DataSec,
    DeclTag,
    Enum,
    Enumerator,
    Float,
    Func,
    FuncProto,
    Fwd,
    Int,
    Member,
    Parameter,
    Place,
    Ptr,
    Qualifier,
    Struct,
    Type,
    Typedef,
    TypeTag,
    Var,
)
from bpfref.formats.btf.wire import COMMON, SHAPES, Kind

_LINKAGES = ("static", "global", "extern")
_SIGNED, _CHAR, _BOOL = 1, 2, 4
_INT_BITS = 128
_ENUM_SIZES = {1, 2, 4, 8}
_EACH = {int(kind): shape.each for kind, shape in SHAPES.items()}
_NO_COMPONENT = 0xFFFFFFFF


class Impossible(Exception):  # noqa: N818 - it never leaves the package; `Btf` makes a SourceError of it
    """Values that the format does not allow; the message continues "type 7 (INT) "."""


@dataclass(frozen=True, slots=True)
class Words:
    """What decoding needs. `signs` is whether the file's producer knew the kind flag of enumerations.

    Without that flag a value of 32 bits is read as signed, as the format said before v6.0, and the
    enumeration's sign is not known.
    """

    words: array[int]
    strings: Strings
    signs: bool


def decode(source: Words, at: int) -> Type:
    """The type whose first word is at an index. Impossible for values that the format does not allow."""
    return _DECODERS[kind_of(source.words[at + 1])](source, at)


def _name(source: Words, at: int) -> str:
    name = source.strings.at(source.words[at])
    if not name:
        raise Impossible("lacks a name, or an enumerator in it does")
    return name


def _optional(source: Words, at: int) -> str | None:
    return source.strings.at(source.words[at]) or None


def _nameless(source: Words, at: int) -> int:
    """The target of a type that has no name."""
    if source.words[at]:
        raise Impossible("has a name, but its kind has none")
    return source.words[at + 2]


def _entries(source: Words, at: int) -> Iterator[int]:
    """The first word of each entry."""
    info = source.words[at + 1]
    each = _EACH[kind_of(info)]
    return iter(range(at + COMMON, at + COMMON + vlen_of(info) * each, each))


def _int(source: Words, at: int) -> Int:
    size, data = source.words[at + 2], source.words[at + 3]
    encoding, offset, bits = data >> 24, data >> 16 & 0xFF, data & 0xFF
    known = data & 0xFF00 == 0 and encoding & ~(_SIGNED | _CHAR | _BOOL) == 0
    if not known or not bits or bits > _INT_BITS or offset + bits > size * 8:
        raise Impossible(f"has the impossible layout {data:#x} in {size} bytes")
    flags = (bool(encoding & bit) for bit in (_SIGNED, _CHAR, _BOOL))
    return Int(_name(source, at), size, bits, offset, *flags)


def _ptr(source: Words, at: int) -> Ptr:
    return Ptr(_nameless(source, at))


def _array(source: Words, at: int) -> Array:
    if _nameless(source, at):
        raise Impossible("has a size of its own")
    return Array(*source.words[at + 3 : at + 6])


def _struct(source: Words, at: int) -> Struct:
    info, size = source.words[at + 1], source.words[at + 2]
    widths = has_flag(info)
    members = tuple(_member(source, entry, widths=widths) for entry in _entries(source, at))
    if any(member.offset + (member.bits or 0) > size * 8 for member in members):
        raise Impossible("has a member beyond its end")
    return Struct(_optional(source, at), kind_of(info) == Kind.UNION, size, members)


def _member(source: Words, at: int, *, widths: bool) -> Member:
    offset = source.words[at + 2]
    bits = offset >> 24 if widths else 0
    place = offset & 0xFFFFFF if widths else offset
    return Member(_optional(source, at), source.words[at + 1], place, bits or None)


def _enum(source: Words, at: int) -> Enum:
    flag = has_flag(source.words[at + 1])
    found = ((_name(source, entry), source.words[entry + 1]) for entry in _entries(source, at))
    as_signed = flag or not source.signs
    members = tuple(Enumerator(name, _signed(value, 32) if as_signed else value) for name, value in found)
    known = flag or source.signs or all(member.value >= 0 for member in members)
    return Enum(_optional(source, at), _enum_size(source, at), flag if known else None, members)


def _enum64(source: Words, at: int) -> Enum:
    signed = has_flag(source.words[at + 1])
    found = (
        (_name(source, entry), source.words[entry + 1] | source.words[entry + 2] << 32)
        for entry in _entries(source, at)
    )
    members = tuple(Enumerator(name, _signed(value, 64) if signed else value) for name, value in found)
    return Enum(_optional(source, at), _enum_size(source, at), signed, members)


def _signed(value: int, bits: int) -> int:
    return value - (value >> bits - 1 << bits)


def _enum_size(source: Words, at: int) -> int:
    size = source.words[at + 2]
    # clang gives no size to an enumeration that is only declared.
    if size not in _ENUM_SIZES and (size or vlen_of(source.words[at + 1])):
        raise Impossible(f"has {size} bytes")
    return size


def _fwd(source: Words, at: int) -> Fwd:
    if source.words[at + 2]:
        raise Impossible("refers to a type")
    return Fwd(_name(source, at), has_flag(source.words[at + 1]))


def _typedef(source: Words, at: int) -> Typedef:
    return Typedef(_name(source, at), source.words[at + 2])


def _qualifier(word: str) -> Callable[[Words, int], Qualifier]:
    return lambda source, at: Qualifier(word, _nameless(source, at))


def _type_tag(source: Words, at: int) -> TypeTag:
    return TypeTag(_name(source, at), source.words[at + 2], has_flag(source.words[at + 1]))


def _linkage(value: int) -> str:
    if value >= len(_LINKAGES):
        raise Impossible(f"has the unknown linkage {value}")
    return _LINKAGES[value]


def _func(source: Words, at: int) -> Func:
    linkage = _linkage(vlen_of(source.words[at + 1]))
    return Func(_name(source, at), source.words[at + 2], linkage)


def _func_proto(source: Words, at: int) -> FuncProto:
    returns = _nameless(source, at)
    found = [Parameter(_optional(source, entry), source.words[entry + 1]) for entry in _entries(source, at)]
    variadic = bool(found) and found[-1] == Parameter(None, Kind.VOID)
    parameters = tuple(found[:-1] if variadic else found)
    if any(parameter.type == Kind.VOID for parameter in parameters):
        raise Impossible("has a parameter of type void")
    return FuncProto(returns, parameters, variadic)


def _var(source: Words, at: int) -> Var:
    return Var(_name(source, at), source.words[at + 2], _linkage(source.words[at + 3]))


def _datasec(source: Words, at: int) -> DataSec:
    places = tuple(Place(*source.words[entry : entry + 3]) for entry in _entries(source, at))
    return DataSec(_name(source, at), source.words[at + 2], places)


def _float(source: Words, at: int) -> Float:
    return Float(_name(source, at), source.words[at + 2])


def _decl_tag(source: Words, at: int) -> DeclTag:
    component = source.words[at + 3]
    attribute = has_flag(source.words[at + 1])
    return DeclTag(
        _name(source, at), source.words[at + 2], None if component == _NO_COMPONENT else component, attribute
    )


_DECODERS: dict[int, Callable[[Words, int], Type]] = {
    Kind.INT: _int,
    Kind.PTR: _ptr,
    Kind.ARRAY: _array,
    Kind.STRUCT: _struct,
    Kind.UNION: _struct,
    Kind.ENUM: _enum,
    Kind.FWD: _fwd,
    Kind.TYPEDEF: _typedef,
    Kind.VOLATILE: _qualifier("volatile"),
    Kind.CONST: _qualifier("const"),
    Kind.RESTRICT: _qualifier("restrict"),
    Kind.FUNC: _func,
    Kind.FUNC_PROTO: _func_proto,
    Kind.VAR: _var,
    Kind.DATASEC: _datasec,
    Kind.FLOAT: _float,
    Kind.DECL_TAG: _decl_tag,
    Kind.TYPE_TAG: _type_tag,
    Kind.ENUM64: _enum64,
}
