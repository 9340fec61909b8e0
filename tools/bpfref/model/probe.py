"""What a kernel answered: `data/verified/probes/*.yaml`, one file for each series.

A variant is a way to load a program: `BPF_PROG_TYPE_LSM/BPF_LSM_MAC/sleepable`. Wherever variants are
listed, `BPF_PROG_TYPE_XDP/*` stands for all variants of that type that load.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bpfref.model.fact import Fact


@dataclass(frozen=True)
class Asked(Fact):
    """Which kernel was asked what: `image` is the digest of `model.kernel.Kernel`, `btf` of its own BTF."""

    series: str
    release: str
    package: str
    version: str
    architecture: str
    image: str
    btf: str | None
    questions: str


@dataclass(frozen=True)
class Presence(Fact):
    """Things of one kind.

    `present`: asked for and found working. `known`: the kernel's BTF names it, and nothing that can be
    asked without attaching shows it. `absent`: the release does not have it. `left_out`: the release
    has it, this configuration has not; with the option. `unclear`: with what the kernel said.
    """

    present: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call(Fact):
    """Where a helper or kernel function may be called.

    `programs` are variants, or `like` names an earlier entry with the same ones. `refused` gives the
    variants where the program type would do, by reason: the program cannot sleep (`not-sleepable`),
    the hook (`hook`), the device (`device-bound`). In all other variants the type itself is refused.
    `loaded`: a program that calls it with good arguments was loaded; without it, the kernel let the
    call pass and stopped at an argument. `gpl`: only for programs with a compatible licence; None if
    it was not asked. `needs`: the least of the rights that were tried with which some program of
    those tried may call it. `maps`: types of maps that it takes.
    """

    programs: tuple[str, ...] = ()
    like: str | None = None
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    loaded: bool = False
    gpl: bool | None = None
    needs: str | None = None
    maps: tuple[str, ...] = ()
    maps_unclear: dict[str, tuple[str, ...]] = field(default_factory=dict)
    module: str | None = None


@dataclass(frozen=True)
class Map(Fact):
    """A map type that can be created: flags that it takes, and what user space can do with a map.

    `refused` gives operations by errno; `unclear` those where a key or value was not good enough.
    """

    flags: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unclear: dict[str, tuple[str, ...]] = field(default_factory=dict)
    needs: str | None = None


@dataclass(frozen=True)
class SpecialField(Fact):
    """A field of a map's value (`bpf_timer`): which maps may hold it, and which programs may not use such a map."""

    maps: tuple[str, ...] = ()
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Variants(Fact):
    """Ways to load a program: what loads, and what each needs.

    `targets` are the BTF types that were found to do; `refused` is by the kernel's words; `absent` are
    those whose attach type or target the kernel does not have. `gpl` needs a compatible licence.
    `needs` lists variants by the least of the rights that were tried.
    """

    loads: tuple[str, ...]
    targets: dict[str, str] = field(default_factory=dict)
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    gpl: tuple[str, ...] = ()
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ProbeFile(Fact):
    """`data/verified/probes/v6.12.yaml`.

    `attached` gives variants by the type of the link that attaching gave (`BPF_PROG_ATTACH`: none),
    `not_attached` by what the kernel said; the rest was not tried. `absent_helpers` are numbers that the
    kernel does not know; `unused_helpers` it knows and lets no program have that was tried. `open` are
    names without a recipe: nobody has asked for them.
    """

    kernel: Asked
    presence: dict[str, Presence]
    variants: Variants
    program_flags: dict[str, tuple[str, ...]]
    fields: dict[str, SpecialField]
    maps: dict[str, Map]
    attached: dict[str, tuple[str, ...]]
    not_attached: dict[str, tuple[str, ...]]
    helpers: dict[str, Call]
    kfuncs: dict[str, Call]
    absent_helpers: tuple[str, ...] = ()
    unused_helpers: tuple[str, ...] = ()
    unused_kfuncs: tuple[str, ...] = ()
    unclear_kfuncs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unprivileged: str | None = None
    open: tuple[str, ...] = ()

    def programs_of(self, call: Call, calls: Mapping[str, Call]) -> tuple[str, ...]:
        """Every variant in which a call is accepted, written out."""
        while call.like:
            call = calls[call.like]
        return tuple(expand(call.programs, self.variants.loads))


def compress(chosen: Iterable[str], every: Iterable[str]) -> tuple[str, ...]:
    """Variants in short, in the order of `every`; `expand` gives them back."""
    wanted = set(chosen)
    families: dict[str, list[str]] = {}
    for name in every:
        families.setdefault(name.split("/")[0], []).append(name)
    result: list[str] = []
    for family, members in families.items():
        there = [name for name in members if name in wanted]
        if len(there) == len(members) > 1:
            result.append(f"{family}/*")
        else:
            result += there
    return tuple(result)


def expand(short: Iterable[str], every: Iterable[str]) -> Iterator[str]:
    """Variants written out, in the order of `every`."""
    names = set(short)
    families = {name.removesuffix("/*") for name in names if name.endswith("/*")}
    for name in every:
        if name in names or (families and name.partition("/")[0] in families):
            yield name
