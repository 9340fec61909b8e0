"""`bpfref show NAME`: look a name up in the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bpfref import catalogue
from bpfref.catalogue import Catalogue
from bpfref.commands import Subparsers, layout
from bpfref.files import read_text
from bpfref.generate.api.features import feature
from bpfref.generate.api.files import plain
from bpfref.generate.facts import Facts, read_page
from bpfref.layout import LIBRARY, Layout
from bpfref.model.entry import LIBBPF_KINDS, Entry, Kind
from bpfref.model.product import Feature
from bpfref.model.uapi import Field
from bpfref.output import FINE, FOUND, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("show", help="look a helper, type, command, constant, struct or function of libbpf up")
    parser.add_argument("name", metavar="NAME", help="a name, or a helper's number")
    parser.add_argument("--libbpf", action="store_true", help="libbpf's, where the kernel has the name too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print the entry, or the nearest names."""
    here = layout(options)
    facts = catalogue.read(here)
    entry = _find(facts, options.name, LIBRARY if options.libbpf else "")
    if entry is None:
        near = facts.nearest(options.name)
        output.error(f"{options.name}: not known")
        if near:
            output.report(f"nearest: {', '.join(near)}")
        return FOUND
    if options.json:
        output.data(plain(_feature(here, facts, entry)))
    else:
        _print(facts, entry, output)
        if entry.name in facts.library and entry.kind not in LIBBPF_KINDS:
            output.report(f"libbpf has a function of the same name: bpfref show --libbpf {entry.name}")
    return FINE


def _find(facts: Catalogue, name: str, folder: str) -> Entry | None:
    """By name in any case, with or without `struct`, or a helper by number; as on the pages of a folder."""
    if name.isdigit():
        return next((e for e in facts.of_kind(Kind.HELPER) if e.value == int(name)), None)
    wanted = name.removeprefix("struct ").removesuffix("()")
    exact = facts.find(wanted, f"{folder}/") or facts.synonyms.get(wanted)
    return exact or next((e for e in facts.all_entries if e.name.lower() == wanted.lower()), None)


def _feature(here: Layout, facts: Catalogue, entry: Entry) -> Feature:
    """The entry in the shape of `api/v1`; of the pages its own alone is read."""
    page = here.docs / entry.page
    pages = {entry.page: read_page(read_text(page))} if page.is_file() else {}
    return feature(Facts(facts, pages), entry)


def _details(facts: Catalogue, entry: Entry) -> dict[str, object]:
    """What is known beyond the entry itself, by kind."""
    explain = _DETAILS.get(entry.kind)
    return explain(facts, entry) if explain else {"meaning": facts.meanings.get(entry.name)}


def _helper(facts: Catalogue, entry: Entry) -> dict[str, object]:
    topic = facts.topic_of(entry.name)
    return {"prototype": facts.helpers[entry.name].prototype, "topic": topic.title if topic else None}


def _kfunc(facts: Catalogue, entry: Entry) -> dict[str, object]:
    kfunc, topic = facts.kfuncs[entry.name], facts.topic_of(entry.name, Kind.KFUNC)
    return {
        "prototype": kfunc.newest.prototype(entry.name),
        "flags": list(kfunc.newest.flags),
        "module": kfunc.newest.module,
        "series": list(kfunc.series),
        "topic": topic.title if topic else None,
    }


def _library(facts: Catalogue, entry: Entry) -> dict[str, object]:
    declared, family = facts.declared(entry.kind, entry.name), facts.topic_of(entry.name, entry.kind)
    return {
        "prototype": declared.prototype(entry.name),
        "header": f"bpf/{declared.header}",
        "family": family.title if family else None,
        "commands": list(facts.libbpf_words.calls.get(entry.name, ())),
    }


def _context(facts: Catalogue, entry: Entry) -> dict[str, object]:
    context = facts.contexts.contexts.get(entry.name)
    return {"context": context.type if context else None}


def _attributes(facts: Catalogue, entry: Entry) -> dict[str, object]:
    found = facts.attributes(entry.name)
    return {"attributes": [spelling(f) for f in found.fields] if found else None}


def _fields(facts: Catalogue, entry: Entry) -> dict[str, object]:
    return {"fields": [spelling(f) for f in facts.structs[entry.name].fields]}


_DETAILS: dict[Kind, Callable[[Catalogue, Entry], dict[str, object]]] = {
    Kind.HELPER: _helper,
    Kind.KFUNC: _kfunc,
    Kind.KFUNC_FLAG: lambda facts, entry: {"meaning": facts.kfunc_words.flags.get(entry.name)},
    Kind.PROGRAM_TYPE: _context,
    Kind.COMMAND: _attributes,
    Kind.STRUCT: _fields,
    Kind.CONTEXT: _fields,
    Kind.LIBBPF_FUNCTION: _library,
    Kind.LIBBPF_MACRO: _library,
}


def spelling(item: Field) -> str:
    """A field as C would declare it, on one line."""
    inside = f" {{ {'; '.join(map(spelling, item.fields))}; }}" if item.fields else ""
    bits = f" : {item.bits}" if item.bits is not None else ""
    return f"{item.type}{inside} {item.name or ''}{item.array or ''}{bits}".strip()


def _first(entry: Entry) -> str:
    if entry.version:
        return f"libbpf {entry.version.since}"
    return f"{entry.since.since}  ({', '.join(entry.since.evidence)})" if entry.since else "not known yet"


def _print(facts: Catalogue, entry: Entry, output: Output) -> None:
    number = "" if entry.value is None else f" {entry.value}"
    output.result(f"{output.paint(entry.name, 'bold')}  {entry.kind.label}{number}")
    output.result(f"  since      {_first(entry)}")
    if entry.deprecated:
        output.result("  status     deprecated")
    for label, value in _details(facts, entry).items():
        lines = value if isinstance(value, list) else [value] if value else []
        for i, line in enumerate(lines):
            output.result(f"  {label if i == 0 else '':10} {line}")
    place = f"#{entry.anchor}" if entry.anchor else ""
    output.result(f"  page       docs/{entry.page}{place}")
