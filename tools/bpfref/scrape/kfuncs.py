"""Kfuncs of every series of the lab: from images and modules, and from the source that they were built of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bpfref import store
from bpfref.errors import DataError
from bpfref.files import Result
from bpfref.kernels import images
from bpfref.kernels.source import extract_source
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel
from bpfref.model.kfunc import Flag, Form, Kfunc, KfuncsFile, Looked, Origin, Registration
from bpfref.scrape.kfunc_image import Seen, read_image
from bpfref.scrape.kfunc_source import Declared, read_source

KFUNCS = "kfuncs.yaml"
_COMMENT = "Written by `bpfref scrape kfuncs`: do not edit; corrections go to data/authored/corrections.yaml."


@dataclass
class Statement:
    """What one kernel says."""

    looked: Looked
    seen: dict[str, Seen] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)


def scrape_kfuncs(layout: Layout, kernels: Sequence[Kernel], note: Callable[[str], None]) -> tuple[Result, list[str]]:
    """Facts on the kfuncs of these kernels, oldest first, and what image and source tell differently.

    DataError for a flag that no source names, SourceError for what cannot be read.
    """
    heard = []
    for kernel in kernels:
        note(f"{kernel.series}: reading {kernel.package} {kernel.version}")
        with images.use(kernel):
            heard.append(_listen(kernel))
    names = _flag_names(heard)
    found = {name: join(name, heard, names) for name in sorted({n for t in heard for n in (*t.seen, *t.declared)})}
    defined = {n: Flag(bit, tuple(t.looked.series for t in heard if n in t.flags)) for bit, n in sorted(names.items())}
    facts = KfuncsFile(tuple(t.looked for t in heard), defined, found)
    return Result(layout.scraped / KFUNCS, store.dump(facts, _COMMENT)), list(_differences(heard, names))


def _listen(kernel: Kernel) -> Statement:
    """Read one kernel's image, modules and source."""
    image = read_image(kernel)
    source = read_source(extract_source(kernel), kernel.series, image.seen) if kernel.source else None
    looked = Looked(
        kernel.series,
        kernel.package,
        kernel.version,
        kernel.digest,
        kernel.source_package,
        image.modules,
        image.tags,
        source.hooks if source else {},
    )
    return Statement(looked, image.seen, source.declared if source else {}, source.flags if source else {})


def _flag_names(heard: Iterable[Statement]) -> dict[int, str]:
    """Bits to names over all sources; DataError when two sources name one bit differently."""
    names: dict[int, str] = {}
    for said in heard:
        for name, bit in said.flags.items():
            if names.setdefault(bit, name) != name:
                raise DataError(
                    f"bit {bit} is {names[bit]} and, in {said.looked.series}, {name}: flags need names by series"
                )
    return names


def join(name: str, heard: Sequence[Statement], names: Mapping[int, str]) -> Kfunc:
    """What all kernels say of one kfunc; consecutive ones that say the same are one form."""
    forms: list[Form] = []
    registrations: list[Registration] = []
    before: Form | None = None
    for said in heard:
        form = _form(name, said, names)
        same = form and before and replace(form, series=before.series) == before
        if form and same:
            forms[-1] = replace(form, series=(*forms[-1].series, *form.series))
        elif form:
            forms.append(form)
        before = forms[-1] if form else None
        for each in said.declared[name].sets if name in said.declared else ():
            _join(registrations, each)
    unmarked = tuple(t.looked.series for t in heard if t.looked.tags and name in t.seen and not t.seen[name].tagged)
    return Kfunc(tuple(forms), tuple(registrations), unmarked)


def _join(registrations: list[Registration], new: Registration) -> None:
    """Add a registration, or its series to one that is otherwise equal."""
    for at, old in enumerate(registrations):
        if replace(new, series=old.series) == old:
            registrations[at] = replace(old, series=(*old.series, *new.series))
            return
    registrations.append(new)


def _form(name: str, said: Statement, names: Mapping[int, str]) -> Form | None:
    """How one kernel has a kfunc; None when it has not."""
    series = (said.looked.series,)
    seen = said.seen.get(name)
    declared = said.declared.get(name)
    if seen and (declared or said.looked.tags):
        flags = _flags(name, seen.bits, names, said.looked.series)
        return Form(series, seen.returns, seen.parameters, flags, seen.module)
    if declared and declared.definition:
        returns, parameters = declared.definition
        return Form(series, returns, parameters, declared.flags, None, Origin.SOURCE)
    if declared:
        raise DataError(f"{name} of {said.looked.series} is in {declared.sets[0].file}, and its definition is not")
    return None


def _flags(name: str, bits: int, names: Mapping[int, str], series: str) -> tuple[str, ...]:
    found = []
    for bit in (b for b in range(bits.bit_length()) if bits >> b & 1):
        if bit not in names:
            raise DataError(f"{name} of {series} has the flag bit {bit}, which no source names: fetch a newer source")
        found.append(names[bit])
    return tuple(found)


def _differences(heard: Iterable[Statement], names: Mapping[int, str]) -> Iterator[str]:
    """What image and source of one series tell differently, each function by name."""
    for said in heard:
        series = said.looked.series
        for name, seen in sorted(said.seen.items()):
            if said.looked.tags and not seen.tagged:
                yield f"{series}: {name} is in a set of kfuncs, and BTF does not mark it"
            if said.looked.source and name not in said.declared:
                yield f"{series}: {name} is in the image, and no source file has it in a set"
            elif said.looked.source:
                flags, declared = set(_flags(name, seen.bits, names, series)), set(said.declared[name].flags)
                if flags != declared:
                    yield f"{series}: {name} has flags {sorted(flags)} in the image, {sorted(declared)} in the source"
        for name in sorted(said.declared.keys() - said.seen.keys()):
            yield f"{series}: {name} is in the source ({said.declared[name].sets[0].file}), and not in this build"
