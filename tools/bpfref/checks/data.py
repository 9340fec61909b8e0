"""Checks of `data/`: its schema, and that its files name what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from bpfref import store
from bpfref.catalogue import Catalogue, data_files, meaning_files
from bpfref.checks import btf, libbpf
from bpfref.checks.problem import Problem
from bpfref.files import read_text
from bpfref.layout import Layout
from bpfref.model.entry import Kind
from bpfref.model.files import MeaningsFile
from bpfref.model.numbered import HELPER_IDS, KIND_OF_ENUM
from bpfref.model.uapi import Field, Group

KFUNC_WORDS = "data/authored/kfuncs.yaml"


def schema(layout: Layout) -> Iterator[Problem]:
    """Every fault of every YAML file against its schema."""
    for path, kind in data_files(layout):
        for fault in store.problems(path, kind):
            yield Problem(path.relative_to(layout.root).as_posix(), fault.line, fault.message)


def references(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Names in authored data that the scraped data do not have, and the other way round."""
    yield from _doubles("data/scraped/helpers.yaml", (h.name for h in facts.helpers_file.helpers))
    yield from _doubles("data/scraped/constants.yaml", (g.lead for g in facts.constants_file.groups))
    yield from _sections(facts)
    yield from _topics(facts, Kind.HELPER, "data/authored/helper-topics.yaml")
    yield from _topics(facts, Kind.KFUNC, KFUNC_WORDS)
    yield from _topics(facts, Kind.LIBBPF_MACRO, libbpf.WORDS, list(facts.library))
    yield from _kfunc_words(facts)
    yield from _contexts(facts)
    yield from _corrections(facts)
    yield from _filters(facts)
    yield from _meanings(facts, layout)
    yield from btf.references(facts.btf)


