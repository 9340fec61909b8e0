"""What the lab's kernels answered about maps: operations, helpers, flags; and what is there at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, definitions, table
from bpfref.generate.render.verdicts import UNASKED, rights
from bpfref.model.entry import Entry, Kind
from bpfref.model.probe import Call

_KINDS = {
    Kind.PROGRAM_TYPE: "program-type",
    Kind.MAP_TYPE: "map-type",
    Kind.COMMAND: "syscall-command",
    Kind.ATTACH_TYPE: "attach-type",
    Kind.LINK_TYPE: "link-type",
}


def operations(facts: Facts, map_type: str, page: str) -> str:
    """What user space can do with a map: operations and map flags, by series."""
    lab = facts.lab
    files = {s: file.maps[map_type] for s, file in lab.files.items() if map_type in file.maps}
    if not lab.series:
        return UNASKED
    if not files:
        return f"The kernels of the lab ({span(lab.series, lab.series)}) create no such map."
    rows = []
    names = dict.fromkeys(o for m in files.values() for group in (m.operations, *m.refused.values()) for o in group)
    for name in names:
        works = [s for s, m in files.items() if name in m.operations]
        refused: dict[str, list[str]] = {}
        for series, found in files.items():
            for errno, those in found.refused.items():
                if name in those:
                    refused.setdefault(errno, []).append(series)
        told = "; ".join(f"{code(errno)} ({span(lab.series, s)})" for errno, s in refused.items())
        rows.append((_name(facts, name, page), span(lab.series, works), told))
    parts = [table(("Operation", "Works in", "Refused with"), rows)]
    flags = dict.fromkeys(flag for m in files.values() for flag in m.flags)
    taken = [(_name(facts, f, page), span(lab.series, [s for s, m in files.items() if f in m.flags])) for f in flags]
    if taken:
        parts.append(table(("Flag that it can be created with", "Works in"), taken))
    needs = {s: m.needs for s, m in files.items() if m.needs}
    for need in dict.fromkeys(needs.values()):
        told = span(lab.series, [s for s, n in needs.items() if n == need])
        parts.append(f"Least rights to create one: {rights(str(need))} ({told}).")
    return "\n\n".join(parts)


def helpers_of(facts: Facts, map_type: str, page: str) -> str:
    """The helpers that take a map of a type, with the series that accept it."""
    found = {
        helper: [s for s, file in facts.lab.files.items() if _takes(file.helpers, helper, map_type)]
        for helper in facts.catalogue.helpers
    }
    rows = [(_name(facts, h, page), span(facts.lab.series, s)) for h, s in found.items() if s]
    return table(("Helper", "Takes it in"), rows) if rows else "No helper of those that were tried takes such a map."


def maps_of(facts: Facts, helper: str, page: str) -> str:
    """The map types that a helper takes, with the series that accept them."""
    types = [entry.name for entry in facts.catalogue.of_kind(Kind.MAP_TYPE)]
    found = {t: [s for s, file in facts.lab.files.items() if _takes(file.helpers, helper, t)] for t in types}
    rows = [(_name(facts, t, page), span(facts.lab.series, s)) for t, s in found.items() if s]
    return table(("Map type", "Taken in"), rows) if rows else "It takes no map, or none of those that were tried."


def _takes(calls: Mapping[str, Call], helper: str, map_type: str) -> bool:
    call = calls.get(helper)
    return call is not None and map_type in call.maps


def presence(facts: Facts, entry: Entry) -> list[tuple[str, str]]:
    """For a facts box: the kernels that have something, and those that leave it out and why."""
    kind = _KINDS.get(entry.kind)
    if kind is None or not facts.lab.series:
        return []
    has, left = [], dict[str, list[str]]()
    for series, file in facts.lab.files.items():
        found = file.presence.get(kind)
        if found is None:
            continue
        if entry.name in (*found.present, *found.known):
            has.append(series)
        elif entry.name in found.left_out:
            left.setdefault(found.left_out[entry.name], []).append(series)
    pairs = [("Found in", span(facts.lab.series, has))] if has else []
    for option, those in left.items():
        pairs.append(("Left out", f"by Debian in {span(facts.lab.series, those)} ({code(option)})"))
    return pairs


def ways(facts: Facts, program_type: str) -> str:
    """How programs of a type were loaded: attach types, sleepable, targets, rights; and which were attached."""
    lab = facts.lab
    by = lab.loads.get(program_type, {})
    if not by:
        return f"No kernel of the lab ({span(lab.series, lab.series)}) loads one." if lab.series else UNASKED
    rows = []
    for way in dict.fromkeys(v for variants in by.values() for v in variants):
        series = [s for s, variants in by.items() if way in variants]
        links = dict.fromkeys(t for s in series for t in _links(facts, s, way))
        rest = way.partition("/")[2].replace("/", " ")
        rows.append((code(rest) if rest else "plain", span(lab.series, series), ", ".join(map(code, links))))
    parts = [table(("Loaded as", "Kernels", "Attached through"), rows)]
    pairs = list(_rights(facts, program_type))
    return "\n\n".join([*parts, definitions(pairs)] if pairs else parts)


def _links(facts: Facts, series: str, way: str) -> Iterable[str]:
    for link_type, short in facts.lab.files[series].attached.items():
        if way in short or f"{way.partition('/')[0]}/*" in short:
            yield link_type


def _rights(facts: Facts, program_type: str) -> Iterable[tuple[str, str]]:
    """Least rights and licence for loading, by series."""
    needs: dict[str, list[str]] = {}
    gpl: list[str] = []
    for series, file in facts.lab.files.items():
        for need, short in file.variants.needs.items():
            if any(v.partition("/")[0] == program_type for v in short):
                needs.setdefault(need, []).append(series)
        if any(v.partition("/")[0] == program_type for v in file.variants.gpl):
            gpl.append(series)
    for need, those in needs.items():
        yield "Least rights to load", f"{rights(need)} ({span(facts.lab.series, those)})"
    if gpl:
        yield "Licence", f"GPL-compatible only ({span(facts.lab.series, gpl)})"


def _name(facts: Facts, name: str, page: str) -> str:
    entry = facts.catalogue.entries.get(name)
    return facts.link(entry, page) if entry else code(name)
