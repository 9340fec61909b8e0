"""As much of BTF as asking needs: ids by name out of `/sys/kernel/btf`, and small BTF to load.

Standard library only, and no more than names and members: `bpfref.formats.btf` reads all of it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

INT, PTR, STRUCT, ENUM, TYPEDEF, FUNC, FUNC_PROTO, DECL_TAG = 1, 2, 4, 6, 8, 12, 13, 17
_FIXED = {1: 1, 3: 3, 14: 1, 17: 1}
_EACH = {4: 3, 5: 3, 6: 2, 13: 2, 15: 3, 19: 3}
_WANTED = frozenset({STRUCT, TYPEDEF, FUNC})
_GLOBAL = 1
MAGIC = 0xEB9F


@dataclass
class Names:
    """Ids of functions, structs and typedefs by name; how many ids and bytes of strings there are."""

    ids: dict[tuple[int, str], int]
    count: int
    strings: bytes
    base: Names | None = None
    _words: array[int] = field(default_factory=lambda: array("I"))
    _starts: dict[int, int] = field(default_factory=dict)
    _enums: list[int] = field(default_factory=list)
    _tags: list[int] = field(default_factory=list)

    def find(self, kind: int, name: str) -> int | None:
        """The id of a type, None when there is none."""
        return self.ids.get((kind, name)) or (self.base.find(kind, name) if self.base else None)

    def members(self, type_id: int) -> list[tuple[str, int, int]]:
        """Name, type and place in bits of each member of a struct."""
        if type_id not in self._starts:
            return self.base.members(type_id) if self.base else []
        at = self._starts[type_id]
        count = self._words[at + 1] & 0xFFFF
        entries = (self._words[at + 3 + 3 * i : at + 6 + 3 * i] for i in range(count))
        return [(self.string(entry[0]), entry[1], entry[2] & 0xFFFFFF) for entry in entries]

    def size(self, type_id: int) -> int:
        """The size of a struct in bytes."""
        if type_id not in self._starts:
            return self.base.size(type_id) if self.base else 0
        return self._words[self._starts[type_id] + 2]

    def string(self, offset: int) -> str:
        """A name by its place, the base's strings first."""
        below = self.base.end if self.base else 0
        if offset < below and self.base:
            return self.base.string(offset)
        at = offset - below
        return self.strings[at : self.strings.index(b"\0", at)].decode()

    def enumerators(self, prefixes: tuple[str, ...]) -> dict[str, int]:
        """The values of enumerators whose names begin so, of all enumerations of 32 bits."""
        found: dict[str, int] = {}
        for at in self._enums:
            count = self._words[at + 1] & 0xFFFF
            pairs = ((self._words[at + 3 + 2 * i], self._words[at + 4 + 2 * i]) for i in range(count))
            named = ((self.string(name), value) for name, value in pairs)
            found.update((name, value) for name, value in named if name.startswith(prefixes))
        return found

    def tagged(self, tag: str) -> list[int]:
        """The ids of the types that carry a declaration tag."""
        return [self._words[at + 2] for at in self._tags if self.string(self._words[at]) == tag]

    @property
    def end(self) -> int:
        """Bytes of strings, the base's included."""
        return len(self.strings) + (self.base.end if self.base else 0)


def parse_names(data: bytes, base: Names | None = None) -> Names:
    """Find ids. ValueError for what is no BTF, or has a kind that is unknown here."""
    magic, _, _, length, type_off, type_len, str_off, str_len = struct.unpack_from("<HBBIIIII", data)
    if magic != MAGIC:
        raise ValueError("no BTF")
    words = array("I")
    words.frombytes(data[length + type_off : length + type_off + type_len])
    strings = data[length + str_off : length + str_off + str_len]
    result = Names({}, base.count if base else 1, strings, base, words)
    at, end, type_id = 0, len(words), result.count
    fixed, each, ids, starts = _FIXED, _EACH, result.ids, result._starts
    while at < end:
        info = words[at + 1]
        kind = info >> 24 & 0x1F
        if kind in _WANTED:
            name = words[at]
            if name:
                ids.setdefault((kind, name), type_id)  # type: ignore[arg-type]
            if kind == STRUCT:
                starts[type_id] = at
        elif kind == ENUM:
            result._enums.append(at)
        elif kind == DECL_TAG:
            result._tags.append(at)
        at += 3 + fixed.get(kind, 0) + (info & 0xFFFF) * each.get(kind, 0)
        type_id += 1
    result.count = type_id
    result.ids = {(kind, result.string(name)): found for (kind, name), found in ids.items()}  # type: ignore[arg-type]
    return result


@dataclass
class Maker:
    """BTF made from nothing: each method adds a type and gives its id."""

    _types: list[bytes] = field(default_factory=list)
    _strings: bytearray = field(default_factory=lambda: bytearray(1))

    def integer(self, name: str, size: int) -> int:
        """An unsigned integer."""
        return self._add(name, INT, 0, size, struct.pack("<I", size * 8))

    def pointer(self, target: int) -> int:
        """A pointer; 0 is void."""
        return self._add("", PTR, 0, target)

    def struct(self, name: str, size: int, members: Sequence[tuple[str, int, int]]) -> int:
        """A struct of members (name, type, place in bits)."""
        body = b"".join(struct.pack("<III", self._string(n), t, bit) for n, t, bit in members)
        return self._add(name, STRUCT, len(members), size, body)

    def prototype(self, returns: int, parameters: Sequence[tuple[str, int]]) -> int:
        """A function's type."""
        body = b"".join(struct.pack("<II", self._string(name), type_id) for name, type_id in parameters)
        return self._add("", FUNC_PROTO, len(parameters), returns, body)

    def function(self, name: str, prototype: int, *, linkage: int = _GLOBAL) -> int:
        """A function; `linkage` 0 is static, 1 global."""
        return self._add(name, FUNC, linkage, prototype)

    def make(self) -> bytes:
        """The bytes for `BPF_BTF_LOAD`."""
        types = b"".join(self._types)
        head = struct.pack("<HBBIIIII", MAGIC, 1, 0, 24, 0, len(types), len(types), len(self._strings))
        return head + types + bytes(self._strings)

    def _add(self, name: str, kind: int, entries: int, third: int, body: bytes = b"") -> int:
        self._types.append(struct.pack("<III", self._string(name), kind << 24 | entries, third) + body)
        return len(self._types)

    def _string(self, text: str) -> int:
        if not text:
            return 0
        at = len(self._strings)
        self._strings += text.encode() + b"\0"
        return at
