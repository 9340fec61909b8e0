"""Kernel source to kfunc sets: `BTF_KFUNCS_START` and its registration, `KF_` bits, program types' hooks.

The C is read as people write it for these macros; anything else in a set is a SourceError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats.csource import Line, arguments, blank_comments, conditional_lines
from bpfref.model.kfunc import FMODRET

_START = re.compile(r"^\s*(?:BTF_KFUNCS_START|BTF_SET8_START)\s*\(\s*(\w+)\s*\)")
_END = re.compile(r"^\s*(?:BTF_KFUNCS_END|BTF_SET8_END)\s*\(\s*(\w+)\s*\)")
_MEMBER = re.compile(r"BTF_ID_FLAGS\s*\(\s*func\s*,\s*(\w+)\s*(?:,\s*([\w\s|]*?))?\s*\)\s*;?")
_CALL = re.compile(r"\b(\w+)\s*\(")
_KFUNC_SET = re.compile(r"\bstruct\s+btf_kfunc_id_set\s+(\w+)\s*=\s*\{(.*?)\}\s*;", re.S)
_FIELD = re.compile(r"\.(\w+)\s*=\s*&?\s*(\w+)")
_REGISTER = re.compile(r"\bregister_btf_kfunc_id_set\s*\(\s*(BPF_PROG_TYPE_\w+)\s*,\s*&\s*(\w+)\s*\)")
_REGISTER_FMODRET = re.compile(r"\bregister_btf_fmodret_id_set\s*\(\s*&\s*(\w+)\s*\)")
_FLAG = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(KF_\w+)[ \t]+\(\s*1\s*<<\s*(\d+)\s*\)", re.M)
_HOOKS = re.compile(r"\bbpf_prog_type_to_kfunc_hook\s*\([^;{]*\{(.*?)^\}", re.S | re.M)
_CASE = re.compile(r"\bcase\s+(BPF_PROG_TYPE_\w+)\s*:|\breturn\s+(BTF_KFUNC_HOOK_\w+)\s*;")
_LOCAL = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(([^)]*)\)[ \t]+(.*)$")


@dataclass(frozen=True)
class Member:
    """A function of a set: its flags by name, and the configuration symbols around it."""

    name: str
    flags: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class SourceSet:
    """A set of kfuncs as a file declares it."""

    name: str
    line: int
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Registered:
    """A registration: program type (or `fmodret`), the set, and the function that filters callers."""

    hook: str
    set: str
    filter: str | None


@dataclass(frozen=True)
class Sets:
    """What one file says of kfunc sets."""

    sets: tuple[SourceSet, ...]
    registered: tuple[Registered, ...]
    unknown: tuple[tuple[str, str], ...]


def mentions_sets(text: str) -> bool:
    """Whether a C file may declare or register sets of kfuncs."""
    return "btf_kfunc_id_set" in text or "BTF_KFUNCS_START" in text or "BTF_SET8_START" in text


def parse_sets(text: str, file: Path | str, macros: Mapping[str, str]) -> Sets:
    """The sets of a C file, and what it registers for whom.

    `macros` are bodies of macros without parameters, for a set that lists its members through one.
    `unknown` are registrations (hook, variable) of a variable that this file does not define.
    """
    plain = blank_comments(text)
    variables = {name: dict(_FIELD.findall(body)) for name, body in _KFUNC_SET.findall(plain)}
    calls = [*_REGISTER.findall(plain), *((FMODRET, name) for name in _REGISTER_FMODRET.findall(plain))]
    known = [(hook, variables[name]) for hook, name in calls if name in variables]
    registered = tuple(Registered(hook, found["set"], found.get("filter")) for hook, found in known if "set" in found)
    unknown = tuple((hook, name) for hook, name in calls if name not in variables)
    return Sets(tuple(_sets(plain, file, macros)), tuple(dict.fromkeys(registered)), unknown)


def parse_flags(text: str, file: Path | str) -> dict[str, int]:
    """`KF_` names of `include/linux/btf.h` to their bits; SourceError when there is none."""
    found = {name: int(bit) for name, bit in _FLAG.findall(text)}
    if not found and "KF_" in text:
        raise SourceError("no KF_ flag is defined as (1 << bit): the form has changed", file)
    return found


def parse_hooks(text: str, file: Path | str) -> dict[str, tuple[str, ...]]:
    """Hooks of `kernel/bpf/btf.c` with the program types that go by each; empty before v6.0."""
    found = _HOOKS.search(blank_comments(text))
    if found is None:
        if "BTF_KFUNC_HOOK" in text:
            raise SourceError("bpf_prog_type_to_kfunc_hook() is not there: the form has changed", file)
        return {}
    hooks: dict[str, list[str]] = {}
    waiting: list[str] = []
    for program_type, hook in _CASE.findall(found[1]):
        if program_type:
            waiting.append(program_type)
        elif waiting:
            hooks.setdefault(hook, []).extend(waiting)
            waiting = []
    return {hook: tuple(types) for hook, types in hooks.items()}


def _sets(plain: str, file: Path | str, macros: Mapping[str, str]) -> Iterator[SourceSet]:
    """Walk the lines; a set is what stands between its two marks."""
    name, start, inside = "", 0, list[Line]()
    local: dict[str, tuple[str, str]] = {}
    for line in conditional_lines(plain):
        define = _LOCAL.match(line.text)
        if define:
            local[define[1]] = (define[2], define[3])
        elif not name and (begins := _START.match(line.text)):
            name, start, inside = begins[1], line.number, []
        elif name and (ends := _END.match(line.text)):
            if ends[1] != name:
                raise SourceError(f"set {name} ends as {ends[1]}", file, line.number)
            yield SourceSet(name, start, tuple(_members(inside, file, local, macros)))
            name = ""
        elif name:
            inside.append(line)
    if name:
        raise SourceError(f"set {name} has no end", file, start)


def _members(
    lines: list[Line], file: Path | str, local: Mapping[str, tuple[str, str]], macros: Mapping[str, str]
) -> Iterator[Member]:
    """The functions of a set; a call may go over several lines."""
    waiting = ""
    for line in lines:
        waiting = f"{waiting} {line.text}".strip()
        if line.text.lstrip().startswith("#") or not waiting:
            waiting = ""
            continue
        if waiting.count("(") > waiting.count(")"):
            continue
        text = _expanded(waiting, local, macros) if waiting in macros else waiting
        rest = _MEMBER.sub("", text).strip()
        if rest:
            raise SourceError(f"{rest[:60]!r} in a set of kfuncs is not understood", file, line.number)
        for name, flags in _MEMBER.findall(text):
            yield Member(name, tuple(f for f in re.split(r"[\s|]+", flags) if f), line.options)
        waiting = ""


def _expanded(name: str, local: Mapping[str, tuple[str, str]], macros: Mapping[str, str]) -> str:
    """A list macro with its entries replaced by what the local macro makes of them."""
    body, out, at = macros[name], list[str](), 0
    while found := _CALL.search(body, at):
        given, at = arguments(body, found.end())
        if found[1] in local:
            names, text = local[found[1]]
            values = dict(zip((n.strip() for n in names.split(",")), given, strict=True))
            out.append(re.sub(r"\w+", lambda m, v=values: v.get(m[0], m[0]), text))  # type: ignore[misc]
    return " ".join(out) or name
