"""The shapes of `api/v1`: what programs of other people read. A change here is a change of the contract.

Keys with a default are left out when they have it. Series are written as `v6.12`, oldest first. A way to
load a program is written as `BPF_PROG_TYPE_LSM/BPF_LSM_MAC/sleepable`: program type, then what was set.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CONTRACT = "1.1"
"""Version of the shapes: the first number changes when a reader of them could break."""


@dataclass(frozen=True)
class First:
    """The first release, of the kernel or of libbpf, with a feature. `until` is the first release without it again.

    `claimed`: a published table alone says it, and what kernels and headers show does not rule it out.
    """

    release: str
    until: str | None = None
    commit: str | None = None
    claimed: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function."""

    name: str
    type: str


@dataclass(frozen=True)
class Bounds:
    """What headers leave open of a first release: it is no later than `by`, and later than `after` if one was older."""

    by: str
    after: str | None = None


@dataclass(frozen=True)
class Member:
    """A member of a struct or union: offset and size in bytes, on a 64-bit little-endian machine.

    A command's member has `since`, the first release whose header has it, or `bounds` where headers do not
    tell it. A struct's member has neither: nobody asked.
    """

    name: str | None
    type: str
    offset: int
    size: int
    array: str | None = None
    bits: int | None = None
    members: tuple[Member, ...] = ()
    since: First | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Callers:
    """Series by how many ways to load one program type may make the call: all, some (which), none.

    A series that is not named was not asked, or its kernel has no such program type.
    """

    all: tuple[str, ...] = ()
    some: dict[str, tuple[str, ...]] = field(default_factory=dict)
    none: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What one kernel of the lab said of a feature.

    `state` is `present`, `known` (there, and nothing that was asked shows it at work), `left out of the
    configuration`, `absent` or `unclear`.
    """

    state: str
    reason: str | None = None


@dataclass(frozen=True)
class Feature:
    """A name of eBPF and what is known of it.

    `since` is null when the first release is not known. `page` is the page's address below the site's,
    with the anchor if the page holds other names too. `seen` is by series of the lab's kernels.
    `programs` are the program types that may call a function, `maps` the map types it takes, both as
    kernels answered. `gpl` and `rights` are by the newest kernel that knows the call: whether only
    programs with a compatible licence may call it, and the least rights with which one did.

    What libbpf has, and not the kernel, has no `since`: `libbpf` is its first version there, `header` the
    file that declares it, and `commands` are the commands of bpf() that it issues.
    """

    name: str
    kind: str
    page: str
    since: First | None
    value: int | None = None
    deprecated: bool = False
    description: str | None = None
    topic: str | None = None
    prototype: str | None = None
    returns: str | None = None
    parameters: tuple[Parameter, ...] = ()
    flags: tuple[str, ...] = ()
    module: str | None = None
    context: str | None = None
    members: tuple[Member, ...] = ()
    seen: dict[str, Seen] = field(default_factory=dict)
    programs: dict[str, Callers] = field(default_factory=dict)
    maps: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gpl: bool | None = None
    rights: str | None = None
    libbpf: First | None = None
    header: str | None = None
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Calls:
    """What one program type may call: `all` in every way to load it, `some` in the ways that are named."""

    all: tuple[str, ...] = ()
    some: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgramType:
    """A program type on one kernel. `rights` gives ways by the least rights with which they were loaded."""

    ways: tuple[str, ...]
    helpers: Calls
    kfuncs: Calls
    gpl: tuple[str, ...] = ()
    rights: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class MapType:
    """A map type on one kernel: flags it takes, what user space did with one, what was refused, by errno."""

    flags: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rights: str | None = None


@dataclass(frozen=True)
class Kernel:
    """One kernel of the lab and all that it answered.

    `image` is the SHA-256 of its image and configuration, `questions` that of what was asked. `has` gives
    the state of each name that was asked for, by kind.
    """

    series: str
    release: str
    package: str
    version: str
    architecture: str
    image: str
    questions: str
    has: dict[str, dict[str, Seen]]
    program_types: dict[str, ProgramType]
    map_types: dict[str, MapType]


@dataclass(frozen=True)
class Summary:
    """A feature in the index: `file` is its file below `api/v1/`, `libbpf` the first version of what is libbpf's."""

    name: str
    kind: str
    file: str
    since: str | None
    value: int | None = None
    libbpf: str | None = None


@dataclass(frozen=True)
class KernelSummary:
    """A kernel in the index: `file` is its file below `api/v1/`."""

    series: str
    release: str
    version: str
    file: str


@dataclass(frozen=True)
class Index:
    """The table of contents. `digest` is the SHA-256 of `all.json`: it changes when any fact does."""

    contract: str
    digest: str
    kinds: dict[str, int]
    kernels: tuple[KernelSummary, ...]
    features: tuple[Summary, ...]


@dataclass(frozen=True)
class All:
    """Everything in one file."""

    contract: str
    kernels: tuple[Kernel, ...]
    features: tuple[Feature, ...]
