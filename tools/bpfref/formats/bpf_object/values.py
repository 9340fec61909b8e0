"""What lies in values of maps: the kernel's special fields and tagged pointers, however deep."""

from __future__ import annotations

from bpfref.formats.btf import Btf
from bpfref.formats.btf.types import Array, DataSec, Ptr, Qualifier, Struct, Typedef, TypeTag, Var

_KERNELS = "bpf_"  # the kernel names its special fields so
_MOST_TYPES = 4096


def find_special(btf: Btf, type_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kernel's structs that a type contains by name (`bpf_timer`), and the tags on its pointers (`kptr`).

    What pointers lead to is not looked at.
    """
    fields: dict[str, None] = {}
    tags: dict[str, None] = {}
    seen: set[int] = set()
    waiting = [type_id]
    while waiting and len(seen) < _MOST_TYPES:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        found = btf[here]
        if isinstance(found, Ptr):
            tags.update(dict.fromkeys(_tags(btf, found.target)))
        elif isinstance(found, Struct) and (found.name or "").startswith(_KERNELS):
            fields[str(found.name)] = None
        else:
            waiting += _inside(found)
    return tuple(sorted(fields)), tuple(sorted(tags))


def _inside(found: object) -> list[int]:
    """The types that a type is made of."""
    if isinstance(found, Struct):
        return [member.type for member in found.members]
    if isinstance(found, DataSec):
        return [place.var for place in found.places]
    if isinstance(found, Array):
        return [found.element]
    if isinstance(found, Var):
        return [found.type]
    if isinstance(found, Typedef | Qualifier | TypeTag):
        return [found.target]
    return []


def _tags(btf: Btf, type_id: int) -> list[str]:
    found, names = btf[type_id], []
    while isinstance(found, Typedef | Qualifier | TypeTag):
        if isinstance(found, TypeTag) and not found.attribute:
            names.append(found.name)
        found = btf[found.target]
    return names
