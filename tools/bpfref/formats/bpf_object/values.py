"""What lies in values of maps: the kernel's special fields and tagged pointers, however deep."""

from __future__ import annotations

from dataclasses import dataclass, field

from bpfref.formats.bpf_object.elf import fault
from bpfref.formats.btf import Btf
from bpfref.formats.btf.types import Array, DataSec, Ptr, Qualifier, Struct, Typedef, TypeTag, Var

_KERNELS = "bpf_"  # the kernel names its special fields so
_MOST_TYPES = 1 << 16  # looked at for all maps together: values of real maps have a few hundred


@dataclass
class Specials:
    """Looks into types of one object; each is looked into once."""

    btf: Btf
    _known: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    _looked: int = 0

    def find(self, type_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The kernel's structs that a type contains by name (`bpf_timer`), and the tags on its pointers (`kptr`).

        What pointers lead to is not looked at. SourceError when there is no end of types.
        """
        if type_id not in self._known:
            self._known[type_id] = self._find(type_id)
        return self._known[type_id]

    def _find(self, type_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        fields: set[str] = set()
        tags: set[str] = set()
        seen: set[int] = set()
        waiting = [type_id]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            self._looked += 1
            if self._looked > _MOST_TYPES:
                raise fault(f"the values of its maps have more than {_MOST_TYPES} types", self.btf.file)
            found = self.btf[here]
            if isinstance(found, Ptr):
                tags.update(_tags(self.btf, found.target))
            elif isinstance(found, Struct) and (found.name or "").startswith(_KERNELS):
                fields.add(str(found.name))
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
