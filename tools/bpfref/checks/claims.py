"""Checks that independent witnesses of a fact agree, or that a person settled which is right."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.catalogue import Catalogue
from bpfref.checks.problem import Problem
from bpfref.model.entry import Entry

FILE = "data/authored/corrections.yaml"


def problems(facts: Catalogue) -> Iterator[Problem]:
    """Each disagreement on a first release that no correction settles, with both sides.

    Also a name that is there today while each witness that goes as far as today lacks it.
    """
    settled = {*facts.corrections.since, *facts.corrections.open}
    for name, verdict in facts.verdicts.items():
        for conflict in verdict.conflicts if name not in settled else ():
            yield Problem(FILE, None, f"since.{name}: {conflict}: settle it here with a reason and a source")
    for name in facts.corrections.open:
        if name not in facts.verdicts or not facts.verdicts[name].conflicts:
            yield Problem(FILE, None, f"open.{name}: the witnesses do not disagree: remove it")
    for entry in facts.entries.values():
        yield from _gone(facts, entry)


def _gone(facts: Catalogue, entry: Entry) -> Iterator[Problem]:
    until = entry.since.until if entry.since else None
    if until and entry.name not in facts.corrections.since:
        message = f"since.{entry.name}: gone in {until}, but the newest header has it"
        yield Problem(FILE, None, f"{message}: settle it here with a reason and a source")
