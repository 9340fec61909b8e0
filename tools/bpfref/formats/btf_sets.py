"""The kernel's sets of functions: in an image's section `.BTF_ids` as ids, in its source by name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats.btf.wire import Order

_WORD = 4
_SET = re.compile(r"^BTF_SET_START\((?P<name>\w+)\)\n(?P<body>.*?)^BTF_SET_END\((?P<end>\w+)\)", re.M | re.S)
_ENTRY = re.compile(r"BTF_ID\((?P<kind>\w+), (?P<name>\w+)\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
# Lines of a set that name nothing: conditions, and the place that a missing function leaves free.
_NOTHING = re.compile(r"#\s*(?:if|ifdef|ifndef|else|elif|endif)\b.*|BTF_ID_UNUSED")
_REGISTERED = re.compile(r"\bregister_bpf_struct_ops\(&\w+, (\w+)\)|^BPF_STRUCT_OPS_TYPE\((\w+)\)", re.M)


def parse_id_sets(ids: bytes, order: Order, members: Collection[int]) -> list[frozenset[int]]:
    """Every set in `.BTF_ids` that holds nothing but `members`, in the order of the section.

    A set is its size and then that many ids in ascending order; the section does not say where
    its sets begin, so a small number before an id may pass for a set of its own: what a set is has
    to show in what it holds (`recognise`). SourceError for a section that is not made of whole words.
    """
    if len(ids) % _WORD:
        raise SourceError(f"a section .BTF_ids of {len(ids)} bytes is not made of whole words: take an intact image")
    words = [int.from_bytes(ids[at : at + _WORD], order) for at in range(0, len(ids), _WORD)]
    return list(_sets(words, members))


def _sets(words: list[int], members: Collection[int]) -> Iterator[frozenset[int]]:
    at = 0
    while at < len(words):
        inside = words[at + 1 : at + 1 + words[at]]
        whole = 0 < words[at] == len(inside) and all(a < b for a, b in pairwise(inside))
        if whole and all(each in members for each in inside):
            yield frozenset(inside)
            at += words[at]
        at += 1


def parse_source_sets(text: str, file: Path | str, prefix: str) -> dict[str, frozenset[str]]:
    """The sets that a C file spells out, with the names of their functions without `prefix`.

    Left out are sets that include another file, and those of other functions than `prefix`'s.
    Conditions are not weighed: all branches count. SourceError for a line of a set that is no entry.
    """
    found: dict[str, frozenset[str]] = {}
    for match in _SET.finditer(text):
        if match["name"] != match["end"]:
            raise SourceError(f"the set {match['name']} ends as {match['end']}: is it C of the kernel?", file)
        body = _COMMENT.sub("", match["body"])
        if "#include" in body:
            continue
        lines = [line.strip() for line in body.split("\n") if line.strip()]
        names = [_entry(line, match["name"], file) for line in lines if not _NOTHING.fullmatch(line)]
        if names and all(name.startswith(prefix) for name in names):
            found[match["name"]] = frozenset(name.removeprefix(prefix) for name in names)
    return found


def _entry(line: str, name: str, file: Path | str) -> str:
    found = _ENTRY.fullmatch(line)
    if found is None:
        raise SourceError(f"{line!r} in the set {name} is no BTF_ID(…): has the kernel a new way?", file)
    return found["name"] if found["kind"] == "func" else found[0]


def parse_registered(text: str) -> frozenset[str]:
    """The struct_ops types that a C file registers, as v6.9 and later do or as those before it."""
    return frozenset(first or second for first, second in _REGISTERED.findall(text))


def recognise(sets: Collection[frozenset[str]], known: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Which set of an image is which of the `known` ones, those of a near release's source.

    A set is the known one that it shares the most with, if that is more than half of both together.
    SourceError when two sets are alike.
    """
    found: dict[str, frozenset[str]] = {}
    for name, wanted in known.items():
        alike = [each for each in sets if len(each & wanted) * 2 > len(each | wanted)]
        if len(set(alike)) > 1:
            raise SourceError(f"{len(alike)} sets of .BTF_ids could be {name}: their members do not tell")
        if alike:
            found[name] = alike[0]
    return found
