"""Where functions lie in a binary or library. Standard library only.

libbpf looks them up too, but up to version 1.7 it finds none by a list of names where the binary has
only dynamic symbols, as installed libraries do.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Collection, Iterator
from pathlib import Path

from bpfref.loader.errors import AttachError, MissingSymbolError

_MAGIC = b"\x7fELF\x02"
_SYMBOL_TABLES = (2, 11)  # SHT_SYMTAB and SHT_DYNSYM of elf.h
_FUNCTION = 2  # STT_FUNC
_SECTION, _SYMBOL = 64, 24


def find_functions(binary: str | os.PathLike[str], names: Collection[str]) -> list[int]:
    """The offsets in the file of functions, in the order of their names.

    AttachError when the file cannot be read, MissingSymbolError for a name that it does not have.
    """
    path = os.fspath(binary)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise AttachError(f"{path} cannot be read", error.errno or 0) from error
    wanted = {name.encode() for name in names}
    found: dict[str, int] = {}
    try:
        for name, offset in _functions(data, wanted):
            found.setdefault(name.decode(), offset)
    except (struct.error, IndexError, ValueError) as error:
        raise MissingSymbolError(f"{path} is no binary for 64 bits that can be read ({error})") from error
    if missing := [name for name in names if name not in found]:
        raise MissingSymbolError(f"{path} has no function {', '.join(missing)}")
    return [found[name] for name in names]


def _functions(data: bytes, wanted: Collection[bytes]) -> Iterator[tuple[bytes, int]]:
    if not data.startswith(_MAGIC):
        raise ValueError("it does not start as one")
    order = "<" if data[5] == 1 else ">"
    (start,) = struct.unpack_from(f"{order}Q", data, 40)
    (count,) = struct.unpack_from(f"{order}H", data, 60)
    sections = [struct.unpack_from(f"{order}IIQQQQIIQQ", data, start + n * _SECTION) for n in range(count)]
    for section in sections:
        if section[1] not in _SYMBOL_TABLES:
            continue
        strings = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], _SYMBOL):
            name, info, _, home, value, _ = struct.unpack_from(f"{order}IBBHQQ", data, at)
            if info & 15 != _FUNCTION or not 0 < home < len(sections):
                continue
            text = data[strings + name : data.index(b"\0", strings + name)]
            if text in wanted:
                yield text, value - sections[home][3] + sections[home][4]
