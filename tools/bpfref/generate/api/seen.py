"""What each kernel of the lab said of a thing's being there: from answers, BTF and images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bpfref.generate.facts import Facts
from bpfref.lab import State, states
from bpfref.model.btf import Asked
from bpfref.model.entry import Entry, Kind
from bpfref.model.probe import ProbeFile
from bpfref.model.product import Seen
from bpfref.model.version import Version

UNSEEN = "the modules of this kernel were not seen"
Place = tuple[str, str]
"""A kind and a name."""


def seen_of(facts: Facts, entry: Entry) -> dict[str, Seen]:
    """Series to what its kernel said of an entry, oldest first; series that told nothing are left out."""
    return _index(facts).get((str(entry.kind), entry.name), {})


def seen_in(facts: Facts, series: str) -> dict[str, dict[str, Seen]]:
    """Kind to name to what one kernel said."""
    found: dict[str, dict[str, Seen]] = {}
    for (kind, name), by in _index(facts).items():
        if series in by:
            found.setdefault(kind, {})[name] = by[series]
    return found


@lru_cache(maxsize=1)
def _index(facts: Facts) -> dict[Place, dict[str, Seen]]:
    kinds = {name: str(entry.kind) for name, entry in facts.catalogue.entries.items()}
    found: dict[Place, dict[str, Seen]] = {}
    for file in facts.lab.files.values():
        for name, seen in _answered(file):
            if name in kinds:
                found.setdefault((kinds[name], name), {})[file.kernel.series] = seen
    for place, series, seen in (*_kfuncs(facts), *_btf(facts)):
        found.setdefault(place, {})[series] = seen
    return {place: dict(sorted(by.items(), key=lambda item: Version.parse(item[0]))) for place, by in found.items()}


def _answered(file: ProbeFile) -> Iterator[tuple[str, Seen]]:
    """Each name that a kernel was asked for, but kfuncs."""
    for place, state in states(file):
        reason = None
        if place[0] == "presence":
            presence = file.presence[place[1]]
            reason = presence.left_out.get(place[-1]) or presence.unclear.get(place[-1])
        yield place[-1], Seen(str(state), reason)


def _kfuncs(facts: Facts) -> Iterator[tuple[Place, str, Seen]]:
    """Kfuncs: there by image or source; not there where the witness is sure of it."""
    order = [kernel.series for kernel in facts.catalogue.kfuncs_file.kernels]
    for name, kfunc in facts.catalogue.kfuncs.items():
        place = (str(Kind.KFUNC), name)
        after = facts.catalogue.kernel_witness.features[name].after
        for series in order[: order.index(after) + 1] if after else ():
            yield place, series, Seen(str(State.ABSENT))
        for series in kfunc.series:
            yield place, series, _kfunc(facts, name, series)


def _kfunc(facts: Facts, name: str, series: str) -> Seen:
    file = facts.lab.files.get(series)
    built = any(series in form.series and form.origin == "image" for form in facts.catalogue.kfuncs[name].forms)
    if file and name in file.kfuncs:
        return Seen(str(State.PRESENT))
    return Seen(str(State.KNOWN if built else State.LEFT_OUT))


def _btf(facts: Facts) -> Iterator[tuple[Place, str, Seen]]:
    btf = facts.catalogue.btf
    for each in btf.struct_ops.types:
        yield from _named(Kind.STRUCT_OPS, each.name, btf.struct_ops.kernels, each.lacks, each.unbuilt)
    for target in btf.iterators.targets:
        yield from _named(Kind.ITERATOR, target.context, btf.iterators.kernels, target.lacks)
    for hook in btf.hooks.hooks:
        images = [(kernel.series, hook.lacks) for kernel in btf.hooks.kernels]  # no module brings a hook
        for series, lacks in images:
            state = State.ABSENT if series in lacks else State.PRESENT
            yield (str(Kind.LSM_HOOK), hook.function), series, Seen(str(state))


def _named(
    kind: Kind, name: str, kernels: Sequence[Asked], lacks: Sequence[str], unbuilt: Sequence[str] = ()
) -> Iterator[tuple[Place, str, Seen]]:
    """A type that the BTF of image or modules names, or does not."""
    for kernel in kernels:
        seen = Seen(str(State.PRESENT))
        if kernel.series in unbuilt:
            seen = Seen(str(State.LEFT_OUT))
        elif kernel.series in lacks:
            seen = Seen(str(State.UNCLEAR), UNSEEN) if kernel.modules is None else Seen(str(State.ABSENT))
        yield (str(kind), name), kernel.series, seen
