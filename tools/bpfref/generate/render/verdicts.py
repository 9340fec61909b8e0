"""Where a helper or kfunc may be called, as the lab's kernels answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, definitions, frame, link, since_tag, table
from bpfref.generate.render.ways import UNASKED, by_answer, note, program, rights, told, ways
from bpfref.lab import HELPERS, KFUNCS, Answer, Reach
from bpfref.layout import LAB
from bpfref.model.entry import Entry, Kind
from bpfref.model.probe import Call
from bpfref.model.version import Version

_MARKS = {Reach.ALL: "✓", Reach.SOME: "part", Reach.NONE: "no"}
_LEGEND = (
    "A column is a {kernel} that was asked. ✓: accepted in every way to load such a program that was tried; "
    "part: in some, named below; no: refused; empty: that kernel lacks the program type or the call. "
    "First release: the exact one where it is known, otherwise the two between which it lies."
)
_REASONS = {
    "not-sleepable": "these programs cannot sleep",
    "hook": "the hook does not allow it",
    "device-bound": "the program is not bound to a device",
    "program-type": "not in this program type",
}
KINDS = {HELPERS: Kind.HELPER, KFUNCS: Kind.KFUNC}


def programs(facts: Facts, kind: str, name: str, page: str) -> str:
    """The program types that may call something: a column a series, details on demand."""
    lab = facts.lab
    if not lab.series:
        return UNASKED
    answers = {family: by for family, by in lab.answers(kind, name).items() if any(a.accepts for a in by.values())}
    if not answers:
        return _nowhere(facts, kind, name)
    order = [entry.name for entry in facts.catalogue.of_kind(Kind.PROGRAM_TYPE)]
    chosen = {family: answers[family] for family in sorted(answers, key=order.index)}
    columns = [s for s in lab.series if any(s in by for by in chosen.values())]
    rows = [
        (
            program(facts, family, page),
            _first(facts, kind, name, family),
            *(_MARKS[by[s].reach] if s in by else "" for s in columns),
        )
        for family, by in chosen.items()
    ]
    head = ("Program type", "First release", *(s.removeprefix("v") for s in columns))
    conditions = "\n".join(f"- {line}" for line in _conditions(facts, kind, name))
    matrix = frame(table(head, rows), "Program types by kernel", markdown=True, kind="matrix")
    legend = _LEGEND.format(kernel=link("kernel of Debian", page, LAB))
    parts = [matrix, legend, conditions, _details(facts, kind, name, chosen)]
    return "\n\n".join(filter(None, parts))


def _nowhere(facts: Facts, kind: str, name: str) -> str:
    """For a call that no program may make, of those that were tried."""
    lab = facts.lab
    asked = span(lab.series, lab.series)
    if not lab.knows(kind, name):
        return f"The kernels that were asked ({asked}) do not have it, or could not be asked."
    known = span(lab.series, lab.knows(kind, name))
    why = ": it may need a setting that Debian leaves out" if kind == HELPERS else ", by its filter or its registration"
    return f"Known to {known}, but no program that was tried may call it{why}."


def _first(facts: Facts, kind: str, name: str, family: str) -> str:
    """The first release of the pair: exact where it is known, else the releases between which it lies."""
    if kind == HELPERS and (family, name) in facts.pairs:
        return since_tag(facts.pairs[family, name])
    series, answers = facts.lab.series, facts.lab.answers(kind, name)[family]
    by = next(s for s in series if s in answers and answers[s].accepts)
    refusing = [s for s in series[: series.index(by)] if s in answers and not answers[s].accepts]
    lacking = facts.catalogue.kernel_witness.features[name].after if kind == KFUNCS else None
    if lacking and not refusing:
        refusing.append(lacking)
    both = [e.since for n in (name, family) if (e := facts.catalogue.entries.get(n)) and e.since]
    least = max(both, key=lambda since: since.version, default=None)
    if refusing and (least is None or Version.parse(refusing[-1]) >= least.version):
        return f"after {refusing[-1]}, by {by}"
    if least is None:
        return f"by {by}"
    return f"{least.since} to {by}" if least.version < Version.parse(by) else since_tag(least)


def _conditions(facts: Facts, kind: str, name: str) -> Iterator[str]:
    """Licence, rights, and whether a whole program was loaded, in words."""
    calls = dict(facts.lab.call(kind, name))
    licences = {s: _licence(c) for s, c in calls.items() if c.gpl is not None}
    if licences:
        yield f"Licence of the program: {told(facts, licences)}."
    needs = {s: rights(c.needs) for s, c in calls.items() if c.needs}
    if needs:
        yield f"Least rights with which a program that calls it could be loaded: {told(facts, needs)}."
    if calls and not any(c.loaded for c in calls.values()):
        yield "No whole program with it was loaded: ✓ means that the kernel let the call pass and stopped later."


def _licence(call: Call) -> str:
    return "GPL-compatible only" if call.gpl else "any"


def _details(facts: Facts, kind: str, name: str, answers: Mapping[str, Mapping[str, Answer]]) -> str:
    """For program types in which some ways are accepted and others not: which, by series."""
    pairs = []
    for family, by in answers.items():
        partial = {s: _some(facts, kind, name, s, a) for s, a in by.items() if a.reach is Reach.SOME}
        if partial:
            groups = by_answer(partial).items()
            lines = [f"{span(facts.lab.series, series)}: {text}." for text, series in groups]
            pairs.append((code(family), " ".join(lines)))
    return note("Attach types and sleepable programs", [definitions(pairs)]) if pairs else ""


def _some(facts: Facts, kind: str, name: str, series: str, answer: Answer) -> str:
    """What one kernel accepts or refuses, the shorter list in full."""
    file = facts.lab.files[series]
    refused = [v for v in answer.loads if v not in answer.accepts]
    if len(refused) < len(answer.accepts):
        return f"not with {ways(file, refused)}{_why(facts, kind, name, refused, series)}"
    return f"only with {ways(file, answer.accepts)}"


def _why(facts: Facts, kind: str, name: str, refused: list[str], series: str) -> str:
    """The reason that a kernel gave for all of them."""
    file = facts.lab.files[series]
    found = facts.lab.calls(kind, file).get(name)
    for reason, variants in found.refused.items() if found else ():
        families = {v.removesuffix("/*") for v in variants if v.endswith("/*")}
        if all(v in variants or v.partition("/")[0] in families for v in refused):
            return f": {_REASONS.get(reason, reason)}"
    return ""


def entry_conditions(facts: Facts, entry: Entry) -> list[tuple[str, str]]:
    """For a facts box: licence and least rights by the newest kernel that knows the call."""
    kind = next((k for k, v in KINDS.items() if v is entry.kind), None)
    calls = list(facts.lab.call(kind, entry.name)) if kind else []
    if not calls:
        return []
    series, newest = calls[-1]
    pairs = []
    if newest.gpl is not None:
        pairs.append(("Licence", _licence(newest)))
    if newest.needs:
        pairs.append(("Least rights", f"{rights(newest.needs)} ({series})"))
    return pairs
