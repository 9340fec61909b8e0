"""All facts in one place: reads `data/`, merges corrections, and knows every entry by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from bpfref import store
from bpfref.files import read_text
from bpfref.lab import Lab
from bpfref.layout import Layout, anchor_of, apart, is_of_library, page_of
from bpfref.model.btf import BtfFacts, BtfStructsFile, HooksFile, IteratorsFile, StructOpsFile, TracepointsFile
from bpfref.model.entry import Entry, Kind
from bpfref.model.example import DEFINITION, Example, ExampleFolder, ExamplesFile
from bpfref.model.explain import ExplainCasesFile
from bpfref.model.feature import FeaturesFile
from bpfref.model.files import (
    AttributesFile,
    ConceptsFile,
    ConstantsFile,
    ContextsFile,
    CorrectionsFile,
    ExternalFile,
    HelpersFile,
    KfuncWordsFile,
    LibbpfWordsFile,
    MeaningsFile,
    MovedFile,
    PairsFile,
    ReleasesFile,
    SectionsFile,
    StructOpsNotesFile,
    StructsFile,
    Topic,
    TopicsFile,
)
from bpfref.model.helper import Helper
from bpfref.model.history import HistoryFile, LibbpfFile, Offer, SinceFile, Witness
from bpfref.model.kernel import KernelsFile
from bpfref.model.kfunc import Kfunc, KfuncsFile, filtered, witness
from bpfref.model.libbpf import SectionsTable
from bpfref.model.libbpf_api import Function, LibbpfApiFile, Macro
from bpfref.model.numbered import HELPER_IDS, KIND_OF_ENUM, entries, helper_of
from bpfref.model.probe import ProbeFile
from bpfref.model.since import Since, SinceTable
from bpfref.model.uapi import Attributes, Constant, Group, Struct
from bpfref.model.verdict import Span, Verdict, judge, names_of, releases_of, span
from bpfref.model.verifier import FamilyFile, MessagesFile, TraceFile, VerifierFacts
from bpfref.model.version import Version

T = TypeVar("T")

HELPERS = "helpers.yaml"
CONSTANTS = "constants.yaml"
STRUCTS = "structs.yaml"
ATTRIBUTES = "attributes.yaml"
SECTIONS = "constants.yaml"
TOPICS = "helper-topics.yaml"
CONTEXTS = "contexts.yaml"
CORRECTIONS = "corrections.yaml"
SINCE_TABLE = "since-table.yaml"
SINCE = "since.yaml"
ATTRIBUTES_SINCE = "attributes-since.yaml"
HISTORY = "history.yaml"
LIBBPF = "libbpf-since.yaml"
LIBBPF_API = "libbpf-api.yaml"
LIBBPF_WORDS = "libbpf.yaml"
LIBBPF_SECTIONS = "libbpf-sections.yaml"
RELEASES = "releases.yaml"
KERNELS = "kernels.yaml"
PAIRS_TABLE = "helper-pairs-table.yaml"
KFUNCS = "kfuncs.yaml"
KFUNC_WORDS = "kfuncs.yaml"
BTF_STRUCTS = "btf-structs.yaml"
STRUCT_OPS = "struct-ops.yaml"
ITERATORS = "iterators.yaml"
HOOKS = "lsm-hooks.yaml"
TRACEPOINTS = "tracepoints.yaml"
STRUCT_OPS_NOTES = "struct-ops.yaml"
FEATURES = "features.yaml"
CONCEPTS = "concepts.yaml"
MESSAGES = "verifier-messages.yaml"
TRACE = "verifier-trace.yaml"
EXPLAIN_CASES = "explain-cases.yaml"
MOVED = "moved.yaml"
EXTERNAL = "external-links.yaml"

_SCRAPED: dict[str, type] = {
    HELPERS: HelpersFile,
    CONSTANTS: ConstantsFile,
    STRUCTS: StructsFile,
    ATTRIBUTES: AttributesFile,
    SINCE: SinceFile,
    ATTRIBUTES_SINCE: SinceFile,
    LIBBPF: LibbpfFile,
    LIBBPF_API: LibbpfApiFile,
    LIBBPF_SECTIONS: SectionsTable,
    KFUNCS: KfuncsFile,
    BTF_STRUCTS: BtfStructsFile,
    STRUCT_OPS: StructOpsFile,
    ITERATORS: IteratorsFile,
    HOOKS: HooksFile,
    TRACEPOINTS: TracepointsFile,
    MESSAGES: MessagesFile,
}
_AUTHORED: dict[str, type] = {
    SECTIONS: SectionsFile,
    TOPICS: TopicsFile,
    CONTEXTS: ContextsFile,
    CORRECTIONS: CorrectionsFile,
    SINCE_TABLE: SinceTable,
    HISTORY: HistoryFile,
    PAIRS_TABLE: PairsFile,
    RELEASES: ReleasesFile,
    KERNELS: KernelsFile,
    KFUNC_WORDS: KfuncWordsFile,
    LIBBPF_WORDS: LibbpfWordsFile,
    STRUCT_OPS_NOTES: StructOpsNotesFile,
    FEATURES: FeaturesFile,
    CONCEPTS: ConceptsFile,
    TRACE: TraceFile,
    EXPLAIN_CASES: ExplainCasesFile,
    MOVED: MovedFile,
    EXTERNAL: ExternalFile,
}


def data_files(layout: Layout) -> Iterator[tuple[Path, type]]:
    """Every YAML file under `data/` with its schema."""
    yield from ((layout.scraped / name, schema) for name, schema in _SCRAPED.items())
    yield from ((layout.authored / name, schema) for name, schema in _AUTHORED.items())
    yield from ((path, MeaningsFile) for path in meaning_files(layout))
    yield from ((path, FamilyFile) for path in family_files(layout))
    yield from ((path, ProbeFile) for path in probe_files(layout))
    yield from ((path / DEFINITION, Example) for path in example_folders(layout))
    yield from ((path, ExamplesFile) for path in verified_files(layout))


def meaning_files(layout: Layout) -> list[Path]:
    """The files that explain names, by name."""
    return sorted((layout.authored / "meanings").glob("*.yaml"))


def family_files(layout: Layout) -> list[Path]:
    """The files with entries on messages of the verifier, by name."""
    return sorted(layout.families.glob("*.yaml"))


def probe_files(layout: Layout) -> list[Path]:
    """The answers of kernels, oldest series first."""
    return sorted(layout.probes.glob("v*.yaml"), key=lambda path: Version.parse(path.stem))


def example_folders(layout: Layout) -> list[Path]:
    """The folders of examples, by name."""
    return sorted(path.parent for path in layout.examples.glob(f"*/{DEFINITION}"))


def verified_files(layout: Layout) -> list[Path]:
    """What kernels made of the examples, oldest series first."""
    return sorted(layout.verified_examples.glob("v*.yaml"), key=lambda path: Version.parse(path.stem))


@dataclass(frozen=True)
class Logs:
    """The logs of refusals that kernels gave, read when asked for: few pages want one."""

    layout: Layout

    def find(self, example: str, series: str) -> str | None:
        """What a series wrote when it refused an example; None where there is none."""
        path = self.layout.verified_logs(series) / f"{example}.txt"
        return read_text(path) if path.is_file() else None


@dataclass(frozen=True)
class Catalogue:
    """The facts of one checkout, as read by `read`."""

    helpers_file: HelpersFile
    constants_file: ConstantsFile
    structs_file: StructsFile
    attributes_file: AttributesFile
    sections: SectionsFile
    topics_file: TopicsFile
    contexts: ContextsFile
    corrections: CorrectionsFile
    since_table: SinceTable
    since_file: SinceFile
    attributes_since: SinceFile
    libbpf: LibbpfFile
    libbpf_api: LibbpfApiFile
    libbpf_words: LibbpfWordsFile
    libbpf_sections: SectionsTable
    pairs: PairsFile
    releases: ReleasesFile
    kernels: KernelsFile
    history: HistoryFile
    kfuncs_file: KfuncsFile
    kfunc_words: KfuncWordsFile
    probes: tuple[ProbeFile, ...]
    features: FeaturesFile
    concepts: ConceptsFile
    meanings: dict[str, str]
    btf: BtfFacts
    verifier: VerifierFacts
    logs: Logs
    examples: dict[str, ExampleFolder] = field(default_factory=dict)
    verified: tuple[ExamplesFile, ...] = ()

    @cached_property
    def helpers(self) -> dict[str, Helper]:
        """Helpers by name, in the order of their numbers."""
        return {helper.name: helper for helper in self.helpers_file.helpers}

    @cached_property
    def kfuncs(self) -> dict[str, Kfunc]:
        """Kfuncs by name, in alphabetical order, with corrected filters."""
        found = dict(self.kfuncs_file.kfuncs)
        for set_name, correction in self.corrections.filters.items():
            for name, kfunc in found.items():
                if any(each.set == set_name for each in kfunc.registrations):
                    found[name] = filtered(kfunc, set_name, correction.filter, correction.series)
        return found

    @cached_property
    def lab(self) -> Lab:
        """What the lab's kernels answered."""
        return Lab(self.probes)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """Groups of constants by their lead and, for a named enum, by its tag too."""
        groups = self.constants_file.groups
        return {g.lead: g for g in groups} | {g.name: g for g in groups if g.name}

    @cached_property
    def structs(self) -> dict[str, Struct]:
        """Structs and unions by name, without the keyword."""
        return {struct.name: struct for struct in self.structs_file.structs}

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """Every constant by name; where a macro repeats an enumerator, the enumerator."""
        members = [m for group in self.constants_file.groups for m in group.members]
        return {m.name: m for m in sorted(members, key=lambda m: m.alias_of != m.name)}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every entry by name; structs and contexts also answer to `struct NAME`."""
        found: dict[str, Entry] = {}
        for entry in (
            *self._btf(),
            *self._structs(),
            *self._constants(),
            *self._numbered(),
            *self._kfuncs(),
            *self._helpers(),
        ):
            found[entry.name] = entry
        return found

    @cached_property
    def library(self) -> dict[str, Entry]:
        """What libbpf offers, by name: to user space, then to programs. Some are helpers' names too."""
        function, macro = Kind.LIBBPF_FUNCTION, Kind.LIBBPF_MACRO
        user = self.libbpf_api.user
        families = {name for family in self.libbpf_words.user for name in family.names}
        found = [(function, function, name) for name, each in user.functions.items() if not each.inline]
        # Of these a person chooses: most are marks of the last field that an option struct has.
        found += [(macro, function, name) for name in user.macros if name in families]
        found += [(macro, macro, name) for name in self._included()]
        first = {page_of(side, name).lower(): name for _, side, name in sorted(found, reverse=True)}
        entries = {}
        for kind, side, name in found:
            page = page_of(side, name)
            entries[name] = self._of_library(kind, name, page if first[page.lower()] == name else apart(page))
        return entries

    def _included(self) -> list[str]:
        """What headers give to programs, but for names that no program writes."""
        names = (*self.libbpf_api.bpf.functions, *self.libbpf_api.bpf.macros)
        hidden = self.libbpf_words.internal
        return [n for n in names if not any(fnmatchcase(n, pattern) for pattern in hidden)]

    def _of_library(self, kind: Kind, name: str, page: str) -> Entry:
        old = isinstance(found := self.declared(kind, name), Function) and found.deprecated
        return Entry(kind, name, page, deprecated=old, version=self.offer(name))

    def declared(self, kind: Kind, name: str) -> Function | Macro:
        """How a header of libbpf declares one of the names in `library`."""
        if kind is Kind.LIBBPF_FUNCTION:
            return self.libbpf_api.user.functions[name]
        bpf = self.libbpf_api.bpf
        return bpf.functions.get(name) or bpf.macros.get(name) or self.libbpf_api.user.macros[name]

    def offer(self, name: str) -> Offer | None:
        """The first version of libbpf with a name, and the first without; a correction wins."""
        corrected = self.corrections.libbpf.get(name)
        return corrected.offer if corrected else self.libbpf.offer(name)

    @property
    def all_entries(self) -> tuple[Entry, ...]:
        """Every entry; a name may be here twice, once as the kernel's and once as libbpf's."""
        return (*self.entries.values(), *self.library.values())

    def find(self, name: str, page: str = "") -> Entry | None:
        """What a name means on a page: libbpf's own there, else the kernel's where both have it."""
        own, other = self.entries.get(name), self.library.get(name)
        return (other or own) if is_of_library(page) else (own or other)

    @cached_property
    def synonyms(self) -> dict[str, Entry]:
        """Other names of entries: the numbers of helpers (`BPF_FUNC_loop`)."""
        numbers = self.groups[HELPER_IDS].members if HELPER_IDS in self.groups else ()
        return {m.name: self.entries[helper_of(m)] for m in numbers if helper_of(m) in self.helpers}

    def of_kind(self, kind: Kind) -> Sequence[Entry]:
        """The entries of a kind, in the header's order."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[Kind, list[Entry]]:
        found: dict[Kind, list[Entry]] = {}
        for entry in self.all_entries:
            found.setdefault(entry.kind, []).append(entry)
        return found

    def since(self, name: str) -> Since | None:
        """The first release of a feature; None if unknown.

        A correction wins, then what our witnesses decide, then what the published table claims.
        """
        if name in self.corrections.open:
            return None
        corrected = self.corrections.since.get(name)
        if corrected:
            return corrected.since
        verdict = self.verdicts.get(name)
        return verdict.since if verdict else self._claims.get(name)

    def claim(self, name: str) -> Since | None:
        """What the published table claims of a first release, whether or not it is believed."""
        return self._claims.get(name)

    def attributes(self, command: str) -> Attributes | None:
        """What a command reads from `union bpf_attr`; None when neither header nor correction says."""
        corrected = self.corrections.attributes.get(command)
        wanted = corrected.like if corrected else command
        return next((a for a in self.attributes_file.attributes if wanted in a.commands), None)

    def field_since(self, name: str) -> Since | Span | None:
        """The first release of a field of `union bpf_attr`, by its name in `model.attribute_fields`.

        A span where the witnesses leave several releases; None for a field that no witness saw.
        """
        witnesses = self.attributes_since.witnesses
        return judge(name, witnesses, None, self.header_releases).since or span(name, witnesses)

    @cached_property
    def header_releases(self) -> list[Version]:
        """Every release that a header or a table names, in order."""
        return releases_of(self.since_file.witnesses, (claim.since for claim in self._claims.values()))

    def topics(self, kind: Kind) -> tuple[Topic, ...]:
        """The topics of helpers or of kfuncs, or libbpf's families, in order; other kinds have none."""
        return {
            Kind.HELPER: self.topics_file.topics,
            Kind.KFUNC: self.kfunc_words.topics,
            Kind.LIBBPF_FUNCTION: self.libbpf_words.user,
            Kind.LIBBPF_MACRO: (*self.libbpf_words.bpf, *self.libbpf_words.user),
        }.get(kind, ())

    def topic_of(self, name: str, kind: Kind = Kind.HELPER) -> Topic | None:
        """The first topic that names a helper or kfunc, else the first with a pattern that matches it."""
        if (kind, name) not in self._topics:
            self._topics[kind, name] = self._find_topic(name, kind)
        return self._topics[kind, name]

    @cached_property
    def _topics(self) -> dict[tuple[Kind, str], Topic | None]:
        """Those that were asked for: pages of program types ask for all kfuncs, again and again."""
        return {}

    def _find_topic(self, name: str, kind: Kind) -> Topic | None:
        topics = self.topics(kind)
        exact = (t for t in topics if name in t.names)
        matching = (t for t in topics if any(fnmatchcase(name, pattern) for pattern in t.names))
        return next(exact, None) or next(matching, None)

    def nearest(self, name: str, most: int = 5) -> list[str]:
        """Known names that look like `name`, best first."""
        lower = {known.lower(): known for known in (*self.library, *self.entries)}
        wanted = name.lower()
        inside = sorted((k for k in lower if wanted in k), key=len)
        close = difflib.get_close_matches(wanted, lower, n=most, cutoff=0.7)
        return [lower[key] for key in dict.fromkeys([*close, *inside])][:most]

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """What witnesses and table together say, for each name that a witness saw.

        Repositories and headers testify to the names of the UAPI header, the kernels to kfuncs.
        """
        kernels = {"kernels": self.kernel_witness}
        headers = self.since_file.witnesses
        releases = releases_of({**headers, **kernels}, (claim.since for claim in self._claims.values()))
        source = self.since_table.evidence
        return {
            name: judge(name, witnesses, self._claims.get(name), releases, source)
            for witnesses in (headers, kernels)
            for name in names_of(witnesses)
        }

    @cached_property
    def kernel_witness(self) -> Witness:
        """What the kernels of the lab testify of kfuncs."""
        return witness(self.kfuncs_file)

    @cached_property
    def _claims(self) -> dict[str, Since]:
        table = self.since_table
        return {
            name: Since(claim.since, claim.commit, claim.until, claim.evidence or (table.evidence,))
            for features in table.features.values()
            for name, claim in features.items()
        }

    def _entry(self, kind: Kind, name: str, value: int | None = None, *, deprecated: bool = False) -> Entry:
        return Entry(
            kind,
            name,
            page_of(kind, name),
            anchor_of(kind, name),
            value,
            deprecated,
            self.since(name),
        )

    def _helpers(self) -> Iterator[Entry]:
        for helper in self.helpers_file.helpers:
            yield self._entry(Kind.HELPER, helper.name, helper.id)

    def _kfuncs(self) -> Iterator[Entry]:
        yield from (self._entry(Kind.KFUNC, name) for name in self.kfuncs)
        for name, flag in self.kfuncs_file.flags.items():
            yield self._entry(Kind.KFUNC_FLAG, name, 1 << flag.bit)

    def _numbered(self) -> Iterator[Entry]:
        for enum, kind in KIND_OF_ENUM.items():
            for member in entries(self.groups[enum]) if enum in self.groups else ():
                yield self._entry(kind, member.name, member.value, deprecated=member.deprecated)

    def _constants(self) -> Iterator[Entry]:
        for group in self.constants_file.groups:
            page = page_of(KIND_OF_ENUM.get(group.name or "", Kind.CONSTANT), "index")
            for member in group.members if group.name != HELPER_IDS else ():
                if not member.sentinel and self.constants[member.name] is member:
                    since = self.since(member.name)
                    yield Entry(Kind.CONSTANT, member.name, page, member.name, member.value, member.deprecated, since)

    def _btf(self) -> Iterator[Entry]:
        """Iterators answer to their context's name and LSM hooks to their function's: as programs name them."""
        yield from (self._entry(Kind.STRUCT_OPS, each.name) for each in self.btf.struct_ops.types)
        yield from (self._entry(Kind.ITERATOR, each.context) for each in self.btf.iterators.targets)
        yield from (self._entry(Kind.LSM_HOOK, each.function) for each in self.btf.hooks.hooks)

    def _structs(self) -> Iterator[Entry]:
        contexts = {context.type for context in self.contexts.contexts.values()}
        for struct in self.structs_file.structs:
            kind = Kind.CONTEXT if f"{struct.kind} {struct.name}" in contexts else Kind.STRUCT
            since = self.since(f"{struct.kind} {struct.name}")
            yield Entry(kind, struct.name, page_of(kind, struct.name), anchor_of(kind, struct.name), since=since)


