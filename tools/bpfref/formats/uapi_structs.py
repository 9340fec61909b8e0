"""The structs and unions of `linux/bpf.h`, with their layout on x86-64."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from bpfref.formats.clang import Cursor, CursorKind, Type, TypeKind, Unit
from bpfref.model.uapi import Field, Struct

_KINDS = {CursorKind.STRUCT_DECL: "struct", CursorKind.UNION_DECL: "union"}
_ARRAYS = {TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY}


def parse_structs(unit: Unit) -> tuple[Struct, ...]:
    """Every struct and union that the header defines under a name, in its order."""
    return tuple(_struct(unit, cursor) for cursor in _named(unit))


def parse_fields(unit: Unit, record: Type, base: int = 0) -> tuple[Field, ...]:
    """The members of a struct or union that starts at byte `base` of the outermost one.

    SourceError for a member without layout.
    """
    return tuple(_field(unit, member, base) for member in record.get_fields())


def _named(unit: Unit) -> Iterator[Cursor]:
    waiting = list(unit.declarations)[::-1]
    while waiting:
        cursor = waiting.pop()
        if cursor.kind in _KINDS and cursor.is_definition():
            waiting += list(cursor.get_children())[::-1]
            if not cursor.is_anonymous():
                yield cursor


def _struct(unit: Unit, cursor: Cursor) -> Struct:
    fields = parse_fields(unit, cursor.type)
    return Struct(cursor.spelling, _KINDS[cursor.kind], cursor.type.get_size(), fields)


def _field(unit: Unit, member: Cursor, base: int) -> Field:
    element = _element(member.type)
    declaration = element.get_declaration()
    offset, size = base + _offset(unit, member) // 8, _size(unit, member)
    inline = declaration.is_anonymous() and declaration.kind in _KINDS
    field = Field(
        name=member.spelling if member.spelling.isidentifier() else None,
        type=_KINDS[declaration.kind] if inline else element.spelling,
        offset=offset,
        size=size,
        array=_bounds(unit, member),
        bits=member.get_bitfield_width() if member.is_bitfield() else None,
        fields=parse_fields(unit, element, offset) if inline else (),
    )
    return _unwrapped(unit, member, field)


def _unwrapped(unit: Unit, member: Cursor, field: Field) -> Field:
    """The one field in a union that a macro wraps around it to pad it to 64 bits.

    The header's `__bpf_md_ptr` does so; its users see a plain pointer.
    """
    named = [inner for inner in field.fields if inner.name is not None]
    padded = all(inner.name is not None or inner.bits is not None for inner in field.fields)
    if field.name is not None or len(named) != 1 or not padded or _is_written(unit, member):
        return field
    return named[0]


def _is_written(unit: Unit, member: Cursor) -> bool:
    """Whether the header itself has the keyword at the member's place, and no macro's name."""
    at = next(unit.following(member.location.offset), None)
    return at is not None and at.text in _KINDS.values()


def _element(ctype: Type) -> Type:
    """The type of the elements of an array of any dimensions, or the type itself."""
    while ctype.kind in _ARRAYS:
        ctype = ctype.element_type
    return ctype


def _bounds(unit: Unit, member: Cursor) -> str | None:
    """An array's bounds as written, `[BPF_TAG_SIZE]`; as clang spells them if a macro wrote them."""
    if member.type.kind not in _ARRAYS:
        return None
    name, *rest = takewhile(lambda t: t.text not in ";,", unit.following(member.location.offset))
    if name.text != member.spelling:
        return str(member.type.spelling[member.type.spelling.index("[") :])
    last = max(token.end for token in rest if token.text == "]")
    return " ".join(unit.data[name.end : last].decode().split())


def _offset(unit: Unit, member: Cursor) -> int:
    bits = int(member.get_field_offsetof())
    if bits < 0:
        raise unit.error(f"`{member.spelling}` has no offset", member.location.line)
    return bits


def _size(unit: Unit, member: Cursor) -> int:
    if member.type.kind == TypeKind.INCOMPLETEARRAY:
        return 0
    size = int(member.type.get_size())
    if size < 0:
        raise unit.error(f"`{member.spelling}` has no size", member.location.line)
    return size
