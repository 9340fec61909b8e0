"""Python values to the bytes of C types and back, by BTF. Standard library only.

| C | Python |
| --- | --- |
| integer, `bool`, floating point | `int`, `bool`, `float` |
| `enum` | `EnumValue`, an `int` with a name; the name alone is taken too |
| array of `char` | `Chars`, `bytes` without the zeros at its end; `str` is taken too |
| array of `unsigned char` | `bytes`, all of them |
| any other array | `list` |
| `struct`, `union` | `Record`, a `dict` whose members are attributes too |
| pointer | `int` |

What a struct is not given is zero. Bytes of the whole size are taken for any type as they are.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, SupportsInt

from bpfref.formats.btf.layout import size_of
from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import Array, DataSec, Enum, Float, Fwd, Int, Member, Ptr, Struct, Type, Var
from bpfref.loader.errors import ConversionError

_FLOATS = {4: "f", 8: "d"}
_BYTE = 8
_LITTLE = sys.byteorder == "little"


class Record(dict[str, Any]):
    """A struct or union: members by key and by attribute."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the struct has no member {name}") from None


class EnumValue(int):
    """A number with the enumerator's name; `name` is None for a number that the enum does not have."""

    name: str | None

    def __new__(cls, value: int, name: str | None) -> EnumValue:  # noqa: D102 - see the class
        made = super().__new__(cls, value)
        made.name = name
        return made

    def __repr__(self) -> str:
        return f"{self.name}" if self.name else int.__repr__(self)


class Chars(bytes):
    """An array of `char` without the zeros at its end; `text` is the C string that it starts with."""

    @property
    def text(self) -> str:
        """The characters before the first zero: what follows that may be left over from before."""
        return self.partition(b"\0")[0].decode(errors="replace")


class Codec(Protocol):
    """How the values of a map's keys, its values, or an event lie in memory; `size` in bytes."""

    @property
    def size(self) -> int:
        """How many bytes a value has."""

    def encode(self, value: object) -> bytes:
        """Bytes of a value; ConversionError when it does not fit."""

    def decode(self, data: bytes) -> Any:
        """The value in bytes."""


@dataclass(frozen=True)
class RawCodec:
    """Bytes of a fixed size where no BTF says more; numbers and things with a descriptor are taken too."""

    size: int

    def encode(self, value: object) -> bytes:
        """Bytes as they are, an `int` in the machine's order."""
        if isinstance(value, bytes | bytearray | memoryview):
            return _exactly(bytes(value), self.size)
        return _number(value, self.size, signed=None, where="the value")

    def decode(self, data: bytes) -> bytes:
        """The bytes."""
        return data


@dataclass(frozen=True)
class NumberCodec:
    """One number without sign: indices of arrays, descriptors, ids."""

    size: int

    def encode(self, value: object) -> bytes:
        """A number, or a map, program or file by its descriptor."""
        if isinstance(value, bytes | bytearray | memoryview):
            return _exactly(bytes(value), self.size)
        return _number(value, self.size, signed=False, where="the value")

    def decode(self, data: bytes) -> int:
        """The number."""
        return int.from_bytes(data, sys.byteorder)


