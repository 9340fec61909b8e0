"""`.BTF.ext`: functions' types, source lines and CO-RE relocations of an object, section by section."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats.bpf_object.elf import fault
from bpfref.formats.btf import Btf
from bpfref.formats.btf.wire import MAGIC, Order

_MOST_RECORDS = 1 << 18
_LONGEST_RECORD = 256
_PREAMBLE = 8  # magic, version, flags, length of the header
_FUNCTION, _LINE, _RELOCATION = 8, 16, 16  # bytes that each record has at least
_COLUMN_BITS = 10


@dataclass(frozen=True, slots=True)
class Located:
    """One record: its section, the offset in it in bytes, and its remaining figures."""

    section: str
    offset: int
    rest: tuple[int, ...]


@dataclass(frozen=True)
class BtfExt:
    """The three tables.

    `functions` have a type id; `lines` file, text, and line number with column; `relocations` a type
    id, the offset of the access string, and a kind.
    """

    functions: tuple[Located, ...] = ()
    lines: tuple[Located, ...] = ()
    relocations: tuple[Located, ...] = ()


def line_number(packed: int) -> int:
    """The line out of line and column."""
    return packed >> _COLUMN_BITS


def parse_ext(data: bytes, order: Order, btf: Btf, file: Path | str) -> BtfExt:
    """Read the section; SourceError for a header that lies, or a table that is cut off."""
    sign = "<" if order == "little" else ">"
    if len(data) < _PREAMBLE or struct.unpack_from(f"{sign}HBB", data)[:2] != (MAGIC, 1):
        raise fault(".BTF.ext does not start as it should", file)
    (length,) = struct.unpack_from(f"{sign}I", data, 4)
    if not _PREAMBLE < length <= len(data) or length % 4:
        raise fault(f"the header of .BTF.ext cannot have {length} bytes", file)
    figures = struct.unpack_from(f"{sign}{(min(length, 32) - _PREAMBLE) // 4}I", data, _PREAMBLE)
    figures += (0,) * (6 - len(figures))
    tables = []
    for number, least in enumerate((_FUNCTION, _LINE, _RELOCATION)):
        start, size = length + figures[2 * number], figures[2 * number + 1]
        if start + size > len(data):
            raise fault("a table of .BTF.ext ends beyond it", file)
        tables.append(tuple(_table(data[start : start + size], least, sign, btf, file)))
    return BtfExt(*tables)


def _table(data: bytes, least: int, sign: str, btf: Btf, file: Path | str) -> Iterator[Located]:
    if not data:
        return
    if len(data) < 4:  # noqa: PLR2004 - the size of the first figure
        raise fault("a table of .BTF.ext is cut off", file)
    (size,) = struct.unpack_from(f"{sign}I", data)
    if not least <= size <= _LONGEST_RECORD or size % 4:
        raise fault(f"records of {size} bytes in .BTF.ext cannot be", file)
    form = struct.Struct(f"{sign}{least // 4}I{size - least}x")
    at, total = 4, 0
    while at < len(data):
        if at + 8 > len(data):
            raise fault("a table of .BTF.ext is cut off", file)
        name, count = struct.unpack_from(f"{sign}II", data, at)
        at, total = at + 8, total + count
        if at + count * size > len(data) or total > _MOST_RECORDS or not count:
            raise fault(f"{count} records of .BTF.ext are not there", file)
        section = btf.strings.at(name)
        for offset, *rest in form.iter_unpack(data[at : at + count * size]):
            yield Located(section, offset, tuple(rest))
        at += count * size


def bad_offset(record: Located, what: str, file: Path | str) -> SourceError:
    """The error for a record whose place is none of its section's instructions."""
    return fault(f"{what} of .BTF.ext for {record.section} is at byte {record.offset}, where no instruction is", file)
