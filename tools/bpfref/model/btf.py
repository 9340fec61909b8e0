"""What the BTF of the lab's kernels says, other than kfuncs: the shapes of files that `scrape btf` writes.

Facts are told by what is missing: `lacks` are the series that do not have a thing, of those that
were asked. A new series that has everything changes nothing but the list of kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bpfref.model.fact import Fact
from bpfref.model.files import StructOpsNote


@dataclass(frozen=True)
class Asked(Fact):
    """A kernel that answered: `digest` names its image and configuration.

    `modules` counts the modules whose BTF was read: 0 where they have none, None where the modules
    were not seen at all, so that nothing is known about what they hold.
    """

    series: str
    package: str
    version: str
    digest: str
    modules: int | None = None


@dataclass(frozen=True)
class Earlier(Fact):
    """How something was declared before, and the series that have it so, oldest first."""

    declaration: str
    series: tuple[str, ...]


@dataclass(frozen=True)
class Member(Fact):
    """A member of a struct, as the newest series that has it declares it; without semicolon.

    `lacks` counts only series that have the struct itself.
    """

    name: str
    declaration: str
    lacks: tuple[str, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class FieldStory(Fact):
    """A field that not every series has, or that was declared otherwise before."""

    lacks: tuple[str, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class StructStory(Fact):
    """A struct of the UAPI header in the kernels' BTF: `lacks` are the series whose BTF has not got it.

    `fields` has only those with a story; the path of one is that of `model.uapi.Field`s, joined by points.
    """

    name: str
    kind: str
    lacks: tuple[str, ...] = ()
    fields: dict[str, FieldStory] = field(default_factory=dict)


@dataclass(frozen=True)
class KernelStruct(Fact):
    """A struct that programs get and that `linux/bpf.h` does not declare; `type` is what they call it."""

    type: str
    name: str
    members: tuple[Member, ...]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class StructOps(Fact):
    """A struct that a BPF_MAP_TYPE_STRUCT_OPS map can implement.

    `module` offers it where the image does not. `unbuilt` are the series of `lacks` whose source
    registers it: their kernels were configured without.
    """

    name: str
    members: tuple[Member, ...]
    module: str | None = None
    lacks: tuple[str, ...] = ()
    unbuilt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target(Fact):
    """What a BPF iterator can walk; `members` are those of its context `struct bpf_iter__NAME`."""

    name: str
    members: tuple[Member, ...]
    module: str | None = None
    lacks: tuple[str, ...] = ()

    @property
    def context(self) -> str:
        """The struct that its programs get."""
        return f"bpf_iter__{self.name}"


@dataclass(frozen=True)
class Hook(Fact):
    """An LSM hook; `declaration` is that of the function, under the hook's own name.

    `sets` are the kernel's lists that have it (`sleepable`, `disabled` …), each with the series in
    which it is not on the list, of those that have the hook.
    """

    name: str
    declaration: str
    lacks: tuple[str, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def function(self) -> str:
        """The kernel function that programs attach to."""
        return f"bpf_lsm_{self.name}"


@dataclass(frozen=True)
class Tracepoints(Fact):
    """How many tracepoints a series' BTF names: in its image, and only in its modules (None: not seen).

    `new` and `gone` compare the image with that of the series before it.
    """

    series: str
    image: int
    modules: int | None = None
    new: int | None = None
    gone: int | None = None


class _File(Fact):
    """What the files of `scrape btf` have in common."""

    kernels: tuple[Asked, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The series that answered, oldest first."""
        return tuple(kernel.series for kernel in self.kernels)

    def unseen(self, lacks: Sequence[str]) -> tuple[str, ...]:
        """Those of `lacks` whose modules were not seen: they may have there what the image lacks."""
        return tuple(k.series for k in self.kernels if k.modules is None and k.series in lacks)


@dataclass(frozen=True)
class BtfStructsFile(_File):
    """`data/scraped/btf-structs.yaml`."""

    kernels: tuple[Asked, ...]
    structs: tuple[StructStory, ...]
    contexts: tuple[KernelStruct, ...]


@dataclass(frozen=True)
class StructOpsFile(_File):
    """`data/scraped/struct-ops.yaml`; `unbuilt` are types that only sources register, with their series."""

    kernels: tuple[Asked, ...]
    types: tuple[StructOps, ...]
    unbuilt: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class IteratorsFile(_File):
    """`data/scraped/iterators.yaml`."""

    kernels: tuple[Asked, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class HooksFile(_File):
    """`data/scraped/lsm-hooks.yaml`."""

    kernels: tuple[Asked, ...]
    hooks: tuple[Hook, ...]


@dataclass(frozen=True)
class TracepointsFile(_File):
    """`data/scraped/tracepoints.yaml`."""

    kernels: tuple[Asked, ...]
    counts: tuple[Tracepoints, ...]


@dataclass(frozen=True)
class BtfFacts:
    """What the BTF of the lab's kernels says, and what people say of it."""

    structs: BtfStructsFile
    struct_ops: StructOpsFile
    iterators: IteratorsFile
    hooks: HooksFile
    tracepoints: TracepointsFile
    notes: dict[str, StructOpsNote]

    @cached_property
    def stories(self) -> dict[str, StructStory]:
        """The stories of UAPI structs by name."""
        return {story.name: story for story in self.structs.structs}

    @cached_property
    def types(self) -> dict[str, StructOps]:
        """The struct_ops types by name."""
        return {each.name: each for each in self.struct_ops.types}
