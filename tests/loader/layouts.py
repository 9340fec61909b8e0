"""What BTF says of every struct, as C that only compiles where a header lays them out so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bpfref.formats.btf import Btf, Kind, size_of
from bpfref.formats.btf.types import Struct

# The compiler's own type, which is larger for the kernel's machine than for BPF, and what holds one by value.
MACHINE_S_OWN = frozenset({"__va_list_tag", "warn_args"})


def claims(types: Btf) -> tuple[list[str], int]:
    """Assertions on size and offsets of every struct and union whose name is its alone; how many there are."""
    kinds = (Kind.STRUCT, Kind.UNION)
    named = {each: types.name(each) for each in types.ids(*kinds, Kind.ENUM, Kind.ENUM64)}
    often = Counter(named.values())
    lines = []
    for type_id in types.ids(*kinds):
        name, found = named[type_id], types[type_id]
        if name and often[name] == 1 and name not in MACHINE_S_OWN and isinstance(found, Struct):
            tag = f"{'union' if found.union else 'struct'} {name}"
            lines.append(f'_Static_assert(sizeof({tag}) == {found.size}, "{tag}");')
            for path, offset in _offsets(types, found, 0):
                lines.append(f'_Static_assert(__builtin_offsetof({tag}, {path}) == {offset}, "{tag}");')
    return lines, sum(count == 1 for count in often.values())


def sizes(types: Btf) -> list[str]:
    """Assertions on the size of every enumeration whose name is its alone."""
    named = {each: types.name(each) for each in types.ids(Kind.ENUM, Kind.ENUM64, Kind.STRUCT, Kind.UNION)}
    often = Counter(named.values())
    return [
        f'_Static_assert(sizeof(enum {name}) == {size_of(types, each)}, "enum {name}");'
        for each, name in named.items()
        if name and often[name] == 1 and types.kind(each) in {Kind.ENUM, Kind.ENUM64} and types.entries(each)
    ]


def _offsets(types: Btf, found: Struct, start: int) -> Iterator[tuple[str, int]]:
    """Each member that has an address, those of anonymous ones too: how C calls it, and its byte."""
    for member in found.members:
        place, width = types.bits(member)
        inner = types[types.resolve(member.type)]
        if member.name is None and isinstance(inner, Struct):
            yield from _offsets(types, inner, start + place // 8)
        elif member.name and width is None:
            yield member.name, start + place // 8
            if isinstance(inner, Struct) and inner.name is None:
                yield from ((f"{member.name}.{path}", at) for path, at in _offsets(types, inner, start + place // 8))
