"""What repositories are asked about history, and what they answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from bpfref.model.fact import Fact
from bpfref.model.version import Version

RELEASE = "release"


@dataclass(frozen=True)
class Source(Fact):
    """A public repository that carries what we ask about, release by release.

    `tags` (or, where releases are no tags, `subjects` of commits) is a regular expression with a
    group `release`; `headers` are the places of the UAPI header, newest first. `origin` says that
    features are made here: elsewhere a commit only copies them, and a missing file says nothing.
    `symbols` and `macros` are the version script and the headers of a library, `sections` the file
    with its table of section names.
    """

    url: str
    tags: str | None = None
    subjects: str | None = None
    headers: tuple[str, ...] = ()
    origin: bool = False
    symbols: str | None = None
    macros: tuple[str, ...] = ()
    sections: str | None = None

    def __post_init__(self) -> None:
        if (self.tags is None) == (self.subjects is None):
            raise ValueError("a repository has either tags or subjects: give one of them")
        try:
            groups = re.compile(self.pattern).groupindex
        except re.error as error:
            raise ValueError(f"{self.pattern!r} is no regular expression: {error}") from error
        if RELEASE not in groups:
            raise ValueError(f"{self.pattern!r} has no group (?P<{RELEASE}>...): add it")

    @property
    def pattern(self) -> str:
        """The expression that finds a release, in tags or in subjects."""
        return self.tags or self.subjects or ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that is read."""
        return (*self.headers, *((self.symbols,) if self.symbols else ()), *self.macros)


@dataclass(frozen=True)
class HistoryFile(Fact):
    """`data/authored/history.yaml`."""

    repositories: dict[str, Source]


@dataclass(frozen=True)
class Sighting(Fact):
    """What one witness says of one name.

    `since` is its first release with the name, `label` how it spells that release; `after` the
    newest earlier release known to lack it, None when the witness does not go back that far.
    `until` is its first release without a name that is gone; `gaps` are releases without it
    between releases with it (`v4.3..v4.5`: gone in the one, back in the other). `commit` brought
    the name into this repository. `changes` tell of another form, enum or value.
    """

    since: str
    label: str
    after: str | None = None
    until: str | None = None
    commit: str | None = None
    renamed_to: str | None = None
    gaps: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for release in filter(None, (self.since, self.after, self.until)):
            Version.parse(release)


@dataclass(frozen=True)
class Witness(Fact):
    """A repository's or a header's whole testimony.

    `releases` are the ones it knows, in order; `unknown` those that could not be read, and why;
    `candidates` are names that only release candidates had.
    """

    kind: str
    releases: tuple[str, ...]
    features: dict[str, Sighting]
    origin: bool = False
    unknown: dict[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer(Fact):
    """What libbpf offers: the first version with it, and the first that no longer has it.

    `tag` is the first tagged version with it where that is a later one: not every version is tagged.
    `node` is what the version script says where tagged versions contradict it: a function that was
    put into the node of an earlier version.
    """

    since: str
    until: str | None = None
    tag: str | None = None
    node: str | None = None


@dataclass(frozen=True)
class LibbpfFile(Fact):
    """`data/scraped/libbpf-since.yaml`: exported functions, and what BPF-side headers define."""

    url: str
    versions: tuple[str, ...]
    functions: dict[str, Offer]
    macros: dict[str, Offer]

    def offer(self, name: str) -> Offer | None:
        """A function, else a macro."""
        return self.functions.get(name) or self.macros.get(name)


@dataclass(frozen=True)
class SinceFile(Fact):
    """`data/scraped/since.yaml`: witnesses by name."""

    witnesses: dict[str, Witness]


def in_order(releases: set[str]) -> list[str]:
    """Releases by version, with those that a gap within a major version proves (`v5.11`)."""
    found = {Version.parse(release) for release in releases}
    for before, after in pairwise(sorted(v for v in found if v.candidate is None)):
        if before.major == after.major:
            found |= {Version(before.major, minor) for minor in range(before.minor + 1, after.minor)}
    return [str(version) for version in sorted(found)]
