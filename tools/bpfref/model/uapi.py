"""What the kernel's `include/uapi/linux/bpf.h` declares: constants, structs, attributes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpfref.model.fact import Fact


class Form(StrEnum):
    """How the header writes a group of constants."""

    ENUM = "enum"
    DEFINE = "define"


@dataclass(frozen=True)
class Constant(Fact):
    """An enumerator or an object-like macro.

    `value` is None for a macro that is no integer constant expression.
    `alias_of` names the constant that this one is written as (`BPF_PROG_RUN = BPF_PROG_TEST_RUN`).
    `deprecated` says that the header spells its deprecation: `…_DEPRECATED`, or the alias of one.
    `sentinel` marks members that only count (`__MAX_BPF_CMD`, `MAX_BPF_LINK_TYPE`).
    """

    name: str
    value: int | None
    alias_of: str | None = None
    deprecated: bool = False
    sentinel: bool = False


@dataclass(frozen=True)
class Group(Fact):
    """Constants that belong together in the header: one `enum`, or one paragraph of `#define`s.

    `lead` is the first member's name and identifies the group; `name` is the enum's tag, if any.
    """

    lead: str
    form: Form
    members: tuple[Constant, ...]
    name: str | None = None


@dataclass(frozen=True)
class Field(Fact):
    """A member of a struct or union.

    `type` is the C type without array bounds, `array` the bounds as written (`[5]`), `bits` a bit
    field's width, `offset` (from the start of the outermost struct) and `size` (of the declared
    type, also for a bit field) in bytes on a 64-bit little-endian machine. An anonymous or inline
    struct or union has its kind as `type` (`struct`, `union`) and its members in `fields`;
    padding without a name has `name` None.
    """

    name: str | None
    type: str
    offset: int
    size: int
    array: str | None = None
    bits: int | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Struct(Fact):
    """A struct or union: `kind` is `struct` or `union`, `size` in bytes."""

    name: str
    kind: str
    size: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Attributes(Fact):
    """The part of `union bpf_attr` that one or more commands of bpf(2) use.

    `member` is the union member's name, None for an anonymous struct; `commands` are the commands
    that the header itself names for it, by the member's name or in its comment.
    """

    member: str | None
    commands: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Uapi(Fact):
    """All of one `linux/bpf.h`."""

    groups: tuple[Group, ...]
    structs: tuple[Struct, ...]
    attributes: tuple[Attributes, ...]
