"""The fields of `union bpf_attr` in any release of `linux/bpf.h`."""

from __future__ import annotations

from pathlib import Path

from bpfref.formats import clang
from bpfref.formats.uapi_attributes import ATTRIBUTES
from bpfref.formats.uapi_structs import parse_fields
from bpfref.model.attribute_fields import field_names
from bpfref.model.uapi import Attributes

_ADVICE = "take include/uapi/linux/bpf.h whole and unedited from a kernel release"


def parse_field_names(text: str, file: Path) -> frozenset[str]:
    """Each field of each struct of `union bpf_attr`, as `model.attribute_fields` names it.

    Nothing when the header has no such union. SourceError for no C.
    """
    unit = clang.parse(text, file, _ADVICE)
    unions = (c for c in unit.declarations if c.spelling == ATTRIBUTES and c.is_definition())
    members = [m for union in unions for m in parse_fields(unit, union.type)]
    named = (field_names(Attributes(m.name, (), m.fields or (m,))) for m in members)
    return frozenset(name for names in named for name in names.values())
