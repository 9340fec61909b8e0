"""The functions and option structs that the binding writes down, against libbpf's own headers."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from clang.cindex import Cursor, CursorKind, Index, TranslationUnit, Type, TypeKind

from bpfref.loader import libbpf, maps, opts, uapi

LETTERS = {
    TypeKind.BOOL: "b",
    TypeKind.INT: "i",
    TypeKind.ENUM: "i",
    TypeKind.UINT: "u",
    TypeKind.ULONG: "z",
    TypeKind.LONGLONG: "q",
    TypeKind.ULONGLONG: "Q",
    TypeKind.VOID: "v",
}


@pytest.fixture(scope="session")
def header(include: Path, tmp_path_factory: pytest.TempPathFactory) -> TranslationUnit:
    """libbpf's newest headers, parsed."""
    built_in = subprocess.run(["clang", "-print-resource-dir"], capture_output=True, text=True, check=True).stdout
    source = tmp_path_factory.mktemp("binding") / "all.c"
    source.write_text("#include <bpf/libbpf.h>\n#include <bpf/bpf.h>\n#include <bpf/btf.h>\n")
    unit = Index.create().parse(str(source), [f"-I{include}", "-isystem", f"{built_in.strip()}/include"])
    assert not [str(each) for each in unit.diagnostics if each.severity >= 3]
    return unit


def _letter(kind: Type) -> str:
    found = kind.get_canonical()
    if found.kind == TypeKind.POINTER:
        return "s" if found.get_pointee().kind in {TypeKind.CHAR_S, TypeKind.CHAR_U} else "p"
    return LETTERS[found.kind]


def test_each_function_has_the_types_of_the_header(header: TranslationUnit) -> None:
    declared = {
        cursor.spelling: _letter(cursor.result_type) + ":" + "".join(_letter(a.type) for a in cursor.get_arguments())
        for cursor in header.cursor.get_children()
        if cursor.kind == CursorKind.FUNCTION_DECL and cursor.spelling in libbpf.FUNCTIONS
    }
    assert declared == libbpf.FUNCTIONS


def test_each_option_struct_is_laid_out_as_in_the_header(header: TranslationUnit) -> None:
    declared = {
        cursor.spelling: cursor
        for cursor in header.cursor.get_children()
        if cursor.kind == CursorKind.STRUCT_DECL and cursor.is_definition() and cursor.spelling in opts.STRUCTS
    }
    for name in opts.STRUCTS:
        made = opts.layout_of(name)
        ours = {field[0]: getattr(made, field[0]) for field in made._fields_ if field[0] != "unnamed"}
        there = {field: (offset, size) for field, offset, size in _fields(declared[name])}
        assert {field: (each.offset, each.size) for field, each in ours.items()} == there, name
        assert ctypes.sizeof(made) == declared[name].type.get_size(), name


def _fields(struct: Cursor) -> Iterator[tuple[str, int, int]]:
    for field in struct.type.get_fields():
        declaration = field.type.get_declaration()
        if field.is_anonymous() or (declaration.kind == CursorKind.UNION_DECL and not field.spelling):
            inner = list(declaration.type.get_fields())[-1]  # of names for one place the newest
            yield inner.spelling, struct.type.get_offset(inner.spelling) // 8, inner.type.get_size()
        elif field.spelling and not field.is_bitfield():
            yield field.spelling, struct.type.get_offset(field.spelling) // 8, field.type.get_size()


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "BPF_MAP_TYPE_HASH"),
        (19, "BPF_MAP_TYPE_CGROUP_STORAGE"),  # the header calls them deprecated, and pages do not
        (21, "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE"),
        (9999, None),
    ],
)
def test_a_number_has_the_name_that_everybody_uses(number: int, name: str | None) -> None:
    assert uapi.name_of("bpf_map_type", number) == name


def test_every_type_that_is_per_cpu_goes_by_its_name() -> None:
    assert {name for name in maps.PER_CPU if uapi.name_of("bpf_map_type", uapi.constant(name)) != name} == set()