def read(layout: Layout) -> Catalogue:
    """Read and validate all of `data/`; DataError for the first fault."""
    with store.uncollected():
        return _read(layout)


def _read(layout: Layout) -> Catalogue:
    scraped, authored = layout.scraped, layout.authored
    meanings: dict[str, str] = {}
    for path in meaning_files(layout):
        meanings |= store.read(path, MeaningsFile).meanings
    return Catalogue(
        helpers_file=store.read(scraped / HELPERS, HelpersFile),
        constants_file=store.read(scraped / CONSTANTS, ConstantsFile),
        structs_file=store.read(scraped / STRUCTS, StructsFile),
        attributes_file=store.read(scraped / ATTRIBUTES, AttributesFile),
        sections=store.read(authored / SECTIONS, SectionsFile),
        topics_file=store.read(authored / TOPICS, TopicsFile),
        contexts=store.read(authored / CONTEXTS, ContextsFile),
        corrections=store.read(authored / CORRECTIONS, CorrectionsFile),
        since_table=store.read(authored / SINCE_TABLE, SinceTable),
        since_file=store.read(scraped / SINCE, SinceFile),
        attributes_since=store.read(scraped / ATTRIBUTES_SINCE, SinceFile),
        libbpf=store.read(scraped / LIBBPF, LibbpfFile),
        libbpf_api=store.read(scraped / LIBBPF_API, LibbpfApiFile),
        libbpf_words=store.read(authored / LIBBPF_WORDS, LibbpfWordsFile),
        libbpf_sections=store.read(scraped / LIBBPF_SECTIONS, SectionsTable),
        pairs=store.read(authored / PAIRS_TABLE, PairsFile),
        releases=store.read(authored / RELEASES, ReleasesFile),
        history=store.read(authored / HISTORY, HistoryFile),
        kernels=store.read(authored / KERNELS, KernelsFile),
        kfuncs_file=store.read(scraped / KFUNCS, KfuncsFile),
        kfunc_words=store.read(authored / KFUNC_WORDS, KfuncWordsFile),
        probes=tuple(store.read(path, ProbeFile) for path in probe_files(layout)),
        features=store.read(authored / FEATURES, FeaturesFile),
        concepts=store.read(authored / CONCEPTS, ConceptsFile),
        meanings=meanings,
        btf=_read_btf(layout),
        verifier=read_verifier(layout),
        logs=Logs(layout),
        examples={path.name: read_example(path) for path in example_folders(layout)},
        verified=tuple(store.read(path, ExamplesFile) for path in verified_files(layout)),
    )


