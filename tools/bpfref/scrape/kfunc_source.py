"""The kfuncs that a kernel's source registers: sets, flags, hooks, options, and definitions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats import kbuild, kfuncs
from bpfref.formats.csource import blank_comments, conditional_lines, find_definition, parse_list_macros
from bpfref.model.helper import Parameter
from bpfref.model.kfunc import FMODRET, Registration

_INCLUDE = re.compile(r"^\s*#\s*include\s*<([\w/.-]+)>", re.M)
_LEFT_OUT = ("tools/", "samples/", "Documentation/")


@dataclass(frozen=True)
class Declared:
    """A kfunc in the source of a series; `form` is its definition where one was found."""

    sets: tuple[Registration, ...]
    flags: tuple[str, ...]
    definition: tuple[str, tuple[Parameter, ...]] | None


@dataclass(frozen=True)
class SourceTree:
    """What the source says: names of flags to bits, hooks to program types, and what sets declare."""

    flags: dict[str, int]
    hooks: dict[str, tuple[str, ...]]
    declared: dict[str, Declared]


def read_source(root: Path, series: str, seen: Collection[str]) -> SourceTree:
    """Read a kernel's tree. Definitions are looked up for what is not in `seen`, the image's names."""
    flags = kfuncs.parse_flags(_text(root / "include/linux/btf.h"), root / "include/linux/btf.h")
    hooks = kfuncs.parse_hooks(_text(root / "kernel/bpf/btf.c"), "kernel/bpf/btf.c")
    found: dict[str, list[tuple[kfuncs.Member, Registration]]] = defaultdict(list)
    texts: dict[str, str] = {}
    for file, text in _set_files(root):
        texts[file] = text
        for member, registration in _registrations(root, file, text, series):
            found[member.name].append((member, registration))
    declared = {}
    for name, pairs in found.items():
        if name not in seen and all(registration.hooks == (FMODRET,) for _, registration in pairs):
            continue  # a target of fmod_ret programs in a set of the same shape: nobody calls it
        near = [texts[registration.file] for _, registration in pairs]
        definition = None if name in seen else _definition(name, near, root)
        names = tuple(dict.fromkeys(flag for member, _ in pairs for flag in member.flags))
        declared[name] = Declared(tuple(dict.fromkeys(r for _, r in pairs)), names, definition)
    return SourceTree(flags, hooks, declared)


def _definition(name: str, near: Sequence[str], root: Path) -> tuple[str, tuple[Parameter, ...]] | None:
    """A function's definition in one of these texts, else in any C file: one for another architecture."""
    far = (
        _text(path) for path in sorted(root.rglob("*.c")) if not path.relative_to(root).as_posix().startswith(_LEFT_OUT)
    )
    found = (find_definition(blank_comments(text), name) for text in chain(near, far) if name in text)
    return next(filter(None, found), None)


def _set_files(root: Path) -> Iterator[tuple[str, str]]:
    """The C files that declare sets of kfuncs, by path below the kernel's tree."""
    for path in sorted(root.rglob("*.c")):
        file = path.relative_to(root).as_posix()
        if not file.startswith(_LEFT_OUT):
            text = _text(path)
            if kfuncs.mentions_sets(text):
                yield file, text


def _registrations(root: Path, file: str, text: str, series: str) -> Iterator[tuple[kfuncs.Member, Registration]]:
    """Every member of a file's sets with what its set is registered for."""
    said = kfuncs.parse_sets(text, file, _list_macros(root, text))
    if said.unknown:
        raise SourceError(f"registers {said.unknown[0][1]}, which it does not define: read sets across files", file)
    built = _options(root, file)
    for each in said.sets:
        calls = [call for call in said.registered if call.set == each.name]
        hooks = tuple(dict.fromkeys(call.hook for call in calls))
        filters = next((call.filter for call in calls if call.filter), None)
        for member in each.members:
            options = tuple(dict.fromkeys((*built, *member.options)))
            yield member, Registration((series,), each.name, file, hooks, filters, options)


def _list_macros(root: Path, text: str) -> dict[str, str]:
    """List macros of the headers that a file includes."""
    found: dict[str, str] = {}
    for header in _INCLUDE.findall(text):
        path = root / "include" / header
        if path.is_file():
            found |= parse_list_macros(_text(path))
    return found


def _options(root: Path, file: str) -> tuple[str, ...]:
    """What decides whether a file is built: its Makefile, or the conditions around its `#include`.

    Where rules ask for one of several symbols, nothing is said.
    """
    path = root / file
    makefile = path.parent / "Makefile"
    found = kbuild.parse_options(_text(makefile), path.stem) if makefile.is_file() else ()
    if not found:
        including = sorted((*path.parent.glob("*.c"), *path.parent.parent.glob("*.c")))
        mark = re.compile(rf'#\s*include\s*"(?:[\w/.-]*/)?{re.escape(path.name)}"')
        lines = (line for each in including for line in conditional_lines(_text(each)))
        return next((line.options for line in lines if mark.search(line.text)), ())
    return found if len(found) == 1 else ()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
