"""What the lab's kernels answered, series by series: one index over all probe files. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bpfref.model.probe import Call, ProbeFile, expand

HELPERS, KFUNCS = "helpers", "kfuncs"
EXTENSION = "BPF_PROG_TYPE_EXT"


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


class State(StrEnum):
    """What a kernel's answers say of a thing's being in its release.

    `KNOWN`: it is there, and nothing that was asked shows it at work. `LEFT_OUT`: the release has it,
    this configuration has not.
    """

    PRESENT = "present"
    KNOWN = "known"
    LEFT_OUT = "left out of the configuration"
    ABSENT = "absent"
    UNCLEAR = "unclear"

    @property
    def has(self) -> bool | None:
        """Whether the release has it; None where the answers do not tell."""
        return None if self is State.UNCLEAR else self is not State.ABSENT


Place = tuple[str, ...]
"""Keys on the way through a probe file, and the name that they lead to."""


def states(file: ProbeFile) -> Iterator[tuple[Place, State]]:
    """All that a kernel was asked for by name, but kfuncs, with where the file says it."""
    fields = (
        ("present", State.PRESENT),
        ("known", State.KNOWN),
        ("absent", State.ABSENT),
        ("left_out", State.LEFT_OUT),
        ("unclear", State.UNCLEAR),
    )
    for kind, presence in file.presence.items():
        for key, state in fields:
            yield from ((("presence", kind, key, name), state) for name in getattr(presence, key))
    yield from ((("helpers", name), State.PRESENT) for name in file.helpers)
    yield from ((("unused_helpers", name), State.KNOWN) for name in file.unused_helpers)
    yield from ((("absent_helpers", name), State.ABSENT) for name in file.absent_helpers)
    for name, takers in file.program_flags.items():
        # A flag that a kernel does not know fails every program; one that it knows, not all of them.
        yield ("program_flags", name), State.PRESENT if takers else State.ABSENT


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
        return self._answers(kind).get(name, {})

    def callable_in(self, kind: str, program_type: str) -> dict[str, dict[str, Answer]]:
        """Call to series to answer, of the calls that some series accepts in a program type."""
        found = {}
        for name, types in self._answers(kind).items():
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
    def links(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Series to variant to the types of links that attaching it gave."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for series, file in self.files.items():
            mine = found.setdefault(series, {})
            for link_type, short in file.attached.items():
                for variant in expand(short, file.variants.loads):
                    mine[variant] = (*mine.get(variant, ()), link_type)
        return found

    @cached_property
    def loads(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Program type to series to the variants that load."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for series, file in self.files.items():
            for variant in file.variants.loads:
                family = found.setdefault(family_of(variant), {})
                family[series] = (*family.get(series, ()), variant)
        return found

    def _answers(self, kind: str) -> dict[str, dict[str, dict[str, Answer]]]:
        return self._helper_answers if kind == HELPERS else self._kfunc_answers

    @cached_property
    def _helper_answers(self) -> dict[str, dict[str, dict[str, Answer]]]:
        return self._gather(HELPERS)

    @cached_property
    def _kfunc_answers(self) -> dict[str, dict[str, dict[str, Answer]]]:
        return self._gather(KFUNCS)

    def _gather(self, kind: str) -> dict[str, dict[str, dict[str, Answer]]]:
        found: dict[str, dict[str, dict[str, Answer]]] = {}
        for series, file in self.files.items():
            calls = self.calls(kind, file)
            families = self._families(series)
            none = [(family, Answer(loads, ())) for family, loads in families]
            # Calls with the same programs share their answers: there are few such sets, and many calls.
            answers: dict[str, list[tuple[str, Answer]]] = {}
            for name in (*calls, *_unused(kind, file)):
                source = _source(name, calls) if name in calls else None
                if source and source not in answers:
                    accepted = frozenset(expand(calls[source].programs, file.variants.loads))
                    answers[source] = [
                        (family, Answer(loads, tuple(v for v in loads if v in accepted))) for family, loads in families
                    ]
                types = found.setdefault(name, {})
                for family, answer in answers[source] if source else none:
                    types.setdefault(family, {})[series] = answer
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


def judged_as(variant: str) -> str:
    """The program type by whose rules a kernel judges a variant: of an extension, that of what it replaces."""
    family, _, way = variant.partition("/")
    return f"BPF_PROG_TYPE_{way.partition('/')[0].upper()}" if family == EXTENSION and way else family
