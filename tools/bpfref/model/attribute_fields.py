"""Names for the fields of `union bpf_attr`, by which releases of the header can be compared.

Old headers give most of the union's structs no name, so a struct goes by its first field, unless it
has a name: `map_type.key_size`, `query.prog_cnt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpfref.model.uapi import Attributes, Field


def field_names(member: Attributes) -> dict[str, str]:
    """For the way to each field, as a page shows it, the field's name here."""
    owner = member.member or next(paths(member.fields), "")
    return {path: f"{owner}.{path}" for path in paths(member.fields)}


def paths(fields: Sequence[Field], prefix: str = "") -> Iterator[str]:
    """The ways to all fields; members of anonymous structs and unions as if they stood outside."""
    for field in fields:
        path = f"{prefix}{field.name}" if field.name else prefix.rstrip(".")
        if field.fields:
            yield from paths(field.fields, f"{path}." if field.name else prefix)
        elif field.name:
            yield path
