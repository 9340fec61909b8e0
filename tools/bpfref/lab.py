"""What the lab's kernels answered, series by series: one index over all probe files. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bpfref.model.probe import Call, ProbeFile, expand

HELPERS, KFUNCS = "helpers", "kfuncs"


class Reach(StrEnum):
    """How much of a program type a call is accepted in: in every way to load it that was tried, in some, in none."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """One series on one call in one program type: the variants that load, and those that accept it."""

    loads: tuple[str, ...]
    accepts: tuple[str, ...]

    @property
    def reach(self) -> Reach:
        """All, some or none of the variants."""
        if not self.accepts:
            return Reach.NONE
        return Reach.ALL if len(self.accepts) == len(self.loads) else Reach.SOME


class Lab:
    """Answers by call, program type and series; a series without an answer was not asked or cannot be."""

    def __init__(self, files: Sequence[ProbeFile]):
        self.files = {file.kernel.series: file for file in files}
        self.series = tuple(self.files)

    def calls(self, kind: str, file: ProbeFile) -> Mapping[str, Call]:
        """The helpers or kfuncs of one kernel."""
        return file.helpers if kind == HELPERS else file.kfuncs

    def knows(self, kind: str, name: str) -> tuple[str, ...]:
        """The series whose kernel knows a helper or kfunc, even if no program that was tried may call it."""
        return tuple(
            s for s, file in self.files.items() if name in self.calls(kind, file) or name in _unused(kind, file)
        )

    def answers(self, kind: str, name: str) -> dict[str, dict[str, Answer]]:
        """Program type to series to answer, for every series that knows the call."""
        return self._answers[kind].get(name, {})

    def callable_in(self, kind: str, program_type: str) -> dict[str, dict[str, Answer]]:
        """Call to series to answer, of the calls that some series accepts in a program type."""
        found = {}
        for name, types in self._answers[kind].items():
            answers = types.get(program_type, {})
            if any(answer.accepts for answer in answers.values()):
                found[name] = answers
        return found

    def call(self, kind: str, name: str) -> Iterator[tuple[str, Call]]:
        """What each series says of a call beyond program types, oldest first."""
        for series, file in self.files.items():
            found = self.calls(kind, file).get(name)
            if found:
                yield series, found

    @cached_property
    def loads(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Program type to series to the variants that load."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for series, file in self.files.items():
            for variant in file.variants.loads:
                family = found.setdefault(family_of(variant), {})
                family[series] = (*family.get(series, ()), variant)
        return found

    @cached_property
    def _answers(self) -> dict[str, dict[str, dict[str, dict[str, Answer]]]]:
        return {kind: self._gather(kind) for kind in (HELPERS, KFUNCS)}

    def _gather(self, kind: str) -> dict[str, dict[str, dict[str, Answer]]]:
        found: dict[str, dict[str, dict[str, Answer]]] = {}
        for series, file in self.files.items():
            calls = self.calls(kind, file)
            accepted: dict[str, frozenset[str]] = {}
            for name in calls:
                source = _source(name, calls)
                if source not in accepted:
                    accepted[source] = frozenset(expand(calls[source].programs, file.variants.loads))
                for family, loads in self._families(series):
                    inside = tuple(v for v in loads if v in accepted[source])
                    found.setdefault(name, {}).setdefault(family, {})[series] = Answer(loads, inside)
            for name in _unused(kind, file):
                for family, loads in self._families(series):
                    found.setdefault(name, {}).setdefault(family, {})[series] = Answer(loads, ())
        return found

    def _families(self, series: str) -> list[tuple[str, tuple[str, ...]]]:
        return [(family, by[series]) for family, by in self.loads.items() if series in by]


def _source(name: str, calls: Mapping[str, Call]) -> str:
    """The entry that holds a call's variants: `like` leads to it."""
    like = calls[name].like
    return _source(like, calls) if like else name


def _unused(kind: str, file: ProbeFile) -> tuple[str, ...]:
    return file.unused_helpers if kind == HELPERS else file.unused_kfuncs


def family_of(variant: str) -> str:
    """The program type of a variant."""
    return variant.partition("/")[0]
