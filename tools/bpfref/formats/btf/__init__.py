"""BTF, the kernel's description of its own types: bytes into types, and types into C.

`parse` reads raw BTF (as in `/sys/kernel/btf`), `parse_file` that or an ELF file with it. A `Btf`
answers for its types by id and by name; `declare` and `define` write them as C.
"""

from __future__ import annotations

from pathlib import Path

from bpfref.formats.btf import elf, wire
from bpfref.formats.btf.declare import declare, define
from bpfref.formats.btf.layout import size_of
from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.wire import Kind

__all__ = ["Btf", "Kind", "declare", "define", "parse", "parse_file", "size_of"]


def parse(data: bytes, file: Path | str, base: Btf | None = None) -> Btf:
    """Read raw BTF in either byte order; split BTF (a module's) needs its `base` (its kernel's).

    SourceError for anything that the format does not allow, and for a base that cannot be the right one.
    """
    sections = wire.parse_sections(data, file)
    if base and base.order != sections.order:
        raise wire.fault(f"it is {sections.order}-endian and its base {base.file} is not", file)
    return Btf(sections, file, base)


def parse_file(data: bytes, file: Path | str, base: Btf | None = None) -> Btf:
    """Read raw BTF, or the `.BTF` of an ELF file.

    A module that brings its own distilled base (`.BTF.base`) is read with that and not with `base`:
    its ids are relative to it. SourceError as `parse`, and for an ELF file without BTF.
    """
    if not data.startswith(elf.MAGIC):
        return parse(data, file, base)
    sections = elf.parse_elf(data, file)
    if sections.btf is None:
        raise wire.fault("the ELF file has no section .BTF", file)
    if sections.base is not None:
        base = parse(sections.base, f"{file} (.BTF.base)")
    return parse(sections.btf, file, base)
