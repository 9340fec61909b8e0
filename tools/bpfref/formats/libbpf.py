"""What libbpf offers: the functions of its version script, the macros and functions of BPF-side headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bpfref.errors import SourceError

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.S)
_NODE = re.compile(r"\s*LIBBPF_(?P<version>\d+\.\d+(?:\.\d+)?)\s*\{(?P<body>[^{}]*)\}[^;{}]*;")
_SYMBOL = re.compile(r"[A-Za-z_]\w*")
_PART = re.compile(r"\s*(?P<scope>global|local)\s*:")
_TEXT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(?P<name>[A-Za-z_]\w*)", re.M)
_GUARD = re.compile(r"^[ \t]*#[ \t]*ifndef[ \t]+(?P<name>\w+)[ \t]*\n[ \t]*#[ \t]*define[ \t]+(?P=name)[ \t]*$", re.M)
_FUNCTION = re.compile(r"^(?:static|__weak)\b[^;{}=#()]*?\b(?P<name>[A-Za-z_]\w*)\([^;{}#]*\)\s*\{", re.M)


def parse_version_script(text: str, file: Path) -> dict[str, str]:
    """Each exported function with the version of the first node that has it (`0.8.0`).

    SourceError for anything but nodes `LIBBPF_x.y.z` with global symbols; `local: *` is understood.
    """
    plain = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    symbols: dict[str, str] = {}
    at = 0
    while plain[at:].strip():
        node = _NODE.match(plain, at)
        if node is None:
            raise _fault("here should begin a node `LIBBPF_x.y.z { ... }`", plain, at, file)
        for symbol in _global(node["body"], plain, node.start("body"), file):
            symbols.setdefault(symbol, node["version"])  # a later node may give it a second version
        at = node.end()
    if not symbols:
        raise SourceError("no node `LIBBPF_x.y.z`: name libbpf's version script", file, 1)
    return symbols


def parse_macros(text: str, file: Path) -> frozenset[str]:
    """The macros and functions that a BPF-side header gives to programs, without its own guard.

    SourceError for a text that defines nothing.
    """
    plain = _TEXT.sub(lambda found: '""' if found[0][0] == '"' else "\n" * found[0].count("\n"), text)
    guard = _GUARD.search(plain)
    names = {found["name"] for found in _DEFINE.finditer(plain)} | set(_functions(plain))
    names.discard(guard["name"] if guard else "")
    if not names:
        raise SourceError("it defines nothing: name a header of libbpf", file, 1)
    return frozenset(names)


def _functions(plain: str) -> Iterator[str]:
    return (found["name"] for found in _FUNCTION.finditer(plain))


def _global(body: str, plain: str, start: int, file: Path) -> Iterator[str]:
    """The symbols below `global:`; those below `local:` are not exported."""
    exported = True
    for statement in body.split(";"):
        words = statement
        part = _PART.match(words)
        if part:
            exported = part["scope"] == "global"
            words = words[part.end() :]
        name = words.strip()
        if exported and name:
            if not _SYMBOL.fullmatch(name):
                raise _fault(f"{name!r} is no symbol", plain, start, file)
            yield name


def _fault(message: str, plain: str, at: int, file: Path) -> SourceError:
    return SourceError(f"{message}; name libbpf's version script, unedited", file, plain.count("\n", 0, at) + 1)
