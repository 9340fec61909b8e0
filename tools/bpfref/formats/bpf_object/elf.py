"""The ELF file around a BPF object: sections, symbols and relocations, each checked against the file's end.

pyelftools reads the header. The tables are cut here, because a header that lies about counts or links
would make a general reader build, or follow, whatever it claims.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.enums import ENUM_E_MACHINE, ENUM_E_TYPE, ENUM_SH_TYPE_BASE, ENUM_ST_INFO_TYPE

from bpfref.errors import SourceError
from bpfref.formats.btf.wire import Order

MAGIC = b"\x7fELF"
FUNC, OBJECT, NOTYPE, SECTION = (ENUM_ST_INFO_TYPE[f"STT_{name}"] for name in ("FUNC", "OBJECT", "NOTYPE", "SECTION"))
LOCAL, GLOBAL, WEAK = 0, 1, 2
HIDDEN = frozenset({1, 2})  # STV_INTERNAL, STV_HIDDEN
UNDEFINED = 0

_MOST_BYTES = 32 << 20  # objects have a few hundred kilobytes, with debug information some megabytes
_MOST_SECTIONS, _MOST_SYMBOLS, _MOST_RELOCATIONS = 1 << 13, 1 << 16, 1 << 17
_LONGEST_NAME = 4096
_SPECIAL = 0xFF00  # section numbers from here on are no sections
_NULL, _NOBITS, _SYMTAB, _STRTAB, _REL, _RELA = (
    ENUM_SH_TYPE_BASE[f"SHT_{name}"] for name in ("NULL", "NOBITS", "SYMTAB", "STRTAB", "REL", "RELA")
)
_MACHINES = (ENUM_E_MACHINE["EM_BPF"], ENUM_E_MACHINE["EM_NONE"])
# What pyelftools lets through when a header lies.
_LIES = (ELFError, ConstructError, ValueError, LookupError, AttributeError, TypeError, OverflowError, AssertionError)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: `data` is empty for one that occupies no bytes of the file, `size` is what its header says."""

    index: int
    name: str
    kind: int
    flags: int
    data: bytes
    size: int
    link: int
    info: int
    entry: int

    @property
    def executable(self) -> bool:
        """Whether it holds instructions."""
        return bool(self.flags & SH_FLAGS.SHF_EXECINSTR) and self.kind != _NOBITS


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol; `section` is 0 for one that is defined elsewhere, None for none of the file's sections."""

    index: int
    name: str
    kind: int
    binding: int
    visibility: int
    section: int | None
    value: int
    size: int

    @property
    def undefined(self) -> bool:
        """Whether it is to come from elsewhere."""
        return self.section == UNDEFINED


@dataclass(frozen=True, slots=True)
class Relocation:
    """A place of a section, by its offset in bytes, that refers to a symbol; `kind` is the ELF number."""

    offset: int
    kind: int
    symbol: Symbol


@dataclass(frozen=True)
class Elf:
    """An object file for BPF, taken apart."""

    file: Path | str
    order: Order
    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    relocations: dict[int, tuple[Relocation, ...]]

    def named(self, name: str) -> Section | None:
        """The first section with a name."""
        return next((section for section in self.sections if section.name == name), None)

    @cached_property
    def by_section(self) -> dict[int, tuple[Symbol, ...]]:
        """The symbols of each section, by their place in it; names of sections and files left out."""
        found: dict[int, list[Symbol]] = {}
        for symbol in self.symbols:
            if symbol.section and symbol.name and symbol.kind in {FUNC, OBJECT, NOTYPE}:
                found.setdefault(symbol.section, []).append(symbol)
        return {index: tuple(sorted(symbols, key=lambda s: s.value)) for index, symbols in found.items()}


