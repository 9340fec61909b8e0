"""What libbpf's headers declare: functions, macros, structs, callbacks and enums."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.model.fact import Fact
from bpfref.model.files import Source
from bpfref.model.helper import Parameter, spell

SIZE = "sz"  # the first member of an option struct: how the library tells which version of it a caller knows
LAST = "__last_field"  # after a struct's name: the macro without which the library cannot check options


@dataclass(frozen=True)
class Function(Fact):
    """A function and the header that declares it; a parameter that the header leaves without a name has none.

    `inline`: its body is in the header, so the library does not export it. `deprecated`: a compiler warns of it.
    """

    header: str
    returns: str
    parameters: tuple[Parameter, ...] = ()
    inline: bool = False
    deprecated: bool = False

    def prototype(self, name: str) -> str:
        """The C prototype, on one line."""
        inside = ", ".join(spell(p.type, p.name).rstrip() for p in self.parameters) or "void"
        return f"{spell(self.returns, name)}({inside})"


@dataclass(frozen=True)
class Macro(Fact):
    """A macro and its header; `parameters` are None when it takes no arguments at all (`__weak`)."""

    header: str
    parameters: tuple[str, ...] | None = None

    def prototype(self, name: str) -> str:
        """The macro as it is used."""
        return name if self.parameters is None else f"{name}({', '.join(self.parameters)})"


@dataclass(frozen=True)
class Member(Fact):
    """A member of a struct; `members` are those of a struct or union that has no name of its own."""

    name: str
    type: str
    bits: int | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Record(Fact):
    """A struct that callers fill or read."""

    header: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Callback(Fact):
    """A type of functions that callers hand over."""

    header: str
    returns: str
    parameters: tuple[Parameter, ...] = ()

    def declaration(self, name: str) -> str:
        """The C declaration, on one line."""
        inside = ", ".join(spell(p.type, p.name).rstrip() for p in self.parameters) or "void"
        return f"typedef {spell(self.returns, f'(*{name})')}({inside})"


@dataclass(frozen=True)
class Enumeration(Fact):
    """An enum: members with their values."""

    header: str
    members: dict[str, int]


@dataclass(frozen=True)
class Api(Fact):
    """What headers of one side declare, by name."""

    functions: dict[str, Function]
    macros: dict[str, Macro]
    structs: dict[str, Record]
    callbacks: dict[str, Callback]
    enums: dict[str, Enumeration]

    def is_options(self, name: str) -> bool:
        """Whether a struct is for `LIBBPF_OPTS`; a skeleton has its size in front too, and is none."""
        first = self.structs[name].members[:1]
        return [each.name for each in first] == [SIZE] and f"{name}{LAST}" in self.macros


@dataclass(frozen=True)
class LibbpfApiFile(Fact):
    """`data/scraped/libbpf-api.yaml`: what programs of user space call, and what BPF programs include."""

    source: Source
    user: Api
    bpf: Api
