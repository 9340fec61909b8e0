"""One kernel's BTF, its image's and its modules': everything of it that becomes a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.files import read_text
from bpfref.formats import btf_sets, kernel_types
from bpfref.formats.btf import Btf, Kind, parse_file
from bpfref.formats.btf.elf import ElfSections, parse_elf
from bpfref.formats.kernel_types import Operation, Parts
from bpfref.kernels import images
from bpfref.kernels.modules import Modules
from bpfref.kernels.source import extract_source
from bpfref.model.btf import Asked
from bpfref.model.kernel import Kernel
from bpfref.model.uapi import Field, Struct

_HOOK = "bpf_lsm_"
_CORE = "kernel/bpf"
_UNITS = ("*.c", "*.h")
_TOOLS = "tools"
# One of these is in the strings of any BTF that offers something; no NUL stands before a section's first.
_MARKS = re.compile(rb"btf_trace_|bpf_iter__|bpf_struct_ops_")
# What the names of the kernel's sets of LSM hooks have in common.
_SHARED = re.compile(r"(?:^|_)(?:bpf|btf|lsm|hooks)(?=_|$)")

Declared = dict[str, str]  # members of a struct, or functions, with their declarations


@dataclass(frozen=True)
class Questions:
    """What to ask of each kernel: UAPI structs, other contexts, and prefixes of stubs by struct_ops type."""

    structs: Sequence[Struct]
    contexts: Sequence[str]
    stubs: Mapping[str, tuple[str, ...]]


@dataclass
class Survey:
    """The answers of one kernel. None stands for what it has not got, or for what could not be seen."""

    asked: Asked
    structs: dict[str, dict[str, str | None] | None] = field(default_factory=dict)
    contexts: dict[str, tuple[str, Declared] | None] = field(default_factory=dict)
    operations: dict[str, dict[str, Operation]] = field(default_factory=dict)
    targets: dict[str, Declared] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)  # struct_ops types and targets that a module has
    hooks: Declared = field(default_factory=dict)
    sets: list[frozenset[str]] = field(default_factory=list)
    source_sets: dict[str, frozenset[str]] | None = None
    registered: frozenset[str] | None = None
    image_tracepoints: frozenset[str] = frozenset()
    module_tracepoints: frozenset[str] | None = None


def survey(kernel: Kernel, questions: Questions) -> Survey:
    """Read a kernel's image, modules and source, as far as the cache has them.

    SourceError for BTF that is not understood, and when image and source contradict each other.
    """
    image = images.extract_vmlinux(kernel)
    data = image.read_bytes()
    btf, sections = parse_file(data, image), parse_elf(data, image)
    found = Survey(Asked(kernel.series, kernel.package, kernel.version, kernel.digest))
    found.structs = {struct.name: _struct(btf, struct) for struct in questions.structs}
    found.contexts = {name: _context(btf, name) for name in questions.contexts}
    found.image_tracepoints = kernel_types.tracepoints(btf)
    _offers(btf, questions, None, found)
    _hooks(btf, sections, found)
    if kernel.has_modules:
        _modules(kernel, btf, questions, found)
    if kernel.source:
        _source(extract_source(kernel), found)
    return found


def _struct(btf: Btf, struct: Struct) -> dict[str, str | None] | None:
    type_id = kernel_types.find_struct(btf, struct.name, union=struct.kind == "union")
    if type_id is None:
        return None
    return dict(_paths(btf, struct.fields, kernel_types.parts(btf, type_id), ""))


def _paths(btf: Btf, fields: Sequence[Field], found: Parts, prefix: str) -> Iterator[tuple[str, str | None]]:
    """The header's fields by path, with the kernel's declaration or None; inner ones where the outer is there."""
    for item in fields:
        if item.name is None:
            yield from _paths(btf, item.fields, found, prefix)
            continue
        part = found.get(item.name)
        inner = kernel_types.parts(btf, part.type) if part and item.fields else {}
        yield f"{prefix}{item.name}", (part.declaration if not inner else item.name) if part else None
        if inner:
            yield from _paths(btf, item.fields, inner, f"{prefix}{item.name}.")


def _context(btf: Btf, name: str) -> tuple[str, Declared] | None:
    """The struct behind a C type, and its members; None for a type that the BTF has not got."""
    word, _, tag = name.rpartition(" ")
    types = btf.find(tag, Kind.STRUCT if word == "struct" else Kind.TYPEDEF)
    if not types:
        return None
    members = {path: part.declaration for path, part in kernel_types.parts(btf, types[0]).items()}
    return btf.name(btf.resolve(types[0])) or tag, members


def _offers(btf: Btf, questions: Questions, module: str | None, found: Survey) -> None:
    operations = {
        name: kernel_types.operations(btf, name, type_id, questions.stubs.get(name, ()))
        for name, type_id in kernel_types.struct_ops(btf).items()
    }
    targets = kernel_types.iterators(btf)
    found.operations |= operations
    found.targets |= targets
    if module:
        found.homes |= dict.fromkeys((*operations, *targets), module)


def _hooks(btf: Btf, sections: ElfSections, found: Survey) -> None:
    """The hooks are the largest of the sets of functions with a hook's name: all of them pass the verifier."""
    functions = kernel_types.lsm_functions(btf)
    ids = btf_sets.parse_id_sets(sections.ids or b"", sections.order, functions)
    if functions and not ids:
        raise SourceError("the image has functions for LSM hooks and no set of them in .BTF_ids", btf.file)
    hooks = max(ids, key=len, default=frozenset[int]())
    found.hooks = kernel_types.hooks(btf, {i: functions[i] for i in sorted(hooks)})
    found.sets = [frozenset(functions[i] for i in each) for each in ids if each is not hooks]


def _modules(kernel: Kernel, base: Btf, questions: Questions, found: Survey) -> None:
    """Modules that offer nothing are only counted: their BTF's strings tell, without reading it."""
    count, names = 0, set[str]()
    modules = Modules(kernel)
    for name in modules:
        data = modules.read(name)
        sections = parse_elf(data, modules.files[name])
        count += sections.btf is not None
        if sections.btf and _MARKS.search(sections.btf):
            own = parse_file(data, modules.files[name], base)
            names |= kernel_types.tracepoints(own)
            _offers(own, questions, name, found)
    found.asked = Asked(**{**vars(found.asked), "modules": count})
    found.module_tracepoints = frozenset(names) - found.image_tracepoints


def _source(folder: Path, found: Survey) -> None:
    """The sets of LSM hooks and the struct_ops types that the source names, checked against the image."""
    sets: dict[str, frozenset[str]] = {}
    for path in sorted((folder / _CORE).glob("*.c")):
        sets |= btf_sets.parse_source_sets(read_text(path), path, _HOOK)
    known = frozenset(found.hooks)
    found.source_sets = {short_name(name): members & known for name, members in sets.items()}
    for name, members in found.source_sets.items():
        if members and members not in found.sets:
            raise SourceError(f"no set of the image is the source's {name}: is it the source of this image?", folder)
    units = (path for pattern in _UNITS for path in sorted(folder.rglob(pattern)))
    texts = (path.read_text("utf-8", "replace") for path in units if path.relative_to(folder).parts[0] != _TOOLS)
    found.registered = frozenset[str]().union(*map(btf_sets.parse_registered, texts))


def short_name(name: str) -> str:
    """What tells a set of LSM hooks from the others: `sleepable` for `sleepable_lsm_hooks`."""
    return _SHARED.sub("", name).strip("_")
