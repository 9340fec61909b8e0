"""A writer of BTF for tests: any kind, either byte order, whole or split, right or wrong on purpose."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from bpfref.formats.btf.wire import Kind, Order

FLAG = 1 << 31


class Builder:
    """Collects types; each method returns the id of the type that it adds."""

    def __init__(self, order: Order = "little", base: Builder | None = None):
        self.order: Order = order
        self.types: list[bytes] = []
        self.texts = {} if base else {"": 0}
        self.strings = b"" if base else b"\0"
        self.first: int = base.first + len(base.types) if base else 1
        self.base = base

    def string(self, text: str | None) -> int:
        """The offset of a string, the base's if it has it."""
        above: Builder | None = self
        while above:
            if (text or "") in above.texts:
                return above.texts[text or ""]
            above = above.base
        offset = self._string_start() + len(self.strings)
        self.texts[text or ""] = offset
        self.strings += (text or "").encode() + b"\0"
        return offset

    def _string_start(self) -> int:
        return self.base._string_start() + len(self.base.strings) if self.base else 0

    def words(self, *values: int) -> bytes:
        return struct.pack(f"{'<' if self.order == 'little' else '>'}{len(values)}I", *(v & 0xFFFFFFFF for v in values))

    def add(
        self, kind: int, name: str | None = None, third: int = 0, rest: Iterable[int] = (), vlen: int = 0, flag: int = 0
    ) -> int:
        info = kind << 24 | vlen | (FLAG if flag else 0)
        self.types.append(self.words(self.string(name), info, third, *rest))
        return self.first + len(self.types) - 1

    def number(
        self, name: str = "int", size: int = 4, encoding: int = 1, offset: int = 0, bits: int | None = None
    ) -> int:
        return self.add(Kind.INT, name, size, [encoding << 24 | offset << 16 | (size * 8 if bits is None else bits)])

    def ptr(self, target: int) -> int:
        return self.add(Kind.PTR, None, target)

    def array(self, element: int, count: int, index: int = 1) -> int:
        return self.add(Kind.ARRAY, None, 0, [element, index, count])

    def struct(
        self,
        name: str | None,
        size: int,
        members: Iterable[tuple[str | None, int, int]] = (),
        *,
        union: bool = False,
        flag: bool = False,
    ) -> int:
        entries = list(members)
        rest = [word for text, kind, offset in entries for word in (self.string(text), kind, offset)]
        return self.add(Kind.UNION if union else Kind.STRUCT, name, size, rest, len(entries), flag)

    def enum(self, name: str | None, values: dict[str, int], *, signed: bool = False, size: int = 4) -> int:
        rest = [word for text, value in values.items() for word in (self.string(text), value)]
        return self.add(Kind.ENUM, name, size, rest, len(values), signed)

    def enum64(self, name: str | None, values: dict[str, int], *, signed: bool = False) -> int:
        rest = [word for text, value in values.items() for word in (self.string(text), value, value >> 32)]
        return self.add(Kind.ENUM64, name, 8, rest, len(values), signed)

    def proto(self, returns: int, parameters: Iterable[tuple[str | None, int]] = ()) -> int:
        entries = list(parameters)
        rest = [word for text, kind in entries for word in (self.string(text), kind)]
        return self.add(Kind.FUNC_PROTO, None, returns, rest, len(entries))

    def func(self, name: str, proto: int, linkage: int = 0) -> int:
        return self.add(Kind.FUNC, name, proto, vlen=linkage)

    def typedef(self, name: str, target: int) -> int:
        return self.add(Kind.TYPEDEF, name, target)

    def const(self, target: int) -> int:
        return self.add(Kind.CONST, None, target)

    def type_tag(self, name: str, target: int, *, attribute: bool = False) -> int:
        return self.add(Kind.TYPE_TAG, name, target, flag=attribute)

    def decl_tag(self, name: str, target: int, component: int = -1, *, attribute: bool = False) -> int:
        return self.add(Kind.DECL_TAG, name, target, [component], flag=attribute)

    def var(self, name: str, target: int, linkage: int = 1) -> int:
        return self.add(Kind.VAR, name, target, [linkage])

    def datasec(self, name: str, size: int, places: Iterable[tuple[int, int, int]]) -> int:
        entries = list(places)
        return self.add(Kind.DATASEC, name, size, [word for place in entries for word in place], len(entries))

    def data(self, extra: bytes = b"") -> bytes:
        """The file; `extra` are header fields that only newer formats have."""
        types = b"".join(self.types)
        return self.header(0, len(types), len(types), len(self.strings), extra) + types + self.strings

    def header(self, type_off: int, type_len: int, str_off: int, str_len: int, extra: bytes = b"") -> bytes:
        sign = "<" if self.order == "little" else ">"
        start = struct.pack(f"{sign}HBBI", 0xEB9F, 1, 0, 24 + len(extra))
        return start + self.words(type_off, type_len, str_off, str_len) + extra


def every_kind(order: Order = "little") -> Builder:
    """One file with all kinds, both meanings of each flag, and the C that people find hard."""
    b = Builder(order)
    number = b.number()
    char = b.number("char", 1, 1)
    size = b.number("long unsigned int", 8, 0)
    text = b.ptr(b.const(char))
    user = b.ptr(b.type_tag("user", b.const(char)))
    handler = b.ptr(b.proto(0, [(None, number), (None, 0)]))
    inner = b.struct(None, 8, [("low", number, 0), ("high", number, 32)])
    choice = b.struct(None, 8, [("all", size, 0), (None, inner, 0)], union=True)
    grid = b.array(b.array(text, 3, number), 2, number)
    names = [("flags", number, 3 << 24), ("kind", number, 5 << 24 | 3), (None, choice, 64), ("grid", grid, 128)]
    record = b.struct("record", 16 + 48 + 8, [*names, ("handler", handler, 512)], flag=True)
    b.struct("old", 4, [("bits", b.number("int", 4, 1, 2, 4), 0)])
    b.enum("mood", {"GOOD": 1, "BAD": -1}, signed=True)
    b.enum("mask", {"TOP": 0x80000000})
    b.enum64("large", {"HUGE": 1 << 40, "ALL": (1 << 64) - 1})
    b.enum64("wide", {"LOW": -(1 << 40)}, signed=True)
    b.add(Kind.FWD, "later")
    b.add(Kind.FWD, "either", flag=1)
    b.add(Kind.FLOAT, "double", 8)
    alias = b.typedef("record_t", b.add(Kind.VOLATILE, None, b.const(record)))
    restricted = b.add(Kind.RESTRICT, None, text)
    proto = b.proto(number, [("r", b.ptr(alias)), ("path", user), ("s", restricted), (None, 0)])
    func = b.func("do_it", proto, 1)
    b.decl_tag("bpf_kfunc", func)
    b.decl_tag("nullable", func, 0)
    b.decl_tag("aligned(8)", record, attribute=True)
    b.ptr(b.type_tag("address_space(1)", 0, attribute=True))
    table = b.var("table", grid, 0)
    b.datasec(".data", 48, [(table, 0, 48)])
    return b
