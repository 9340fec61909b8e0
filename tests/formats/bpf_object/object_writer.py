"""A writer of BPF objects for tests: sections, symbols, relocations, BTF, in either byte order, right or wrong."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from btf_writer import Builder

from bpfref.formats.btf.wire import Order

PROGBITS, SYMTAB, STRTAB, NOBITS, REL = 1, 2, 3, 8, 9
ALLOC, EXEC, WRITE = 2, 4, 1
NOTYPE, OBJECT, FUNC, SECTION = range(4)
LOCAL, GLOBAL, WEAK = range(3)
LOAD, CALL = 1, 10  # kinds of relocations: a 64-bit load, a call
HEADER, ROW, SYMBOL = "HHIQQQIHHHHHH", "IIQQQQIIQQ", "IBBHQQ"
EXIT = (0x95, 0, 0, 0, 0)
ZERO = (0xB7, 0, 0, 0, 0)
Word = tuple[int, int, int, int, int]


@dataclass
class Row:
    """A section to be."""

    name: str
    data: bytes
    kind: int = PROGBITS
    flags: int = 0
    size: int | None = None
    link: int = 0
    info: int = 0
    entry: int = 0


@dataclass
class ObjectWriter:
    """Collects parts; `data` gives the file. What is not set right stays wrong."""

    order: Order = "little"
    rows: list[Row] = field(default_factory=lambda: [Row("", b"", 0)])
    symbols: list[tuple[str, int, int, int, int, int]] = field(default_factory=lambda: [("", 0, 0, 0, 0, 0)])
    relocations: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    machine: int = 247
    type: int = 1

    @property
    def sign(self) -> str:
        return "<" if self.order == "little" else ">"

    def section(
        self, name: str, data: bytes = b"", flags: int = ALLOC, kind: int = PROGBITS, size: int | None = None
    ) -> int:
        self.rows.append(Row(name, data, kind, flags, size))
        return len(self.rows) - 1

    def symbol(
        self, name: str, section: int = 0, value: int = 0, size: int = 0, kind: int = OBJECT, binding: int = GLOBAL
    ) -> int:
        self.symbols.append((name, section, value, size, kind, binding))
        return len(self.symbols) - 1

    def relocate(self, section: int, offset: int, symbol: int, kind: int = LOAD) -> None:
        self.relocations.setdefault(section, []).append((offset, kind, symbol))

    def code(self, *words: Word) -> bytes:
        """Instructions: opcode, destination, source, offset, immediate."""
        little = self.order == "little"
        return b"".join(
            struct.pack(f"{self.sign}BBhi", code, (src << 4 | dst) if little else (dst << 4 | src), off, imm)
            for code, dst, src, off, imm in words
        )

    def program(self, section: str, name: str, *words: Word, binding: int = GLOBAL) -> int:
        """A section with one function; its number."""
        code = self.code(*(words or (ZERO, EXIT)))
        index = self.section(section, code, ALLOC | EXEC)
        self.symbol(name, index, 0, len(code), FUNC, binding)
        return index

    def licence(self, text: str = "GPL") -> None:
        self.section("license", text.encode() + b"\0", ALLOC | WRITE)

    def btf(self, builder: Builder) -> None:
        self.section(".BTF", builder.data(), 0)

    def data(self) -> bytes:
        """The file: sections one after the other, then their headers."""
        rows = [*self.rows]
        table = len(rows) + len(self.relocations)
        for target, found in self.relocations.items():
            packed = b"".join(
                struct.pack(f"{self.sign}QQ", offset, symbol << 32 | kind) for offset, kind, symbol in found
            )
            rows.append(Row(f".rel{self.rows[target].name}", packed, REL, 0, None, table, target, 16))
        names = Names()
        symbols = b"".join(
            struct.pack(f"{self.sign}{SYMBOL}", names.at(name), binding << 4 | kind, 0, section, value, size)
            for name, section, value, size, kind, binding in self.symbols
        )
        rows += [Row(".symtab", symbols, SYMTAB, 0, None, table + 1, 1, 24), Row(".strtab", b"", STRTAB)]
        offsets = [names.at(row.name) for row in rows]
        rows[-1].data = names.text
        return self._file(rows, offsets)

    def _file(self, rows: list[Row], offsets: list[int]) -> bytes:
        body, headers = b"", b""
        for row, name in zip(rows, offsets, strict=True):
            body += b"\0" * (-len(body) % 8)
            size = len(row.data) if row.size is None else row.size
            place = (row.flags, 0, 64 + len(body), size, row.link, row.info, 8, row.entry)
            headers += struct.pack(f"{self.sign}{ROW}", name, row.kind, *place)
            body += row.data
        body += b"\0" * (-len(body) % 8)
        start = b"\x7fELF" + bytes([2, 1 if self.order == "little" else 2, 1]) + bytes(9)
        figures = (self.type, self.machine, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, len(rows), len(rows) - 1)
        return start + struct.pack(f"{self.sign}{HEADER}", *figures) + body + headers


class Names:
    """A table of strings."""

    def __init__(self) -> None:
        self.text = b"\0"

    def at(self, name: str) -> int:
        if not name:
            return 0
        start = len(self.text)
        self.text += name.encode() + b"\0"
        return start


def uint(b: Builder, number: int, value: int) -> int:
    """What `__uint(name, value)` of libbpf's header declares: a pointer to an array of so many."""
    return int(b.ptr(b.array(number, value, number)))