def _doubles(file: str, names: Iterable[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(file, None, f"{name} is here {count} times: keep one")


def _sections(facts: Catalogue) -> Iterator[Problem]:
    """Each group of constants has its place on the page of constants, exactly once."""
    file = "data/authored/constants.yaml"
    leads = Counter(lead for s in facts.sections.sections for lead in s.leads)
    for lead in leads:
        if lead not in facts.groups:
            yield Problem(file, None, f"no group of constants begins with {lead}: remove or correct it")
        if leads[lead] > 1:
            yield Problem(file, None, f"{lead} is in {leads[lead]} sections: keep one")
    for group in facts.constants_file.groups:
        if group.lead not in leads and _needs_place(facts, group):
            yield Problem(
                file,
                None,
                f"the constants that begin with {group.lead} are in no section: add it to one",
            )


def _needs_place(facts: Catalogue, group: Group) -> bool:
    """Not the enums with pages of their own, nor a group that only counts or repeats enumerators."""
    if group.name in {*KIND_OF_ENUM, HELPER_IDS}:
        return False
    return any(not m.sentinel and facts.constants[m.name] is m for m in group.members)


def _topics(facts: Catalogue, kind: Kind, file: str, all_names: Sequence[str] = ()) -> Iterator[Problem]:
    """Each helper, kfunc and name of libbpf has a topic, and each pattern matches one."""
    names = all_names or [entry.name for entry in facts.of_kind(kind)]
    for name in names:
        if facts.topic_of(name, kind) is None:
            yield Problem(file, None, f"{name} is in no topic: add it to one")
    for topic in facts.topics(kind):
        for pattern in topic.names:
            if not any(fnmatchcase(name, pattern) for name in names):
                message = f"{pattern} of topic {topic.slug} matches no {kind}: remove or correct it"
                yield Problem(file, None, message)


def _kfunc_words(facts: Catalogue) -> Iterator[Problem]:
    """Every flag is explained, nothing is explained that no kernel has, and successors exist."""
    words, flags = facts.kfunc_words, facts.kfuncs_file.flags
    parameters = {p.name for found in facts.kfuncs.values() for form in found.forms for p in form.parameters}
    for flag in flags.keys() - words.flags.keys():
        yield Problem(KFUNC_WORDS, None, f"flags.{flag} is missing: say what it obliges a caller to do")
    for flag in words.flags.keys() - flags.keys():
        yield Problem(KFUNC_WORDS, None, f"flags.{flag}: no kernel has such a flag: remove or correct it")
    for suffix in words.suffixes:
        if not any(name.endswith(f"__{suffix}") for name in parameters):
            yield Problem(KFUNC_WORDS, None, f"suffixes.{suffix}: no argument ends so: remove or correct it")
    for name in sorted(parameters):
        end = name.rpartition("__")[2]
        if end != name and not any(name.endswith(f"__{suffix}") for suffix in words.suffixes):
            yield Problem(KFUNC_WORDS, None, f"suffixes.{end} is missing: {name} ends so")
    for name, successor in words.successors.items():
        for each in (name, successor.name):
            if each not in facts.kfuncs:
                yield Problem(KFUNC_WORDS, None, f"successors.{name}: there is no kfunc {each}: correct it")


def _contexts(facts: Catalogue) -> Iterator[Problem]:
    types = {entry.name for entry in facts.of_kind(Kind.PROGRAM_TYPE)}
    for name in facts.contexts.contexts:
        if name not in types:
            yield Problem(
                "data/authored/contexts.yaml",
                None,
                f"{name} is no program type: remove or correct it",
            )


def _corrections(facts: Catalogue) -> Iterator[Problem]:
    """A correction of something that does not exist, or that corrects nothing any more."""
    file = "data/authored/corrections.yaml"
    known = {name for features in facts.since_table.features.values() for name in features} | set(facts.entries)
    for name in facts.corrections.since:
        if name not in known:
            yield Problem(file, None, f"since.{name}: no such feature: remove or correct it")
    named = {c for a in facts.attributes_file.attributes for c in a.commands}
    for command, correction in facts.corrections.attributes.items():
        if command in named:
            yield Problem(
                file,
                None,
                f"attributes.{command}: the header itself says it now: remove the correction",
            )
        if correction.like not in named:
            yield Problem(file, None, f"attributes.{command}: {correction.like} has no attributes: correct it")
    for entry in facts.of_kind(Kind.COMMAND):
        if facts.attributes(entry.name) is None:
            yield Problem(file, None, f"{entry.name}: the header names no attributes for it: add a correction")


def _filters(facts: Catalogue) -> Iterator[Problem]:
    """A filter that is given to a set which has one, or is not there, or that no other set has in that series."""
    file = "data/authored/corrections.yaml"
    every = [each for kfunc in facts.kfuncs_file.kfuncs.values() for each in kfunc.registrations]
    for name, correction in facts.corrections.filters.items():
        for series in correction.series:
            if not any(each.set == name and not each.filter and series in each.series for each in every):
                yield Problem(file, None, f"filters.{name}: {series} registers no such set without a filter: remove it")
            if not any(each.filter == correction.filter and series in each.series for each in every):
                yield Problem(file, None, f"filters.{name}: {series} has no filter {correction.filter}: correct it")


def _meanings(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Meanings of names that do not exist, and names explained twice."""
    known = set(_explainable(facts))
    seen: dict[str, str] = {}
    for path in meaning_files(layout):
        file = path.relative_to(layout.root).as_posix()
        for name in store.read(path, MeaningsFile).meanings:
            if name not in known:
                yield Problem(
                    file,
                    _line_of(path, name),
                    f"{name} is nothing the headers have: remove or correct it",
                )
            if name in seen:
                yield Problem(file, _line_of(path, name), f"{name} is explained in {seen[name]} too: keep one")
            seen[name] = file


def _line_of(path: Path, name: str) -> int | None:
    """The line that begins with a key."""
    lines = read_text(path).splitlines()
    return next(
        (n for n, line in enumerate(lines, 1) if line.strip().startswith((f"{name}:", f"'{name}':"))),
        None,
    )


def _explainable(facts: Catalogue) -> Iterator[str]:
    yield from facts.constants
    for helper in facts.helpers_file.helpers:
        yield from (f"{helper.name}.{p.name}" for p in helper.parameters)
    for name, kfunc in facts.kfuncs.items():
        yield from (f"{name}.{p.name}" for form in kfunc.forms for p in form.parameters)
        yield from (f"{name}.{flag}" for form in kfunc.forms for flag in form.flags)
    for entry in facts.of_kind(Kind.COMMAND):
        found = facts.attributes(entry.name)
        yield from _members(entry.name, found.fields if found else ())
    for struct in facts.structs_file.structs:
        yield from _members(struct.name, struct.fields)
    yield from btf.explainable(facts.btf)
    yield from libbpf.explainable(facts)


def _members(owner: str, fields: tuple[Field, ...]) -> Iterator[str]:
    for item in fields:
        path = f"{owner}.{item.name}" if item.name else owner
        if item.name:
            yield path
        yield from _members(path, item.fields)
