"""The answers of several kernels told as one story: who lacks what, and how it was declared before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from bpfref.errors import SourceError
from bpfref.formats import btf_sets
from bpfref.formats.kernel_types import Operation
from bpfref.model.btf import (
    Earlier,
    FieldStory,
    Hook,
    KernelStruct,
    Member,
    StructOps,
    StructStory,
    Target,
    Tracepoints,
)
from bpfref.model.uapi import Struct
from bpfref.scrape.btf_survey import Declared, Survey

Told = Sequence[tuple[str, str]]  # series that have a thing, oldest first, and how each declares it


def structs(surveys: Sequence[Survey], wanted: Sequence[Struct]) -> tuple[StructStory, ...]:
    """The story of each UAPI struct."""
    found = []
    for struct in wanted:
        having = {s.asked.series: fields for s in surveys if (fields := s.structs[struct.name]) is not None}
        paths = dict.fromkeys(path for fields in having.values() for path in fields)
        stories = {path: _field(having, path) for path in paths}
        told = {path: story for path, story in stories.items() if story != FieldStory()}
        found.append(StructStory(struct.name, struct.kind, _lacking(surveys, having), told))
    return tuple(found)


def _field(having: Mapping[str, Mapping[str, str | None]], path: str) -> FieldStory:
    """A field's story; a series where the field around it is missing has no part in it."""
    asked = [series for series, fields in having.items() if path in fields]
    told = [(series, declared) for series in asked if (declared := having[series][path]) is not None]
    return FieldStory(tuple(s for s in asked if s not in dict(told)), _earlier(told))


def contexts(surveys: Sequence[Survey], wanted: Sequence[str]) -> tuple[KernelStruct, ...]:
    """The structs of the kernel that are no UAPI structs and that programs get; SourceError for one nobody has."""
    found = []
    for name in wanted:
        having = {s.asked.series: context for s in surveys if (context := s.contexts[name]) is not None}
        if not having:
            raise SourceError(f"no kernel's BTF has {name}, which data/authored/contexts.yaml names: correct it there")
        members = {series: members for series, (_, members) in having.items()}
        newest = list(having.values())[-1]
        if newest[1]:  # a plain number has no members, and no story
            found.append(KernelStruct(name, newest[0], _members(members), _lacking(surveys, having)))
    return tuple(found)


def struct_ops(surveys: Sequence[Survey]) -> tuple[tuple[StructOps, ...], dict[str, tuple[str, ...]]]:
    """The struct_ops types that kernels offer; and those that only sources register, with their series."""
    names = sorted({name for survey in surveys for name in survey.operations})
    found = []
    for name in names:
        having = {s.asked.series: s.operations[name] for s in surveys if name in s.operations}
        lacks = _lacking(surveys, having)
        unbuilt = tuple(series for series in _registering(surveys, name) if series in lacks)
        found.append(StructOps(name, _members(_named(having)), _home(surveys, name), lacks, unbuilt))
    only = sorted({name for s in surveys for name in s.registered or ()} - set(names))
    return tuple(found), {name: _registering(surveys, name) for name in only}


def _named(having: Mapping[str, Mapping[str, Operation]]) -> dict[str, Declared]:
    """Each member's declarations with the names that the newest stub gives for one of the same type."""
    names: dict[tuple[str, str], str] = {}
    for members in having.values():
        named = {(member, o.bare): o.declaration for member, o in members.items()}
        names |= {key: declared for key, declared in named.items() if declared != key[1] or key not in names}
    return {s: {member: names[member, o.bare] for member, o in members.items()} for s, members in having.items()}


def _registering(surveys: Iterable[Survey], name: str) -> tuple[str, ...]:
    return tuple(s.asked.series for s in surveys if name in (s.registered or ()))


def targets(surveys: Sequence[Survey]) -> tuple[Target, ...]:
    """What iterators can walk."""
    found = []
    for name in sorted({name for survey in surveys for name in survey.targets}):
        having = {s.asked.series: s.targets[name] for s in surveys if name in s.targets}
        found.append(Target(name, _members(having), _home(surveys, name), _lacking(surveys, having)))
    return tuple(found)


def hooks(surveys: Sequence[Survey]) -> tuple[Hook, ...]:
    """The LSM hooks, and the kernel's lists that each is on."""
    sets = {survey.asked.series: _sets(surveys, survey) for survey in surveys}
    found = []
    for name in sorted({name for survey in surveys for name in survey.hooks}):
        told = [(s.asked.series, s.hooks[name]) for s in surveys if name in s.hooks]
        listed = {
            which: tuple(series for series, _ in told if name not in sets[series].get(which, ()))
            for which in sorted({which for series, _ in told for which in sets[series] if name in sets[series][which]})
        }
        found.append(Hook(name, told[-1][1], _lacking(surveys, dict(told)), _earlier(told), listed))
    return tuple(found)


def _sets(surveys: Sequence[Survey], wanted: Survey) -> dict[str, frozenset[str]]:
    """A kernel's sets by name: as its own source names them, else as that of the next newer series does."""
    if wanted.source_sets is not None:
        return wanted.source_sets
    after = surveys[surveys.index(wanted) :]
    known = [s.source_sets for s in (*after, *reversed(surveys)) if s.source_sets is not None]
    if not known:
        raise SourceError("no kernel's source is there to name the sets of LSM hooks: bpfref kernels fetch --source")
    return btf_sets.recognise(wanted.sets, known[0])


def tracepoints(surveys: Sequence[Survey]) -> tuple[Tracepoints, ...]:
    """How many tracepoints each series knows."""
    found = []
    for older, survey in pairwise((None, *surveys)):
        if survey is None:
            continue
        image, modules = survey.image_tracepoints, survey.module_tracepoints
        before = older.image_tracepoints if older else None
        found.append(
            Tracepoints(
                survey.asked.series,
                len(image),
                None if modules is None or not survey.asked.modules else len(modules),
                None if before is None else len(image - before),
                None if before is None else len(before - image),
            )
        )
    return tuple(found)


def _members(having: Mapping[str, Declared]) -> tuple[Member, ...]:
    """Every member in the order of the newest series, then those that it no longer has."""
    names = dict.fromkeys(name for members in reversed(list(having.values())) for name in members)
    return tuple(_member(name, having) for name in names)


def _member(name: str, having: Mapping[str, Declared]) -> Member:
    told = [(series, members[name]) for series, members in having.items() if name in members]
    lacks = tuple(series for series, members in having.items() if name not in members)
    return Member(name, told[-1][1], lacks, _earlier(told))


def _earlier(told: Told) -> tuple[Earlier, ...]:
    """Each declaration but the newest, with its series."""
    runs = [(declared, tuple(series for series, _ in run)) for declared, run in groupby(told, key=itemgetter(1))]
    return tuple(Earlier(declared, series) for declared, series in runs[:-1])


def _lacking(surveys: Iterable[Survey], having: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(s.asked.series for s in surveys if s.asked.series not in having)


def _home(surveys: Iterable[Survey], name: str) -> str | None:
    """The module that offers a thing in the newest series that has it; None for the image."""
    return [s.homes.get(name) for s in surveys if name in s.operations or name in s.targets][-1]
