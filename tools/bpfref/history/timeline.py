"""From what each release has to what happened to each name: pure, and knows nothing of git.

Nothing is assumed of names: they come, go, come back, move and are renamed. A release that could
not be read is neither with nor without a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bpfref.history.reader import Names, Trait
from bpfref.model.version import Version

_ENUM = "enum"


@dataclass(frozen=True)
class Point:
    """One release: `names` is None when it says nothing, and then `reason` says why.

    `silent` is a release that merely does not carry what is looked for.
    """

    version: Version
    label: str
    names: Names | None
    reason: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Finding:
    """The story of a name.

    `first` and `after` are the indexes, among the points, of the first release with the name and
    of the newest one before that is known to lack it; `gone` of the first release without it, if
    the newest lacks it. `gaps` are pairs of such indexes, and `changes` are sentences.
    """

    name: str
    first: int
    after: int | None
    gone: int | None
    gaps: tuple[tuple[int, int], ...] = ()
    changes: tuple[str, ...] = ()
    renamed_to: str | None = None


def released(points: Sequence[Point]) -> list[Point]:
    """The points that are releases and no candidates."""
    return [point for point in points if point.version.candidate is None]


def only_candidates(points: Sequence[Point]) -> list[str]:
    """Names that candidates had and no release has: they never were, or are still to come."""
    final = {name for point in released(points) for name in point.names or ()}
    candidates = {name for p in points if p.version.candidate is not None for name in p.names or ()}
    return sorted(candidates - final)


def findings(points: Sequence[Point]) -> dict[str, Finding]:
    """The story of each name over releases in order."""
    known = [(index, point.names) for index, point in enumerate(points) if point.names is not None]
    names = sorted({name for _, present in known for name in present})
    found = {name: _finding(points, known, name) for name in names}
    renamed = _renamed(known, found)
    return {n: replace(f, renamed_to=renamed.get(n)) for n, f in found.items()}


def _finding(points: Sequence[Point], known: Sequence[tuple[int, Names]], name: str) -> Finding:
    traits = [(index, present.get(name)) for index, present in known]
    place = next(n for n, (_, trait) in enumerate(traits) if trait)
    gaps, gone = _gaps(traits[place:])
    return Finding(
        name,
        first=traits[place][0],
        after=traits[place - 1][0] if place else None,
        gone=gone,
        gaps=tuple(gaps),
        changes=tuple(_changes(points, [(i, trait) for i, trait in traits if trait])),
    )


def _gaps(traits: Sequence[tuple[int, Trait | None]]) -> tuple[list[tuple[int, int]], int | None]:
    """The pairs of releases where a name went and came back, and the one where it went for good."""
    gaps: list[tuple[int, int]] = []
    gone = None
    for index, trait in traits:
        if trait is None and gone is None:
            gone = index
        elif trait is not None and gone is not None:
            gaps.append((gone, index))
            gone = None
    return gaps, gone


def _changes(points: Sequence[Point], traits: Sequence[tuple[int, Trait]]) -> Iterator[str]:
    """Another form, another enum, another value: each a sentence that begins with the release."""
    for (_, before), (index, after) in pairwise(traits):
        release = points[index].version
        if before.form != after.form:
            yield f"{release}: {before.form} became {after.form}"
        elif before.group != after.group:
            old, new = before.group or "one without name", after.group or "one without name"
            yield f"{release}: moved from {before.form} {old} to {new}"
        if before.value != after.value and None not in {before.value, after.value}:
            yield f"{release}: value {before.value} became {after.value}"


def _renamed(known: Sequence[tuple[int, Names]], found: Mapping[str, Finding]) -> dict[str, str]:
    """Names that went where another came, with its value at its place in the same named enum."""
    names = dict(known)
    renamed = {}
    for finding in found.values():
        before = _before(known, finding.gone) if finding.gone is not None else None
        if finding.gone is None or before is None:
            continue
        old = names[before][finding.name]
        heirs = [
            name
            for name, trait in names[finding.gone].items()
            if name not in names[before] and trait == old and old.form == _ENUM and old.group and old.value is not None
        ]
        if len(heirs) == 1:
            renamed[finding.name] = heirs[0]
    return renamed


def _before(known: Sequence[tuple[int, Names]], gone: int) -> int | None:
    return next((i for (i, _), (j, _) in pairwise(known) if j == gone), None)
