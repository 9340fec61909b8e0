"""The names that `linux/bpf.h` declares: constants with enum and value, structs; or the bare names.

The history of the header is read a thousand times over, so bare names have a way of their own that
needs neither tokens nor values. Both ways give the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bpfref.formats import clang, uapi
from bpfref.formats.clang import Cursor, CursorKind, Unit
from bpfref.formats.uapi_attributes import ATTRIBUTES
from bpfref.model.uapi import Form

_ADVICE = "take include/uapi/linux/bpf.h whole and unedited from a kernel release"
_RECORDS = {CursorKind.STRUCT_DECL: "struct", CursorKind.UNION_DECL: "union"}
_GUARD = re.compile(rb"^[ \t]*#[ \t]*ifndef[ \t]+(\w+)", re.M)
_UNDEF = re.compile(rb"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.M)

Trait = tuple[str, str, int | None]


def parse_names(text: str, file: Path) -> dict[str, Trait]:
    """Each name with its form (`enum`, `define`, `struct`, `union`), its enum and its value.

    Structs are named with their keyword (`struct xdp_md`), because a helper may have the same name.
    Counters (`__BPF_FUNC_MAX_ID`) and their aliases have no value here: theirs changes with each
    release. SourceError for anything that is not understood.
    """
    found = uapi.parse(text, file)
    counters = {m.name for group in found.groups for m in group.members if m.sentinel}
    names: dict[str, Trait] = {f"{s.kind} {s.name}": (s.kind, "", None) for s in found.structs}
    for group in found.groups:
        for member in group.members:
            counts = member.name in counters or member.alias_of in counters
            trait = (group.form.value, group.name or "", None if counts else member.value)
            if group.form is Form.ENUM or member.name not in names:  # a macro may repeat an enumerator
                names[member.name] = trait
    return names


def parse_present(text: str, file: Path) -> frozenset[str]:
    """The names of `parse_names`; it does not look at what they mean. SourceError for no C."""
    unit = clang.parse(text, file, _ADVICE)  # its tokens, which cost most, are not asked for
    return frozenset(_declared(unit)) | frozenset(_defined(unit))


def _declared(unit: Unit) -> Iterator[str]:
    waiting = list(unit.declarations)
    while waiting:
        cursor = waiting.pop()
        if not cursor.is_definition():
            continue
        if cursor.kind == CursorKind.ENUM_DECL:
            yield from (c.spelling for c in cursor.get_children() if c.kind == CursorKind.ENUM_CONSTANT_DECL)
        elif cursor.kind in _RECORDS:
            waiting += cursor.get_children()
            if not cursor.is_anonymous() and cursor.spelling != ATTRIBUTES:
                yield f"{_RECORDS[cursor.kind]} {cursor.spelling}"


def _defined(unit: Unit) -> Iterator[str]:
    guard = _GUARD.search(unit.data)
    absent = {name.decode() for name in _UNDEF.findall(unit.data)} | ({guard[1].decode()} if guard else set())
    return (c.spelling for c in unit.macros if c.spelling not in absent and not _has_parameters(unit, c))


def _has_parameters(unit: Unit, macro: Cursor) -> bool:
    """C knows them by a `(` that touches the name."""
    end = macro.extent.start.offset + len(macro.spelling.encode())
    return unit.data[end : end + 1] == b"("
