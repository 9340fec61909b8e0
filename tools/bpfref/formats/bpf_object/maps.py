"""The maps of an object: those that BTF declares, those of the old section `maps`, those that data implies."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bpfref.errors import SourceError
from bpfref.formats.bpf_object.elf import LOCAL, OBJECT, Elf, Section, Symbol, fault
from bpfref.formats.bpf_object.model import Map, StructOps
from bpfref.formats.bpf_object.values import Specials
from bpfref.formats.btf import Btf, Kind, size_of
from bpfref.formats.btf.types import Array, DataSec, Enum, Func, FuncProto, Ptr, Struct, Var

DECLARED, LEGACY = ".maps", "maps"
KCONFIG, KSYMS = ".kconfig", ".ksyms"
ARENA = ".addr_space.1"
_DATA = (".data", ".rodata", ".bss")
_STRUCT_OPS = (".struct_ops", ".struct_ops.link")
_LEGACY_SMALLEST = 16  # type, sizes of key and value, number of entries; flags came later
_LARGEST = (1 << 32) - 1
_DESCRIPTOR = 4  # bytes of a file descriptor, which user space gives for a map or program

# The numbers of a declaration, and where they go; `map_extra` is a number of 64 bits.
_FIGURES = {
    "type": "type",
    "key_size": "key_size",
    "value_size": "value_size",
    "max_entries": "max_entries",
    "map_flags": "flags",
    "pinning": "pinning",
    "numa_node": "numa_node",
    "map_extra": "extra",
}


def is_data(name: str) -> bool:
    """Whether a loader makes a map of a section with this name."""
    return any(name == plain or name.startswith(f"{plain}.") for plain in _DATA)


def is_struct_ops(name: str) -> bool:
    """Whether a section holds struct_ops variables; a leading `?` says that they are not loaded by default."""
    return name.removeprefix("?") in _STRUCT_OPS


def read_maps(elf: Elf, btf: Btf | None) -> Iterator[Map]:
    """Every map, in the order of the sections. SourceError for a declaration that no loader understands."""
    specials = Specials(btf) if btf else None
    for section in elf.sections:
        if section.name == DECLARED:
            if specials is None:
                raise fault("it declares maps in .maps and has no BTF: compile with -g", elf.file)
            yield from _Declared(elf, section, specials).maps()
        elif section.name == LEGACY:
            yield from _legacy(elf, section)
        elif is_data(section.name) and section.size:
            if section.size > _LARGEST:
                raise fault(f"{section.name} has {section.size} bytes, a map's value has at most {_LARGEST}", elf.file)
            fields, kptrs = _special_of_section(specials, section.name)
            yield Map(
                section.name,
                section.name,
                None,
                "data",
                4,
                section.size,
                1,
                fields=fields,
                kptrs=kptrs,
            )
    if btf and btf.find(KCONFIG, Kind.DATASEC):
        yield Map(KCONFIG, KCONFIG, None, "kconfig", 4, 0, 1)


def _special_of_section(specials: Specials | None, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = specials.btf.find(name, Kind.DATASEC) if specials else ()
    return specials.find(found[0]) if specials and found else ((), ())


def variables(btf: Btf | None, section: str) -> Iterator[tuple[int, Var | Func]]:
    """The variables, and for kernel functions the functions, that BTF places in a section, with their ids."""
    if btf is None:
        return
    for type_id in btf.find(section, Kind.DATASEC):
        found = btf[type_id]
        for place in found.places if isinstance(found, DataSec) else ():
            each = btf[place.var]
            if isinstance(each, Var | Func):
                yield place.var, each


@dataclass(frozen=True)
class _Declared:
    """Section `.maps`: variables whose structs' types say everything."""

    elf: Elf
    section: Section
    specials: Specials

    @property
    def btf(self) -> Btf:
        """The object's types."""
        return self.specials.btf

    def maps(self) -> Iterator[Map]:
        """Each map; SourceError for a variable that declares none, and for a symbol without variable."""
        symbols = {symbol.name: symbol for symbol in self.elf.by_section.get(self.section.index, ())}
        for _, var in variables(self.btf, self.section.name):
            if not isinstance(var, Var) or var.name not in symbols:
                raise self._fault(f"section .maps holds {var.name}, which is no variable of the object")
            symbol = symbols.pop(var.name)
            if var.linkage != "global" or symbol.binding == LOCAL:
                raise self._fault(f"map {var.name} is {var.linkage}, which loaders refuse: take `static` away")
            if any(self.section.data[symbol.value : symbol.value + symbol.size]):
                raise self._fault(f"map {var.name} is initialised with plain values, which loaders refuse")
            found = self._definition(var.type, var.name)
            yield replace(found, values=tuple(self._values(symbol)))
        if symbols:
            raise self._fault(f"section .maps holds {min(symbols)}, of which BTF says nothing")

    def _values(self, symbol: Symbol) -> Iterator[str]:
        every = self.elf.relocations.get(self.section.index, ())
        first = bisect_left(every, symbol.value, key=lambda r: r.offset)
        last = bisect_left(every, symbol.value + symbol.size, key=lambda r: r.offset)
        return (relocation.symbol.name for relocation in every[first:last])

    def _definition(self, type_id: int, name: str, *, inner: bool = False) -> Map:
        """A map out of the struct that its variable has."""
        found = self.btf[self.btf.resolve(type_id)]
        if not isinstance(found, Struct) or found.union:
            raise self._fault(f"map {name} is declared by something that is no struct")
        figures: dict[str, int] = {}
        more: dict[str, object] = {}
        for member in found.members:
            word, target = member.name or "", self.btf.resolve(member.type)
            if word in _FIGURES:
                figures[_FIGURES[word]] = self._figure(target, f"{name}.{word}")
            elif word in {"key", "value"}:
                more |= self._side(target, word, name)
            elif word == "values" and not inner:
                more |= {"inner": self._inner(target, name), "value_size": _DESCRIPTOR}
            else:
                raise self._fault(f"map {name} has the member {word!r}, which no loader knows")
        if not figures.get("type"):
            raise self._fault(f"map {name} says no type")
        for side in ("key_size", "value_size"):
            given = more.pop(side, None)
            if given is not None and figures.setdefault(side, int(str(given))) != given:
                raise self._fault(f"map {name} gives two values for {side}")
        return Map(name, DECLARED, **(figures | more))  # type: ignore[arg-type]

    def _figure(self, type_id: int, what: str) -> int:
        """`__uint(x, 3)` is a pointer to an array of three, `__ulong(x, 3)` an enumerator of that value."""
        found = self.btf[type_id]
        if isinstance(found, Ptr):
            array = self.btf[self.btf.resolve(found.target)]
            if isinstance(array, Array):
                return array.count
        if isinstance(found, Enum) and len(found.enumerators) == 1:
            return found.enumerators[0].value & (1 << 64) - 1
        raise self._fault(f"{what} is given by something that is no number: use __uint()")

    def _side(self, type_id: int, word: str, name: str) -> dict[str, object]:
        """A key or value: its type and size, and what is special in it."""
        found = self.btf[type_id]
        if not isinstance(found, Ptr):
            raise self._fault(f"{name}.{word} is no pointer to a type: use __type()")
        result: dict[str, object] = {word: found.target, f"{word}_size": size_of(self.btf, found.target)}
        if word == "value":
            result["fields"], result["kptrs"] = self.specials.find(found.target)
        return result

    def _inner(self, type_id: int, name: str) -> Map | None:
        """`__array(values, struct {...})`: an array of pointers to the inner maps' struct, or to functions."""
        array = self.btf[type_id]
        pointer = self.btf[self.btf.resolve(array.element)] if isinstance(array, Array) else None
        if not isinstance(pointer, Ptr):
            raise self._fault(f"{name}.values is no array of pointers: use __array()")
        target = self.btf.resolve(pointer.target)
        if isinstance(self.btf[target], FuncProto):
            return None
        return self._definition(target, f"{name}.inner", inner=True)

    def _fault(self, message: str) -> SourceError:
        return fault(message, self.elf.file)


