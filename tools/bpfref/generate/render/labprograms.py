"""What a program type may call and how such a program is loaded, as the lab's kernels answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, counted, link, table
from bpfref.generate.render.topics import by_topic
from bpfref.generate.render.verdicts import KINDS
from bpfref.generate.render.ways import UNASKED, rights, told, way
from bpfref.lab import Answer, Reach, family_of
from bpfref.layout import FOLDERS
from bpfref.model.probe import ProbeFile, expand


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
    parts = [f"Accepted by kernel: {', '.join(_counts(facts, found))}."]
    for listed in by_topic(facts, KINDS[kind], entries):
        rows = [(facts.link(entry, page), _reach(facts, found[entry.name])) for entry in listed.entries]
        parts.append(table((link(listed.topic.title, page, index, listed.topic.slug), "Accepted in"), rows))
    return "\n\n".join(parts)


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


def loading(facts: Facts, program_type: str) -> str:
    """How programs of a type were loaded and attached, by series; rights, licence, values that maps may not hold."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    rows = [*_loaded(facts, program_type), *_refused(facts, program_type)]
    if not rows:
        return f"No kernel that was asked ({span(lab.series, lab.series)}) has this program type."
    lines = "\n".join(f"- {line}" for line in _rules(facts, program_type))
    return "\n\n".join(filter(None, (table(("Loaded with", "Kernels", "Attached through"), rows), lines)))


def _loaded(facts: Facts, program_type: str) -> Iterator[tuple[str, str, str]]:
    """Each way that some series loads, with the type of the link that attaching gave."""
    by = facts.lab.loads.get(program_type, {})
    for variant in dict.fromkeys(v for variants in by.values() for v in variants):
        series = [s for s, variants in by.items() if variant in variants]
        links = {s: ", ".join(map(code, _links(facts.lab.files[s], variant))) for s in series}
        attached = {s: text for s, text in links.items() if text}
        yield (
            way(facts.lab.files[series[-1]], variant),
            span(facts.lab.series, series),
            _through(facts, attached, series),
        )


def _through(facts: Facts, attached: Mapping[str, str], series: Sequence[str]) -> str:
    """What attaching gave; with the series, where not all that load it were seen to attach it."""
    if attached and len(attached) < len(series) and len(set(attached.values())) == 1:
        return f"{next(iter(attached.values()))} ({span(facts.lab.series, list(attached))})"
    return told(facts, attached) if attached else ""


def _links(file: ProbeFile, variant: str) -> Iterable[str]:
    for link_type, short in file.attached.items():
        if variant in expand(short, file.variants.loads):
            yield link_type


def _refused(facts: Facts, program_type: str) -> Iterator[tuple[str, str, str]]:
    """Each way that a series refuses although it knows the attach type, with the kernel's words."""
    found: dict[tuple[str, str], list[str]] = {}
    for series, file in facts.lab.files.items():
        for words, variants in file.variants.refused.items():
            for variant in variants:
                if family_of(variant) == program_type:
                    found.setdefault((way(file, variant), words), []).append(series)
    for (told_way, words), those in found.items():
        yield told_way, f"refused in {span(facts.lab.series, those)}: {code(words)}", ""


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
    for (field, variants), those in _fields(facts, program_type).items():
        yield f"A map whose values hold a {code(field)} is refused in {span(facts.lab.series, those)}{variants}."


def _fields(facts: Facts, program_type: str) -> dict[tuple[str, str], list[str]]:
    """Fields of values, and in which ways only if not in all, with the series that refuse them."""
    found: dict[tuple[str, str], list[str]] = {}
    for series, file in facts.lab.files.items():
        loads = [v for v in file.variants.loads if family_of(v) == program_type]
        for field, special in file.fields.items():
            refused = {v for short in special.refused.values() for v in expand(short, loads)}
            if refused:
                some = [v for v in loads if v in refused]
                only = (
                    "" if len(some) == len(loads) else f", with {counted(len(some), 'way')} of {len(loads)} to load it"
                )
                found.setdefault((field, only), []).append(series)
    return found
