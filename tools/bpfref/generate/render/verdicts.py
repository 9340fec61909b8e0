"""Where helpers and kfuncs may be called, as the lab's kernels answered: tables by program type and by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, definitions, link, since_tag, table
from bpfref.generate.render.topics import by_topic
from bpfref.lab import HELPERS, KFUNCS, Answer, Reach, way_of
from bpfref.layout import FOLDERS
from bpfref.model.entry import Entry, Kind
from bpfref.model.version import Version

_MARKS = {Reach.ALL: "✓", Reach.SOME: "part", Reach.NONE: "no"}
_LEGEND = (
    "✓ accepted in every way to load such a program that was tried; part: in some of them; no: refused; "
    "empty: that kernel has not the program type, or not the call."
)
_REASONS = {
    "not-sleepable": "the program cannot sleep",
    "hook": "the hook does not allow it",
    "device-bound": "the program is not bound to a device",
    "program-type": "not in this program type",
}
_KINDS = {HELPERS: Kind.HELPER, KFUNCS: Kind.KFUNC}
UNASKED = "No kernel of the lab has been asked yet."


def programs(facts: Facts, kind: str, name: str, page: str) -> str:
    """The program types that may call something: a column a series, details on demand."""
    lab = facts.lab
    answers = {family: by for family, by in lab.answers(kind, name).items() if any(a.accepts for a in by.values())}
    if not lab.series:
        return UNASKED
    if not answers:
        knowing = lab.knows(kind, name)
        known = f"{span(lab.series, knowing)} know it, but let" if knowing else "let"
        return f"The kernels of the lab ({span(lab.series, lab.series)}) {known} no program call it that was tried."
    order = [entry.name for entry in facts.catalogue.of_kind(Kind.PROGRAM_TYPE)]
    chosen = sorted(answers, key=lambda family: order.index(family) if family in order else len(order))
    rows = [
        (
            _program(facts, family, page),
            _first(facts, kind, name, family, answers[family]),
            *(_MARKS[answers[family][s].reach] if s in answers[family] else "" for s in lab.series),
        )
        for family in chosen
    ]
    head = ("Program type", "Since", *(s.removeprefix("v") for s in lab.series))
    words = "\n".join(f"- {line}" for line in _conditions(facts, kind, name))
    parts = [table(head, rows), _LEGEND, words, _details(facts, kind, name, {f: answers[f] for f in chosen})]
    return "\n\n".join(filter(None, parts))


def _program(facts: Facts, family: str, page: str) -> str:
    entry = facts.catalogue.entries.get(family)
    short = family.removeprefix("BPF_PROG_TYPE_")
    if entry is None or entry.page not in facts.pages:
        return code(short)
    return link(code(short), page, entry.page)


def _first(facts: Facts, kind: str, name: str, family: str, answers: Mapping[str, Answer]) -> str:
    """The first release of the pair: exact where it is known, else the releases between which it lies."""
    if kind == HELPERS:
        pair = next((p for p in facts.catalogue.pairs.pairs if (p.program, p.helper) == (family, name)), None)
        if pair:
            return since_tag(pair.since)
    series = facts.lab.series
    accepted = [s for s in series if s in answers and answers[s].accepts]
    by = accepted[0]
    refusing = [s for s in series[: series.index(by)] if s in answers and not answers[s].accepts]
    both = [e.since for n in (name, family) if (e := facts.catalogue.entries.get(n)) and e.since]
    least = max(both, key=lambda since: since.version, default=None)
    if refusing and (least is None or Version.parse(refusing[-1]) >= least.version):
        return f"after {refusing[-1]}, by {by}"
    if least is None:
        return f"by {by}"
    if least.version >= Version.parse(by):
        return since_tag(least)
    return f"{least.since} to {by}"


def _conditions(facts: Facts, kind: str, name: str) -> Iterator[str]:
    """Licence, rights, and whether a whole program was loaded, in words."""
    lab = facts.lab
    calls = dict(lab.call(kind, name))
    for told, series in _grouped({s: c.gpl for s, c in calls.items() if c.gpl is not None}):
        if told:
            yield f"Only for programs with a GPL-compatible licence ({span(lab.series, series)})."
    for needs, series in _grouped({s: c.needs for s, c in calls.items() if c.needs}):
        yield f"Least rights with which some program may call it: {rights(needs)} ({span(lab.series, series)})."
    stopped = [s for s, c in calls.items() if not c.loaded]
    if stopped and len(stopped) == len(calls):
        yield "Asked with arguments that it does not take: the kernel let the call pass and stopped at one of them."


def _grouped(answers: Mapping[str, object]) -> list[tuple[str, list[str]]]:
    """Equal answers with their series, in the order of the first."""
    groups: dict[object, list[str]] = {}
    for series, told in answers.items():
        groups.setdefault(told, []).append(series)
    return [(str(told) if told else "", series) for told, series in groups.items()]


def rights(needs: str) -> str:
    """Capabilities in words."""
    if needs == "none":
        return "none, where `unprivileged_bpf_disabled` is 0"
    return " and ".join(map(code, needs.split("+")))


def _details(facts: Facts, kind: str, name: str, answers: Mapping[str, Mapping[str, Answer]]) -> str:
    """For program types in which some ways are accepted and others not: which, by series."""
    pairs = []
    for family, by in answers.items():
        partial = {s: a for s, a in by.items() if a.reach is Reach.SOME}
        if partial:
            lines = [_ways(facts, kind, name, a, s) for a, s in _alike(partial)]
            pairs.append((code(family), " ".join(lines)))
    if not pairs:
        return ""
    body = "\n".join(f"    {line}" if line else "" for line in definitions(pairs).split("\n"))
    return f'??? note "Attach types and sleepable programs"\n\n{body}'


def _alike(answers: Mapping[str, Answer]) -> list[tuple[Answer, list[str]]]:
    """Series with the same accepted and refused ways, together."""
    groups: dict[Answer, list[str]] = {}
    for series, answer in answers.items():
        groups.setdefault(answer, []).append(series)
    return list(groups.items())


def _ways(facts: Facts, kind: str, name: str, answer: Answer, series: Sequence[str]) -> str:
    """What is accepted and what is refused, the shorter list in full."""
    refused = [v for v in answer.loads if v not in answer.accepts]
    told = span(facts.lab.series, series)
    if len(refused) < len(answer.accepts):
        return f"{told}: not as {_listed(refused)}{_why(facts, kind, name, refused, series[-1])}."
    return f"{told}: only as {_listed(answer.accepts)}."


def _listed(variants: Sequence[str]) -> str:
    return ", ".join(code(way_of(v).replace("/", " ")) if way_of(v) else "plain" for v in variants)


def _why(facts: Facts, kind: str, name: str, refused: Sequence[str], series: str) -> str:
    """The reason that a kernel gave for all of them."""
    file = facts.lab.files[series]
    found = facts.lab.calls(kind, file).get(name)
    for reason, variants in found.refused.items() if found else ():
        families = {v.removesuffix("/*") for v in variants if v.endswith("/*")}
        if all(v in variants or v.partition("/")[0] in families for v in refused):
            return f" ({_REASONS.get(reason, reason)})"
    return ""


def of_program(facts: Facts, kind: str, program_type: str, page: str) -> str:
    """What a program type may call, by topic, each with the series that accept it."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    found = lab.callable_in(kind, program_type)
    entries = [entry for entry in facts.catalogue.of_kind(_KINDS[kind]) if entry.name in found]
    if not entries:
        return "The kernels of the lab let such a program call none."
    index = f"{FOLDERS[_KINDS[kind]]}/index.md"
    parts = []
    for listed in by_topic(facts, _KINDS[kind], entries):
        rows = [(facts.link(entry, page), _reach(facts, found[entry.name])) for entry in listed.entries]
        title = link(listed.topic.title, page, index, listed.topic.slug)
        parts.append(table((title, "Accepted in"), rows))
    counted = [f"{n} in {s}" for s, n in _counts(facts, found)]
    return f"Accepted when asked: {', '.join(counted)}.\n\n" + "\n\n".join(parts)


