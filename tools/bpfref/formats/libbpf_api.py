"""libbpf's headers, of any version: what they declare for user space and for BPF programs.

Comments are not read. Headers of BPF programs are read for x86, as `bpf_tracing.h` has other macros
for each architecture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

from clang.cindex import AvailabilityKind, StorageClass

from bpfref.errors import SourceError
from bpfref.formats import clang
from bpfref.formats.clang import Around, Cursor, CursorKind, Type, TypeKind, Unit
from bpfref.model.helper import Parameter
from bpfref.model.libbpf_api import Api, Callback, Enumeration, Function, Macro, Member, Record

USER = ("libbpf_common.h", "libbpf_legacy.h", "bpf.h", "btf.h", "libbpf.h")
PROGRAM = ("bpf_endian.h", "bpf_helpers.h", "bpf_core_read.h", "bpf_tracing.h", "usdt.bpf.h")
# Included by the others, or written by a tool for a tool.
OTHERS = ("bpf_helper_defs.h", "libbpf_version.h", "skel_internal.h")
UAPI = "linux/bpf.h"
_NEEDED = ("bpf.h", "libbpf.h", "btf.h")
_ADVICE = "take the headers of one version of libbpf, all and unedited, with a linux/bpf.h at least as new"
_TARGET = ("--target=bpf", "-D__TARGET_ARCH_x86")
_FIRST = ("linux/types.h", "stdbool.h", UAPI)  # programs have them, or a vmlinux.h, before libbpf's
_RECORDS = {CursorKind.STRUCT_DECL, CursorKind.UNION_DECL}


def parse(texts: Mapping[str, str], folder: Path) -> tuple[Api, Api]:
    """What the headers declare for user space, and for BPF programs.

    `texts` are headers by name, `linux/bpf.h` among them; `folder` is where they are, for complaints.
    SourceError for anything that is not understood, for a header that is missing and for one that is new.
    """
    for name in (*_NEEDED, UAPI):
        if name not in texts:
            raise SourceError(f"there is no {name}; {_ADVICE}", folder)
    for name in texts:
        if name not in {*USER, *PROGRAM, *OTHERS, UAPI}:
            raise SourceError("a new header: say in formats/libbpf_api.py who includes it", folder / name)
    return (
        _api(_unit(texts, name, folder, ("stdbool.h",)) for name in USER if name in texts),
        _api(_unit(texts, name, folder, _FIRST, _TARGET) for name in PROGRAM if name in texts),
    )


def _unit(
    texts: Mapping[str, str], name: str, folder: Path, first: tuple[str, ...] = (), more: tuple[str, ...] = ()
) -> tuple[str, Unit]:
    beside = {other: text for other, text in texts.items() if other != name}
    beside |= {f"bpf/{other}": text for other, text in beside.items() if other != UAPI}  # some versions write it so
    return name, clang.parse(texts[name], folder / name, _ADVICE, first, Around(beside, more))


def _api(units: Iterator[tuple[str, Unit]]) -> Api:
    found = Api({}, {}, {}, {}, {})
    for header, unit in units:
        for cursor in unit.declarations:
            _add(found, header, unit, cursor)
        found.macros.update(_macros(header, unit))
    return found


def _add(api: Api, header: str, unit: Unit, cursor: Cursor) -> None:
    """Put one declaration where it belongs; SourceError for one that belongs nowhere."""
    name, kind = cursor.spelling, cursor.kind
    if kind == CursorKind.FUNCTION_DECL:
        if cursor.storage_class is not StorageClass.EXTERN:  # kfuncs, which macros of bpf_helpers.h call
            api.functions[name] = _function(header, unit, cursor)
    elif kind in _RECORDS:
        if cursor.is_definition() and not cursor.is_anonymous():
            api.structs[name] = Record(header, _members(unit, cursor.type))
    elif kind == CursorKind.ENUM_DECL:
        if cursor.is_definition():
            _add_enum(api, header, cursor)
    elif kind == CursorKind.TYPEDEF_DECL:
        _add_callback(api, header, unit, cursor)
    elif kind != CursorKind.VAR_DECL or header not in PROGRAM:  # maps and externs that macros there use
        raise unit.error(
            f"`{name}` is declared, which is nothing that libbpf's headers had so far", cursor.location.line
        )


def _function(header: str, unit: Unit, cursor: Cursor) -> Function:
    return Function(
        header,
        cursor.result_type.spelling,
        _parameters(unit, cursor, cursor.type),
        inline=cursor.storage_class is StorageClass.STATIC,
        deprecated=cursor.availability is AvailabilityKind.DEPRECATED,
    )


def _parameters(unit: Unit, cursor: Cursor, ctype: Type) -> tuple[Parameter, ...]:
    """Names and types; SourceError where the tree and the type disagree."""
    declared = [child for child in cursor.get_children() if child.kind == CursorKind.PARM_DECL]
    if ctype.kind == TypeKind.FUNCTIONNOPROTO:
        raise unit.error(f"`{cursor.spelling}` says nothing of its parameters", cursor.location.line)
    if len(declared) != len(list(ctype.argument_types())):
        raise unit.error(f"`{cursor.spelling}` has parameters that are not understood", cursor.location.line)
    found = [Parameter(each.spelling, each.type.spelling) for each in declared]
    return (*found, Parameter("...", "...")) if ctype.is_function_variadic() else tuple(found)


def _members(unit: Unit, record: Type) -> tuple[Member, ...]:
    """The members, without the nameless bits that pad an option struct."""
    return tuple(_member(unit, each) for each in record.get_fields() if not (each.is_bitfield() and not each.spelling))


def _member(unit: Unit, field: Cursor) -> Member:
    declaration = field.type.get_declaration()
    bits = field.get_bitfield_width() if field.is_bitfield() else None
    if declaration.is_anonymous() and declaration.kind in _RECORDS:
        word = "struct" if declaration.kind == CursorKind.STRUCT_DECL else "union"
        name = field.spelling if field.spelling.isidentifier() else ""
        return Member(name, word, bits, _members(unit, field.type))
    if not field.spelling:
        raise unit.error("a member without a name that is neither struct nor union", field.location.line)
    return Member(field.spelling, field.type.spelling, bits)


def _add_enum(api: Api, header: str, cursor: Cursor) -> None:
    """An enum under its tag, or under its first member without one."""
    members = {
        each.spelling: each.enum_value for each in cursor.get_children() if each.kind == CursorKind.ENUM_CONSTANT_DECL
    }
    name = next(iter(members)) if cursor.is_anonymous() else cursor.spelling
    api.enums[name] = Enumeration(header, members)


def _add_callback(api: Api, header: str, unit: Unit, cursor: Cursor) -> None:
    """A typedef of a function, or of a pointer to one; other names for types are left out."""
    target = cursor.underlying_typedef_type.get_canonical()
    function = target.get_pointee() if target.kind == TypeKind.POINTER else target
    if function.kind == TypeKind.FUNCTIONPROTO:
        # As written, not canonical: `__u64`, not `unsigned long long`.
        written = cursor.underlying_typedef_type
        written = written.get_pointee() if written.kind == TypeKind.POINTER else written
        result = written.get_result().spelling or function.get_result().spelling
        api.callbacks[cursor.spelling] = Callback(header, result, _parameters(unit, cursor, function))


def _macros(header: str, unit: Unit) -> Iterator[tuple[str, Macro]]:
    """Every macro but the header's own guard."""
    opening = [token.text for token in unit.tokens if not token.is_comment][:6]
    guard = opening[2] if opening[:2] == ["#", "ifndef"] and opening[3:5] == ["#", "define"] else None
    for cursor in unit.macros:
        if cursor.spelling != guard:
            yield cursor.spelling, Macro(header, _arguments(unit, cursor))


def _arguments(unit: Unit, cursor: Cursor) -> tuple[str, ...] | None:
    """What stands in the bracket that follows a macro's name at once; a named `args...` keeps its name."""
    name, *rest = takewhile(lambda token: token.text != ")", unit.following(cursor.location.offset))
    if not rest or rest[0].text != "(" or rest[0].start != name.end:
        return None
    return tuple(part for part in "".join(token.text for token in rest[1:]).split(",") if part)
