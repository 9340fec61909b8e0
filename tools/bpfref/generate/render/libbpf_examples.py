"""Which examples use a name of libbpf: in C by the name, in Python through the methods of the loader that call it."""

from __future__ import annotations

import ast
import io
import os
import re
import socket
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from mmap import mmap
from pathlib import Path
from threading import Thread

import bpfref.loader
from bpfref.generate.facts import Facts
from bpfref.generate.render.libbpf_api import side_of
from bpfref.generate.render.text import code, link
from bpfref.model.entry import Entry, Kind
from bpfref.model.example import KERNEL_SIDE, ExampleFolder

_MOST = 5
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"", re.S)
_WORD = re.compile(r"[A-Za-z_]\w*")
_METHOD = re.compile(r"\.([a-z]\w*)\(")
# What Python's own types and modules have too: such a name alone does not tell whose it is.
_OTHERS = (dict, list, set, str, bytes, int, io.TextIOWrapper, mmap, os, Path, socket.socket, subprocess.Popen, Thread)
_COMMON = frozenset(name for kind in _OTHERS for name in dir(kind))


def examples(facts: Facts, entry: Entry, page: str) -> str:
    """A section with the shortest few that use it; nothing where none does."""
    found = _index(facts).get(entry.name, {})
    ranked = sorted(found, key=lambda name: _rank(facts.catalogue.examples[name]))[:_MOST]
    if not ranked:
        return ""
    lines = [f"- {_place(facts, name, page)}{_through(found[name])}" for name in ranked]
    more = f"\n\nOf {len(found)} examples that use it, the shortest." if len(found) > _MOST else ""
    return "## Examples\n\n" + "\n".join(lines) + more


def _rank(folder: ExampleFolder) -> tuple[bool, int, str]:
    """What is accepted before what is refused, short before long."""
    return folder.definition.expect.verdict == "rejected", sum(map(len, folder.files.values())), folder.name


def _place(facts: Facts, name: str, page: str) -> str:
    target, anchor = _places(facts)[name]
    return link(facts.catalogue.examples[name].definition.title, page, target, anchor or None)


def _through(method: str) -> str:
    return f", through the loader's {code(method)}" if method else ""


@lru_cache(maxsize=1)
def _places(facts: Facts) -> dict[str, tuple[str, str]]:
    """The first page, and its section, that shows each example."""
    found: dict[str, tuple[str, str]] = {}
    for page, told in sorted(facts.pages.items()):
        for name, anchor in told.shows:
            found.setdefault(name, (page, anchor))
    return found


@lru_cache(maxsize=1)
def _index(facts: Facts) -> dict[str, dict[str, str]]:
    """Name to examples that use it, each with the loader's method that does, empty where it is C."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    library = facts.catalogue.library
    for name in _places(facts):
        folder = facts.catalogue.examples.get(name)
        for kind, used, method in _uses(folder) if folder else ():
            if used in library and side_of(library[used]) is kind:
                found[used].setdefault(name, method)
    return found


def _uses(folder: ExampleFolder) -> Iterator[tuple[Kind, str, str]]:
    """Words of the C files, then what the methods call that Python files name, each with the side that it is of."""
    for file, data in folder.files.items():
        if file.endswith((".c", ".h")):
            kind = Kind.LIBBPF_MACRO if file.endswith((KERNEL_SIDE, ".h")) else Kind.LIBBPF_FUNCTION
            yield from ((kind, word, "") for word in set(_WORD.findall(_COMMENT.sub(" ", data.decode()))))
    for file, data in folder.files.items():
        if file.endswith(".py"):
            for method in sorted(set(_METHOD.findall(data.decode()))):
                yield from ((Kind.LIBBPF_FUNCTION, name, method) for name in sorted(_methods().get(method, ())))


@cache
def _methods() -> dict[str, frozenset[str]]:
    """The loader's public methods and functions with the names of libbpf that they, or their own private ones, have."""
    words: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, int] = defaultdict(int)
    for path in sorted(Path(bpfref.loader.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                words[node.name] |= set(_named(node))
                owners[node.name] += 1
    alone = [name for name in words if owners[name] == 1 and not name.startswith("_") and name not in _COMMON]
    return {name: frozenset(_reached(words, name)) for name in alone}


def _named(function: ast.FunctionDef) -> Iterator[str]:
    """What a function's body names: attributes, and texts that are one word."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
            yield node.value


def _reached(words: dict[str, set[str]], name: str) -> set[str]:
    found, waiting = set(words[name]), [word for word in words[name] if word.startswith("_") and word in words]
    seen = set(waiting)
    while waiting:
        inner = words[waiting.pop()]
        found |= inner
        more = {word for word in inner if word.startswith("_") and word in words} - seen
        seen |= more
        waiting += sorted(more)
    return found