def _counts(facts: Facts, found: Mapping[str, Mapping[str, Answer]]) -> Iterator[tuple[str, int]]:
    for series in facts.lab.series:
        number = sum(series in answers and bool(answers[series].accepts) for answers in found.values())
        if number:
            yield series, number


def _reach(facts: Facts, answers: Mapping[str, Answer]) -> str:
    """The series that accept a call, and those that do in some ways only."""
    whole = [s for s, a in answers.items() if a.reach is Reach.ALL]
    some = [s for s, a in answers.items() if a.reach is Reach.SOME]
    told = [span(facts.lab.series, whole)] if whole else []
    if some:
        told.append(f"in part: {span(facts.lab.series, some)}")
    return "; ".join(told)


def entry_conditions(facts: Facts, entry: Entry) -> list[tuple[str, str]]:
    """For a facts box: licence and least rights of the newest kernel that knows the call."""
    kind = next((k for k, v in _KINDS.items() if v is entry.kind), None)
    calls = list(facts.lab.call(kind, entry.name)) if kind else []
    if not calls:
        return []
    series, newest = calls[-1]
    pairs = []
    if newest.gpl is not None:
        pairs.append(("Licence", "GPL-compatible only" if newest.gpl else "any"))
    if newest.needs:
        pairs.append(("Least rights", f"{rights(newest.needs)} ({series})"))
    return pairs
