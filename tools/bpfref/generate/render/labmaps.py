"""What the lab's kernels answered about maps, and what they have at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, link, small, table
from bpfref.generate.render.ways import UNASKED, name, rights, told
from bpfref.model.entry import Entry, Kind
from bpfref.model.example import ExampleFolder, Record
from bpfref.model.probe import Call, Map

_RIGHTS = "concepts/privileges.md"  # which capability opens what
_KINDS = {
    Kind.PROGRAM_TYPE: "program-type",
    Kind.MAP_TYPE: "map-type",
    Kind.COMMAND: "syscall-command",
    Kind.ATTACH_TYPE: "attach-type",
    Kind.LINK_TYPE: "link-type",
}


def operations(facts: Facts, map_type: str, page: str) -> str:
    """What user space can do with a map: operations, flags, fields of its values, rights; by series."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    maps = {s: file.maps[map_type] for s, file in lab.files.items() if map_type in file.maps}
    if not maps:
        return f"No kernel that was asked ({span(lab.series, lab.series)}) creates such a map."
    tables = [
        table(("Operation", "Works in", "Refused with"), _operations(facts, maps, page)),
        _flags(facts, maps, page),
        _fields(facts, map_type),
    ]
    parts = [small("\n\n".join(filter(None, tables)))]
    needs = {s: rights(m.needs) for s, m in maps.items() if m.needs}
    if needs:
        parts.append(f"{link('Least rights', page, _RIGHTS)} to create one: {told(facts, needs)}.")
    return "\n\n".join(parts)


def _operations(facts: Facts, maps: Mapping[str, Map], page: str) -> Iterator[tuple[str, str, str]]:
    series = facts.lab.series
    for operation in dict.fromkeys(o for m in maps.values() for o in _asked(m)):
        works = [s for s, m in maps.items() if operation in m.operations]
        refused = {s: code(e) for s, m in maps.items() for e, those in m.refused.items() if operation in those}
        unclear = {s: code(e) for s, m in maps.items() for e, those in m.unclear.items() if operation in those}
        refused |= {s: f"not settled: {errno} for the value that was tried" for s, errno in unclear.items()}
        yield name(facts, operation, page), span(series, works), told(facts, refused, {*works, *refused})


def _asked(found: Map) -> Iterator[str]:
    """Every operation that a kernel has answered for, those that work first."""
    for group in (found.operations, *found.refused.values(), *found.unclear.values()):
        yield from group


def _flags(facts: Facts, maps: Mapping[str, Map], page: str) -> str:
    """The flags that creation takes, in a table, or that it takes none."""
    flags = dict.fromkeys(flag for m in maps.values() for flag in m.flags)
    if not flags:
        return "It takes no flag when it is created."
    rows = [(name(facts, f, page), span(facts.lab.series, [s for s, m in maps.items() if f in m.flags])) for f in flags]
    return table(("Flag at creation", "Taken in"), rows)


def _fields(facts: Facts, map_type: str) -> str:
    """The fields with a meaning to the kernel that a value may hold."""
    found: dict[str, list[str]] = {}
    for series, file in facts.lab.files.items():
        for field, special in file.fields.items():
            if map_type in special.maps:
                found.setdefault(field, []).append(series)
    rows = [(code(f"struct {field}"), span(facts.lab.series, those)) for field, those in found.items()]
    return table(("A value may hold", "Taken in"), rows) if rows else ""


def helpers_of(facts: Facts, map_type: str, page: str) -> str:
    """The helpers that take a map of a type, with the series that accept it."""
    if not facts.lab.series:
        return UNASKED
    helpers = facts.catalogue.helpers
    found = {h: _takers(facts, h, map_type) for h in helpers}
    if not any(found.values()):
        found = {h: _shown(facts, h, map_type) for h in helpers}
    rows = [(name(facts, h, page), span(facts.lab.series, those)) for h, those in found.items() if those]
    return small(table(("Helper", "Takes it in"), rows)) if rows else "No helper was seen to take such a map."


def maps_of(facts: Facts, helper: str, page: str) -> str:
    """The map types that a helper takes, with the series that accept them."""
    if not facts.lab.series:
        return UNASKED
    types = [entry.name for entry in facts.catalogue.of_kind(Kind.MAP_TYPE)]
    found = {t: _takers(facts, helper, t) for t in types}
    if not any(found.values()):
        found = {t: _shown(facts, helper, t) for t in types}
    rows = [(name(facts, t, page), span(facts.lab.series, those)) for t, those in found.items() if those]
    return small(table(("Map type", "Taken in"), rows)) if rows else "It was seen to take no map."


def _takers(facts: Facts, helper: str, map_type: str) -> list[str]:
    return [s for s, file in facts.lab.files.items() if map_type in file.helpers.get(helper, Call()).maps]


def _shown(facts: Facts, helper: str, map_type: str) -> list[str]:
    """The series that ran an example about both, where the calls that were tried needed what they lacked."""
    if all(parameter.name != "map" for parameter in facts.catalogue.helpers[helper].parameters):
        return []
    about = [
        folder
        for folder in facts.catalogue.examples.values()
        if {helper, map_type} <= set(folder.definition.subjects) and folder.definition.expect.verdict == "accepted"
    ]
    return [
        file.kernel.series
        for file in facts.catalogue.verified
        if any(_passed(file.examples.get(folder.name), folder) for folder in about)
    ]


def _passed(record: Record | None, folder: ExampleFolder) -> bool:
    return record is not None and record.outcome == "passed" and record.source == folder.digest


def presence(facts: Facts, entry: Entry) -> list[tuple[str, str]]:
    """For a facts box: the kernels that have something, and those that leave it out and why."""
    kind = _KINDS.get(entry.kind)
    found = {s: f.presence[kind] for s, f in facts.lab.files.items() if kind and kind in f.presence}
    has = [s for s, p in found.items() if entry.name in (*p.present, *p.known)]
    left = {s: code(p.left_out[entry.name]) for s, p in found.items() if entry.name in p.left_out}
    pairs = [("Found in", span(facts.lab.series, has))] if has else []
    if left:
        pairs.append(("Left out", f"in Debian's {span(facts.lab.series, list(left))}: {told(facts, left)} is off"))
    return pairs
