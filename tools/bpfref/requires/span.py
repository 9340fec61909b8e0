"""Which releases have a thing: what facts claim, what kernels answered, and what follows for the rest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

from bpfref.model.since import Since
from bpfref.model.version import Version


class Verdict(IntEnum):
    """Whether a release has a thing; a greater one weighs more when many come together."""

    YES = 0
    UNKNOWN = 1
    NO = 2

    @property
    def word(self) -> str:
        """As it is printed."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and its reason.

    `claimed` where it follows from published tables, or from facts about the parts (a helper, a
    program type) and no kernel of that release was asked for the whole. `condition` where it hangs
    on the very kernel (its BTF, its configuration) and not on the release.
    """

    verdict: Verdict
    why: str
    claimed: bool = False
    condition: bool = False


@dataclass(frozen=True)
class Span:
    """The releases of one thing.

    `floor` is a release before which none has it; `claim` the first one by published facts, where
    nothing is left open. `lab` holds what kernels answered, by series: they stand for their own
    release, and bound the others. `fixed` is an answer for all other releases. Before `unless` no
    kernel looks at the thing. Before `soft` it is not known whether it is missed. `tested`: the program
    asks the kernel for something first, and may leave the thing alone where it is missing.
    """

    floor: Since | None = None
    claim: Since | None = None
    lab: Mapping[Version, Answer] = field(default_factory=dict)
    fixed: Answer | None = None
    unless: Version | None = None
    soft: Since | None = None
    tested: bool = False
    unknown: str = "no fact says since when"

    def on(self, release: Version) -> Answer:
        """Whether a release has it."""
        answer = self._on(release)
        if self.tested and answer.verdict is Verdict.NO:
            why = f"{answer.why}; the program may test before it uses it"
            return replace(answer, verdict=Verdict.UNKNOWN, why=why)
        return answer

    def _on(self, release: Version) -> Answer:
        if self.unless and release < self.unless:
            return Answer(Verdict.YES, "no kernel looks at it yet")
        own = self.lab.get(release) or self.fixed
        if own:
            return own
        if self.soft:
            return self._softly(release, self.soft)
        if self.floor and release < self.floor.version:
            return Answer(Verdict.NO, f"since {self.floor.since}")
        ended = self.claim and self.claim.until
        if ended and release >= Version.parse(ended):
            return Answer(Verdict.NO, f"gone since {ended}")
        return self._by_neighbours(release) or self._by_claim(release)

    def _softly(self, release: Version, since: Since) -> Answer:
        there = release >= since.version
        why = f"since {since.since}" + ("" if there else "; without it an object may load all the same")
        return Answer(Verdict.YES if there else Verdict.UNKNOWN, why, claimed=since.is_claim)

    def _by_neighbours(self, release: Version) -> Answer | None:
        """What follows from the kernels that were asked: the older one has it, or the newer one has it not."""
        before, after = self._nearest(release, below=True), self._nearest(release, below=False)
        has = before and self.lab[before].verdict is Verdict.YES
        lacks = after and self.lab[after].verdict is Verdict.NO
        if has and lacks:
            return Answer(Verdict.UNKNOWN, f"{before} has it, {after} has not")
        if has:
            return Answer(Verdict.YES, f"{before} has it")
        return Answer(Verdict.NO, f"{after} has it not: {self.lab[after].why}") if after and lacks else None

    def _by_claim(self, release: Version) -> Answer:
        """What published facts say, where the kernels that were asked leave it open."""
        claim = self._fitting
        if claim:
            claimed = bool(self.lab) or claim.is_claim
            yes = release >= claim.version
            return Answer(Verdict.YES if yes else Verdict.NO, f"since {claim.since}", claimed=claimed)
        before, after = self._nearest(release, below=True), self._nearest(release, below=False)
        if before and after:
            return Answer(Verdict.UNKNOWN, f"{before} has it not, {after} has it")
        if before or after:
            return Answer(Verdict.UNKNOWN, f"the kernel asked next to it is {before or after}")
        return Answer(Verdict.UNKNOWN, self.unknown)

    def _nearest(self, release: Version, *, below: bool) -> Version | None:
        """The nearest kernel that gave a clear answer, on one side."""
        place = bisect_left(self._sure, release) if below else bisect_right(self._sure, release)
        if below:
            return self._sure[place - 1] if place else None
        return self._sure[place] if place < len(self._sure) else None

    @cached_property
    def _sure(self) -> list[Version]:
        """The kernels that gave a clear answer, oldest first."""
        return sorted(v for v, answer in self.lab.items() if answer.verdict is not Verdict.UNKNOWN)

    @cached_property
    def _fitting(self) -> Since | None:
        """The claim, where the kernels that were asked allow it."""
        return self.claim if self.claim and fits(self.claim, self.lab) else None


def fits(claim: Since, lab: Mapping[Version, Answer]) -> bool:
    """Whether the kernels that were asked allow a first release."""
    sure = [(v, answer.verdict) for v, answer in lab.items() if answer.verdict is not Verdict.UNKNOWN]
    return all((release >= claim.version) == (verdict is Verdict.YES) for release, verdict in sure)


def later(*found: Since | None) -> Since | None:
    """The latest of several first releases: what needs all of them begins there. None where one is not known."""
    known = [each for each in found if each]
    return max(known, key=lambda each: each.version) if known and len(known) == len(found) else None
