"""The table of names: by kind, with number and first release."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from bpfref.generate.facts import Facts
from bpfref.layout import FOLDERS, OWN_PAGE, index_of, page_of
from bpfref.model.entry import LIBBPF_KINDS, Entry, Kind

# What a short word most likely means comes first: `xdp` is the program type.
ORDER = (
    Kind.PROGRAM_TYPE,
    Kind.MAP_TYPE,
    Kind.HELPER,
    Kind.KFUNC,
    Kind.COMMAND,
    Kind.CONTEXT,
    Kind.STRUCT_OPS,
    Kind.ATTACH_TYPE,
    Kind.LINK_TYPE,
    Kind.CONSTANT,
    Kind.STRUCT,
    Kind.KFUNC_FLAG,
    Kind.ITERATOR,
    Kind.LSM_HOOK,
    Kind.LIBBPF_FUNCTION,
    Kind.LIBBPF_MACRO,
)
_NUMBERED = frozenset({Kind.HELPER, Kind.COMMAND, Kind.PROGRAM_TYPE, Kind.MAP_TYPE, Kind.ATTACH_TYPE, Kind.LINK_TYPE})


def listed(facts: Facts) -> list[Entry]:
    """Every entry whose page exists, in the order of kinds and then of names: its place is its number in the index."""
    ranks = {kind: rank for rank, kind in enumerate(ORDER)}
    found = [entry for entry in facts.catalogue.all_entries if entry.page in facts.pages]
    return sorted(found, key=lambda entry: (ranks[entry.kind], entry.name))


def table(facts: Facts) -> dict[str, Any]:
    """The table as JSON: texts with a blank between items, so that they take little room.

    A kind has the `prefix` that all its names share up to an underscore; `names` lack it. `since` has
    for each name `5.17` for a release, `5.17?` for a claim, `<6.1` for one that a kernel bounds from
    above, and `-` where it is not known; `values` the numbers. `elsewhere` names entries on the page of
    another kind, each with that page. `of` names the project whose versions `since` has, where that is not
    the kernel. `aliases` are other names of entries.
    """
    entries = listed(facts)
    kinds = [_kind(facts, kind, [e for e in entries if e.kind is kind]) for kind in ORDER]
    aliases = {name: entry.name for name, entry in facts.catalogue.synonyms.items() if entry in entries}
    return {"kinds": [kind for kind in kinds if kind], "aliases": " ".join(f"{a} {b}" for a, b in aliases.items())}


def _kind(facts: Facts, kind: Kind, entries: Sequence[Entry]) -> dict[str, Any]:
    if not entries:
        return {}
    prefix = _shared([entry.name for entry in entries])
    bounds = _bounds(facts)
    row: dict[str, Any] = {
        "label": kind.label,
        "page": FOLDERS[kind] if kind in OWN_PAGE else index_of(kind).removesuffix(".md"),
        "prefix": prefix,
        "names": " ".join(entry.name.removeprefix(prefix) for entry in entries),
        "since": " ".join(_since(entry, bounds) for entry in entries),
    }
    if kind in LIBBPF_KINDS:
        row["of"] = "libbpf"
    if kind in OWN_PAGE:
        row["own"] = 1
    usual = (page_of(kind, e.name) if e.anchor is None else index_of(kind) for e in entries)
    elsewhere = [
        f"{e.name} {e.page.removesuffix('.md')}" for e, page in zip(entries, usual, strict=True) if e.page != page
    ]
    if elsewhere:
        row["elsewhere"] = " ".join(elsewhere)
    if kind in _NUMBERED:
        row["values"] = " ".join(str(entry.value) for entry in entries)
    return row


def _shared(names: Sequence[str]) -> str:
    """The longest beginning of all names that ends with an underscore."""
    start = posixpath.commonprefix(names) if len(names) > 1 else ""
    return start[: start.rfind("_") + 1]


def _since(entry: Entry, bounds: dict[str, str]) -> str:
    if entry.version:
        return entry.version.since.removeprefix("v")
    if entry.since:
        return entry.since.since.removeprefix("v") + ("?" if entry.since.is_claim else "")
    return f"<{bounds[entry.name].removeprefix('v')}" if entry.name in bounds else "-"


def _bounds(facts: Facts) -> dict[str, str]:
    """The oldest kernel asked that has a thing which no header declares, by name."""
    return dict(_oldest(facts))


def _oldest(facts: Facts) -> Iterator[tuple[str, str]]:
    btf = facts.catalogue.btf
    groups = (
        (btf.struct_ops.kernels, [(each.name, each.lacks) for each in btf.struct_ops.types]),
        (btf.iterators.kernels, [(each.context, each.lacks) for each in btf.iterators.targets]),
        (btf.hooks.kernels, [(each.function, each.lacks) for each in btf.hooks.hooks]),
    )
    for kernels, things in groups:
        for name, lacks in things:
            having = [kernel.series for kernel in kernels if kernel.series not in lacks]
            if having:
                yield name, having[0]
