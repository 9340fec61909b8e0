"""What maps need: their types, flags, special fields, and for struct_ops the kernel's type and its members."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.formats.bpf_object import Map, Refers, StructOps
from bpfref.model.entry import Kind
from bpfref.requires.facts import Knowledge
from bpfref.requires.model import Need, Program, Subject
from bpfref.requires.span import Span
from bpfref.requires.spans import FLAGS, field_span, field_use_span, flag_span, struct_ops_span
from bpfref.requires.words import ANY_SIZE, REFUSALS, fixed

_STRUCT_OPS = "BPF_MAP_TYPE_STRUCT_OPS"
_ARRAY = "BPF_MAP_TYPE_ARRAY"


def find_needs(subject: Subject, known: Knowledge) -> Iterator[Need]:
    """The needs of every map, also of those within others."""
    for each in subject.object.maps.values():
        yield from _map(each, subject, known)
        if each.inner:
            yield from _map(each.inner, subject, known)
    for ops in subject.object.struct_ops:
        yield from _struct_ops(ops, known)


def _map(found: Map, subject: Subject, known: Knowledge) -> Iterator[Need]:
    where = (found.name,)
    name = known.by_value(Kind.MAP_TYPE, found.type) if found.type is not None else _ARRAY
    if name is None:
        yield Need("map type", f"number {found.type}", fixed("unnumbered"), where)
        return
    if found.type is not None:
        yield Need("map type", name, known.named("map-type", name), where)
        yield from _flags(found, name, known)
    for each in found.fields:
        yield from _field(each, found, name, subject, known)
    if found.kptrs:
        feature = known.facts.features.features["kptr"]
        title = f"{feature.title} ({', '.join(found.kptrs)})"
        yield Need("feature", title, Span(soft=known.facts.since(feature.like or "")), where)


def _users(found: Map, subject: Subject) -> Iterator[Program]:
    """The programs that refer to a map, of a type that is known."""
    wanted = {Refers.MAP, Refers.DATA}
    for program in subject.programs:
        references = (reference for function in program.functions for reference in function.references)
        if program.type and any(r.kind in wanted and r.name == found.name for r in references):
            yield program


def flag_names(known: Knowledge) -> dict[int, str]:
    """The names of the flags that maps take, by their bits."""
    group = known.facts.groups.get(FLAGS)
    return {m.value: m.name for m in group.members if m.value} if group else {}


def _flags(found: Map, name: str, known: Knowledge) -> Iterator[Need]:
    bits = flag_names(known)
    for bit in (1 << n for n in range(32) if found.flags >> n & 1):
        flag = bits.get(bit)
        span = fixed("unnamed-flag") if flag is None else flag_span(flag, name, known)
        yield Need("map flag", flag or f"{bit:#x}", span, (found.name,), within=name)


def _field(field: str, found: Map, map_type: str, subject: Subject, known: Knowledge) -> Iterator[Need]:
    """A special field of the value: kernels that let maps of the type hold it, and programs use such a map."""
    span = field_span(field, map_type, known)
    if span:
        yield Need("field", field, span, (found.name,), within=map_type)
    for program in _users(found, subject):
        span = field_use_span(field, program, known)
        if span:
            yield Need("map with field", field, span, (found.name, program.name), within=program.way)


def _struct_ops(found: StructOps, known: Knowledge) -> Iterator[Need]:
    where = (found.name,)
    yield Need("map type", _STRUCT_OPS, known.named("map-type", _STRUCT_OPS), where)
    if found.type not in known.facts.btf.types:
        yield Need("struct_ops type", found.type, fixed("unknown-struct-ops"), where)
        return
    for member in (None, *found.members):
        title = found.type if member is None else f"{found.type}.{member}"
        span = struct_ops_span(found.type, member, known)
        yield Need("struct_ops type" if member is None else "struct_ops member", title, span, where)


def misshapen(found: Map, known: Knowledge) -> Iterator[str]:
    """Why every kernel refuses a map as it is declared; what a loader may still set is told so."""
    name = known.by_value(Kind.MAP_TYPE, found.type) if found.type is not None else None
    shape = next((each for each in known.facts.features.map_shapes if name in each.types), None)
    if shape is None:
        return
    sides = (("keys", shape.key, found.key_size), ("values", shape.value, found.value_size))
    for side, wanted, given in sides:
        if wanted is not None and given not in wanted and (wanted or not given):
            of = " or ".join(map(str, wanted)) or ANY_SIZE
            yield REFUSALS["size"].format(name=found.name, type=name, side=side, wanted=of, given=given)
    if shape.entries == "some" and not found.max_entries:
        yield REFUSALS["no-entries"].format(name=found.name)
    if shape.entries == "none" and found.max_entries:
        yield REFUSALS["entries"].format(name=found.name, type=name, given=found.max_entries)
