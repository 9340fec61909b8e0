"""The shapes of the YAML files under `data/`: one dataclass for each file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from bpfref.model.fact import Fact
from bpfref.model.helper import Helper
from bpfref.model.history import Offer
from bpfref.model.since import Since
from bpfref.model.uapi import Attributes, Group, Struct
from bpfref.model.version import Version


@dataclass(frozen=True)
class Source(Fact):
    """The header that facts were read from: its package and version when it came from an archive."""

    file: str
    sha256: str
    package: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class HelpersFile(Fact):
    """`data/scraped/helpers.yaml`."""

    source: Source
    helpers: tuple[Helper, ...]


@dataclass(frozen=True)
class ConstantsFile(Fact):
    """`data/scraped/constants.yaml`."""

    source: Source
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class StructsFile(Fact):
    """`data/scraped/structs.yaml`."""

    source: Source
    structs: tuple[Struct, ...]


@dataclass(frozen=True)
class AttributesFile(Fact):
    """`data/scraped/attributes.yaml`: the members of `union bpf_attr`."""

    source: Source
    attributes: tuple[Attributes, ...]


@dataclass(frozen=True)
class Section(Fact):
    """Groups of constants that are shown as one: `leads` are the groups' first members."""

    slug: str
    title: str
    about: str
    leads: tuple[str, ...]


@dataclass(frozen=True)
class SectionsFile(Fact):
    """`data/authored/constants.yaml`: where each group of constants is shown, in order."""

    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Topic(Fact):
    """Helpers or kfuncs that a reader looks for together; `names` are names or patterns (`bpf_map_*`)."""

    slug: str
    title: str
    about: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class TopicsFile(Fact):
    """`data/authored/helper-topics.yaml`; the first topic that matches a helper has it."""

    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class LibbpfWordsFile(Fact):
    """`data/authored/libbpf.yaml`: what people say of libbpf's names.

    `user` are the families of functions, `bpf` those of what its headers give to BPF programs;
    `internal` are patterns of names in these headers that no program writes. `calls` are the commands
    of bpf() that a function issues; `gone` says what to use instead of a function that is no more.
    """

    user: tuple[Topic, ...]
    bpf: tuple[Topic, ...]
    internal: tuple[str, ...]
    calls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Concept(Fact):
    """A page that explains one idea: its file's stem, and how the navigation calls it."""

    slug: str
    title: str


@dataclass(frozen=True)
class ConceptGroup(Fact):
    """Concepts that belong together."""

    title: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class ConceptsFile(Fact):
    """`data/authored/concepts.yaml`: the concepts that are to be explained, written or not."""

    groups: tuple[ConceptGroup, ...]


@dataclass(frozen=True)
class Successor(Fact):
    """What took the place of a name that is gone, and where that was read."""

    name: str
    reason: str
    source: str


@dataclass(frozen=True)
class KfuncWordsFile(Fact):
    """`data/authored/kfuncs.yaml`: the topics of kfuncs, and what flags and argument suffixes mean.

    Suffixes are without their underscores (`sz`).
    """

    topics: tuple[Topic, ...]
    flags: dict[str, str]
    suffixes: dict[str, str]
    successors: dict[str, Successor] = field(default_factory=dict)


@dataclass(frozen=True)
class Context(Fact):
    """What a program of a type gets as its argument: the C type, and where that was read."""

    type: str
    source: str


@dataclass(frozen=True)
class ContextsFile(Fact):
    """`data/authored/contexts.yaml`: program type to context."""

    contexts: dict[str, Context]


@dataclass(frozen=True)
class SinceCorrection(Fact):
    """A claim of a published table that is wrong, and what is right instead."""

    since: Since
    reason: str
    source: str


@dataclass(frozen=True)
class AttributesCorrection(Fact):
    """A command for which the header names no attributes: it uses those of `like`."""

    like: str
    reason: str
    source: str


@dataclass(frozen=True)
class FilterCorrection(Fact):
    """A set of kfuncs that is registered without a filter, and that the filter of another set of its hook covers."""

    filter: str
    series: tuple[str, ...]
    reason: str
    source: str


@dataclass(frozen=True)
class LibbpfCorrection(Fact):
    """A version of libbpf that its tags and version script give wrongly."""

    offer: Offer
    reason: str
    source: str


@dataclass(frozen=True)
class OpenQuestion(Fact):
    """A first release on which witnesses disagree and which nobody has settled: it is given as not known."""

    sides: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class CorrectionsFile(Fact):
    """`data/authored/corrections.yaml`: what overrides scraped facts and tables, and why.

    `open` lists the disagreements that are not settled; the page of coverage shows them.
    """

    open: dict[str, OpenQuestion] = field(default_factory=dict)
    since: dict[str, SinceCorrection] = field(default_factory=dict)
    attributes: dict[str, AttributesCorrection] = field(default_factory=dict)
    filters: dict[str, FilterCorrection] = field(default_factory=dict)
    libbpf: dict[str, LibbpfCorrection] = field(default_factory=dict)


@dataclass(frozen=True)
class MeaningsFile(Fact):
    """`data/authored/meanings/*.yaml`: one sentence for each name.

    Keys are constants (`BPF_ANY`) or members of something (`bpf_loop.flags`, `xdp_md.data`).
    """

    meanings: dict[str, str]


@dataclass(frozen=True)
class Seen(Fact):
    """The day (`2022-03-28`) on which `by` first showed a release."""

    date: str
    by: str

    def __post_init__(self) -> None:
        datetime.date.fromisoformat(self.date)


@dataclass(frozen=True)
class ReleasesFile(Fact):
    """`data/authored/releases.yaml`: the long-term releases, oldest first, and when each was first seen."""

    long_term: tuple[str, ...]
    seen: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for release in (*self.long_term, *self.seen):
            Version.parse(release)


@dataclass(frozen=True)
class PairSince(Fact):
    """A helper that a program type, or a group of them (`group:base`), gained later."""

    program: str
    helper: str
    since: Since


@dataclass(frozen=True)
class PairsFile(Fact):
    """`data/authored/helper-pairs-table.yaml`: a published source's claims on such pairs."""

    evidence: str
    source: str
    pairs: tuple[PairSince, ...]


@dataclass(frozen=True)
class StructOpsNote(Fact):
    """What people read in the source of a struct_ops type.

    `options` must be on for the kernel to offer it; `stubs` are prefixes of the kernel's functions
    that stand for its members, other than `TYPE__`; `required` members must be set, `sleepable` ones
    may be programs that sleep, `refused` ones may not be implemented; members of the same name as
    in the type `like` mean the same.
    """

    options: tuple[str, ...]
    source: str
    stubs: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    sleepable: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    like: str | None = None


@dataclass(frozen=True)
class StructOpsNotesFile(Fact):
    """`data/authored/struct-ops.yaml`: struct_ops type to what is known of it."""

    types: dict[str, StructOpsNote]


@dataclass(frozen=True)
class MovedFile(Fact):
    """`data/authored/moved.yaml`: pages that have gone, to the page that took their place."""

    pages: dict[str, str]


@dataclass(frozen=True)
class ExternalFile(Fact):
    """`data/authored/external-links.yaml`: beginnings of addresses that are not asked, each with the reason."""

    ignore: dict[str, str]
