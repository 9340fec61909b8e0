"""Checks of what people say of libbpf's names: everything has its words, and nothing else has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from bpfref.catalogue import Catalogue
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.model.entry import Kind
from bpfref.model.libbpf_api import Macro, Member

WORDS = "data/authored/libbpf.yaml"
MEANING = "libbpf/"
_FIELDS = "data/authored/meanings/libbpf-fields.yaml"
_WORD = re.compile(r"\w+")
_SHOWN = ("[FACTS]", "[LIBBPF_DEF]", "[LIBBPF_EXAMPLES]")


def problems(facts: Catalogue, pages: Sequence[Page]) -> Iterator[Problem]:
    """Names without version, meaning or lead; words on names that are not there."""
    yield from _versions(facts)
    yield from _words(facts)
    yield from _meanings(facts)
    yield from _fields(facts)
    yield from _pages(facts, pages)


def explainable(facts: Catalogue) -> Iterator[str]:
    """The names that meanings may have: parameters, and members of structs."""
    for entry in facts.library.values():
        yield from (f"{MEANING}{entry.name}.{each}" for each in _parameters(facts, entry.kind, entry.name))
    for name, record in facts.libbpf_api.user.structs.items():
        yield from (f"{MEANING}{path}" for path, _ in _members(name, record.members))


def _members(owner: str, members: Sequence[Member]) -> Iterator[tuple[str, Member]]:
    for member in members:
        path = f"{owner}.{member.name}" if member.name else owner
        yield path, member
        yield from _members(path, member.members)


def _parameters(facts: Catalogue, kind: Kind, name: str) -> Sequence[str]:
    declared = facts.declared(kind, name)
    if isinstance(declared, Macro):
        return declared.parameters or ()
    return [parameter.name for parameter in declared.parameters]


def _versions(facts: Catalogue) -> Iterator[Problem]:
    for entry in facts.library.values():
        if entry.version is None:
            message = f"{entry.name} has no version: its headers are newer than the history: bpfref history"
            yield Problem("data/scraped/libbpf-since.yaml", None, message)
        elif entry.version.until:
            message = f"{entry.name} is here, and gone in {entry.version.until}: bpfref scrape libbpf-api"
            yield Problem("data/scraped/libbpf-api.yaml", None, message)
    for name in facts.corrections.libbpf:
        if facts.libbpf.offer(name) is None and name not in facts.library:
            message = f"libbpf.{name}: neither libbpf's history nor its headers have it: remove or correct it"
            yield Problem("data/authored/corrections.yaml", None, message)


def _words(facts: Catalogue) -> Iterator[Problem]:
    words = facts.libbpf_words
    commands = {entry.name for entry in facts.of_kind(Kind.COMMAND)}
    included = (*facts.libbpf_api.bpf.functions, *facts.libbpf_api.bpf.macros)
    for pattern in words.internal:
        if not any(fnmatchcase(name, pattern) for name in included):
            yield Problem(WORDS, None, f"internal: no header has {pattern}: remove or correct it")
    for name, calls in words.calls.items():
        if name not in facts.library:
            yield Problem(WORDS, None, f"calls.{name}: libbpf has no such function: remove or correct it")
        for command in calls:
            if command not in commands:
                yield Problem(WORDS, None, f"calls.{name}: {command} is no command: correct it")
    gone = {name for name, offer in facts.libbpf.functions.items() if offer.until}
    for name in sorted(gone - words.gone.keys()):
        yield Problem(WORDS, None, f"gone.{name} is missing: say what to use instead")
    for name in sorted(words.gone.keys() - gone):
        yield Problem(WORDS, None, f"gone.{name}: libbpf has it, or never had it: remove or correct it")


def _meanings(facts: Catalogue) -> Iterator[Problem]:
    for entry in facts.library.values():
        for each in _parameters(facts, entry.kind, entry.name):
            if f"{MEANING}{entry.name}.{each}" not in facts.meanings:
                file = "libbpf-functions" if entry.kind is Kind.LIBBPF_FUNCTION else "libbpf-macros"
                message = f"{MEANING}{entry.name}.{each} is missing: say what it is for"
                yield Problem(f"data/authored/meanings/{file}.yaml", None, message)


def _fields(facts: Catalogue) -> Iterator[Problem]:
    """Fields without a meaning, of the structs that functions take; what `LIBBPF_OPTS` sets needs none."""
    api = facts.libbpf_api.user
    types = {parameter.type for each in api.functions.values() for parameter in each.parameters}
    taken = {word for spelled in types for word in _WORD.findall(spelled)}
    for name in sorted(taken & api.structs.keys()):
        fields = api.structs[name].members[api.is_options(name) :]
        for path, member in _members(name, fields):
            if not member.members and f"{MEANING}{path}" not in facts.meanings:
                yield Problem(_FIELDS, None, f"{MEANING}{path} is missing: say what it is for")


def _pages(facts: Catalogue, pages: Sequence[Page]) -> Iterator[Problem]:
    """Pages without a lead of their own, or without the blocks that tell the facts."""
    wanted = {entry.page for entry in facts.library.values()}
    for page in pages:
        if page.name not in wanted:
            continue
        if not page.lead:
            yield Problem(page.report, None, "it has no lead: say below the title what it is for")
        for block in _SHOWN:
            if f"<!-- {block} -->" not in page.text:
                yield Problem(page.report, None, f"add <!-- {block} --> and its end")
