"""What maps need: their types, flags, special fields, and for struct_ops the kernel's type and its members."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.formats.bpf_object import Map, Refers, StructOps
from bpfref.model.entry import Kind
from bpfref.model.version import Version
from bpfref.requires.facts import Knowledge
from bpfref.requires.model import Need, Subject
from bpfref.requires.span import Answer, Span, Verdict, later

_FLAGS = "BPF_F_NO_PREALLOC"  # the first member of the enum of flags that maps take
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
        unnamed = Answer(Verdict.UNKNOWN, "bpfref's newest facts do not number it")
        yield Need("map type", f"number {found.type}", Span(fixed=unnamed), where)
        return
    if found.type is not None:
        yield Need("map type", name, known.named("map-type", name), where)
        yield from _flags(found, name, known)
    users = _users(found, subject)
    for each in found.fields:
        yield from _field(each, name, users, known, where)
    if found.kptrs:
        feature = known.facts.features.features["kptr"]
        title = f"{feature.title} ({', '.join(found.kptrs)})"
        yield Need("feature", title, Span(soft=known.facts.since(feature.like or "")), where)


def _users(found: Map, subject: Subject) -> set[str]:
    """The types of the programs that refer to a map."""
    wanted = {Refers.MAP, Refers.DATA}
    return {
        str(program.type)
        for program in subject.programs
        for function in program.functions
        for reference in function.references
        if reference.kind in wanted and reference.name == found.name
    }


def _flags(found: Map, name: str, known: Knowledge) -> Iterator[Need]:
    group = known.facts.groups.get(_FLAGS)
    bits = {m.value: m.name for m in group.members if m.value} if group else {}
    for bit in (1 << n for n in range(32) if found.flags >> n & 1):
        flag = bits.get(bit)
        if flag is None:
            why = Answer(Verdict.UNKNOWN, "the newest header has no name for it")
            yield Need("map flag", f"{bit:#x}", Span(fixed=why), (found.name,), within=name)
            continue
        since = later(known.facts.since(flag), known.facts.since(name))
        lab = {}
        for series, file in known.series.items():
            taken = file.maps.get(name)
            if taken and flag in taken.flags:
                lab[series] = Answer(Verdict.YES, "the map was made with it")
            elif taken:
                lab[series] = Answer(Verdict.NO, f"{name} does not take it")
        yield Need("map flag", flag, Span(known.facts.since(flag), since, lab), (found.name,), within=name)


def _field(field: str, map_type: str, users: set[str], known: Knowledge, where: tuple[str, ...]) -> Iterator[Need]:
    """A special field of the value: kernels that know it, that let maps of the type hold it, and programs use it."""
    since = known.facts.since(f"struct {field}") or known.facts.since(field)
    lab: dict[Version, Answer] = {}
    for series, file in known.series.items():
        asked = file.fields.get(field)
        if asked is None:
            continue
        refused = {v.partition("/")[0]: words for words, variants in asked.refused.items() for v in variants}
        bad = sorted(users & set(refused))
        if map_type not in asked.maps:
            lab[series] = Answer(Verdict.NO, f"no {map_type} may hold it")
        elif bad:
            lab[series] = Answer(Verdict.NO, f"{bad[0]}: {refused[bad[0]]}")
        else:
            lab[series] = Answer(Verdict.YES, "a map was made with it")
    if since or lab:
        yield Need("field", field, Span(since, since, lab), where, within=map_type)


def _struct_ops(found: StructOps, known: Knowledge) -> Iterator[Need]:
    where = (found.name,)
    yield Need("map type", _STRUCT_OPS, known.named("map-type", _STRUCT_OPS), where)
    btf = known.facts.btf
    kind = btf.types.get(found.type)
    if kind is None:
        nowhere = Answer(Verdict.UNKNOWN, "no kernel of the lab offers it")
        yield Need("struct_ops type", found.type, Span(fixed=nowhere), where)
        return
    members = {member.name: member for member in kind.members}
    for name in (None, *found.members):
        lab: dict[Version, Answer] = {}
        lacks = members[name].lacks if name in members else ()
        for series in btf.struct_ops.series:
            version = Version.parse(series)
            if series in kind.unbuilt or series in btf.struct_ops.unseen(kind.lacks):
                why = "the release has it; the lab's build, or what was seen of it, has it not"
                lab[version] = Answer(Verdict.UNKNOWN, why, condition=True)
            elif series in kind.lacks:
                lab[version] = Answer(Verdict.NO, "the kernel does not offer it")
            elif name and (series in lacks or name not in members):
                lab[version] = Answer(Verdict.NO, f"its {found.type} has no such member")
            else:
                lab[version] = Answer(Verdict.YES, "its BTF has it")
        title = found.type if name is None else f"{found.type}.{name}"
        yield Need("struct_ops type" if name is None else "struct_ops member", title, Span(lab=lab), where)


def misshapen(found: Map, known: Knowledge) -> Iterator[str]:
    """Why every kernel refuses a map as it is declared; what a loader may still set is told so."""
    name = known.by_value(Kind.MAP_TYPE, found.type) if found.type is not None else None
    shape = next((each for each in known.facts.features.map_shapes if name in each.types), None)
    if shape is None:
        return
    for side, wanted, given in (("keys", shape.key, found.key_size), ("values", shape.value, found.value_size)):
        if wanted is not None and given not in wanted and (wanted or not given):
            of = " or ".join(map(str, wanted)) if wanted else "more than 0"
            yield f"map {found.name}: {name} has {side} of {of} bytes, this one of {given}"
    if shape.entries == "some" and not found.max_entries:
        yield f"map {found.name} has max_entries 0: the program that loads it has to set them"
    if shape.entries == "none" and found.max_entries:
        yield f"map {found.name}: {name} has max_entries 0, this one {found.max_entries}"
