"""The table of names: where each known name is explained, for links in code and for the 404 page."""

from __future__ import annotations

import json

from bpfref.generate.facts import Facts
from bpfref.layout import LIBRARY
from bpfref.model.entry import Entry, Kind

NAMES = "api/names.json"
# Their names are those of other things too: they are known by `struct NAME` alone.
_STRUCTS = {Kind.STRUCT, Kind.CONTEXT, Kind.ITERATOR, Kind.STRUCT_OPS}


def names(facts: Facts) -> str:
    """JSON, one name a line: kind, page below the documentation folder, anchor where it has one.

    `within` has, by folder, names that mean something else on the pages there.
    """
    known = {e.name: e for e in facts.catalogue.entries.values() if e.page in facts.pages}
    structs = {f"struct {e.name}": e for e in known.values() if e.kind in _STRUCTS}
    plain = {name: e for name, e in known.items() if e.kind not in _STRUCTS}
    synonyms = {name: e for name, e in facts.catalogue.synonyms.items() if e.page in facts.pages}
    library = {name: e for name, e in facts.catalogue.library.items() if e.page in facts.pages}
    here = {name: entry for name, entry in library.items() if name in plain}
    rows = _lines(library | plain | structs | synonyms)
    return f'{{"names": {{\n{rows}\n}}, "within": {{\n"{LIBRARY}/": {{\n{_lines(here)}\n}}}}}}\n'


def _lines(entries: dict[str, Entry]) -> str:
    return ",\n".join(f"{json.dumps(name)}: {json.dumps(_row(entry))}" for name, entry in sorted(entries.items()))


def _row(entry: Entry) -> dict[str, str]:
    row = {"kind": str(entry.kind), "page": entry.page}
    return row | {"anchor": entry.anchor} if entry.anchor else row
