"""A need: one thing that an object asks of a kernel, who asks for it, and when it is missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bpfref.formats.bpf_object import BpfObject, Function, Refers
from bpfref.formats.bpf_object.core import TESTS
from bpfref.model.libbpf import SectionRule
from bpfref.requires.span import Span


class Stage(StrEnum):
    """When a kernel without the thing refuses."""

    LOAD = "load"
    ATTACH = "attach"


@dataclass(frozen=True)
class Need:
    """One thing, as a person names it: `kind` (`helper`), `name`, and `where` it is used (program or map).

    `places` are source lines. `within` qualifies it, such as by the program type that calls it.
    """

    kind: str
    name: str
    span: Span
    where: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    within: str = ""
    stage: Stage = Stage.LOAD

    @property
    def title(self) -> str:
        """What it is, in words."""
        inside = f" in {self.within}" if self.within else ""
        return f"{self.kind} {self.name}{inside}"


@dataclass(frozen=True)
class Program:
    """A program with what libbpf makes of its section's name; without a rule nobody knows its type."""

    function: Function
    functions: tuple[Function, ...]
    rule: SectionRule | None
    sleepable: bool = False
    struct_ops: str | None = None

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name

    @property
    def type(self) -> str | None:
        """The program type's name."""
        return self.rule.program if self.rule else None

    @property
    def attach(self) -> str | None:
        """The attach type's name."""
        return self.rule.attach if self.rule else None

    @property
    def way(self) -> str:
        """The program type with what decides about calls in it."""
        return " ".join(filter(None, [self.type, self.attach, "sleepable" if self.sleepable else None]))

    @property
    def target(self) -> str | None:
        """What follows the first `/` in the section's name."""
        return self.function.section.partition("/")[2] or None


@dataclass(frozen=True)
class Subject:
    """An object, and its programs as a loader sees them."""

    object: BpfObject
    programs: tuple[Program, ...]
    gpl: bool


def find_core_tests(found: BpfObject) -> set[str]:
    """The functions that ask by CO-RE whether a kernel has a type, field or enumerator."""
    return {relocation.function for relocation in found.relocations if relocation.kind in TESTS}


def asks_first(function: Function, *kinds: Refers) -> bool:
    """Whether a function looks at a symbol that may be missing, or at a variable of these kinds that is set before."""
    return any(r.weak or (r.kind in kinds and r.name != ".bss") for r in function.references)


def merged(needs: Iterable[Need]) -> list[Need]:
    """Needs for the same thing as one, with all that use it; in order of kind and name as they came."""
    found: dict[tuple[str, str, str, Stage], tuple[Need, dict[str, None], dict[str, None]]] = {}
    for need in needs:
        key = (need.kind, need.name, need.within, need.stage)
        _, where, places = found.setdefault(key, (need, {}, {}))
        where.update(dict.fromkeys(need.where))
        places.update(dict.fromkeys(need.places))
    return [replace(need, where=tuple(where), places=tuple(places)) for need, where, places in found.values()]
