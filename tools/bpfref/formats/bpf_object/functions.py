"""The functions of an object: where each lies, its instructions, and what its instructions refer to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bpfref.formats.bpf_object import code as bpf
from bpfref.formats.bpf_object.code import SIZE, BadCode, Instruction
from bpfref.formats.bpf_object.elf import FUNC, HIDDEN, LOCAL, WEAK, Elf, Relocation, Section, Symbol, fault
from bpfref.formats.bpf_object.instruction_set import find_parts
from bpfref.formats.bpf_object.maps import ARENA, DECLARED, KCONFIG, LEGACY, is_data
from bpfref.formats.bpf_object.model import Extern, Function, Reference, Refers

TEXT = ".text"
_JUMP_TABLES = ".jumptables"
_MOST_FUNCTIONS = 1 << 13
_MOST_SLOTS = 1 << 18  # in all functions together; a large tracer has a quarter of it


def read_functions(elf: Elf, externs: Mapping[str, Extern]) -> list[Function]:
    """Every function of the sections with instructions, in the order of the file.

    SourceError for functions that overlap or are cut off, for code that is in none, and for calls
    and relocations that lead to nothing.
    """
    found: list[Function] = []
    total = 0
    for section in elf.sections:
        if not section.executable or not section.size:
            continue
        symbols = [s for s in elf.by_section.get(section.index, ()) if s.kind == FUNC]
        _check_cover(section, symbols, elf)
        total += sum(symbol.size for symbol in symbols) // SIZE
        if total > _MOST_SLOTS:
            raise fault(f"its functions have more than {_MOST_SLOTS} instructions", elf.file)
        found += [_function(elf, section, symbol) for symbol in symbols]
        if len(found) > _MOST_FUNCTIONS:
            raise fault(f"it has more than {_MOST_FUNCTIONS} functions", elf.file)
    found = list(_unique(found))
    names = _Names(elf, externs, found)
    return [replace(each, references=tuple(names.references(each))) for each in found]


def _unique(functions: list[Function]) -> Iterator[Function]:
    """Functions under names that no other has: linked objects may have two static ones of a name."""
    taken: set[str] = set()
    for each in functions:
        name = each.name if each.name not in taken else f"{each.name} ({each.section}+{each.offset:#x})"
        taken.add(name)
        yield replace(each, name=name)


def _check_cover(section: Section, symbols: list[Symbol], elf: Elf) -> None:
    end, start = 0, 0
    for symbol in symbols:
        alias = symbol.value == start and symbol.value + symbol.size == end
        if not alias and symbol.value < end:
            raise fault(f"function {symbol.name} begins within another", elf.file)
        start, end = symbol.value, symbol.value + symbol.size
        if start % SIZE or end > section.size:
            raise fault(f"function {symbol.name} does not lie in section {section.name}", elf.file)
    if not symbols:
        raise fault(f"section {section.name} has instructions and no function", elf.file)


def _function(elf: Elf, section: Section, symbol: Symbol) -> Function:
    try:
        code = bpf.decode(section.data[symbol.value : symbol.value + symbol.size], elf.order)
        loop = bpf.find_loop(code)
    except BadCode as error:
        raise fault(f"function {symbol.name} {error}", elf.file) from error
    linkage = "static" if symbol.binding == LOCAL else "weak" if symbol.binding == WEAK else "global"
    if linkage != "static" and symbol.visibility in HIDDEN:
        linkage = "hidden"
    return Function(symbol.name, section.name, symbol.value, code, linkage, loop=loop, parts=find_parts(code))


@dataclass
class _Names:
    """Finds what instructions refer to, by relocations and by the places of functions."""

    elf: Elf
    externs: Mapping[str, Extern]
    functions: list[Function]

    def __post_init__(self) -> None:
        self._places = {(f.section, f.offset): f.name for f in reversed(self.functions)}
        maps = (s for s in self.elf.sections if s.name in {DECLARED, LEGACY})
        inside = ((s.index, symbol) for s in maps for symbol in self.elf.by_section.get(s.index, ()))
        self._maps = {(index, symbol.value): symbol.name for index, symbol in inside}
        self._index = {section.name: section.index for section in reversed(self.elf.sections)}

    def references(self, function: Function) -> Iterator[Reference]:
        """The references of a function, by slot. SourceError for one that leads nowhere."""
        relocations = self._relocations(function)
        for slot, instruction in function.code.items():
            relocation = relocations.pop(slot, None)
            if relocation:
                yield self._by_symbol(function, slot, instruction, relocation)
            elif instruction.is_call:
                yield self._call(function, slot, instruction)
        if relocations:
            raise self._astray(function, min(relocations), "a relocation is at no instruction")

    def _relocations(self, function: Function) -> dict[int, Relocation]:
        """Those of a function by slot; the kind that clang adds for data is none of an instruction."""
        every = self.elf.relocations.get(self._index[function.section], ())
        first = bisect_left(every, function.offset, key=lambda r: r.offset)
        end = function.offset + function.slots * SIZE
        last = bisect_left(every, end, key=lambda r: r.offset)
        found: dict[int, Relocation] = {}
        for each in every[first:last]:
            if each.offset % SIZE:
                raise self._astray(function, (each.offset - function.offset) // SIZE, "a relocation is off its slot")
            found[(each.offset - function.offset) // SIZE] = each
        return found

    def _call(self, function: Function, slot: int, instruction: Instruction) -> Reference:
        """A call that is complete as it stands: of a helper by number, or of a function near by."""
        if instruction.src == bpf.CALL_HELPER:
            return Reference(slot, Refers.HELPER, str(instruction.imm), instruction.imm)
        if instruction.src == bpf.CALL_KFUNC:
            return Reference(slot, Refers.UNKNOWN, f"kernel function of BTF id {instruction.imm}")
        place = function.offset + (slot + 1 + instruction.imm) * SIZE
        return Reference(slot, Refers.FUNCTION, self._at(function, slot, function.section, place))

    def _by_symbol(self, function: Function, slot: int, instruction: Instruction, relocation: Relocation) -> Reference:
        symbol = relocation.symbol
        if not instruction.is_call and not instruction.is_load_64:
            raise self._astray(function, slot, f"{symbol.name} is put into an instruction that takes no symbol")
        if symbol.undefined:
            return self._extern(slot, instruction, symbol)
        if symbol.section is None:
            return Reference(slot, Refers.UNKNOWN, symbol.name)
        section = self.elf.sections[symbol.section]
        if section.executable:
            return self._code(function, slot, instruction, symbol, section)
        if instruction.is_call:
            raise self._astray(function, slot, f"it calls {symbol.name}, which is no function")
        return Reference(slot, *self._data(symbol, section, instruction))

    def _extern(self, slot: int, instruction: Instruction, symbol: Symbol) -> Reference:
        known = self.externs.get(symbol.name)
        kind = known.kind if known else Refers.UNKNOWN
        if instruction.is_call:
            kind = Refers.KFUNC
        return Reference(slot, kind, symbol.name, weak=symbol.binding == WEAK)

    def _code(
        self, function: Function, slot: int, instruction: Instruction, symbol: Symbol, section: Section
    ) -> Reference:
        """A call counts from its symbol in instructions, the address of a callback in bytes."""
        if instruction.is_call:
            place = symbol.value + (instruction.imm + 1) * SIZE
            return Reference(slot, Refers.FUNCTION, self._at(function, slot, section.name, place))
        place = symbol.value + instruction.imm
        return Reference(slot, Refers.CALLBACK, self._at(function, slot, section.name, place))

    def _data(self, symbol: Symbol, section: Section, instruction: Instruction) -> tuple[Refers, str]:
        if section.name in {DECLARED, LEGACY}:
            return Refers.MAP, self._map(symbol, section, instruction)
        if section.name == _JUMP_TABLES:
            return Refers.JUMP_TABLE, symbol.name
        if is_data(section.name) or section.name in {ARENA, KCONFIG}:
            return Refers.DATA, section.name
        return Refers.UNKNOWN, symbol.name or section.name

    def _map(self, symbol: Symbol, section: Section, instruction: Instruction) -> str:
        """A map by its symbol, or by its place where the symbol is the section's."""
        place = symbol.value + instruction.imm
        return self._maps.get((section.index, place), symbol.name)

    def _at(self, function: Function, slot: int, section: str, place: int) -> str:
        name = self._places.get((section, place))
        if name is None:
            raise self._astray(function, slot, f"it leads to byte {place} of {section}, where no function begins")
        return name

    def _astray(self, function: Function, slot: int, why: str) -> Exception:
        return fault(f"function {function.name}, instruction {slot}: {why}", self.elf.file)
