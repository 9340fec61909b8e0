"""BTF as bytes: the header, its sections, the kinds of types and how many words each occupies.

The layout is `linux/btf.h`: a header, then a section of types, one of strings and, since v7.2,
one that describes the kinds that its producer knew. Everything in it is a multiple of 32 bits.
"""

from __future__ import annotations

import struct
import sys
from array import array
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

from bpfref.errors import SourceError

MAGIC = 0xEB9F
MAX_TYPES = 0x000FFFFF
MAX_STRINGS = 0x01000000
# The kernel looks at no more than 32 links of a chain; real kernels have fewer than ten.
MAX_CHAIN = 64

_VERSION = 1
_ADVICE = "take BTF whole from a kernel image, a module, an object file or /sys/kernel/btf"
COMMON = 3  # words that each type starts with: name, info, size or type

_WORD = 4
_SMALLEST_HEADER = 24
_LARGEST_HEADER = 32
_PREAMBLE = 8
_LAYOUT_ENTRY = 4

Order = Literal["little", "big"]


class Kind(IntEnum):
    """What a type is; `VOID` is type 0, which no file holds."""

    VOID = 0
    INT = 1
    PTR = 2
    ARRAY = 3
    STRUCT = 4
    UNION = 5
    ENUM = 6
    FWD = 7
    TYPEDEF = 8
    VOLATILE = 9
    CONST = 10
    RESTRICT = 11
    FUNC = 12
    FUNC_PROTO = 13
    VAR = 14
    DATASEC = 15
    FLOAT = 16
    DECL_TAG = 17
    TYPE_TAG = 18
    ENUM64 = 19


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind lies in memory: words after the common three, words for each of `vlen` entries.

    `flag` and `vlen` say whether the kind gives a meaning to those bits of the info word.
    """

    fixed: int = 0
    each: int = 0
    flag: bool = False
    vlen: bool = False


SHAPES = {
    Kind.INT: Shape(fixed=1),
    Kind.PTR: Shape(),
    Kind.ARRAY: Shape(fixed=3),
    Kind.STRUCT: Shape(each=3, flag=True, vlen=True),
    Kind.UNION: Shape(each=3, flag=True, vlen=True),
    Kind.ENUM: Shape(each=2, flag=True, vlen=True),
    Kind.FWD: Shape(flag=True),
    Kind.TYPEDEF: Shape(),
    Kind.VOLATILE: Shape(),
    Kind.CONST: Shape(),
    Kind.RESTRICT: Shape(),
    Kind.FUNC: Shape(vlen=True),
    Kind.FUNC_PROTO: Shape(each=2, vlen=True),
    Kind.VAR: Shape(fixed=1),
    Kind.DATASEC: Shape(each=3, vlen=True),
    Kind.FLOAT: Shape(),
    Kind.DECL_TAG: Shape(fixed=1, flag=True),
    Kind.TYPE_TAG: Shape(flag=True),
    Kind.ENUM64: Shape(each=3, flag=True, vlen=True),
}


@dataclass(frozen=True, slots=True)
class Sections:
    """A file cut into its parts, in the byte order of the machine that reads it."""

    order: Order
    words: array[int]
    strings: bytes


def fault(message: str, file: Path | str) -> SourceError:
    """The error for BTF that is not what `linux/btf.h` describes."""
    return SourceError(f"BTF: {message}; {_ADVICE}", file)


def has_magic(data: bytes) -> bool:
    """Whether `data` starts as raw BTF does, in either byte order."""
    return data[:2] in {MAGIC.to_bytes(2, "little"), MAGIC.to_bytes(2, "big")}


def parse_sections(data: bytes, file: Path | str) -> Sections:
    """Cut raw BTF into types and strings.

    SourceError for another magic, version or header than the kernel's, for sections that overlap,
    leave gaps or end beyond the data.
    """
    order = _order(data, file)
    fields = _header(data, order, file)
    body = memoryview(data)[fields[0] :]
    pairs = [(fields[1], fields[2]), (fields[3], fields[4]), (fields[5], fields[6])]
    _check_cover(pairs, len(body), file)
    types, strings, layout = (body[start : start + length] for start, length in pairs)
    if pairs[0][0] % _WORD or len(types) % _WORD:
        raise fault("the section of types is not aligned to 4 bytes", file)
    if len(layout) % _LAYOUT_ENTRY or pairs[2][0] % _WORD:
        raise fault("the section of layouts is not made of whole entries", file)
    return Sections(order, _words(types, order), bytes(strings))


def _order(data: bytes, file: Path | str) -> Order:
    if len(data) < _PREAMBLE:
        raise fault(f"{len(data)} bytes are too few for a header", file)
    if not has_magic(data):
        raise fault(f"it starts with {data[:2].hex(' ')} and not with the magic number", file)
    order: Order = "little" if data[0] == MAGIC & 0xFF else "big"
    if (data[2], data[3]) != (_VERSION, 0):
        raise fault(f"version {data[2]} with flags {data[3]:#x} is unknown, only version 1 without flags is", file)
    return order


def _header(data: bytes, order: Order, file: Path | str) -> tuple[int, ...]:
    """The header's seven figures from `hdr_len` on; those that an older header lacks are 0."""
    length = int.from_bytes(data[4:8], order)
    if not _SMALLEST_HEADER <= length <= len(data):
        raise fault(f"a header of {length} bytes in {len(data)} bytes of data is impossible", file)
    if any(data[_LARGEST_HEADER:length]):
        raise fault("the header has fields that are unknown, so this BTF is newer than bpfref", file)
    known = data[4 : min(length, _LARGEST_HEADER)].ljust(_LARGEST_HEADER - 4, b"\0")
    return struct.unpack("<7I" if order == "little" else ">7I", known)


def _check_cover(pairs: list[tuple[int, int]], size: int, file: Path | str) -> None:
    """Sections must cover the data once, as the kernel demands; an empty one may lie anywhere in it."""
    at = 0
    for start, length in sorted(pair for pair in pairs if pair[1]):
        if start != at:
            raise fault(f"{'gap before' if start > at else 'overlap with'} the section at byte {start}", file)
        at = start + length
    if at != size:
        raise fault(f"the sections need {at} bytes, there are {size}", file)
    if any(start > size for start, _ in pairs):
        raise fault("a section starts beyond the end of the data", file)


def _words(types: memoryview, order: Order) -> array[int]:
    words = array("I")
    words.frombytes(types)
    if order != sys.byteorder:
        words.byteswap()
    return words
