"""The table of section names in libbpf's `libbpf.c`, in each of the forms that it had."""

from __future__ import annotations

import re
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats.csource import arguments, blank_comments
from bpfref.model.libbpf import SLEEPABLE, SectionRule

_TABLE = re.compile(r"\bsection_(?:names|defs)\[\]\s*=\s*\{")
_ENTRY = re.compile(r"\s*(?P<macro>[A-Z_]+)\s*\(")
_STRING = re.compile(r'"([^"]+)"')
_TYPE = "BPF_PROG_TYPE_"
_WORD = re.compile(r"\w+")


def parse_sections(text: str, file: Path | str) -> tuple[SectionRule, ...]:
    """The table's entries, in order; SourceError when it is not there or an entry is not understood."""
    plain = blank_comments(text)
    found = _TABLE.search(plain)
    if found is None:
        raise SourceError("no table of section names: name libbpf's libbpf.c", file, 1)
    rules, at = [], found.end()
    while not plain[at:].lstrip(", \t\n").startswith("}"):
        at += len(plain[at:]) - len(plain[at:].lstrip(", \t\n"))
        entry = _ENTRY.match(plain, at)
        line = plain.count("\n", 0, at) + 1
        if entry is None:
            raise SourceError("here should stand an entry such as SEC_DEF(...): the form has changed", file, line)
        given, at = arguments(plain, entry.end())
        rules.append(_rule(given, file, line))
    return tuple(rules)


def _rule(given: list[str], file: Path | str, line: int) -> SectionRule:
    """An entry from its arguments: a name, a type, then by position or by field name what was added later."""
    name = _STRING.fullmatch(given[0])
    if name is None or len(given) < 2 or not _WORD.fullmatch(given[1]):  # noqa: PLR2004 - name and type
        raise SourceError(f"{', '.join(given)[:60]!r} is no name and program type: the form has changed", file, line)
    fields = dict(re.split(r"\s*=\s*", word[1:], maxsplit=1) for word in given[2:] if word.startswith("."))
    rest = [word for word in given[2:] if not word.startswith(".")]
    attach = fields.get("expected_attach_type") or next((w for w in rest if w.startswith("BPF_")), None)
    flags = [f.strip() for word in rest for f in word.split("|") if f.strip().startswith("SEC_")]
    if fields.get("is_sleepable") == "true":
        flags.append(SLEEPABLE)
    handler = fields.get("attach_fn") or next((w for w in rest if w.startswith("attach_")), None)
    return SectionRule(
        name[1],
        _TYPE + given[1].removeprefix(_TYPE),
        attach,
        tuple(flag for flag in flags if flag != "SEC_NONE"),
        handler,
    )
