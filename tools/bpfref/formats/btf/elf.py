"""The sections of an ELF file that hold BTF: an image, a module or an object file."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from bpfref.errors import SourceError
from bpfref.formats.btf.wire import Order

MAGIC = b"\x7fELF"

_BTF, _BASE, _IDS = ".BTF", ".BTF.base", ".BTF_ids"
# Images, modules and objects have about a hundred.
_MOST_SECTIONS = 1024
# What pyelftools lets through when a header lies; the tests have one file for each.
_LIES = (ELFError, ConstructError, ValueError, LookupError, AttributeError, TypeError, OverflowError, AssertionError)


@dataclass(frozen=True, slots=True)
class ElfSections:
    """Raw `.BTF`, `.BTF.base` and `.BTF_ids` as they lie in the file, None for one that is not there."""

    order: Order
    btf: bytes | None
    base: bytes | None
    ids: bytes | None


def parse_elf(data: bytes, file: Path | str) -> ElfSections:
    """Find the sections by name. SourceError for what is no ELF file, or one whose headers lie."""
    if data[:4] != MAGIC:
        raise _fault("it is no ELF file", file)
    try:
        elf = ELFFile(BytesIO(data))
        if elf.num_sections() > _MOST_SECTIONS:
            raise _fault(f"{elf.num_sections()} sections are too many", file)
        sections = {name: _section(elf, name, data, file) for name in (_BTF, _BASE, _IDS)}
    except _LIES as error:
        raise _fault(f"its headers cannot be read ({type(error).__name__}: {error})", file) from error
    order: Order = "little" if elf.little_endian else "big"
    return ElfSections(order, sections[_BTF], sections[_BASE], sections[_IDS])


def _section(elf: ELFFile, name: str, data: bytes, file: Path | str) -> bytes | None:
    """A section's bytes, cut out here: pyelftools would build what a header claims, of any size."""
    section = elf.get_section_by_name(name)
    if section is None:
        return None
    start, size = section["sh_offset"], section["sh_size"]
    if section["sh_type"] == "SHT_NOBITS" or section["sh_flags"] & SH_FLAGS.SHF_COMPRESSED:
        raise _fault(f"its section {name} is empty or compressed", file)
    if start + size > len(data):
        raise _fault(f"its section {name} ends beyond the file", file)
    return data[start : start + size]


def _fault(message: str, file: Path | str) -> SourceError:
    return SourceError(f"ELF: {message}; take an unstripped kernel image, module or object file", file)
