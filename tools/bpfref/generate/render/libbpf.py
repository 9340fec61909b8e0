"""libbpf's versions as Markdown."""

from __future__ import annotations

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, frame, link, table
from bpfref.model.history import LibbpfFile, Offer
from bpfref.model.libbpf import BTF_TARGET, FRAGS, SLEEPABLE, SectionRule, SectionsTable

_PROGRAM = "BPF_PROG_TYPE_"  # left out of the table, whose column says it
# What libbpf's flags mean for the program, in the words of the table; the others are matters of attaching.
_MARKS = {SLEEPABLE: "may sleep", FRAGS: "packets of several buffers", BTF_TARGET: "named by BTF"}


def libbpf_tag(offers: LibbpfFile, offer: Offer) -> str:
    """The first version, linked to its release where it was tagged; and since when it is gone."""
    linked = f"[{offer.since}]({offers.url}/releases/tag/{offer.since}){{ .since }}"
    tag = linked if offer.since in offers.versions else offer.since
    return f"{tag}, gone in {offer.until}" if offer.until else tag


def section_names(facts: Facts, page: str) -> str:
    """libbpf's table of section names by program type, then the names that are gone from it."""
    known = facts.catalogue.libbpf_sections
    order = list(dict.fromkeys(rule.program for rule in known.sections))
    rows = [_row(facts, rule, page) for program in order for rule in known.sections if rule.program == program]
    head = ("Section", "libbpf", "Program type", "Attach type")
    parts = [frame(table(head, rows), "Section names", markdown=True), _gone(known)]
    return "\n\n".join(part for part in parts if part)


def _row(facts: Facts, rule: SectionRule, page: str) -> tuple[str, ...]:
    marks = ", ".join((code(rule.pattern), *(_MARKS[flag] for flag in rule.flags if flag in _MARKS)))
    found = facts.catalogue.entries.get(rule.program)
    short = code(rule.program.removeprefix(_PROGRAM))
    program = link(short, page, found.page) if found else short
    return marks, rule.since or "not released", program, _entry(facts, rule.attach, page) if rule.attach else ""


def _entry(facts: Facts, name: str, page: str) -> str:
    found = facts.catalogue.entries.get(name)
    return facts.link(found, page) if found else code(name)


def _gone(known: SectionsTable) -> str:
    names = ", ".join(f"{code(rule.pattern)} ({rule.until})" for rule in known.gone)
    return f"No longer known, and the first version without them: {names}." if names else ""
