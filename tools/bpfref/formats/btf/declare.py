"""Types of BTF as C, spelled as people write the kernel's code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpfref.formats.btf.layout import Alignments
from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.types import (
    Array,
    Enum,
    Float,
    Func,
    FuncProto,
    Fwd,
    Int,
    Member,
    Ptr,
    Qualifier,
    Struct,
    Type,
    Typedef,
    TypeTag,
    Var,
    Void,
)
from bpfref.formats.btf.wire import Kind, fault

# The kernel's headers and libbpf's `bpf_helpers.h` name a macro `__tag` for each of these tags.
_MACROS = frozenset({"user", "rcu", "percpu", "kptr", "kptr_untrusted", "percpu_kptr", "uptr"})
_QUALIFIERS = ("const", "volatile", "restrict")
_KEYWORDS = {Kind.STRUCT: "struct", Kind.UNION: "union", Kind.ENUM: "enum", Kind.ENUM64: "enum"}
_BIT_FIELDS = frozenset({Kind.INT, Kind.ENUM, Kind.ENUM64})
_IDENTIFIER = re.compile(r"[^\W\d][\w$.]*")
_NUMBER = re.compile(r"[\w ]+")
_DEEPEST = 32
_INT = 4

# A declaration may name a million types by naming the same few again and again; a kernel's longest costs a fifth.
_BUDGET = 1 << 20
_COST = 64


def declare(btf: Btf, type_id: int, name: str = "") -> str:
    """A declaration of `name` as that type, on one line and without semicolon; without a name the type.

    A function or variable is declared under its own name unless another is given. SourceError for
    what C cannot say: tags, sections, names that are no identifiers, types nested without end.
    """
    found = btf[type_id]
    writer = Writer(btf)
    if isinstance(found, Func):
        return writer.declaration(found.proto, name or writer.identifier(found.name))
    if isinstance(found, Var):
        return writer.declaration(found.type, name or writer.identifier(found.name))
    return writer.declaration(type_id, name)


def define(btf: Btf, type_id: int, *, offsets: bool = False) -> str:
    """The definition of a struct, union, enumeration or typedef; anything else is declared; with semicolon.

    `offsets` adds to each member its byte (and bit) from the start of the whole. SourceError as `declare`.
    """
    found = btf[type_id]
    writer = Writer(btf, offsets=offsets)
    match found:
        case Struct() | Enum():
            return writer.whole(type_id, found)
        case Typedef():
            target = btf[found.target]
            if isinstance(target, Struct | Enum) and target.name is None:
                return writer.whole(found.target, target, writer.identifier(found.name))
            return f"typedef {declare(btf, found.target, writer.identifier(found.name))};\n"
    return declare(btf, type_id) + ";\n"


@dataclass(frozen=True, slots=True)
class _Named:
    """A struct, union or enumeration that C refers to by its tag."""

    keyword: str
    name: str


@dataclass(frozen=True, slots=True)
class Lines:
    """How deep a definition is indented, and at which bit of the outermost type it starts."""

    indent: int
    bit: int

    def within(self, bit: int) -> Lines:
        """The same for what is defined inside, at a member's bit."""
        return Lines(self.indent + 1, self.bit + bit)


