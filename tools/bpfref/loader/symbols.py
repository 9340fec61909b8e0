"""Which bytes of data sections the programs of an object refer to. Standard library only.

A small reader of ELF relocations: inside guests there is no library for ELF, and libbpf does not
tell. What it cannot read it has no opinion on: libbpf is the judge of objects.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MAGIC = b"\x7fELF\x02"
_REL, _SYMTAB, _NOBITS = 9, 2, 8
_EXECUTABLE = 4
_SECTION_SYMBOL = 3
_LD_IMM64 = 1  # R_BPF_64_64 of the BPF ABI: a 64-bit load of an address
_IMM = 4  # where an instruction has its immediate
_HEADER, _SECTION, _SYMBOL, _RELOCATION = 64, 64, 24, 16


@dataclass(frozen=True)
class _Section:
    name: int
    type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int


def find_references(data: bytes) -> dict[str, set[int]] | None:
    """For each section that code refers to, the offsets in it; None for an object that it cannot read."""
    if not data.startswith(_MAGIC):
        return None
    found: dict[str, set[int]] = {}
    try:
        for section, offset in _references(data, "<" if data[5] == 1 else ">"):
            found.setdefault(section, set()).add(offset)
    except (struct.error, IndexError, ValueError):
        return None
    return found


def _references(data: bytes, order: str) -> Iterator[tuple[str, int]]:
    sections = list(_sections(data, order))
    (names,) = struct.unpack_from(f"{order}H", data, 62)
    symbols = next(section for section in sections if section.type == _SYMTAB)
    for section in sections:
        code = sections[section.info] if section.type == _REL else None
        if code is None or not code.flags & _EXECUTABLE or code.type == _NOBITS:
            continue
        for at in range(section.offset, section.offset + section.size, _RELOCATION):
            place, info = struct.unpack_from(f"{order}QQ", data, at)
            if info & 0xFFFFFFFF != _LD_IMM64:
                continue
            _, kind, _, home, value, _ = struct.unpack_from(
                f"{order}IBBHQQ", data, symbols.offset + (info >> 32) * _SYMBOL
            )
            (addend,) = struct.unpack_from(f"{order}i", data, code.offset + place + _IMM)
            if home < len(sections):
                base = 0 if kind & 15 == _SECTION_SYMBOL else value
                yield _name(data, sections, names, home), base + addend


def _sections(data: bytes, order: str) -> Iterator[_Section]:
    (start,) = struct.unpack_from(f"{order}Q", data, 40)
    (count,) = struct.unpack_from(f"{order}H", data, 60)
    for at in range(start, start + count * _SECTION, _SECTION):
        name, kind, flags, _, offset, size, link, info = struct.unpack_from(f"{order}IIQQQQII", data, at)
        yield _Section(name, kind, flags, offset, size, link, info)


def _name(data: bytes, sections: Sequence[_Section], names: int, at: int) -> str:
    start = sections[names].offset + sections[at].name
    return data[start : data.index(b"\0", start)].decode()
