"""A helper function as libbpf's `bpf_helper_defs.h` declares it."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.model.fact import Fact


@dataclass(frozen=True)
class Parameter(Fact):
    """A parameter: its name, and its C type as a person writes it (`const void *`)."""

    name: str
    type: str


@dataclass(frozen=True)
class Helper(Fact):
    """A helper: the number in a call instruction, and its C prototype.

    `attributes` are the ones written before the declaration (`__bpf_fastcall`).
    A variadic prototype ends with the parameter `...` of type `...`.
    """

    id: int
    name: str
    returns: str
    parameters: tuple[Parameter, ...] = ()
    attributes: tuple[str, ...] = ()

    @property
    def prototype(self) -> str:
        """The C prototype, on one line."""
        inside = ", ".join(spell(p.type, p.name) for p in self.parameters) or "void"
        return f"{spell(self.returns, self.name)}({inside})"


def spell(ctype: str, name: str) -> str:
    """Write a declaration: `spell("void *", "map")` gives `void *map`."""
    if ctype == "...":
        return "..."
    if "(*)" in ctype:  # a pointer to a function: the name stands inside
        return ctype.replace("(*)", f"(*{name})", 1)
    return f"{ctype}{name}" if ctype.endswith("*") else f"{ctype} {name}"


def wrapped(prototype: str, parameters: tuple[Parameter, ...], width: int = 80) -> str:
    """A prototype, one parameter a line when it is longer than `width`."""
    if len(prototype) <= width or not parameters:
        return prototype
    # The list of parameters is at the end: a function's result may have brackets of its own.
    head = prototype.removesuffix(")").removesuffix(", ".join(spell(p.type, p.name) for p in parameters))
    lines = ",\n".join(f"    {spell(p.type, p.name)}" for p in parameters)
    return f"{head}\n{lines}\n)"