class Writer:
    """Writes one declaration or definition, and stops at nesting and sizes that no person wrote."""

    def __init__(self, btf: Btf, *, offsets: bool = False, alignments: Alignments | None = None):
        self._btf = btf
        self._offsets = offsets
        self._left = _BUDGET
        self._alignments = alignments or Alignments(btf)

    def named(self, type_id: int, name: str) -> str:
        """How a type is called in C, of what it is called in BTF."""
        del type_id
        return self.identifier(name)

    def identifier(self, name: str) -> str:
        """A name that C allows where a name stands."""
        if not _IDENTIFIER.fullmatch(name):
            raise fault(f"{name!r} is no name in C", self._btf.file)
        return name

    def declaration(self, type_id: int, name: str, depth: int = 0, lines: Lines | None = None) -> str:
        """`name` as a type, from the name outwards: `*` before, `[]` and `()` after, the base type first."""
        inner, waiting = name, list[str]()
        while True:
            found = self._read(type_id, inner, depth)
            match found:
                case Qualifier():
                    waiting.append(found.word)
                    type_id = found.target
                case TypeTag():
                    waiting.append(self._tag(found))
                    type_id = found.target
                case Ptr():
                    inner = f"*{_joined(*_ordered(waiting), inner)}"
                    waiting, type_id = [], found.target
                    lines = lines and Lines(lines.indent, 0)
                case Array():
                    inner = f"{_bracketed(inner)}[{found.count}]"
                    type_id = found.element
                case FuncProto():
                    # Older compilers mark functions that never return with a qualifier, which C has not.
                    tags = [word for word in waiting if word not in _QUALIFIERS]
                    inner = f"{_bracketed(_joined(*tags, inner), force=bool(tags))}({self._parameters(found, depth)})"
                    waiting, type_id = [], found.returns
                case _:
                    words = _ordered(waiting)
                    tags = [word for word in words if word not in _QUALIFIERS]
                    base = self._base(type_id, found, depth, lines)
                    return _joined(*words[: len(words) - len(tags)], base, *tags, inner)

    def whole(self, type_id: int, found: Struct | Enum, typedef: str = "") -> str:
        """The definition of a type, or of a typedef's anonymous one, with semicolon and end of line."""
        self._spend(type_id, _COST * len(found.enumerators if isinstance(found, Enum) else found.members), 0)
        body = self._definition(type_id, found, 0, Lines(0, 0))
        size = f" /* size {found.size} */" if self._offsets else ""
        return f"{_joined('typedef' if typedef else '', body, typedef)};{size}\n"

    def _definition(self, type_id: int, found: Struct | Enum, depth: int, lines: Lines | None) -> str:
        head = _joined(_keyword(found), self.named(type_id, found.name) if found.name else "")
        if isinstance(found, Enum):
            parts = self._enumerators(found)
            head, tail = self._sized(head, found) if parts else (head, "")
        else:
            parts = self._members(type_id, found, depth, lines)
            tail = " __attribute__((packed))" if self._alignments.is_packed(type_id, found) else ""
        if isinstance(found, Enum) and not parts:
            return head
        if lines is None:
            return f"{_joined(head, '{', *parts)} }}{tail}"
        tabs = "\t" * lines.indent
        return "".join([f"{head} {{\n", *(f"{tabs}\t{part}\n" for part in parts), f"{tabs}}}{tail}"])

    def _enumerators(self, found: Enum) -> list[str]:
        return [f"{self.identifier(each.name)} = {_value(found, each.value)}," for each in found.enumerators]

    def _sized(self, head: str, found: Enum) -> tuple[str, str]:
        """What stands before and after the enumerators; it gives the enumeration its size."""
        return head, " __attribute__((packed))" if found.size < _INT else ""

    def _members(self, type_id: int, found: Struct, depth: int, lines: Lines | None) -> list[str]:
        del type_id
        return [self._member(member, depth, lines) for member in found.members]

    def _member(self, member: Member, depth: int, lines: Lines | None) -> str:
        name = self.identifier(member.name) if member.name else ""
        place, bits = self._btf.bits(member)
        if bits is not None:
            if self._btf.kind(self._btf.resolve(member.type)) not in _BIT_FIELDS:
                raise fault(f"the bit field {name!r} is of a type that has none", self._btf.file)
            name += f":{bits}"
        text = self.declaration(member.type, name, depth, lines and lines.within(member.offset))
        if not self._offsets or lines is None:
            return f"{text};"
        at = lines.bit + place
        return f"{text}; /* offset {at // 8}{f', bit {at % 8}' if bits is not None else ''} */"

    def _read(self, type_id: int, text: str, depth: int) -> Type | _Named:
        """A type, if there is room left to write it; one that is only named in C is not decoded."""
        keyword, name = _KEYWORDS.get(self._btf.kind(type_id)), self._btf.name(type_id)
        named = _Named(keyword, self.named(type_id, name)) if keyword and name else None
        self._spend(type_id, len(text) + _COST * (1 if named else 1 + self._btf.entries(type_id)), depth)
        return named or self._btf[type_id]

    def _spend(self, type_id: int, cost: int, depth: int) -> None:
        self._left -= cost
        if self._left < 0 or depth > _DEEPEST:
            raise fault(f"type {type_id} is part of a declaration without end", self._btf.file)

    def _tag(self, tag: TypeTag) -> str:
        if tag.attribute:
            return f"__attribute__(({tag.name}))"
        return f"__{tag.name}" if tag.name in _MACROS else f'__attribute__((btf_type_tag("{tag.name}")))'

    def _parameters(self, proto: FuncProto, depth: int) -> str:
        names = (self.identifier(parameter.name) if parameter.name else "" for parameter in proto.parameters)
        written = [
            self.declaration(parameter.type, name, depth + 1)
            for parameter, name in zip(proto.parameters, names, strict=True)
        ]
        return ", ".join([*written, "..."] if proto.variadic else written) or "void"

    def _base(self, type_id: int, found: Type | _Named, depth: int, lines: Lines | None) -> str:
        match found:
            case Void():
                return "void"
            case Int() | Float():
                return self._number(found.name)
            case Typedef():
                return self.named(type_id, found.name)
            case Fwd():
                return f"{'union' if found.union else 'struct'} {self.named(type_id, found.name)}"
            case _Named():
                return f"{found.keyword} {found.name}"
            case Struct() | Enum():
                return self._definition(type_id, found, depth + 1, lines)
        raise fault(f"type {type_id} ({self._btf.kind(type_id).name}) is no type in C", self._btf.file)

    def _number(self, name: str) -> str:
        """`long unsigned int`, as compilers say, as people write it: `unsigned long`."""
        if not _NUMBER.fullmatch(name):
            raise fault(f"{name!r} is no number in C", self._btf.file)
        words = name.split()
        if len(words) > 1 and {"long", "short"} & set(words):
            words = [word for word in words if word != "int"]
        return " ".join(sorted(words, key=lambda word: word not in {"signed", "unsigned"}))


def _keyword(found: Struct | Enum) -> str:
    if isinstance(found, Enum):
        return "enum"
    return "union" if found.union else "struct"


def _value(found: Enum, value: int) -> str:
    """A value in decimal, or by its bits where its sign is not known."""
    return str(value) if found.signed is not None or value >= 0 else hex(value & 0xFFFFFFFF)


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _ordered(words: list[str]) -> list[str]:
    """Each qualifier once, in the usual order, then the tags."""
    return [word for word in _QUALIFIERS if word in words] + [word for word in words if word not in _QUALIFIERS]


def _bracketed(inner: str, *, force: bool = False) -> str:
    """A declarator to which `[]` or `()` can be put: they bind closer than `*`."""
    return f"({inner})" if force or inner.startswith("*") else inner