def read_example(folder: Path) -> ExampleFolder:
    """An example's definition and the bytes of its files; DataError for a definition with a fault."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    kept = {name: data for name, data in files.items() if not name.startswith(".")}
    return ExampleFolder(folder.name, store.read(folder / DEFINITION, Example), kept)


def _read_btf(layout: Layout) -> BtfFacts:
    scraped = layout.scraped
    return BtfFacts(
        structs=store.read(scraped / BTF_STRUCTS, BtfStructsFile),
        struct_ops=store.read(scraped / STRUCT_OPS, StructOpsFile),
        iterators=store.read(scraped / ITERATORS, IteratorsFile),
        hooks=store.read(scraped / HOOKS, HooksFile),
        tracepoints=store.read(scraped / TRACEPOINTS, TracepointsFile),
        notes=store.read(layout.authored / STRUCT_OPS_NOTES, StructOpsNotesFile).types,
    )


def read_verifier(layout: Layout) -> VerifierFacts:
    """What is known of the verifier's messages; for who needs nothing else, as it takes a fraction of the time."""
    return VerifierFacts(
        file=store.read(layout.scraped / MESSAGES, MessagesFile),
        families={path.stem: store.read(path, FamilyFile) for path in family_files(layout)},
        trace=store.read(layout.authored / TRACE, TraceFile),
    )
