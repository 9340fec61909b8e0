"""The kernel's `include/uapi/linux/bpf.h`, of any release since v3.18.

This module reads the header as a whole; its constants, its structs and `union bpf_attr` are read
by the modules `uapi_constants`, `uapi_structs` and `uapi_attributes`.
"""

from __future__ import annotations

from pathlib import Path

from bpfref.formats import clang
from bpfref.formats.clang import CursorKind, Unit
from bpfref.formats.uapi_attributes import ATTRIBUTES, COMMANDS, parse_attributes
from bpfref.formats.uapi_constants import parse_groups
from bpfref.formats.uapi_structs import parse_structs
from bpfref.model.numbered import HELPER_IDS, entries
from bpfref.model.uapi import Form, Group, Uapi

_ADVICE = "take include/uapi/linux/bpf.h whole and unedited from a kernel release"
_ENUMS = (COMMANDS, HELPER_IDS)  # each linux/bpf.h since the first has them
_DECLARATIONS = {CursorKind.ENUM_DECL, CursorKind.STRUCT_DECL, CursorKind.UNION_DECL}


def parse(text: str, file: Path) -> Uapi:
    """Read all constants, structs and bpf(2) attributes from the text of `linux/bpf.h`.

    SourceError, with the line where there is one, for anything else: a truncated or edited
    header, another header, a declaration that is neither enum, struct nor union.
    """
    unit = clang.parse(text, file, _ADVICE)
    guard = _guard(unit)
    _check_declarations(unit)
    groups = parse_groups(unit, guard)
    structs = parse_structs(unit)
    _check_identity(unit, groups)
    attributes = parse_attributes(unit, groups)
    return Uapi(groups, tuple(s for s in structs if s.name != ATTRIBUTES), attributes)


def commands(uapi: Uapi) -> tuple[str, ...]:
    """The commands of bpf(2), in their order: one name each, without aliases and flags."""
    enums = [group for group in uapi.groups if group.name == COMMANDS]
    return tuple(member.name for group in enums for member in entries(group))


def _guard(unit: Unit) -> str:
    """The macro that guards the header: without the guard, a cut header could look whole."""
    opening = [token.text for token in unit.tokens if not token.is_comment][:6]
    if opening[:2] != ["#", "ifndef"] or opening[3:5] != ["#", "define"]:
        raise unit.error("the header does not start with its include guard", 1)
    if opening[2] != opening[5]:
        message = f"the include guard tests {opening[2]} but defines {opening[5]}"
        raise unit.error(message, 1)
    return opening[2]


def _check_declarations(unit: Unit) -> None:
    for cursor in unit.declarations:
        if cursor.kind not in _DECLARATIONS:
            message = f"`{cursor.spelling}` is declared, which is no enum, struct or union"
            raise unit.error(message, cursor.location.line)


def _check_identity(unit: Unit, groups: tuple[Group, ...]) -> None:
    """Refuse a header that is good C but not linux/bpf.h."""
    names = {group.name for group in groups if group.form is Form.ENUM}
    for name in _ENUMS:
        if name not in names:
            raise unit.error(f"this is not linux/bpf.h: it has no `enum {name}`", 1)
    if not any(c.spelling == ATTRIBUTES and c.is_definition() for c in unit.declarations):
        raise unit.error(f"this is not linux/bpf.h: it has no `union {ATTRIBUTES}`", 1)