class BtfCodec:
    """The values of one type."""

    def __init__(self, btf: Btf, type_id: int, size: int | None = None):
        """`size` is what the kernel keeps for a value, where it must agree."""
        self._btf = btf
        self._type = type_id
        self.size = size_of(btf, type_id)
        if size is not None and size != self.size:
            raise ConversionError(f"the type has {self.size} bytes and the map keeps {size}: correct its declaration")

    def encode(self, value: object) -> bytes:
        """Bytes of a value; ConversionError says which member does not fit."""
        if isinstance(value, bytes | bytearray | memoryview) and len(value) == self.size:
            return bytes(value)
        out = bytearray(self.size)
        try:
            self._put(out, 0, self._type, value, "the value")
        except RecursionError as error:
            raise ConversionError("the type holds itself") from error
        return bytes(out)

    def decode(self, data: bytes) -> Any:
        """The value in bytes; what follows them does not count."""
        if len(data) < self.size:
            raise ConversionError(f"the type has {self.size} bytes, and only {len(data)} came")
        try:
            return self._get(data, 0, self._type)
        except (RecursionError, struct.error) as error:
            raise ConversionError("the type holds itself, or more than its size") from error

    def _get(self, data: bytes, at: int, type_id: int) -> Any:  # noqa: PLR0911 - a case for each kind
        btf, found = self._btf, self._find(type_id)
        match found:
            case Int():
                raw = int.from_bytes(data[at : at + found.size], sys.byteorder, signed=found.signed)
                return bool(raw) if found.boolean else raw
            case Enum():
                return _enum(found, int.from_bytes(data[at : at + found.size], sys.byteorder))
            case Ptr():
                size = size_of(btf, type_id)
                return int.from_bytes(data[at : at + size], sys.byteorder)
            case Float() if found.size in _FLOATS:
                return struct.unpack_from(f"={_FLOATS[found.size]}", data, at)[0]
            case Array():
                return self._get_array(data, at, found)
            case Struct():
                return Record(self._members(data, at, found))
            case DataSec():
                places = ((btf.name(place.var) or "", place) for place in found.places)
                return Record({name: self._get(data, at + p.offset, p.var) for name, p in places})
        raise ConversionError(f"a {type(found).__name__} has no value")

    def _get_array(self, data: bytes, at: int, found: Array) -> Any:
        element, size = self._find(found.element), size_of(self._btf, found.element)
        if not size or at + found.count * size > len(data):
            if size:
                raise ConversionError(f"an array of {found.count} times {size} bytes is more than there are")
            return []
        if isinstance(element, Int) and element.size == 1 and not element.boolean:
            raw = bytes(data[at : at + found.count])
            return Chars(raw.rstrip(b"\0")) if _is_char(element) else raw
        return [self._get(data, at + number * size, found.element) for number in range(found.count)]

    def _members(self, data: bytes, at: int, found: Struct) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for member in found.members:
            offset, bits = self._btf.bits(member)
            if bits is not None:
                value: Any = self._get_bits(data, at, member, offset, bits)
            else:
                value = self._get(data, at + offset // _BYTE, member.type)
            if member.name:
                values[member.name] = value
            elif isinstance(value, Record):  # an anonymous struct or union: its members are ours
                values.update(value)
        return values

    def _get_bits(self, data: bytes, at: int, member: Member, offset: int, bits: int) -> int | bool:
        first, last = at + offset // _BYTE, at + (offset + bits + _BYTE - 1) // _BYTE
        whole = int.from_bytes(data[first:last], sys.byteorder)
        shift = offset % _BYTE if _LITTLE else (last - first) * _BYTE - offset % _BYTE - bits
        raw = whole >> shift & (1 << bits) - 1
        found = self._find(member.type)
        if isinstance(found, Enum):
            return _enum(found, raw)
        if isinstance(found, Int) and found.boolean:
            return bool(raw)
        return raw - (1 << bits) if isinstance(found, Int) and found.signed and raw >> bits - 1 else raw

    def _put(self, out: bytearray, at: int, type_id: int, value: object, where: str) -> None:
        found = self._find(type_id)
        match found:
            case Int() | Enum() | Ptr():
                size = size_of(self._btf, type_id)
                out[at : at + size] = _number(_named(found, value, where), size, signed=_sign(found), where=where)
            case Float() if found.size in _FLOATS and isinstance(value, int | float):
                struct.pack_into(f"={_FLOATS[found.size]}", out, at, value)
            case Array():
                self._put_array(out, at, found, value, where)
            case Struct():
                self._put_members(out, at, found, value, where)
            case DataSec() if isinstance(value, Mapping):
                places = {self._btf.name(place.var): place for place in found.places}
                for name, each in value.items():
                    if name not in places:
                        raise ConversionError(f"{where} has no variable {name}")
                    self._put(out, at + places[name].offset, places[name].var, each, f"{where}.{name}")
            case _:
                raise ConversionError(f"{where}: {value!r} does not fit a {type(found).__name__}")

    def _put_array(self, out: bytearray, at: int, found: Array, value: object, where: str) -> None:
        size = size_of(self._btf, found.element)
        if isinstance(value, str):
            value = value.encode()
        if isinstance(value, bytes | bytearray | memoryview):
            if size != 1 or len(value) > found.count:
                raise ConversionError(f"{where}: {len(value)} bytes do not fit {found.count} elements of {size}")
            out[at : at + len(value)] = value
            return
        if not isinstance(value, Sequence) or len(value) > found.count:
            raise ConversionError(f"{where}: wanted a list of up to {found.count}, not {value!r}")
        for number, each in enumerate(value):
            self._put(out, at + number * size, found.element, each, f"{where}[{number}]")

    def _put_members(self, out: bytearray, at: int, found: Struct, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise ConversionError(f"{where}: wanted a dict of members, not {value!r}")
        given = dict(value)
        self._take_members(out, at, found, given, where)
        if given:
            raise ConversionError(f"{where} has no member {', '.join(map(str, given))}")

    def _take_members(self, out: bytearray, at: int, found: Struct, given: dict[Any, Any], where: str) -> None:
        """Write the members that are given, and take them out of it."""
        for member in found.members:
            offset, bits = self._btf.bits(member)
            if member.name is None:
                inner = self._find(member.type)
                if isinstance(inner, Struct):
                    self._take_members(out, at + offset // _BYTE, inner, given, where)
            elif member.name in given:
                value, place = given.pop(member.name), f"{where}.{member.name}"
                if bits is None:
                    self._put(out, at + offset // _BYTE, member.type, value, place)
                else:
                    kind = self._find(member.type)
                    _put_bits(out, (at * _BYTE + offset, bits), kind, _whole(_named(kind, value, place), place), place)

    def _find(self, type_id: int) -> Type:
        found = self._btf[self._btf.resolve(type_id)]
        while isinstance(found, Var):
            found = self._btf[self._btf.resolve(found.type)]
        if isinstance(found, Fwd):
            raise ConversionError(f"{found.name} is only declared in the object, so its values have no known form")
        return found


def _put_bits(out: bytearray, place: tuple[int, int], kind: Type, number: int, where: str) -> None:
    """Write a bit field; `place` is its offset from the start of all and its width, in bits."""
    offset, bits = place
    _check(number, bits, _sign(kind), where)
    first, last = offset // _BYTE, (offset + bits + _BYTE - 1) // _BYTE
    shift = offset % _BYTE if _LITTLE else (last - first) * _BYTE - offset % _BYTE - bits
    mask = (1 << bits) - 1
    whole = int.from_bytes(out[first:last], sys.byteorder) & ~(mask << shift) | (number & mask) << shift
    out[first:last] = whole.to_bytes(last - first, sys.byteorder)


def _is_char(found: Int) -> bool:
    # clang marks `char` as signed, or by its name; `unsigned char` is a byte.
    return found.char or found.signed or found.name == "char"


def _enum(found: Enum, raw: int) -> EnumValue:
    negative = raw - (1 << found.size * _BYTE)
    for each in found.enumerators:
        if each.value in {raw, negative}:
            return EnumValue(each.value, each.name)
    return EnumValue(negative if found.signed and raw >> found.size * _BYTE - 1 else raw, None)


def _named(found: Type, value: object, where: str) -> object:
    """The number of an enumerator's name; anything else as it is."""
    if not (isinstance(found, Enum) and isinstance(value, str)):
        return value
    for each in found.enumerators:
        if each.name == value:
            return each.value
    raise ConversionError(f"{where}: {value} is none of {', '.join(each.name for each in found.enumerators)}")


def _sign(found: Type) -> bool | None:
    """Whether only numbers with a sign fit, only those without, or (None) either."""
    if isinstance(found, Int):
        return found.signed
    return None if isinstance(found, Enum) else False


def _whole(value: object, where: str) -> int:
    if isinstance(value, int):
        return value
    if hasattr(value, "fileno"):
        number: int = value.fileno()
        return number
    if isinstance(value, SupportsInt) and not isinstance(value, float | str | bytes):
        return int(value)
    raise ConversionError(f"{where}: {value!r} is no whole number")


def _number(value: object, size: int, *, signed: bool | None, where: str) -> bytes:
    number = _whole(value, where)
    _check(number, size * _BYTE, signed, where)
    return (number & (1 << size * _BYTE) - 1).to_bytes(size, sys.byteorder)


def _check(number: int, bits: int, signed: bool | None, where: str) -> None:  # noqa: FBT001 - one of three
    low, end = (0 if signed is False else -(1 << bits - 1)), (1 << bits - 1 if signed else 1 << bits)
    if not low <= number < end:
        kind = {True: "signed ", False: "unsigned ", None: ""}[signed]
        raise ConversionError(f"{where}: {number} does not fit a {kind}number of {bits} bits")


def _exactly(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ConversionError(f"{len(value)} bytes were given where {size} are wanted")
    return value
