"""DWARF out of a compiled BPF object: BTF says all that a kernel reads, in a tenth of the bytes. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bpfref.errors import SourceError

_MAGIC = b"\x7fELF\x02"
_ORDERS = {1: "<", 2: ">"}
_HEAD = "16sHHIQQQIHHHHHH"
_SECTION = "IIQQQQIIQQ"
_SYMBOL = "IBBHQQ"
_RELOCATION = 8  # bytes before the word that names the symbol's index
_SYMTAB, _RELA, _NOBITS, _REL, _GROUP = 2, 4, 8, 9, 17
_ADDRSIG = 0x6FFF4C03  # clang's hint to linkers: it numbers symbols, and nobody links these objects
_RESERVED = 0xFF00
_DEBUG = ".debug_"
_PAGE = 4096  # no section of such an object asks for more


@dataclass(frozen=True)
class _Part:
    """A section: its header's ten numbers in the order of ELF, its name and its bytes."""

    head: tuple[int, ...]
    name: str
    data: bytes

    @property
    def kind(self) -> int:
        return self.head[1]

    @property
    def link(self) -> int:
        return self.head[6]

    @property
    def info(self) -> int:
        return self.head[7]


def strip_debug(data: bytes, file: Path | str) -> bytes:
    """A relocatable object of 64 bits without its sections of DWARF and their relocations; the rest as it was.

    SourceError for another kind of file.
    """
    order = _ORDERS.get(data[5]) if data.startswith(_MAGIC) and len(data) >= struct.calcsize("<" + _HEAD) else None
    if order is None:
        raise SourceError("ELF: no object file of 64 bits", file)
    try:
        head = struct.unpack_from(order + _HEAD, data)
        parts = _read(data, order, head)
        gone = {n for n, part in enumerate(parts) if part.name.startswith(_DEBUG) or part.kind == _ADDRSIG}
        gone |= {n for n, part in enumerate(parts) if part.kind in {_REL, _RELA} and part.info in gone}
        return _write(order, head, parts, gone)
    except (struct.error, LookupError, ValueError, OverflowError) as error:
        raise SourceError(f"ELF: its headers cannot be read ({error})", file) from error


def _read(data: bytes, order: str, head: tuple[int, ...]) -> list[_Part]:
    form = struct.Struct(order + _SECTION)
    heads = [form.unpack_from(data, head[6] + number * form.size) for number in range(head[12])]
    bodies = [b"" if each[1] == _NOBITS else data[each[4] : each[4] + each[5]] for each in heads]
    names = bodies[head[13]]
    return [
        _Part(each, names[each[0] : names.index(b"\0", each[0])].decode(), body)
        for each, body in zip(heads, bodies, strict=True)
    ]


def _write(order: str, head: tuple[int, ...], parts: list[_Part], gone: set[int]) -> bytes:
    sections = {old: new for new, old in enumerate(n for n in range(len(parts)) if n not in gone)}
    symbols: dict[int, dict[int, int]] = {}
    kept = {number: parts[number] for number in sections}
    for number, part in kept.items():
        if part.kind == _SYMTAB:
            kept[number], symbols[number] = _renumber_symbols(order, part, sections)
    for number, part in kept.items():
        if part.kind in {_REL, _RELA}:
            kept[number] = replace(part, data=_renumber_relocations(order, part, symbols[part.link]))
    return _lay_out(order, head, [_link(part, sections, symbols) for part in kept.values()], sections)


def _link(part: _Part, sections: dict[int, int], symbols: dict[int, dict[int, int]]) -> _Part:
    """A header with the new numbers of the sections and symbols that it names."""
    info = part.info
    if part.kind in {_REL, _RELA}:
        info = sections[info]
    elif part.kind == _SYMTAB:
        info = _first_global(part, symbols)
    elif part.kind == _GROUP:
        raise ValueError("groups of sections")
    return replace(part, head=(*part.head[:6], sections.get(part.link, 0), info, *part.head[8:]))


def _first_global(part: _Part, symbols: dict[int, dict[int, int]]) -> int:
    numbers = symbols[min(symbols)]
    return sum(1 for old in numbers if old < part.info)


def _renumber_symbols(order: str, part: _Part, sections: dict[int, int]) -> tuple[_Part, dict[int, int]]:
    """The table without symbols of sections that are gone; the new numbers of those that stay."""
    form = struct.Struct(order + _SYMBOL)
    rows, numbers = list[bytes](), dict[int, int]()
    for old, row in enumerate(form.iter_unpack(part.data)):
        section = row[3]
        if 0 < section < _RESERVED and section not in sections:
            continue
        numbers[old] = len(rows)
        rows.append(form.pack(*row[:3], sections.get(section, section), *row[4:]))
    return replace(part, data=b"".join(rows)), numbers


def _renumber_relocations(order: str, part: _Part, numbers: dict[int, int]) -> bytes:
    data, width = bytearray(part.data), part.head[9]
    for at in range(_RELOCATION, len(data), width):
        (info,) = struct.unpack_from(order + "Q", data, at)
        struct.pack_into(order + "Q", data, at, numbers[info >> 32] << 32 | info & 0xFFFFFFFF)
    return bytes(data)


def _lay_out(order: str, head: tuple[int, ...], parts: Iterable[_Part], sections: dict[int, int]) -> bytes:
    out = bytearray(head[8])
    heads = []
    for part in parts:
        alignment = max(1, part.head[8])
        if alignment > _PAGE:
            raise ValueError(f"a section aligned to {alignment} bytes")
        out += bytes(-len(out) % alignment if part.kind else 0)
        size = part.head[5] if part.kind == _NOBITS else len(part.data)
        heads.append((*part.head[:4], len(out) if part.kind else 0, size, *part.head[6:]))
        out += part.data
    out += bytes(-len(out) % 8)
    start = len(out)
    for each in heads:
        out += struct.pack(order + _SECTION, *each)
    struct.pack_into(order + _HEAD, out, 0, *head[:6], start, *head[7:12], len(heads), sections[head[13]])
    return bytes(out)
