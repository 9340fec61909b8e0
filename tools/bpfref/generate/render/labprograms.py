"""What a program type may call and how such a program is loaded, as the lab's kernels answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, counted, link, small, table
from bpfref.generate.render.topics import by_topic
from bpfref.generate.render.verdicts import KINDS
from bpfref.generate.render.ways import UNASKED, rights, told, way
from bpfref.lab import Answer, Reach, family_of
from bpfref.layout import FOLDERS
from bpfref.model.entry import Entry
from bpfref.model.probe import expand


def calls(facts: Facts, kind: str, program_type: str, page: str) -> str:
    """The helpers or kfuncs that a program type may call, by topic, each with the series that accept it."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    found = lab.callable_in(kind, program_type)
    entries = [entry for entry in facts.catalogue.of_kind(KINDS[kind]) if entry.name in found]
    what = KINDS[kind].label
    if not entries:
        return f"No kernel that was asked ({span(lab.series, lab.series)}) lets such a program call a {what}."
    index = f"{FOLDERS[KINDS[kind]]}/index.md"
    tables = [
        table(("Accepted in", link(topic.title, page, index, topic.slug)), _by_reach(facts, listed, found, page))
        for topic, listed in ((each.topic, each.entries) for each in by_topic(facts, KINDS[kind], entries))
    ]
    counts = ", ".join(_counts(facts, found))
    return "\n\n".join((f"Accepted by kernel: {counts}.", small("\n\n".join(tables), "calls")))


def _by_reach(
    facts: Facts, entries: Sequence[Entry], found: Mapping[str, Mapping[str, Answer]], page: str
) -> Iterator[tuple[str, str]]:
    """The calls that the same series accept, together."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_reach(facts, found[entry.name]), []).append(entry)
    for reach, those in groups.items():
        yield reach, ", ".join(facts.link(entry, page) for entry in those)


def _counts(facts: Facts, found: Mapping[str, Mapping[str, Answer]]) -> Iterator[str]:
    for series in facts.lab.series:
        number = sum(series in answers and bool(answers[series].accepts) for answers in found.values())
        if number:
            yield f"{series} **{number}**"


def _reach(facts: Facts, answers: Mapping[str, Answer]) -> str:
    """The series that accept a call, and those that do in some ways only."""
    whole = [s for s, a in answers.items() if a.reach is Reach.ALL]
    some = [s for s, a in answers.items() if a.reach is Reach.SOME]
    parts = [span(facts.lab.series, whole)] if whole else []
    if some:
        parts.append(f"in part: {span(facts.lab.series, some)}")
    return "; ".join(parts)


@dataclass
class _Way:
    """One way to load a program: series that do, and by series what attaching gave and the words of a refusal."""

    loads: list[str] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def loading(facts: Facts, program_type: str) -> str:
    """How programs of a type were loaded and attached, by series; rights, licence, values that maps may not hold."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    found = _ways(facts, program_type)
    if not found:
        return f"No kernel that was asked ({span(lab.series, lab.series)}) has this program type."
    rows = [
        (
            name,
            span(lab.series, list(each.loads)),
            told(facts, each.attached, each.loads),
            told(facts, each.refused, {*each.loads, *each.refused}),
        )
        for name, each in found.items()
    ]
    head = ("Loaded with", "Works in", "Attached through", "Refused with")
    lines = "\n".join(f"- {line}" for line in _rules(facts, program_type))
    return "\n\n".join(filter(None, (small(table(head, rows)), lines)))


def _ways(facts: Facts, program_type: str) -> dict[str, _Way]:
    """All ways that some series loads, or refuses although it knows the attach type."""
    found: dict[str, _Way] = {}
    for series, file in facts.lab.files.items():
        for variant in facts.lab.loads.get(program_type, {}).get(series, ()):
            mine = found.setdefault(way(file, variant), _Way())
            mine.loads.append(series)
            links = ", ".join(map(code, facts.lab.links[series].get(variant, ())))
            if links:
                mine.attached[series] = links
        for words, variants in file.variants.refused.items():
            for variant in variants:
                if family_of(variant) == program_type:
                    found.setdefault(way(file, variant), _Way()).refused[series] = code(words)
    return found


def _rules(facts: Facts, program_type: str) -> Iterator[str]:
    """Rights and licence for loading, and what maps of such a program may not hold."""
    needs: dict[str, str] = {}
    gpl: list[str] = []
    for series, file in facts.lab.files.items():
        mine = [n for n, short in file.variants.needs.items() if program_type in map(family_of, short)]
        if mine:
            needs[series] = " or, by attach type, ".join(map(rights, mine))
        if program_type in map(family_of, file.variants.gpl):
            gpl.append(series)
    if needs:
        yield f"Least rights to load one: {told(facts, needs)}."
    if gpl:
        yield f"The licence must be GPL-compatible ({span(facts.lab.series, gpl)})."
    for (member, variants), those in _fields(facts, program_type).items():
        yield f"A map whose values hold a {code(member)} is refused in {span(facts.lab.series, those)}{variants}."


def _fields(facts: Facts, program_type: str) -> dict[tuple[str, str], list[str]]:
    """Fields of values, and in which ways only if not in all, with the series that refuse them."""
    found: dict[tuple[str, str], list[str]] = {}
    for series, file in facts.lab.files.items():
        loads = [v for v in file.variants.loads if family_of(v) == program_type]
        for member, special in file.fields.items():
            refused = {v for short in special.refused.values() for v in expand(short, loads)}
            if refused:
                some = [v for v in loads if v in refused]
                only = (
                    "" if len(some) == len(loads) else f", with {counted(len(some), 'way')} of {len(loads)} to load it"
                )
                found.setdefault((member, only), []).append(series)
    return found
