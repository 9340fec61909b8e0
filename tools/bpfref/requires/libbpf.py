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
from bpfref.requires.words import REFUSALS


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
    say = {key: text.format for key, text in REFUSALS.items()}
    legacy = [m.name for m in subject.object.maps.values() if m.legacy]
    if legacy:
        found.append(say["legacy"](names=", ".join(legacy), strict=STRICT))
    for program in subject.programs:
        section = program.function.section
        gone = known.facts.libbpf_sections.gone_rule(section)
        if program.rule is None:
            found.append(say["unknown-section"](section=section))
        elif not program.rule.until and not program.rule.matches(section.removeprefix("?")):
            found.append(say["old-section"](section=section, strict=STRICT, name=program.rule.name))
        elif program.rule.until and gone:
            found.append(say["gone-section"](section=section, until=gone.until))
        elif BTF_TARGET in program.rule.flags and program.target is None:
            found.append(say["no-target"](section=section))
    found += [
        say["static"](name=function.name, text=TEXT)
        for function in subject.object.subprograms.values()
        if function.section != TEXT and function.linkage == "static"
    ]
    found += [
        say["undeclared"](name=each.name) for each in subject.object.externs.values() if each.kind is Refers.UNKNOWN
    ]
    for each in subject.object.maps.values():
        found += misshapen(each, known)
    return found
