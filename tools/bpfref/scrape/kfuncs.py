"""Kfuncs of every series of the lab: from images and modules, and from the source that they were built of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from bpfref import store
from bpfref.errors import DataError, SourceError
from bpfref.files import Result
from bpfref.formats import btf, kbuild, kfuncs
from bpfref.formats.btf.elf import ElfSections, parse_elf
from bpfref.formats.btf.idsets import parse_id_sets
from bpfref.formats.btf.types import DeclTag, Func, FuncProto
from bpfref.formats.btf.wire import Kind
from bpfref.formats.csource import blank_comments, conditional_lines, find_definition, parse_list_macros
from bpfref.kernels import images
from bpfref.kernels.modules import Modules
from bpfref.kernels.source import extract_source
from bpfref.layout import Layout
from bpfref.model.helper import Parameter
from bpfref.model.kernel import Kernel
from bpfref.model.kfunc import Flag, Form, Kfunc, KfuncsFile, Looked, Origin, Registration

KFUNCS = "kfuncs.yaml"
_COMMENT = "Written by `bpfref scrape kfuncs`: do not edit; corrections go to data/authored/corrections.yaml."
_TAG = "bpf_kfunc"
_IDS = b".BTF_ids"
_INCLUDE = re.compile(r"^\s*#\s*include\s*<([\w/.-]+)>", re.M)
_LEFT_OUT = ("tools/", "samples/", "Documentation/")


@dataclass(frozen=True)
class Seen:
    """A kfunc in an image or module: flags are bits, `tagged` whether BTF marks it."""

    returns: str
    parameters: tuple[Parameter, ...]
    bits: int
    module: str | None
    tagged: bool


@dataclass(frozen=True)
class Declared:
    """A kfunc in the source of a series; `form` is its definition where one was found."""

    sets: tuple[Registration, ...]
    flags: tuple[str, ...]
    definition: tuple[str, tuple[Parameter, ...]] | None


@dataclass
class Testimony:
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
    found = {name: _kfunc(name, heard, names) for name in sorted({n for t in heard for n in (*t.seen, *t.declared)})}
    defined = {n: Flag(bit, tuple(t.looked.series for t in heard if n in t.flags)) for bit, n in sorted(names.items())}
    facts = KfuncsFile(tuple(t.looked for t in heard), defined, found)
    return Result(layout.scraped / KFUNCS, store.dump(facts, _COMMENT)), list(_differences(heard, names))


def _listen(kernel: Kernel) -> Testimony:
    """Read one kernel's image, modules and source."""
    path = images.extract_vmlinux(kernel)
    image = parse_elf(path.read_bytes(), path)
    base = btf.parse(_btf(image, path), path)
    tags = any(_is_kfunc_tag(base[i]) for i in base.ids(Kind.DECL_TAG))
    seen = _seen(_Place(image, base, None, 0), tags=tags)
    modules = 0
    for name, file, sections in _module_sections(kernel):
        modules += 1
        if sections:
            place = _Place(sections, btf.parse(_btf(sections, file), file, base), name, len(base))
            seen |= {n: s for n, s in _seen(place, tags=tags).items() if n not in seen}
    count = modules if kernel.has_modules else None
    looked = Looked(kernel.series, kernel.package, kernel.version, kernel.digest, kernel.source_package, count, tags)
    heard = Testimony(looked, seen)
    return _with_source(heard, extract_source(kernel)) if kernel.source else heard


def _btf(sections: ElfSections, file: Path) -> bytes:
    if sections.btf is None:
        raise SourceError("it has no BTF: nothing can be read from it", file)
    return sections.btf


def _module_sections(kernel: Kernel) -> Iterator[tuple[str, Path, ElfSections | None]]:
    """Every module; sections only of those that have sets of ids and BTF."""
    modules = Modules(kernel)
    for name, file in modules.files.items() if kernel.has_modules else ():
        data = modules.read(name)
        sections = parse_elf(data, file) if _IDS in data else None
        yield name, file, sections if sections and sections.ids and sections.btf else None


