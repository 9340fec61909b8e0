"""Constants, structs and attributes of the UAPI header as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bpfref.generate.facts import Facts
from bpfref.generate.render.presence import before, inline, sentence
from bpfref.generate.render.text import code, number, since_tag, table
from bpfref.model.attribute_fields import field_names
from bpfref.model.files import Section
from bpfref.model.since import Since
from bpfref.model.uapi import Attributes, Constant, Field, Struct
from bpfref.model.verdict import Span

_HEAD = ("Field", "Type", "Offset", "Meaning")
_BIT_GROUP = 2  # this many different powers of two make a group of bits


def constants(facts: Facts, wanted: Sequence[Constant]) -> str:
    """Constants in a table, each name an anchor; those with a page of their own are left to it."""
    members = [m for m in wanted if not _has_page(facts, m)]
    bits = _are_bits(members)
    rows = [
        (
            _anchor(m.name),
            number(m.value, bits=bits),
            _meaning(facts, m),
            since_tag(facts.catalogue.since(m.name)),
        )
        for m in members
        if not m.sentinel
    ]
    return table(("Name", "Value", "Meaning", "Since"), rows)


def section(facts: Facts, wanted: Section) -> str:
    """One section of the page of constants, with its heading."""
    groups = [facts.catalogue.groups[lead] for lead in wanted.leads]
    members = [m for group in groups for m in group.members if facts.catalogue.constants[m.name] is m]
    return f"## {wanted.title} {{ #{wanted.slug} }}\n\n{wanted.about}\n\n{constants(facts, members)}"


def _has_page(facts: Facts, member: Constant) -> bool:
    entry = facts.catalogue.entries.get(member.name)
    return bool(entry and entry.anchor is None)


def _are_bits(members: Sequence[Constant]) -> bool:
    values = {m.value for m in members if m.value}
    powers = {v for v in values if v > 0 and v & (v - 1) == 0}
    return len(powers) >= _BIT_GROUP and max(powers) > len(values)


def _anchor(name: str) -> str:
    return f"[{code(name)}](#{name}){{ #{name} }}"


def _meaning(facts: Facts, member: Constant) -> str:
    alias = f"The same as {code(member.alias_of)}." if member.alias_of not in (None, member.name) else ""
    old = "Deprecated." if member.deprecated else ""
    return " ".join(filter(None, (facts.meaning(member.name), alias, old)))


@dataclass(frozen=True)
class _Row:
    """A field with the way to it."""

    path: str
    field: Field


def _flat(fields: Sequence[Field], prefix: str = "") -> Iterator[_Row]:
    """Fields depth first; members of anonymous structs and unions as if they stood outside."""
    for item in fields:
        path = f"{prefix}{item.name}" if item.name else prefix.rstrip(".")
        inner = f"{path}." if item.name else prefix
        if item.fields:
            yield from _flat(item.fields, inner)
        elif item.name:
            yield _Row(path, item)


def _rows(facts: Facts, fields: Sequence[Field], owner: str) -> Iterator[tuple[str, ...]]:
    return (row for _, row in _cells(facts, fields, owner))


def _cells(facts: Facts, fields: Sequence[Field], owner: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field's path and row."""
    for row in _flat(fields):
        bits = f" : {row.field.bits}" if row.field.bits is not None else ""
        yield (
            row.path,
            (
                code(row.path),
                code(f"{row.field.type}{row.field.array or ''}{bits}"),
                str(row.field.offset),
                " ".join(filter(None, (facts.meaning(f"{owner}.{row.path}"), _kernels(facts, owner, row.path)))),
            ),
        )


def _kernels(facts: Facts, owner: str, path: str) -> str:
    """Since which of the lab's kernels a field is there; nothing for those that all with the struct have."""
    story = facts.catalogue.btf.stories.get(owner)
    ways = [path[: end or None] for end in (0, *(i for i in range(len(path) - 1, 0, -1) if path[i] == "."))]
    found = next((story.fields[way] for way in ways if way in story.fields), None) if story else None
    if found is None or story is None:
        return ""
    shown = inline(facts.catalogue.btf.structs.kernels, found.lacks, story.lacks)
    return " ".join(filter(None, (*before(found.earlier), shown)))


def attributes(facts: Facts, command: str, found: Attributes) -> str:
    """The part of `union bpf_attr` that a command uses."""
    member = f"The attributes are in the member `{found.member}` of `union bpf_attr`.\n\n" if found.member else ""
    names = field_names(found)
    cells = [(row, _since(facts, command, names[path])) for path, row in _cells(facts, found.fields, command)]
    if not any(since for _, since in cells):
        return f"{member}All fields have been in the header for as long as the command.\n\n" + table(
            _HEAD, [row for row, _ in cells]
        )
    rows = [(f"{name} {since}".rstrip(), *rest) for (name, *rest), since in cells]
    told = (
        "A release behind a field is the first whose header has it; the others are as old as the command.\n\n"
        if not all(since for _, since in cells)
        else ""
    )
    return member + told + table(_HEAD, rows)


def _since(facts: Facts, command: str, name: str) -> str:
    """The first release of a field that is younger than the command, to stand behind its name."""
    field, own = facts.catalogue.field_since(name), facts.catalogue.since(command)
    latest = field.version if isinstance(field, Since) else field.upper if field else None
    if own and (latest is None or latest <= own.version):
        return ""
    return f"({field})" if isinstance(field, Span) else since_tag(field)


def struct(facts: Facts, wanted: Struct) -> str:
    """A struct's fields in a table."""
    rows = _rows(facts, wanted.fields, wanted.name)
    return f"{wanted.size} bytes.{_seen(facts, wanted)}\n\n" + table(_HEAD, rows)


def _seen(facts: Facts, wanted: Struct) -> str:
    """Which kernels' BTF has the struct, if not all do: a struct that a kernel does not use is not in its BTF."""
    story, kernels = facts.catalogue.btf.stories.get(wanted.name), facts.catalogue.btf.structs.kernels
    return f" In kernels' BTF: {sentence(kernels, story.lacks)}." if story and story.lacks else ""
