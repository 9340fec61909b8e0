"""`vmlinux.h` of a kernel of the cache, made from its BTF once and kept beside the other headers."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.files import write_text
from bpfref.formats import btf
from bpfref.formats.btf import Btf, Kind
from bpfref.formats.btf.elf import parse_elf
from bpfref.formats.btf.header import write_header
from bpfref.formats.btf.idsets import parse_id_sets
from bpfref.formats.btf.types import DeclTag
from bpfref.kernels import images
from bpfref.kernels.lock import hold_lock
from bpfref.model.kernel import Kernel

NAME = "vmlinux.h"
_WRITERS = ("header.py", "order.py", "declare.py", "layout.py", "decode.py")
_TAG = "bpf_kfunc"


def find_vmlinux(cache: Path, kernel: Kernel) -> Path:
    """The folder with a kernel's `vmlinux.h`, written when it is first asked for: ten seconds.

    Its name is a digest of the kernel and of the code that writes the header. SourceError for an
    image without BTF.
    """
    digest = hashlib.sha256(kernel.digest.encode() + _code()).hexdigest()
    shelf = cache / "compile/vmlinux"
    folder = shelf / f"{kernel.series}-{digest[:16]}"
    if not (folder / NAME).is_file():
        with hold_lock(shelf), images.use(kernel):
            if not (folder / NAME).is_file():
                write_text(folder / NAME, make_header(images.extract_vmlinux(kernel)))
    return folder


def make_header(image: Path) -> str:
    """The header of an image, or of any file with BTF, with prototypes of the kfuncs that it has."""
    data = image.read_bytes()
    types = btf.parse_file(data, image)
    return write_header(types, find_kfuncs(types, data, image))


def find_kfuncs(types: Btf, data: bytes, file: Path) -> frozenset[int]:
    """The ids of functions that BTF marks as kfuncs, or that are in an image's sets of flagged functions.

    Kernels before v6.9 mark neither the one nor the other; there all sets with flags count.
    """
    marks = (types[each] for each in types.ids(Kind.DECL_TAG))
    tagged = {mark.target for mark in marks if isinstance(mark, DeclTag) and mark.name == _TAG}
    try:
        sections = parse_elf(data, file)
    except SourceError:  # raw BTF
        return frozenset(tagged)
    sets = parse_id_sets(sections.ids or b"", sections.order, types)
    return frozenset(tagged | {each for one in sets if one.kfuncs or not tagged for each, _ in one.members})


def _code() -> bytes:
    here = resources.files("bpfref.formats.btf")
    return b"".join((here / name).read_bytes() for name in _WRITERS)