@dataclass(frozen=True)
class _Place:
    """An image, or a module whose own type ids begin at `first`."""

    sections: ElfSections
    types: btf.Btf
    module: str | None
    first: int

    def fault(self, message: str) -> SourceError:
        return SourceError(message, self.module or "vmlinux")


def _seen(place: _Place, *, tags: bool) -> dict[str, Seen]:
    """The kfuncs of an image or module. Without `tags` any set of flagged functions counts."""
    types = place.types
    marks = (types[i] for i in types.ids(Kind.DECL_TAG) if i >= place.first)
    tagged = {mark.target for mark in marks if isinstance(mark, DeclTag) and _is_kfunc_tag(mark)}
    sets = parse_id_sets(place.sections.ids or b"", place.sections.order, types)
    bits: dict[int, int] = {}
    for type_id, flags in (pair for s in sets if s.kfuncs or not tags for pair in s.members):
        bits[type_id] = bits.get(type_id, 0) | flags  # sets for several hooks may differ: the strictest counts
    lost = sorted(str(types.name(i)) for i in tagged - bits.keys())
    if lost:
        raise place.fault(f"marked as kfunc and in no set: {', '.join(lost)}")
    return {str(types.name(i)): _look(place, i, flags, tagged=i in tagged) for i, flags in bits.items()}


def _is_kfunc_tag(found: object) -> bool:
    return isinstance(found, DeclTag) and found.name == _TAG


def _look(place: _Place, type_id: int, bits: int, *, tagged: bool) -> Seen:
    types = place.types
    function = types[type_id]
    proto = types[function.proto] if isinstance(function, Func) else None
    if not isinstance(proto, FuncProto):
        raise place.fault(f"{types.name(type_id)} has no prototype")
    parameters = [
        Parameter(p.name or f"argument{n}", btf.declare(types, p.type)) for n, p in enumerate(proto.parameters, 1)
    ]
    more = [Parameter("...", "...")] if proto.variadic else []
    return Seen(btf.declare(types, proto.returns), (*parameters, *more), bits, place.module, tagged)


def _with_source(heard: Testimony, root: Path) -> Testimony:
    """Add what the source says: flags, hooks, sets, and definitions of what the image lacks."""
    heard.flags = kfuncs.parse_flags(_text(root / "include/linux/btf.h"), root / "include/linux/btf.h")
    heard.looked = replace(heard.looked, hooks=kfuncs.parse_hooks(_text(root / "kernel/bpf/btf.c"), "kernel/bpf/btf.c"))
    found: dict[str, list[tuple[kfuncs.Member, Registration]]] = defaultdict(list)
    texts: dict[str, str] = {}
    for file, text in _set_files(root):
        texts[file] = text
        for member, registration in _registrations(root, file, text, heard.looked.series):
            found[member.name].append((member, registration))
    for name, pairs in found.items():
        if name not in heard.seen and all(registration.hooks == (kfuncs.FMODRET,) for _, registration in pairs):
            continue  # a target of fmod_ret programs in a set of the same shape: nobody calls it
        near = [texts[registration.file] for _, registration in pairs]
        definition = None if name in heard.seen else _definition(name, near, root)
        flags = tuple(dict.fromkeys(flag for member, _ in pairs for flag in member.flags))
        heard.declared[name] = Declared(tuple(dict.fromkeys(r for _, r in pairs)), flags, definition)
    return heard


def _definition(name: str, near: Sequence[str], root: Path) -> tuple[str, tuple[Parameter, ...]] | None:
    """A function's definition in one of these texts, else in any C file: one for another architecture."""
    far = (
        _text(path) for path in sorted(root.rglob("*.c")) if not path.relative_to(root).as_posix().startswith(_LEFT_OUT)
    )
    found = (find_definition(blank_comments(text), name) for text in chain(near, far) if name in text)
    return next(filter(None, found), None)


