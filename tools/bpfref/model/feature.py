"""What loading an object relies on beyond names of the UAPI header: `data/authored/features.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.model.fact import Fact
from bpfref.model.since import Since


@dataclass(frozen=True)
class Feature(Fact):
    """A part of the instruction set or an ability of the verifier.

    `like` is an entry whose first release is this one's (`BPF_JMP32`), else `since` says it, with
    `source`: where that was read. `level` is clang's `-mcpu` that emits it. `certain` is false where
    a kernel without it may load an object all the same. `programs` are the only program types that
    may use it, `gpl` that only programs with a compatible licence may.
    """

    title: str
    source: str
    like: str | None = None
    since: Since | None = None
    level: str | None = None
    certain: bool = True
    programs: tuple[str, ...] = ()
    gpl: bool = False

    def __post_init__(self) -> None:
        if self.like and self.since:
            raise ValueError("a feature has either like or since: give one of them")


@dataclass(frozen=True)
class Checked(Fact):
    """Since when the kernel checks a program type's attach type on loading, and not only on attaching."""

    since: str
    source: str


@dataclass(frozen=True)
class MapShape(Fact):
    """What the kernel demands of maps of some types: sizes of key and value in bytes, and entries.

    None demands nothing, an empty list anything but 0. `entries` is `some` or `none`.
    """

    types: tuple[str, ...]
    source: str
    key: tuple[int, ...] | None = None
    value: tuple[int, ...] | None = None
    entries: str | None = None

    def __post_init__(self) -> None:
        if self.entries not in {None, "some", "none"}:
            raise ValueError("entries are some or none")


@dataclass(frozen=True)
class ValueStruct(Fact):
    """The struct of the header that values of a map type have, and who says so."""

    struct: str
    source: str


@dataclass(frozen=True)
class FeaturesFile(Fact):
    """`data/authored/features.yaml`.

    `licences` are those that the kernel takes as compatible with the GPL. `attach_checked` is by
    program type. `stand_ins` are helpers that libbpf replaces by older ones on kernels without them.
    `attach_optional` are attach types without which a program is attached all the same, with the
    source. `map_shapes` are what every release demands of maps. `value_structs` are
    by map type: older kernels have the type and not yet values of this struct. `given` are
    configuration values that libbpf makes up itself.
    """

    features: dict[str, Feature]
    licences: tuple[str, ...]
    attach_checked: dict[str, Checked]
    attach_optional: dict[str, str]
    map_shapes: tuple[MapShape, ...]
    value_structs: dict[str, ValueStruct]
    stand_ins: dict[str, str]
    given: tuple[str, ...]