def _legacy(elf: Elf, section: Section) -> Iterator[Map]:
    symbols = [s for s in elf.by_section.get(section.index, ()) if s.kind == OBJECT or s.binding != LOCAL]
    if not symbols:
        raise fault("section maps has no map's name", elf.file)
    sign = "<" if elf.order == "little" else ">"
    ends = [*(symbol.value for symbol in symbols[1:]), section.size]
    for symbol, end in zip(symbols, ends, strict=True):
        size = symbol.size or end - symbol.value
        if size < _LEGACY_SMALLEST or symbol.value + size > len(section.data):
            raise fault(f"map {symbol.name} has {size} bytes, too few for a definition", elf.file)
        data = section.data[symbol.value : symbol.value + size].ljust(20, b"\0")
        kind, key, value, entries, flags = struct.unpack_from(f"{sign}5I", data)
        yield Map(symbol.name, section.name, kind, "map", key, value, entries, flags, legacy=True)


def read_struct_ops(elf: Elf, btf: Btf | None) -> Iterator[StructOps]:
    """The struct_ops variables. SourceError for one whose type is no struct."""
    for section in elf.sections:
        if btf is None or not is_struct_ops(section.name):
            continue
        symbols = {symbol.name: symbol for symbol in elf.by_section.get(section.index, ())}
        for _, var in variables(btf, section.name):
            found = btf[btf.resolve(var.type)] if isinstance(var, Var) else None
            if not isinstance(found, Struct) or not found.name or var.name not in symbols:
                raise fault(f"{var.name} in {section.name} is no variable of a struct type", elf.file)
            yield _struct_ops(elf, section, symbols[var.name], found, btf)


def _struct_ops(elf: Elf, section: Section, symbol: Symbol, found: Struct, btf: Btf) -> StructOps:
    data = section.data[symbol.value : symbol.value + symbol.size]
    every = elf.relocations.get(section.index, ())
    first = bisect_left(every, symbol.value, key=lambda r: r.offset)
    last = bisect_left(every, symbol.value + symbol.size, key=lambda r: r.offset)
    links = {r.offset - symbol.value: r.symbol.name for r in every[first:last]}
    members, programs = [], {}
    for member in found.members:
        start = member.offset // 8
        if start in links:
            programs[member.name or ""] = links[start]
        elif not any(data[start : start + max(size_of(btf, member.type) or 1, 1)]):
            continue
        members.append(member.name or "")
    return StructOps(symbol.name, section.name, found.name or "", tuple(members), programs)
