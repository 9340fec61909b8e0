"""The table of names: where each known name is explained, for links in code and for the 404 page."""

from __future__ import annotations

import json

from bpfref.generate.facts import Facts
from bpfref.model.entry import Entry, Kind

NAMES = "api/names.json"
# Their names are those of other things too: they are known by `struct NAME` alone.
_STRUCTS = {Kind.STRUCT, Kind.CONTEXT, Kind.ITERATOR, Kind.STRUCT_OPS}


def names(facts: Facts) -> str:
    """JSON, one name a line: kind, page below the documentation folder, anchor where it has one."""
    known = {e.name: e for e in facts.catalogue.entries.values() if e.page in facts.pages}
    structs = {f"struct {e.name}": e for e in known.values() if e.kind in _STRUCTS}
    plain = {name: e for name, e in known.items() if e.kind not in _STRUCTS}
    synonyms = {name: e for name, e in facts.catalogue.synonyms.items() if e.page in facts.pages}
    rows = sorted((plain | structs | synonyms).items())
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(_row(entry))}" for name, entry in rows)
    return '{"names": {\n' + lines + "\n}}\n"


def _row(entry: Entry) -> dict[str, str]:
    row = {"kind": str(entry.kind), "page": entry.page}
    return row | {"anchor": entry.anchor} if entry.anchor else row
