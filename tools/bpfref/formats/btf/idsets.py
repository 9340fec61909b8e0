"""Sets of function ids with flags in an image's section `.BTF_ids`: `struct btf_id_set8` of the kernel.

A set is a count, a word of flags, then that many pairs of BTF id and flags, sorted by id. Nothing in
the section says where a set begins: lists of other kinds lie between them, so a set is what has this
shape, with functions only. Layout: Linux v7.2, include/linux/btf_ids.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bpfref.formats.btf.lookup import Btf
from bpfref.formats.btf.wire import Kind, Order

_KFUNCS = 1  # BTF_SET8_KFUNCS, in the set's flags since v6.9
_MOST = 4096
_HIGHEST_FLAG = 1 << 24
_HEAD = 2


@dataclass(frozen=True, slots=True)
class IdSet:
    """A set: `kfuncs` when its flags say that it holds kfuncs; members are BTF id and flags."""

    kfuncs: bool
    members: tuple[tuple[int, int], ...]


def parse_id_sets(data: bytes, order: Order, btf: Btf) -> tuple[IdSet, ...]:
    """Every set of the section, in its order. `btf` is the image's or the module's."""
    count = len(data) // 4
    words = struct.unpack(f"{'<' if order == 'little' else '>'}{count}I", data[: count * 4])
    return tuple(_sets(words, btf))


def _sets(words: Sequence[int], btf: Btf) -> Iterator[IdSet]:
    at = 0
    while at + _HEAD < len(words):
        found = _set_at(words, at, btf)
        if found:
            yield found
        at += _HEAD + 2 * len(found.members) if found else 1


def _set_at(words: Sequence[int], at: int, btf: Btf) -> IdSet | None:
    count, flags = words[at], words[at + 1]
    end = at + _HEAD + 2 * count
    if not 0 < count <= _MOST or flags not in (0, _KFUNCS) or end > len(words):
        return None
    ids, bits = words[at + _HEAD : end : 2], words[at + _HEAD + 1 : end : 2]
    if not all(_is_function(btf, i) for i in ids) or any(b >= _HIGHEST_FLAG for b in bits):
        return None
    if any(first >= second for first, second in pairwise(ids)):
        return None
    return IdSet(flags == _KFUNCS, tuple(zip(ids, bits, strict=True)))


def _is_function(btf: Btf, type_id: int) -> bool:
    return 0 < type_id < len(btf) and btf.kind(type_id) is Kind.FUNC
