"""The types of BTF as frozen values. Ids are those of the file; names are None where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Void:
    """Type 0."""


@dataclass(frozen=True, slots=True)
class Int:
    """An integer; `size` in bytes, `offset` and `bits` say which of its bits count."""

    name: str
    size: int
    bits: int
    offset: int
    signed: bool
    char: bool
    boolean: bool


@dataclass(frozen=True, slots=True)
class Ptr:
    """A pointer to `target`."""

    target: int


@dataclass(frozen=True, slots=True)
class Array:
    """`count` elements of a type; `index` is the type of its indices."""

    element: int
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a struct or union; `offset` in bits from its start, `bits` the width of a bit field."""

    name: str | None
    type: int
    offset: int
    bits: int | None


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct or (`union`) a union; `size` in bytes."""

    name: str | None
    union: bool
    size: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Enumerator:
    """A name and its value."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Enum:
    """An enumeration; `size` in bytes; one without enumerators is only declared.

    `signed` is None where the file does not say it and it matters: then -1 may also be 0xffffffff.
    """

    name: str | None
    size: int
    signed: bool | None
    enumerators: tuple[Enumerator, ...]


@dataclass(frozen=True, slots=True)
class Fwd:
    """A struct or union that is declared and not defined."""

    name: str
    union: bool


@dataclass(frozen=True, slots=True)
class Typedef:
    """Another name of `target`."""

    name: str
    target: int


@dataclass(frozen=True, slots=True)
class Qualifier:
    """`const`, `volatile` or `restrict` (`word`) on `target`."""

    word: str
    target: int


@dataclass(frozen=True, slots=True)
class TypeTag:
    """A `btf_type_tag` on `target`, or (`attribute`) any other attribute by its spelling."""

    name: str
    target: int
    attribute: bool


@dataclass(frozen=True, slots=True)
class Func:
    """A function; `linkage` is static, global or extern."""

    name: str
    proto: int
    linkage: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str | None
    type: int


@dataclass(frozen=True, slots=True)
class FuncProto:
    """The type of a function; `variadic` where its parameters end with `...`."""

    returns: int
    parameters: tuple[Parameter, ...]
    variadic: bool


@dataclass(frozen=True, slots=True)
class Var:
    """A variable; `linkage` is static, global or extern."""

    name: str
    type: int
    linkage: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable lies in a section: `offset` and `size` in bytes."""

    var: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class DataSec:
    """A section of variables; `size` in bytes."""

    name: str
    size: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Float:
    """A floating point number; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class DeclTag:
    """A `btf_decl_tag` on `target` or on one of its components (members, parameters; from 0).

    With `attribute` it is any other attribute by its spelling.
    """

    name: str
    target: int
    component: int | None
    attribute: bool


Type: TypeAlias = (
    Void
    | Int
    | Ptr
    | Array
    | Struct
    | Enum
    | Fwd
    | Typedef
    | Qualifier
    | TypeTag
    | Func
    | FuncProto
    | Var
    | DataSec
    | Float
    | DeclTag
)
