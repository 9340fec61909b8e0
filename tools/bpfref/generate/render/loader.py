"""The loader's own names as Markdown: signatures and docstrings of `bpfref.loader.bpf`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

from bpfref.loader import bpf

FUNCTIONS, ERRORS = "functions", "errors"
_SPACES = re.compile(r"\s+")


def subjects() -> list[str]:
    """What can be asked for: the classes, all functions, all errors."""
    return [*_classes(), FUNCTIONS, ERRORS]


def api(subject: str) -> str:
    """A table of a class's methods and properties, of all functions, or of all errors."""
    if subject == FUNCTIONS:
        return _table("Function", ((f"`bpf.{_signature(name, call)}`", _text(call)) for name, call in _functions()))
    if subject == ERRORS:
        return _table("Error", ((f"`{each.__name__}`", _error(each)) for each in _errors()))
    found = _classes()[subject]
    rows = [(f"`{name}`", _text(member)) for name, member in _members(found)]
    return f"{_text(found)}\n\n{_table('Member', iter(rows))}" if rows else _text(found)


def _classes() -> dict[str, type]:
    found = ((name, getattr(bpf, name)) for name in bpf.__all__)
    return {name: each for name, each in found if inspect.isclass(each) and not issubclass(each, Exception)}


def _functions() -> Iterator[tuple[str, Callable[..., object]]]:
    found = ((name, getattr(bpf, name)) for name in bpf.__all__)
    yield from ((name, each) for name, each in found if inspect.isfunction(each))


def _errors() -> Iterator[type[Exception]]:
    for name in bpf.__all__:
        found = getattr(bpf, name)
        if inspect.isclass(found) and issubclass(found, Exception):
            yield found


def _error(found: type[Exception]) -> str:
    bases = [base for base in found.__bases__ if base.__name__ in bpf.__all__ or base.__module__ == "builtins"]
    kinds = " and ".join(f"`{base.__name__}`" for base in bases)
    return f"{_text(found)} A {kinds}." if kinds else _text(found)


def _members(found: type) -> Iterator[tuple[str, object]]:
    """Public methods and properties with what they say, those that are inherited last."""
    seen: set[str] = set()
    for owner in found.__mro__[:-1]:
        if not owner.__module__.startswith("bpfref."):
            continue
        for name, member in vars(owner).items():
            if name.startswith("_") or name not in dir(found) or name in seen:
                continue
            seen.add(name)
            if isinstance(member, property):
                yield name, member
            elif inspect.isfunction(member):
                yield _signature(name, member), member


def _signature(name: str, call: Callable[..., object]) -> str:
    """Name and parameters, without their types: `lookup(key, flags=0)`."""
    words: list[str] = []
    for parameter in inspect.signature(call).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        words.append(f"{parameter.name}{default}")
    return f"{name}({', '.join(words)})"


def _text(thing: object) -> str:
    return _SPACES.sub(" ", inspect.getdoc(thing) or "").replace("|", r"\|")


def _table(title: str, rows: Iterator[tuple[str, str]]) -> str:
    lines = [f"| {title} | What it does |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows)]
    return "\n".join(lines)
