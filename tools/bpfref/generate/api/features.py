"""An entry of the catalogue as the product's `Feature`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bpfref.generate.api.seen import seen_of
from bpfref.generate.facts import Facts
from bpfref.lab import HELPERS, KFUNCS, Answer, Reach
from bpfref.layout import address_of
from bpfref.model.attribute_fields import field_names
from bpfref.model.entry import Entry, Kind
from bpfref.model.libbpf_api import Macro
from bpfref.model.probe import Call
from bpfref.model.product import Bounds, Callers, Feature, First, Member, Parameter
from bpfref.model.since import Since
from bpfref.model.uapi import Field
from bpfref.model.verdict import Span

CALLS = {Kind.HELPER: HELPERS, Kind.KFUNC: KFUNCS}


def feature(facts: Facts, entry: Entry) -> Feature:
    """All that is known of an entry; what is not known is left out or null, never guessed."""
    basic = Feature(
        name=entry.name,
        kind=str(entry.kind),
        page=address_of(entry.page) + (f"#{entry.anchor}" if entry.anchor else ""),
        since=_first(entry.since),
        value=entry.value,
        deprecated=entry.deprecated,
        description=_description(facts, entry),
        seen=seen_of(facts, entry),
    )
    add = _ADD.get(entry.kind)
    return add(facts, entry, basic) if add else basic


def _first(since: Since | None) -> First | None:
    if since is None:
        return None
    return First(since.since, since.until, since.commit, since.is_claim, since.evidence)


def _library(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    declared = facts.catalogue.declared(entry.kind, entry.name)
    family = facts.catalogue.topic_of(entry.name, entry.kind)
    found = replace(
        basic,
        prototype=declared.prototype(entry.name),
        topic=family.title if family else None,
        header=f"bpf/{declared.header}",
        libbpf=First(entry.version.since, entry.version.until) if entry.version else None,
        commands=facts.catalogue.libbpf_words.calls.get(entry.name, ()),
    )
    if isinstance(declared, Macro):
        return found
    return replace(
        found, returns=declared.returns, parameters=tuple(Parameter(p.name, p.type) for p in declared.parameters)
    )


def _description(facts: Facts, entry: Entry) -> str | None:
    """The sentence of its own page, else the meaning that its row has there."""
    words = facts.catalogue.kfunc_words.flags.get(entry.name) if entry.kind is Kind.KFUNC_FLAG else None
    return facts.description(entry) or words or facts.meaning(entry.name) or None


def _helper(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    helper = facts.catalogue.helpers[entry.name]
    found = replace(
        basic,
        prototype=helper.prototype,
        returns=helper.returns,
        parameters=tuple(Parameter(p.name, p.type) for p in helper.parameters),
    )
    return _call(facts, entry, found)


def _kfunc(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    form = facts.catalogue.kfuncs[entry.name].newest
    found = replace(
        basic,
        prototype=form.prototype(entry.name),
        returns=form.returns,
        parameters=tuple(Parameter(p.name, p.type) for p in form.parameters),
        flags=form.flags,
        module=form.module,
    )
    return _call(facts, entry, found)


def _call(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    """What kernels answered of a function: who may call it, with which maps and which rights."""
    kind = CALLS[entry.kind]
    calls = dict(facts.lab.call(kind, entry.name))
    newest = next(reversed(calls.values()), Call())
    topic = facts.catalogue.topic_of(entry.name, entry.kind)
    answers = facts.lab.answers(kind, entry.name)
    return replace(
        basic,
        topic=topic.title if topic else None,
        programs={program: _callers(by) for program, by in answers.items() if any(a.accepts for a in by.values())},
        maps=_maps(calls),
        gpl=newest.gpl,
        rights=newest.needs,
    )


def _callers(by: Mapping[str, Answer]) -> Callers:
    def with_reach(reach: Reach) -> tuple[str, ...]:
        return tuple(series for series, answer in by.items() if answer.reach is reach)

    some = {series: by[series].accepts for series in with_reach(Reach.SOME)}
    return Callers(with_reach(Reach.ALL), some, with_reach(Reach.NONE))


def _maps(calls: Mapping[str, Call]) -> dict[str, tuple[str, ...]]:
    """Map type to the series that took such a map."""
    types = dict.fromkeys(each for call in calls.values() for each in call.maps)
    return {each: tuple(s for s, call in calls.items() if each in call.maps) for each in types}


def _program_type(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    context = facts.catalogue.contexts.contexts.get(entry.name)
    return replace(basic, context=context.type if context else None)


def _command(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    found = facts.catalogue.attributes(entry.name)
    return replace(basic, members=_dated(facts, field_names(found), _members(found.fields)) if found else ())


def _dated(facts: Facts, names: Mapping[str, str], members: Sequence[Member], way: str = "") -> tuple[Member, ...]:
    """Attributes with their first releases; `names` are by the way to each, as if no struct were anonymous."""
    return tuple(_date(facts, names, member, way) for member in members)


def _date(facts: Facts, names: Mapping[str, str], member: Member, way: str) -> Member:
    path = f"{way}{member.name}" if member.name else way.rstrip(".")
    if member.members:
        inside = f"{path}." if member.name else way
        return replace(member, members=_dated(facts, names, member.members, inside))
    found = facts.catalogue.field_since(names[path]) if path in names else None
    if isinstance(found, Span):
        return replace(member, bounds=Bounds(str(found.upper), str(found.lower) if found.lower else None))
    return replace(member, since=_first(found))


def _struct(facts: Facts, entry: Entry, basic: Feature) -> Feature:
    return replace(basic, members=_members(facts.catalogue.structs[entry.name].fields))


def _members(fields: Sequence[Field]) -> tuple[Member, ...]:
    return tuple(Member(f.name, f.type, f.offset, f.size, f.array, f.bits, _members(f.fields)) for f in fields)


_ADD: dict[Kind, Callable[[Facts, Entry, Feature], Feature]] = {
    Kind.HELPER: _helper,
    Kind.KFUNC: _kfunc,
    Kind.PROGRAM_TYPE: _program_type,
    Kind.COMMAND: _command,
    Kind.STRUCT: _struct,
    Kind.CONTEXT: _struct,
    Kind.LIBBPF_FUNCTION: _library,
    Kind.LIBBPF_MACRO: _library,
}
