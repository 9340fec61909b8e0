"""Checks that independent witnesses of a fact agree, or that a person settled which is right.

Witnesses of a first release are repositories, headers and published tables, and the kernels of the lab,
each in both directions: a kernel that has a thing before its first release, and one that lacks it after.
"""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.catalogue import PAIRS_TABLE, Catalogue
from bpfref.checks.problem import Problem
from bpfref.lab import Place, State, states
from bpfref.layout import Layout
from bpfref.model.entry import Entry
from bpfref.model.probe import ProbeFile
from bpfref.model.since import Since
from bpfref.model.version import Version
from bpfref.pairs import Pairs
from bpfref.store import Lines

FILE = "data/authored/corrections.yaml"


def problems(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Every claim that a witness or a kernel contradicts, and that no correction settles."""
    yield from _conflicts(facts)
    for file in facts.probes:
        yield from _against_kernel(facts, layout, file)
    yield from _pairs(facts, layout)


def _conflicts(facts: Catalogue) -> Iterator[Problem]:
    """Each disagreement of witnesses on a first release, with both sides.

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


def _against_kernel(facts: Catalogue, layout: Layout, file: ProbeFile) -> Iterator[Problem]:
    """First and last releases that the answers of one kernel rule out."""
    series = file.kernel.series
    path = layout.probe(series)
    lines = Lines(path)
    for place, state in (*states(file), *_kfunc_states(facts, file)):
        since = facts.since(place[-1])
        if since is None or state.has in {None, _exists(since, Version.parse(series))}:
            continue
        claim = f"since {since.since}" + (f" until {since.until}" if since.until else "")
        message = (
            f"{place[-1]} is {state} in {series}, but claimed {claim} ({', '.join(since.evidence) or 'no evidence'}): "
            f"settle it in {FILE} with a reason and a source, or ask again: bpfref probe -k {series}"
        )
        yield Problem(path.relative_to(layout.root).as_posix(), lines.of(*place), message)


def _exists(since: Since, release: Version) -> bool:
    return since.version <= release and not (since.until and Version.parse(since.until) <= release)


def _kfunc_states(facts: Catalogue, file: ProbeFile) -> Iterator[tuple[Place, State]]:
    """Kfuncs that some program may call; and those that are in neither image nor source.

    One that was called by nothing proves little: the function may be there for another purpose. When
    kfuncs went is told by their series and not by a last release, unless one is claimed.
    """
    yield from ((("kfuncs", name), State.PRESENT) for name in file.kfuncs)
    series = file.kernel.series
    if not any(kernel.series == series and kernel.source for kernel in facts.kfuncs_file.kernels):
        return
    for name, kfunc in facts.kfuncs.items():
        since = facts.since(name)
        earlier = Version.parse(series) < Version.parse(kfunc.series[0])
        if series not in kfunc.series and (earlier or (since and since.until)):
            yield ("kfuncs", name), State.ABSENT


def _pairs(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Claims on program types that gained a helper, against what kernels accept."""
    path = layout.authored / PAIRS_TABLE
    lines = Lines(path)
    for place, against in Pairs(facts.pairs, facts.lab).contradictions():
        claim = facts.pairs.pairs[place]
        message = (
            f"{claim.helper} in {claim.program} is claimed since {claim.since.since}, but {against}: "
            f"correct or remove the claim, with the kernel as the reason, or ask again: bpfref probe"
        )
        yield Problem(path.relative_to(layout.root).as_posix(), lines.of("pairs", place), message)
