"""Kfuncs: kernel functions that BPF programs may call, as images and sources of kernels show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bpfref.model.fact import Fact
from bpfref.model.helper import Parameter, spell
from bpfref.model.history import Sighting, Witness
from bpfref.model.version import Version

ANY, FMODRET = "BPF_PROG_TYPE_UNSPEC", "fmodret"
"""What stands in a registration's hooks beside program types: all of them, and targets of fmod_ret programs."""


class Origin(StrEnum):
    """Where a form was read: in the BTF of an image or module, or in source that this build leaves out."""

    IMAGE = "image"
    SOURCE = "source"


@dataclass(frozen=True)
class Form(Fact):
    """A kfunc as consecutive series of the lab have it.

    `flags` are the names of its `KF_` bits, lowest first. `module` is the module that it is in, None
    for the image itself.
    """

    series: tuple[str, ...]
    returns: str
    parameters: tuple[Parameter, ...] = ()
    flags: tuple[str, ...] = ()
    module: str | None = None
    origin: Origin = Origin.IMAGE

    def prototype(self, name: str) -> str:
        """The C prototype, on one line."""
        inside = ", ".join(spell(p.type, p.name) for p in self.parameters) or "void"
        return f"{spell(self.returns, name)}({inside})"


@dataclass(frozen=True)
class Registration(Fact):
    """A set with the kfunc, as the source of some series registers it.

    `hooks` are the program types of the registration calls (`BPF_PROG_TYPE_UNSPEC`: all of them), or
    `fmodret`: targets of fmod_ret programs, which nobody calls. A kernel that sorts program types
    into hooks lets the other types of the hook call it too. `options` are the configuration symbols
    that the Makefile and the preprocessor ask for.
    """

    series: tuple[str, ...]
    set: str
    file: str
    hooks: tuple[str, ...]
    filter: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kfunc(Fact):
    """A kfunc with all its forms, oldest first.

    `unmarked` are series that have it in a set of kfuncs while their BTF, which marks others with the
    declaration tag `bpf_kfunc`, does not mark this one.
    """

    forms: tuple[Form, ...]
    registrations: tuple[Registration, ...] = ()
    unmarked: tuple[str, ...] = ()

    @property
    def newest(self) -> Form:
        """The form of the newest series that has it."""
        return self.forms[-1]

    @property
    def series(self) -> tuple[str, ...]:
        """Every series that has it, in an image, a module or its source; oldest first."""
        return tuple(dict.fromkeys(s for form in self.forms for s in form.series))


@dataclass(frozen=True)
class Looked(Fact):
    """A kernel that was looked at: its package, the digest that names it, and what there was to see.

    `source` is the package with its source, `modules` how many modules were read; None when the archive
    has none; `tags` whether its BTF marks kfuncs. `hooks` sorts program types into the hooks that sets are
    registered for.
    """

    series: str
    package: str
    version: str
    digest: str
    source: str | None = None
    modules: int | None = None
    tags: bool = False
    hooks: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Flag(Fact):
    """A `KF_` bit and the series whose source defines it."""

    bit: int
    series: tuple[str, ...]


@dataclass(frozen=True)
class KfuncsFile(Fact):
    """`data/scraped/kfuncs.yaml`."""

    kernels: tuple[Looked, ...]
    flags: dict[str, Flag]
    kfuncs: dict[str, Kfunc]

    def __post_init__(self) -> None:
        order = [Version.parse(kernel.series) for kernel in self.kernels]
        if order != sorted(order):
            raise ValueError("the kernels must stand oldest first")


def callers(hooks: Iterable[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The program types that a registration for `hooks` reaches where a kernel sorts them into `groups`."""
    found: dict[str, None] = {}
    for hook in hooks:
        sharing = next((types for types in groups.values() if hook in types), (hook,))
        found |= dict.fromkeys(t for t in sharing if t != FMODRET)
    return list(found)


def filtered(kfunc: Kfunc, set_name: str, filter_name: str, series: Sequence[str]) -> Kfunc:
    """The kfunc with a filter at those registrations of a set that have none, in `series`."""
    found: list[Registration] = []
    for each in kfunc.registrations:
        hit = tuple(s for s in each.series if s in series)
        if each.set != set_name or each.filter or not hit:
            found.append(each)
            continue
        rest = tuple(s for s in each.series if s not in series)
        found += [replace(each, series=rest)] if rest else []
        found.append(replace(each, series=hit, filter=filter_name))
    return replace(kfunc, registrations=tuple(found))


def witness(found: KfuncsFile) -> Witness:
    """The kernels as a witness of first releases.

    A series lacks a kfunc where image and source both lack it. Where there is no source, the image
    alone may have been built without it: it counts where it has another kfunc of the same file under
    the same options. When a kfunc went is not told: other releases lie between two series.
    """
    kernels = {kernel.series: kernel for kernel in found.kernels}
    order = list(kernels)
    built = _built(found)
    sightings = {}
    for name, kfunc in found.kfuncs.items():
        first = kfunc.series[0]
        sure = {series for place in _places(kfunc) for series in built[place]}
        lacking = [s for s in order[: order.index(first)] if kernels[s].source or s in sure]
        label = f"{first} ({kernels[first].package} {kernels[first].version})"
        sightings[name] = Sighting(first, label, after=lacking[-1] if lacking else None)
    return Witness("kernel", tuple(order), sightings)


def _places(kfunc: Kfunc) -> set[tuple[str, tuple[str, ...]]]:
    """The files and options under which a kfunc is registered."""
    return {(each.file, each.options) for each in kfunc.registrations}


def _built(found: KfuncsFile) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    """Files and options to the series whose image (no module) was built with them."""
    built: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for kfunc in found.kfuncs.values():
        inside = [form for form in kfunc.forms if form.origin is Origin.IMAGE and form.module is None]
        for place in _places(kfunc):
            built[place].update(series for form in inside for series in form.series)
    return built