def _set_files(root: Path) -> Iterator[tuple[str, str]]:
    """The C files that declare sets of kfuncs, by path below the kernel's tree."""
    for path in sorted(root.rglob("*.c")):
        file = path.relative_to(root).as_posix()
        if not file.startswith(_LEFT_OUT):
            text = _text(path)
            if kfuncs.mentions_sets(text):
                yield file, text


def _registrations(root: Path, file: str, text: str, series: str) -> Iterator[tuple[kfuncs.Member, Registration]]:
    """Every member of a file's sets with what its set is registered for."""
    said = kfuncs.parse_sets(text, file, _list_macros(root, text))
    if said.unknown:
        raise SourceError(f"registers {said.unknown[0][1]}, which it does not define: read sets across files", file)
    built = _options(root, file)
    for each in said.sets:
        calls = [call for call in said.registered if call.set == each.name]
        hooks = tuple(dict.fromkeys(call.hook for call in calls))
        filters = next((call.filter for call in calls if call.filter), None)
        for member in each.members:
            options = tuple(dict.fromkeys((*built, *member.options)))
            yield member, Registration((series,), each.name, file, hooks, filters, options)


def _list_macros(root: Path, text: str) -> dict[str, str]:
    """List macros of the headers that a file includes."""
    found: dict[str, str] = {}
    for header in _INCLUDE.findall(text):
        path = root / "include" / header
        if path.is_file():
            found |= parse_list_macros(_text(path))
    return found


def _options(root: Path, file: str) -> tuple[str, ...]:
    """What decides whether a file is built: its Makefile, or the conditions around its `#include`.

    Where rules ask for one of several symbols, nothing is said.
    """
    path = root / file
    makefile = path.parent / "Makefile"
    found = kbuild.parse_options(_text(makefile), path.stem) if makefile.is_file() else ()
    if not found:
        including = sorted((*path.parent.glob("*.c"), *path.parent.parent.glob("*.c")))
        mark = re.compile(rf'#\s*include\s*"(?:[\w/.-]*/)?{re.escape(path.name)}"')
        lines = (line for each in including for line in conditional_lines(_text(each)))
        return next((line.options for line in lines if mark.search(line.text)), ())
    return found if len(found) == 1 else ()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _flag_names(heard: Iterable[Testimony]) -> dict[int, str]:
    """Bits to names over all sources; DataError when two sources name one bit differently."""
    names: dict[int, str] = {}
    for said in heard:
        for name, bit in said.flags.items():
            if names.setdefault(bit, name) != name:
                raise DataError(
                    f"bit {bit} is {names[bit]} and, in {said.looked.series}, {name}: flags need names by series"
                )
    return names


def _kfunc(name: str, heard: Sequence[Testimony], names: Mapping[int, str]) -> Kfunc:
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


def _form(name: str, said: Testimony, names: Mapping[int, str]) -> Form | None:
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


def _differences(heard: Iterable[Testimony], names: Mapping[int, str]) -> Iterator[str]:
    """What image and source of one series tell differently, each function by name."""
    for said in heard:
        series = said.looked.series
        for name, seen in sorted(said.seen.items()):
            if said.looked.tags and not seen.tagged:
                yield f"{series}: {name} is in a set of kfuncs, and BTF does not mark it"
            if said.looked.source and name not in said.declared:
                yield f"{series}: {name} is in the image, and no source file has it in a set"
            elif said.looked.source:
                flags = set(_flags(name, seen.bits, names, series))
                if flags != set(said.declared[name].flags):
                    yield f"{series}: {name} has other flags in the image ({', '.join(sorted(flags))}) than in the source"
        for name in sorted(said.declared.keys() - said.seen.keys()):
            yield f"{series}: {name} is in the source ({said.declared[name].sets[0].file}), and not in this build"
