"""The part of the scraped header that the loader takes along into guests, as JSON. Pure.

`bpfref generate` writes `uapi.json` beside this module from the facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from bpfref.catalogue import Catalogue
from bpfref.model.uapi import Field

PATH = Path(__file__).parent / "uapi.json"
PLACE = Path("tools/bpfref/loader/uapi.json")
"""Where a checkout has it."""
STRUCTS = ("bpf_map_info", "bpf_prog_info", "bpf_btf_info", "bpf_link_info")


def render(facts: Catalogue) -> str:
    """Every constant with a value, the enumerators of each enum, and where the fields of infos lie.

    A field is its path with offset and size in bytes; one that is an array has the whole's size.
    """
    groups = facts.groups.values()
    value = {
        "constants": {m.name: m.value for g in groups for m in g.members if m.value is not None},
        "enums": {g.name: [m.name for m in g.members if not m.sentinel] for g in groups if g.name},
        "structs": {
            name: {"size": facts.structs[name].size, "fields": dict(_flat(facts.structs[name].fields))}
            for name in STRUCTS
        },
    }
    return json.dumps(value, separators=(",", ":")).replace('},"', '},\n"') + "\n"


def _flat(fields: Iterable[Field], prefix: str = "") -> Iterator[tuple[str, tuple[int, int]]]:
    for field in fields:
        inner = f"{prefix}{field.name}." if field.name else prefix
        if field.fields:
            yield from _flat(field.fields, inner)
        elif field.name and not field.bits:
            yield prefix + field.name, (field.offset, field.size)
