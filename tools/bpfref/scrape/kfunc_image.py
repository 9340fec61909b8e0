"""The kfuncs that an image and its modules have: sets of ids with flags, and prototypes from BTF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.formats import btf
from bpfref.formats.btf.elf import ElfSections, parse_elf
from bpfref.formats.btf.idsets import parse_id_sets
from bpfref.formats.btf.types import DeclTag, Func, FuncProto
from bpfref.formats.btf.wire import Kind
from bpfref.kernels import images
from bpfref.kernels.modules import Modules
from bpfref.model.helper import Parameter
from bpfref.model.kernel import Kernel

_TAG = "bpf_kfunc"
_IDS = b".BTF_ids"


@dataclass(frozen=True)
class Seen:
    """A kfunc in an image or module: flags are bits, `tagged` whether BTF marks it."""

    returns: str
    parameters: tuple[Parameter, ...]
    bits: int
    module: str | None
    tagged: bool


@dataclass(frozen=True)
class Image:
    """What image and modules show: `modules` were read, None without any; `tags` if BTF marks kfuncs."""

    seen: dict[str, Seen]
    modules: int | None
    tags: bool


def read_image(kernel: Kernel) -> Image:
    """Read one kernel's image and modules: ten seconds. SourceError for what cannot be read."""
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
            seen = _seen(place, tags=tags) | seen
    return Image(seen, modules if kernel.has_modules else None, tags)


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
