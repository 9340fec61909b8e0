"""BPF objects, inspected without privileges and without a kernel: bytes into programs, maps and needs.

`parse_object` opens an object as a compiler writes it, in either byte order; `features` tells which
parts of the instruction set and of the verifier its functions rely on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bpfref.formats.bpf_object import core, ext
from bpfref.formats.bpf_object.code import SIZE
from bpfref.formats.bpf_object.elf import Elf, parse_elf
from bpfref.formats.bpf_object.externs import read_externs
from bpfref.formats.bpf_object.functions import TEXT, read_functions
from bpfref.formats.bpf_object.maps import read_maps, read_struct_ops
from bpfref.formats.bpf_object.model import (
    BpfObject,
    CoreRelocation,
    Extern,
    Function,
    Line,
    Map,
    Reference,
    Refers,
    StructOps,
)
from bpfref.formats.btf import Btf, Kind, parse
from bpfref.formats.btf.types import Func

__all__ = [
    "BpfObject",
    "CoreRelocation",
    "Extern",
    "Function",
    "Line",
    "Map",
    "Reference",
    "Refers",
    "StructOps",
    "parse_object",
]

_LICENCE, _VERSION, _BTF, _EXT = "license", "version", ".BTF", ".BTF.ext"


def parse_object(data: bytes, file: Path | str) -> BpfObject:
    """Open an object. SourceError for what is none, and for one that no loader could load as it is."""
    elf = parse_elf(data, file)
    btf = _btf(elf)
    externs = {each.name: each for each in read_externs(elf, btf)}
    functions = read_functions(elf, externs)
    section = elf.named(_EXT)
    tables = ext.parse_ext(section.data, elf.order, btf, file) if btf and section else ext.BtfExt()
    if btf:
        functions = _described(functions, btf, tables, elf)
    programs = {f.name: f for f in functions if f.section != TEXT and f.linkage != "static"}
    return BpfObject(
        str(file),
        elf.order,
        _licence(elf),
        _version(elf),
        programs,
        {f.name: f for f in functions if f.name not in programs},
        {each.name: each for each in read_maps(elf, btf)},
        externs,
        tuple(read_struct_ops(elf, btf)),
        tuple(_relocations(functions, btf, tables, elf)) if btf else (),
        btf,
        has_ext=section is not None,
    )


def _btf(elf: Elf) -> Btf | None:
    section = elf.named(_BTF)
    return parse(section.data, f"{elf.file} (.BTF)") if section and section.data else None


def _licence(elf: Elf) -> str | None:
    section = elf.named(_LICENCE)
    return section.data.split(b"\0")[0].decode("utf-8", "replace") if section else None


def _version(elf: Elf) -> int | None:
    section = elf.named(_VERSION)
    return int.from_bytes(section.data[:4], elf.order) if section and section.data else None


def _described(functions: Sequence[Function], btf: Btf, tables: ext.BtfExt, elf: Elf) -> list[Function]:
    """Functions with their source lines, C declarations and tags."""
    lines: dict[str, list[ext.Located]] = {}
    for record in sorted(tables.lines, key=lambda record: record.offset):
        lines.setdefault(record.section, []).append(record)
    types = {(record.section, record.offset): record.rest[0] for record in tables.functions}
    return [_describe(each, btf, lines.get(each.section, []), types, elf) for each in functions]


def _describe(
    function: Function, btf: Btf, records: list[ext.Located], types: dict[tuple[str, int], int], elf: Elf
) -> Function:
    first = bisect_left(records, function.offset, key=lambda record: record.offset)
    last = bisect_left(records, function.offset + function.slots * SIZE, key=lambda record: record.offset)
    lines = tuple(_line(record, function, btf, elf) for record in records[first:last])
    type_id = types.get((function.section, function.offset))
    if type_id is None or type_id >= len(btf) or btf.kind(type_id) != Kind.FUNC:
        if type_id is not None:
            raise ext.bad_offset(ext.Located(function.section, function.offset, ()), "the type of a function", elf.file)
        return replace(function, lines=lines)
    found = btf[type_id]
    parameters = btf[found.proto].parameters if isinstance(found, Func) else ()  # type: ignore[union-attr]
    tags = {tag for place in (None, *range(len(parameters))) for tag in btf.tags(type_id, place)}
    return replace(function, lines=lines, type_id=type_id, tags=tuple(sorted(tags)))


def _line(record: ext.Located, function: Function, btf: Btf, elf: Elf) -> Line:
    file, text, packed = record.rest
    if record.offset % SIZE:
        raise ext.bad_offset(record, "a line", elf.file)
    slot = (record.offset - function.offset) // SIZE
    return Line(slot, btf.strings.at(file), ext.line_number(packed), btf.strings.at(text).strip())


def _relocations(functions: Sequence[Function], btf: Btf, tables: ext.BtfExt, elf: Elf) -> Iterator[CoreRelocation]:
    """Every CO-RE relocation; SourceError for one at no instruction of a function."""
    starts: dict[str, list[Function]] = {}
    for each in functions:
        starts.setdefault(each.section, []).append(each)
    for record in tables.relocations:
        inside = starts.get(record.section, [])
        at = bisect_left(inside, record.offset + 1, key=lambda function: function.offset) - 1
        slot = (record.offset - inside[at].offset) // SIZE if at >= 0 else -1
        if slot not in (inside[at].code if at >= 0 else {}) or record.offset % SIZE:
            raise ext.bad_offset(record, "a CO-RE relocation", elf.file)
        yield replace(core.resolve(record, btf, elf.file), function=inside[at].name, slot=slot)
