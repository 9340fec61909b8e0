"""What an object needs of libbpf: the version that knows its section names, and what libbpf refuses."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.formats.bpf_object import Refers
from bpfref.formats.bpf_object.functions import TEXT
from bpfref.model.libbpf import BTF_TARGET, STRICT
from bpfref.model.version import Version
from bpfref.requires.facts import Knowledge
from bpfref.requires.maps import misshapen
from bpfref.requires.model import Subject


@dataclass(frozen=True)
class Loader:
    """The oldest version of libbpf that knows every section, with the section that decides it.

    `unreleased` are sections that only its repository knows; `refuses` says why the object cannot be
    loaded as it is, by libbpf's rules or because of maps that libbpf makes as they are declared.
    """

    oldest: str | None
    section: str | None
    unreleased: tuple[str, ...]
    refuses: tuple[str, ...]


def judge_loader(subject: Subject, known: Knowledge) -> Loader:
    """What libbpf makes of the object."""
    rules = [(p.rule, p.function.section) for p in subject.programs if p.rule and not p.rule.until]
    dated = [(Version.parse(rule.since), rule.since, section) for rule, section in rules if rule.since]
    newest = max(dated, default=None, key=lambda each: each[0])
    unreleased = tuple(dict.fromkeys(section for rule, section in rules if rule.since is None))
    return Loader(
        newest[1] if newest else None,
        newest[2] if newest else None,
        unreleased,
        tuple(dict.fromkeys(_refusals(subject, known))),
    )


def _refusals(subject: Subject, known: Knowledge) -> list[str]:
    found = []
    legacy = [m.name for m in subject.object.maps.values() if m.legacy]
    if legacy:
        found.append(f"maps in the old section `maps` ({', '.join(legacy)}): not since {STRICT}")
    for program in subject.programs:
        section = program.function.section
        gone = known.facts.libbpf_sections.gone_rule(section)
        if program.rule is None:
            found.append(f"section {section} is no name that it knows")
        elif not program.rule.until and not program.rule.matches(section.removeprefix("?")):
            found.append(f"section {section}: not since {STRICT}, call it {program.rule.name}")
        elif program.rule.until and gone:
            found.append(f"section {section}: not since {gone.until}")
        elif BTF_TARGET in program.rule.flags and program.target is None:
            found.append(f"section {section} names no target: the program that loads it has to set one")
    found += [
        f"function {function.name} is static and not in {TEXT}"
        for function in subject.object.subprograms.values()
        if function.section != TEXT and function.linkage == "static"
    ]
    found += [
        f"symbol {each.name} is declared in no BTF"
        for each in subject.object.externs.values()
        if each.kind is Refers.UNKNOWN
    ]
    for each in subject.object.maps.values():
        found += misshapen(each, known)
    return found