def typical(order: Order = "little") -> ObjectWriter:
    """An object with a bit of everything: programs, functions, maps of each kind, symbols of the kernel, lines."""
    w, b = ObjectWriter(order), Builder(order)
    number, wide = b.number(), b.number("long long", 8)
    timer = b.struct("bpf_timer", 16, [("opaque", b.array(wide, 2, number), 0)])
    value = b.struct("value", 24, [("timer", timer, 0), ("count", number, 128)])
    shape = b.struct(
        None,
        32,
        [
            ("type", uint(b, number, 2), 0),
            ("max_entries", uint(b, number, 8), 64),
            ("key", b.ptr(number), 128),
            ("value", b.ptr(value), 192),
        ],
    )
    b.datasec(".maps", 32, [(b.var("values", shape), 0, 32)])
    b.datasec(".bss", 4, [(b.var("count", number), 0, 4)])
    proto = b.proto(number, [("ctx", b.ptr(0))])
    kfunc = b.func("bpf_do_it", b.proto(0), 2)
    b.datasec(".ksyms", 0, [(kfunc, 0, 0)])
    b.datasec(".kconfig", 4, [(b.var("CONFIG_HZ", number, 2), 0, 4)])
    b.func("run", proto, 1)
    text = w.program(".text", "inner", (0x06 | 0x10, 1, 0, 0, 5), ZERO, EXIT, binding=LOCAL)
    code = [(0x18, 1, 0, 0, 0), (0, 0, 0, 0, 0), (0x85, 0, 0, 0, 1), (0x85, 0, 1, 0, -1), (0x85, 0, 1, 0, -1)]
    code += [(0x18, 2, 0, 0, 0), (0, 0, 0, 0, 0), (0x18, 3, 0, 0, 0), (0, 0, 0, 0, 0), ZERO, EXIT]
    run = w.program("tc", "run", *code)
    maps = w.section(".maps", bytes(32), ALLOC | WRITE)
    bss = w.section(".bss", b"", ALLOC | WRITE, NOBITS, 4)
    old = w.section("maps", struct.pack(f"{w.sign}5I", 1, 4, 8, 16, 1), ALLOC | WRITE)
    w.symbol("old_map", old, 0, 20)
    w.relocate(run, 0, w.symbol("values", maps, 0, 32))
    w.relocate(run, 3 * 8, w.symbol(".text", text, kind=SECTION, binding=LOCAL), CALL)
    w.relocate(run, 4 * 8, w.symbol("bpf_do_it", kind=NOTYPE), CALL)
    w.relocate(run, 5 * 8, w.symbol("count", bss, 0, 4))
    w.relocate(run, 7 * 8, w.symbol("CONFIG_HZ", kind=NOTYPE))
    w.licence("Dual MIT/GPL")
    w.btf(b)
    return w
