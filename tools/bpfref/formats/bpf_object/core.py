"""CO-RE relocations: the compiler's access strings resolved to names of types, members and enumerators."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

from bpfref.formats.bpf_object.code import SIZE
from bpfref.formats.bpf_object.elf import fault
from bpfref.formats.bpf_object.ext import Located
from bpfref.formats.bpf_object.model import CoreRelocation
from bpfref.formats.bpf_object.names import type_name
from bpfref.formats.btf import Btf
from bpfref.formats.btf.types import Array, Enum, Struct

_DEEPEST = 64
_LARGEST = 1 << 20


class CoreKind(IntEnum):
    """The kinds that the access string is read by, as `enum bpf_core_relo_kind` numbers them."""

    FIELD_BYTE_OFFSET = 0
    FIELD_BYTE_SIZE = 1
    FIELD_EXISTS = 2
    FIELD_SIGNED = 3
    FIELD_LSHIFT_U64 = 4
    FIELD_RSHIFT_U64 = 5
    TYPE_ID_LOCAL = 6
    TYPE_ID_TARGET = 7
    TYPE_EXISTS = 8
    TYPE_SIZE = 9
    ENUMVAL_EXISTS = 10
    ENUMVAL_VALUE = 11
    TYPE_MATCHES = 12


FIELDS = frozenset(range(CoreKind.FIELD_BYTE_OFFSET, CoreKind.TYPE_ID_LOCAL))
ENUMS = frozenset({CoreKind.ENUMVAL_EXISTS, CoreKind.ENUMVAL_VALUE})
# Without the thing in the kernel these give an answer, the others spoil their instruction.
TESTS = frozenset({CoreKind.FIELD_EXISTS, CoreKind.TYPE_EXISTS, CoreKind.ENUMVAL_EXISTS, CoreKind.TYPE_MATCHES})


def resolve(record: Located, btf: Btf, file: Path | str) -> CoreRelocation:
    """One record with its names. SourceError for a path that its type does not have."""
    type_id, access, kind = record.rest
    if type_id >= len(btf) or record.offset % SIZE:
        raise fault(f"a CO-RE relocation of {record.section} at byte {record.offset} names no type", file)
    text = btf.strings.at(access)
    numbers = _numbers(text, file)
    behind = btf.resolve(type_id)
    path: Iterator[str] = iter(())
    if kind in FIELDS:
        path = _members(btf, behind, numbers, file)
    elif kind in ENUMS:
        path = _enumerator(btf, behind, numbers, file)
    return CoreRelocation(
        record.section, record.offset // SIZE, kind, type_id, type_name(btf, type_id), text, tuple(path)
    )


def _numbers(text: str, file: Path | str) -> list[int]:
    parts = text.split(":")
    if len(parts) > _DEEPEST or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):  # noqa: PLR2004
        raise fault(f"{text[:40]!r} is no path of a CO-RE relocation", file)
    return [int(part) for part in parts]


def _members(btf: Btf, type_id: int, numbers: list[int], file: Path | str) -> Iterator[str]:
    """Member by member; the first number is an index, as in an array of the type."""
    if numbers[0]:
        yield f"[{numbers[0]}]"
    for number in numbers[1:]:
        found = btf[type_id]
        if isinstance(found, Struct) and number < len(found.members):
            member = found.members[number]
            if member.name:  # members of an anonymous struct or union are reached by their own names
                yield member.name
            type_id = btf.resolve(member.type)
        elif isinstance(found, Array) and number < _LARGEST:
            yield f"[{number}]"
            type_id = btf.resolve(found.element)
        else:
            raise fault(f"a CO-RE relocation asks for member {number} of {type_name(btf, type_id)}", file)


def _enumerator(btf: Btf, type_id: int, numbers: list[int], file: Path | str) -> Iterator[str]:
    found = btf[type_id]
    if not isinstance(found, Enum) or len(numbers) != 1 or numbers[0] >= len(found.enumerators):
        raise fault(f"a CO-RE relocation asks {type_name(btf, type_id)} for an enumerator that it has not", file)
    yield found.enumerators[numbers[0]].name
