"""When program types gained helpers that are older: a published table's claims within what kernels bound.

A claim on a group of program types (`group:base`) names no type. The kernels do: a type is of the
group if it refused a helper in every kernel before the claimed release and accepts it in every one since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from bpfref.lab import EXTENSION, HELPERS, Lab
from bpfref.model.files import PairsFile, PairSince
from bpfref.model.since import Since
from bpfref.model.version import Version

GROUP = "group:"


class Pairs:
    """A table's claims beside the lab's answers; a pair is a program type and a helper."""

    def __init__(self, table: PairsFile, lab: Lab):
        self._claims = table.pairs
        self._source = table.evidence
        self._lab = lab
        self._named = {(claim.program, claim.helper) for claim in table.pairs}

    def first_releases(self) -> dict[tuple[str, str], Since]:
        """The first release of each pair that the table names, or that the kernels show to be of a named group."""
        found: dict[tuple[str, str], Since] = {}
        for claim in self._claims:
            if not claim.program.startswith(GROUP):
                found[claim.program, claim.helper] = self._since(claim, claim.program)
        for place, programs in self._gains.items():
            for program in programs:
                found[program, self._claims[place].helper] = self._since(self._claims[place], program)
        return found

    def _since(self, claim: PairSince, program: str) -> Since:
        """A claim with the kernels on both sides of it as further evidence."""
        answers = self._accepts(claim.helper, program)
        before = [f"kernel {series}: refused" for series in answers if _before(series, claim)][-1:]
        after = [f"kernel {series}: accepted" for series in answers if not _before(series, claim)][:1]
        return replace(claim.since, evidence=(self._source, *before, *after))

    def members(self, group: str) -> list[str]:
        """The program types that gained some helper of a group just as the table claims of the group."""
        gains = (programs for place, programs in self._gains.items() if self._claims[place].program == group)
        return list(dict.fromkeys(chain.from_iterable(gains)))

    @cached_property
    def _gains(self) -> dict[int, list[str]]:
        """The place of each claim on a group to the types that bear it out."""
        groups = ((place, claim) for place, claim in enumerate(self._claims) if claim.program.startswith(GROUP))
        return {place: self._gained(claim) for place, claim in groups}

    def contradictions(self) -> Iterator[tuple[int, str]]:
        """The place of a claim in the table, and what a kernel says against it."""
        for place, claim in enumerate(self._claims):
            against = self._against_group(place) if place in self._gains else self._against(claim)
            yield from ((place, sentence) for sentence in against)

    def _against(self, claim: PairSince) -> Iterator[str]:
        for series, accepts in self._accepts(claim.helper, claim.program).items():
            if accepts and _before(series, claim):
                yield f"{series} accepts {claim.helper} in {claim.program} already"
        yield from self._refusals(claim, claim.program)

    def _against_group(self, place: int) -> Iterator[str]:
        claim = self._claims[place]
        for program in self.members(claim.program):
            yield from self._refusals(claim, program)
        known = self._lab.knows(HELPERS, claim.helper)
        both = any(_before(series, claim) for series in known) and any(not _before(series, claim) for series in known)
        if both and not self._gains[place]:
            yield f"no program type refuses {claim.helper} before {claim.since.since} and accepts it from then on"

    def _refusals(self, claim: PairSince, program: str) -> Iterator[str]:
        for series, accepts in self._accepts(claim.helper, program).items():
            if not accepts and not _before(series, claim):
                yield f"{series} refuses {claim.helper} in every variant of {program}"

    def _gained(self, claim: PairSince) -> list[str]:
        """Types with a refusal before the claimed release and none since.

        Not those with a claim of their own, nor extensions, which gain what the types gain that they replace.
        """
        found = []
        knowing = self._lab.knows(HELPERS, claim.helper)
        for program in self._lab.loads:
            answers = self._accepts(claim.helper, program)
            before = [answers[series] for series in knowing if series in answers and _before(series, claim)]
            since = [accepts for series, accepts in answers.items() if not _before(series, claim)]
            own = (program, claim.helper) in self._named
            if before and not any(before) and since and all(since) and not own and program != EXTENSION:
                found.append(program)
        return found

    def _accepts(self, helper: str, program: str) -> Mapping[str, bool]:
        """Each series that loads the program type to whether some variant may call the helper there."""
        answers = self._lab.answers(HELPERS, helper).get(program, {})
        series = self._lab.loads.get(program, {})
        return {each: each in answers and bool(answers[each].accepts) for each in series}


def _before(series: str, claim: PairSince) -> bool:
    return Version.parse(series) < claim.since.version