def printable(text: str) -> str:
    """Text out of a file, fit for a terminal: names may hold anything."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def fault(message: str, file: Path | str) -> SourceError:
    """The error for an object that is not what a compiler writes."""
    return SourceError(f"BPF object: {printable(message)}; compile it anew with `clang -target bpf -c`", file)


def parse_elf(data: bytes, file: Path | str) -> Elf:
    """Take an object apart. SourceError for another kind of file, and for tables that lie."""
    if data[:4] != MAGIC:
        raise fault("it is no ELF file", file)
    if len(data) > _MOST_BYTES:
        raise fault(f"{len(data)} bytes are more than any BPF object has", file)
    try:
        elf = ELFFile(BytesIO(data))
        header = dict(elf.header)
        sign, wide = ("<" if elf.little_endian else ">"), elf.elfclass
    except _LIES as error:
        raise fault(f"its header cannot be read ({type(error).__name__}: {error})", file) from error
    _check_header(header, wide, file)
    sections = _sections(data, header, sign, file)
    symbols = tuple(_symbols(sections, sign, file))
    return Elf(
        file, "little" if sign == "<" else "big", sections, symbols, dict(_relocations(sections, symbols, sign, file))
    )


def _check_header(header: dict[str, object], wide: int, file: Path | str) -> None:
    machine, kind = header["e_machine"], header["e_type"]
    machine = ENUM_E_MACHINE.get(machine, machine) if isinstance(machine, str) else machine
    kind = ENUM_E_TYPE.get(kind, kind) if isinstance(kind, str) else kind
    if machine not in _MACHINES:
        raise fault(f"it is for another machine ({header['e_machine']})", file)
    if wide != 64:  # noqa: PLR2004 - the class is a number of bits
        raise fault(f"it is of class ELF{wide}, BPF objects are ELF64", file)
    if kind != ENUM_E_TYPE["ET_REL"]:
        raise fault(f"it is no relocatable file ({header['e_type']})", file)


def _sections(data: bytes, header: dict[str, object], sign: str, file: Path | str) -> tuple[Section, ...]:
    start, count, size, names = (int(str(header[key])) for key in ("e_shoff", "e_shnum", "e_shentsize", "e_shstrndx"))
    form = struct.Struct(f"{sign}IIQQQQIIQQ")
    if not 0 < count <= _MOST_SECTIONS or size != form.size:
        raise fault(f"{count} sections with headers of {size} bytes cannot be", file)
    if start + count * size > len(data):
        raise fault("the table of its sections ends beyond the file", file)
    rows = [form.unpack_from(data, start + number * size) for number in range(count)]
    _check_places(rows, len(data), file)
    if names >= count or rows[names][1] != _STRTAB:
        raise fault("its sections have no table of names", file)
    texts = _Strings(_cut(data, rows[names]), "names of sections", file)
    return tuple(
        Section(number, texts.at(row[0]), row[1], row[2], _cut(data, row), row[5], row[6], row[7], row[9])
        for number, row in enumerate(rows)
    )


def _check_places(rows: list[tuple[int, ...]], end: int, file: Path | str) -> None:
    """Each section lies within the file, and no two share bytes."""
    places = sorted(
        (row[4], row[4] + row[5], number)
        for number, row in enumerate(rows)
        if row[1] not in {_NULL, _NOBITS} and row[5]
    )
    for _, stop, number in places:
        if stop > end:
            raise fault(f"section {number} ends beyond the file", file)
    for (_, stop, one), (start, _, other) in pairwise(places):
        if start < stop:
            raise fault(f"sections {one} and {other} overlap", file)


def _cut(data: bytes, row: tuple[int, ...]) -> bytes:
    return b"" if row[1] in {_NULL, _NOBITS} else data[row[4] : row[4] + row[5]]


class _Strings:
    """A table of strings; each is read once."""

    def __init__(self, data: bytes, what: str, file: Path | str):
        self._data, self._what, self._file = data, what, file
        self._known: dict[int, str] = {}

    def at(self, offset: int) -> str:
        """The string at an offset; SourceError for one that does not end, is too long or no UTF-8."""
        if offset not in self._known:
            end = self._data.find(b"\0", offset, offset + _LONGEST_NAME)
            if end < 0:
                raise fault(f"among the {self._what} the one at byte {offset} does not end", self._file)
            try:
                self._known[offset] = self._data[offset:end].decode("utf-8")
            except UnicodeDecodeError as error:
                raise fault(f"among the {self._what} the one at byte {offset} is no UTF-8", self._file) from error
        return self._known[offset]


def _symbols(sections: tuple[Section, ...], sign: str, file: Path | str) -> Iterator[Symbol]:
    tables = [section for section in sections if section.kind == _SYMTAB]
    if len(tables) != 1:
        raise fault(f"it has {len(tables)} tables of symbols and not one", file)
    (table,) = tables
    form = struct.Struct(f"{sign}IBBHQQ")
    if table.entry != form.size or table.size % form.size or table.size > _MOST_SYMBOLS * form.size:
        raise fault(f"a table of {table.size} bytes cannot be one of symbols", file)
    if table.link >= len(sections) or sections[table.link].kind != _STRTAB:
        raise fault("its symbols have no table of names", file)
    names = _Strings(sections[table.link].data, "names of symbols", file)
    for index, (name, info, other, section, value, size) in enumerate(form.iter_unpack(table.data)):
        if section < _SPECIAL and section >= len(sections):
            raise fault(f"symbol {index} is in section {section}, which is not there", file)
        text = sections[section].name if info & 15 == SECTION and section < _SPECIAL else names.at(name)
        place = section if section < _SPECIAL else None
        yield Symbol(index, text, info & 15, info >> 4, other & 3, place, value, size)


def _relocations(
    sections: tuple[Section, ...], symbols: tuple[Symbol, ...], sign: str, file: Path | str
) -> Iterator[tuple[int, tuple[Relocation, ...]]]:
    """For each section with instructions that has them, its relocations by offset; others are not for us."""
    form, total = struct.Struct(f"{sign}QQ"), 0
    seen: set[int] = set()
    for section in sections:
        if section.kind not in {_REL, _RELA} or section.info >= len(sections):
            continue
        target = sections[section.info]
        if not target.executable and target.name not in _RELOCATED:
            continue
        if section.kind == _RELA or section.entry != form.size or section.size % form.size or target.index in seen:
            raise fault(f"section {section.name} is no table of relocations for {target.name}", file)
        seen.add(target.index)
        total += section.size // form.size
        if total > _MOST_RELOCATIONS:
            raise fault(f"it has more than {_MOST_RELOCATIONS} relocations", file)
        found = []
        for offset, info in form.iter_unpack(section.data):
            if info >> 32 >= len(symbols) or offset >= target.size:
                raise fault(f"a relocation of {target.name} at byte {offset} leads nowhere", file)
            found.append(Relocation(offset, info & 0xFFFFFFFF, symbols[info >> 32]))
        yield target.index, tuple(sorted(found, key=lambda r: r.offset))


_RELOCATED = frozenset({".maps", ".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"})
