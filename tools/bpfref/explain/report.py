"""What `bpfref explain` says of a log: as lines for people, as a record for machines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bpfref.explain.find import Finder, Found, How
from bpfref.explain.scene import Scene
from bpfref.explain.sentences import say
from bpfref.explain.trail import follow
from bpfref.formats.verifier_log import Log, Step
from bpfref.formats.verifier_log.telling import is_trace
from bpfref.formats.verifier_messages import mask
from bpfref.layout import VERIFIER
from bpfref.model.verifier import VerifierEntry, VerifierFacts

_WIDTH = 100
_LONGEST = 1000  # characters of a line that is no message
_INDENT = "    "


@dataclass(frozen=True)
class Explanation:
    """An answer. `found` is None when nothing in the log is known; `entry` then too."""

    log: Log
    found: Found | None
    entry: VerifierEntry | None
    sentences: tuple[str, ...]
    series: tuple[str, ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The line that tells."""
        return self.found.line if self.found else self.log.telling[:_LONGEST]

    @property
    def page(self) -> str:
        """The entry's page below the documentation folder; empty without entry."""
        return f"{VERIFIER}/{self.found.slug}.md" if self.found and self.entry else ""


def explain(log: Log, finder: Finder, facts: VerifierFacts) -> Explanation:
    """Find the entry of a log's complaint and say what is wrong in it."""
    found = finder.find(log)
    entry = facts.entries.get(found.slug) if found else None
    line = found.line if found else log.telling[:_LONGEST]
    wording = facts.messages.get(found.format) if found and found.format else None
    nearest = () if entry or not line else tuple(finder.nearest(line))
    return Explanation(
        log,
        found,
        entry,
        tuple(say(log, line)) if line else (),
        wording.series if wording else (),
        nearest,
        {slug: facts.entries[slug].title for slug, _ in nearest},
    )


def is_log(log: Log) -> bool:
    """Whether there is anything of a verifier or a loader in what was pasted."""
    return bool(log.steps or log.figures or log.errno or log.heading) or any(map(is_trace, log.lines))


def lines(answer: Explanation) -> Iterator[str]:
    """The answer for people; the first line is its heading."""
    if answer.entry:
        yield f"{answer.entry.title}{_program(answer.log)}"
    elif answer.line:
        yield f"No entry explains this complaint{_program(answer.log)}"
    elif answer.log.errno:
        yield f"The load failed, and the log does not say why{_program(answer.log)}"
    else:
        yield f"The log complains of nothing{_program(answer.log)}"
    if answer.line:
        yield from _wrap(answer.line, _INDENT)
    yield from _how(answer)
    if answer.sentences:
        yield ""
        yield from _wrap("Here: " + " ".join(answer.sentences))
    if answer.entry:
        yield ""
        yield from _wrap(f"In general: {answer.entry.says}")
        yield from _wrap(f"Repair: {answer.entry.repair}")
        yield f"More: {answer.page}"
    yield from _near(answer)


def _program(log: Log) -> str:
    parts = [part for part in (f"program {log.program}" if log.program else "", log.errno) if part]
    return f" ({', '.join(parts)})" if parts else ""


def _how(answer: Explanation) -> Iterator[str]:
    found = answer.found
    if found and found.how in {How.CUT, How.ALIKE}:
        yield f"  {found.how}: `{mask(found.format)}`."
    if found and not answer.entry and answer.series:
        yield f"  The kernel has this message ({', '.join(answer.series)}), and nobody has described it yet."
    if found and found.how is How.ERRNO:
        yield f"  {found.how}: paste the log for a better answer."
    if not answer.line:
        accepted = "" if answer.log.errno else "The program was accepted, or the log ends before its complaint: "
        yield f"  {accepted}{'paste' if accepted else 'Paste'} it up to its last line."


def _near(answer: Explanation) -> Iterator[str]:
    if answer.nearest:
        yield ""
        yield "The nearest entries:"
        yield from (f"  {answer.titles[slug]}: {VERIFIER}/{slug}.md (`{mask(text)}`)" for slug, text in answer.nearest)


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def record(answer: Explanation) -> dict[str, Any]:
    """The answer for machines; members that a log does not give are empty or null."""
    found, entry, log = answer.found, answer.entry, answer.log
    return {
        "entry": found.slug if found and entry else None,
        "title": entry.title if entry else None,
        "page": answer.page or None,
        "line": answer.line or None,
        "message": found.format or None if found else None,
        "found_by": found.how.name.lower() if found else None,
        "kernels": list(answer.series),
        "program": log.program or None,
        "errno": log.errno or None,
        "instruction": _step(log.failing),
        "here": list(answer.sentences),
        "says": entry.says if entry else None,
        "repair": entry.repair if entry else None,
        "trail": _trail(answer),
        "figures": log.figures,
        "nearest": [{"entry": slug, "message": text} for slug, text in answer.nearest],
    }


def _trail(answer: Explanation) -> list[dict[str, Any]]:
    """Where the register of the complaint came from, newest first."""
    if not answer.line:
        return []
    links = follow(answer.log, Scene(answer.log, answer.line).register)
    return [{**(_step(link.step) or {}), "register": link.register} for link in links]


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    source = step.source
    return {
        "index": step.index,
        "text": step.text,
        "source": source.text if source else None,
        "file": source.file or None if source else None,
        "line": source.number if source else None,
    }
