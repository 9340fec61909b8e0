"""The page of coverage: how much is described, shown, run and dated; what rests on a table alone; how fresh it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bpfref.formats.csource import blank_comments
from bpfref.generate.api.seen import seen_of
from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, frame, table
from bpfref.generate.render.ways import note
from bpfref.layout import concept_page
from bpfref.model.attribute_fields import paths
from bpfref.model.entry import Entry, Kind
from bpfref.model.example import ExampleFolder
from bpfref.model.version import Version

NONE = "\N{EN DASH}"
"""What stands where nothing can be counted, unlike 0."""
_HEAD = ("Kind", "Entries", "Described", "Shown", "Passed", "Asked", "Dated", "Confirmed")
# Kinds that kernels' BTF and source show and no header dates: the kernels that have each stand on its page.
_UNDATED = {Kind.KFUNC_FLAG, Kind.STRUCT_OPS, Kind.ITERATOR, Kind.LSM_HOOK}
_WORD = re.compile(r"[A-Za-z_]\w+")
_SECTION = re.compile(r'\bSEC\(\s*"([^"]+)"')
_PYTHON_COMMENT = re.compile(r"#.*")


def coverage(facts: Facts) -> str:
    """For each kind: how many entries, and of how many what is known."""
    rows = [_row(facts, kind) for kind in Kind]
    pages = [concept_page(c.slug) for group in facts.catalogue.concepts.groups for c in group.concepts]
    written = sum(page in facts.pages and facts.pages[page].described for page in pages)
    rows.append(("concept", str(len(pages)), str(written), *[NONE] * 5))
    return frame(table(_HEAD, rows), "Coverage by kind", markdown=True)


def _row(facts: Facts, kind: Kind) -> tuple[str, ...]:
    entries = facts.catalogue.of_kind(kind)
    shown, passed = _used(facts)
    asked = sum(bool(seen_of(facts, entry)) or entry.name in facts.catalogue.btf.stories for entry in entries)
    known = sum(bool(entry.since or entry.version) for entry in entries)
    confirmed = sum(bool(entry.version or (entry.since and not entry.since.is_claim)) for entry in entries)
    dated = kind not in _UNDATED or known
    counts = (
        len(entries),
        sum(_described(facts, entry) for entry in entries),
        sum(entry.name in shown for entry in entries),
        sum(entry.name in passed for entry in entries),
    )
    return (
        kind.label,
        *map(str, counts),
        str(asked) if asked else NONE,
        *((str(known), str(confirmed)) if dated else (NONE, NONE)),
    )


def _described(facts: Facts, entry: Entry) -> bool:
    """Whether a person wrote of it: on its own page, as a row's meaning, or of every field of a struct."""
    if entry.anchor is None:
        return entry.page in facts.pages and facts.pages[entry.page].described
    if entry.kind is Kind.STRUCT:
        fields = facts.catalogue.structs[entry.name].fields
        return all(facts.meaning(f"{entry.name}.{path}") for path in paths(fields))
    return entry.name in facts.catalogue.meanings or entry.name in facts.catalogue.kfunc_words.flags


@lru_cache(maxsize=1)
def _used(facts: Facts) -> tuple[frozenset[str], frozenset[str]]:
    """The names in the code of examples, or that they are about; and those in examples that passed on some kernel."""
    shown: set[str] = set()
    passed: set[str] = set()
    for folder in facts.catalogue.examples.values():
        names = set(names_of(facts, folder))
        shown |= names
        records = (file.examples.get(folder.name) for file in facts.catalogue.verified)
        if any(record and record.source == folder.digest and record.outcome == "passed" for record in records):
            passed |= names
    return frozenset(shown), frozenset(passed)


def names_of(facts: Facts, folder: ExampleFolder) -> Iterator[str]:
    """What an example is about, every word of its code, and what libbpf makes of its sections' names."""
    yield from folder.definition.subjects
    for name, data in folder.files.items():
        if name.endswith((".c", ".h")):
            text = blank_comments(data.decode())
            yield from _WORD.findall(text)
            for section in _SECTION.findall(text):
                yield from _of_section(facts, section)
        elif name.endswith(".py"):
            yield from _WORD.findall(_PYTHON_COMMENT.sub("", data.decode()))


def _of_section(facts: Facts, section: str) -> Iterator[str]:
    """Program type, attach type, and the hook that a program of a section is for."""
    rule = facts.catalogue.libbpf_sections.rule(section.removeprefix("?"))
    if rule is None:
        return
    yield rule.program
    if rule.attach:
        yield rule.attach
    if rule.program == "BPF_PROG_TYPE_LSM":
        yield f"bpf_lsm_{section.rpartition('/')[2]}"


def claimed(facts: Facts, page: str) -> str:
    """The names whose first release only a published table says, by kind."""
    found = {
        kind.label: [facts.link(e, page) for e in facts.catalogue.of_kind(kind) if e.since and e.since.is_claim]
        for kind in Kind
    }
    notes = (note(f"{label}: {len(names)}", [", ".join(names)]) for label, names in found.items() if names)
    return "\n\n".join(notes) or "None."


def freshness(facts: Facts) -> str:
    """The newest thing that each kind of data was read in, how far that is behind, and what reads it anew."""
    order = facts.catalogue.header_releases
    newest = max((Version.parse(k.series) for k in facts.catalogue.kernels.kernels), default=None)
    rows = [(what, told, _behind(order, release, newest), code(how)) for what, told, release, how in _sources(facts)]
    return table(("Data", "Newest that was read", "Releases behind", "Renewed by"), rows)


def _behind(order: list[Version], release: str | None, newest: Version | None) -> str:
    """How many releases came after one; a dash for what follows no kernel."""
    if release is None or newest is None:
        return NONE
    return str(sum(Version.parse(release) < each <= newest for each in {*order, newest}))


def _sources(facts: Facts) -> Iterator[tuple[str, str, str | None, str]]:
    """What was read: data, newest version of its source, the kernel release that this is, command."""
    found = facts.catalogue
    for file in [*found.lab.files.values()][-1:]:
        series = file.kernel.series
        yield "What kernels answer", f"{series} ({file.kernel.version})", series, f"bpfref probe -k {series}"
    for ran in found.verified[-1:]:
        series = ran.kernel.series
        yield "Verdicts on examples", f"{series} ({ran.kernel.version})", series, f"bpfref verify -k {series}"
    for name, source, kernel, how in (
        ("Constants and structs", found.constants_file.source, True, "bpfref scrape uapi"),
        ("Prototypes of helpers", found.helpers_file.source, False, "bpfref scrape helpers"),
    ):
        told = f"{source.package} {source.version}" if source.package else source.file
        yield name, told, _release(source.version) if kernel else None, how
    for name, kernels, how in (
        ("Kfuncs", found.kfuncs_file.kernels, "bpfref scrape kfuncs"),
        ("Hooks, iterators, struct_ops", found.btf.hooks.kernels, "bpfref scrape btf"),
        ("Messages of the verifier", found.verifier.file.sources, "bpfref scrape verifier-messages"),
    ):
        last = kernels[-1]
        yield name, f"{last.series} ({last.version})", last.series, how
    for who, witness in found.since_file.witnesses.items():
        yield f"First releases: {who}", witness.releases[-1], witness.releases[-1], "bpfref history"
    yield "libbpf's functions and sections", found.libbpf_sections.newest, None, "bpfref history"


def _release(version: str | None) -> str | None:
    """The release of a package of the kernel: `7.3.4-1~bpo13+1` is of v7.3."""
    parts = (version or "").split(".")
    return f"v{parts[0]}.{parts[1]}" if len(parts) > 1 else None
