"""Words for what the lab asked: ways to load a program, rights, a program type as a link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, link
from bpfref.model.probe import ProbeFile

UNASKED = "No kernel of the lab has been asked yet."
_SLEEPABLE = "sleepable"
_ATTACH = "BPF_"


def way(file: ProbeFile, variant: str) -> str:
    """A variant without its program type: attach type, struct or function that it is for, sleepable or not."""
    parts = variant.split("/")[1:]
    sleepable = " (sleepable)" if _SLEEPABLE in parts else ""
    parts = [part for part in parts if part != _SLEEPABLE]
    if not parts:
        return f"no attach type{sleepable}"
    target = file.variants.targets.get(variant)
    on = f" on {code(target)}" if target and len(parts) > 1 else ""
    return f"{code(parts[0])}{on}{sleepable}"


def ways(file: ProbeFile, variants: Sequence[str]) -> str:
    """Several variants of one program type."""
    return ", ".join(way(file, variant) for variant in variants)


def rights(needs: str) -> str:
    """Capabilities in words."""
    if needs == "none":
        return "none, where unprivileged BPF is enabled"
    *others, last = map(code, needs.split("+"))
    return f"{', '.join(others)} and {last}" if others else last


def program(facts: Facts, program_type: str, page: str) -> str:
    """A program type by its short name, linked to its page."""
    entry = facts.catalogue.entries.get(program_type)
    short = code(program_type.removeprefix("BPF_PROG_TYPE_"))
    return short if entry is None or entry.page not in facts.pages else link(short, page, entry.page)


def name(facts: Facts, called: str, page: str) -> str:
    """Any name, linked where it has a page."""
    entry = facts.catalogue.entries.get(called)
    return facts.link(entry, page) if entry else code(called)


def by_answer(answers: Mapping[str, str]) -> dict[str, list[str]]:
    """Series by what they answered, in the order of the first."""
    groups: dict[str, list[str]] = {}
    for series, told in answers.items():
        groups.setdefault(told, []).append(series)
    return groups


def told(facts: Facts, answers: Mapping[str, str], asked: Collection[str] = ()) -> str:
    """Answers with the series that gave them: `X (v5.10); Y (v6.1 to v7.3)`.

    Without series if all that were `asked` (all that answered) gave the same.
    """
    groups = by_answer(answers)
    if len(groups) == 1 and set(asked or answers) == set(answers):
        return next(iter(groups))
    return "; ".join(f"{answer} ({span(facts.lab.series, series)})" for answer, series in groups.items())


def note(title: str, lines: Iterable[str]) -> str:
    """A note that is closed until a reader opens it."""
    body = "\n".join(f"    {line}" if line else "" for part in lines for line in part.split("\n"))
    return f'??? note "{title}"\n\n{body}'
