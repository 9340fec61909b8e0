"""What witnesses together say of a name's first release: agreement, doubt, or disagreement.

A witness bounds the answer: the name is in `since` and was not yet in `after`. Bounds that overlap
are one answer; bounds that do not are a disagreement, which a person settles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bpfref.model.history import Sighting, Witness, in_order
from bpfref.model.since import Since
from bpfref.model.version import Version

TABLE = "table"


@dataclass(frozen=True)
class Bounds:
    """One witness: `lower` is its newest release without the name, `upper` its oldest with it.

    `last` is the newest release it knows; `place` is how the witness is cited, and `evidence` its
    `upper`; `made_here` says that its commits are the kernel's own.
    """

    witness: str
    lower: Version | None
    upper: Version | None
    last: Version
    place: str
    evidence: str
    sighting: Sighting | None = None
    made_here: bool = False


@dataclass(frozen=True)
class Span:
    """A name came after `lower`, if a witness goes back that far, and not after `upper`."""

    lower: Version | None
    upper: Version

    def __str__(self) -> str:
        return f"after {self.lower}, by {self.upper}" if self.lower else f"{self.upper} or earlier"


@dataclass(frozen=True)
class Verdict:
    """`since` is None where the witnesses leave more than one release; `conflicts` are sentences."""

    since: Since | None
    conflicts: tuple[str, ...] = ()


def names_of(witnesses: Mapping[str, Witness]) -> list[str]:
    """Every name that a witness ever saw."""
    return sorted({name for witness in witnesses.values() for name in witness.features})


def releases_of(witnesses: Mapping[str, Witness], claimed: Iterator[str]) -> list[Version]:
    """Every release that is known to exist, in order."""
    return [Version.parse(r) for r in in_order({r for w in witnesses.values() for r in w.releases} | set(claimed))]


def judge(
    name: str, witnesses: Mapping[str, Witness], claim: Since | None, releases: Sequence[Version], source: str = TABLE
) -> Verdict:
    """Weigh the witnesses' bounds and a table's claim; what they leave open is not guessed.

    `claim` is what a published table says, and `source` how it is called in evidence. Where the
    witnesses decide, they win over the table; where they leave several releases, a claim within
    them is given, with the table first in the evidence.
    """
    bounds = list(_bounds(name, witnesses))
    lower = max((b.lower for b in bounds if b.lower), default=None)
    upper = min((b.upper for b in bounds if b.upper), default=None)
    if upper is None:
        return Verdict(claim)
    if lower and lower >= upper:
        return Verdict(claim, (_disagreement(bounds, lower, upper),))
    possible = [release for release in releases if (lower is None or lower < release) and release <= upper]
    fits = claim is not None and claim.version in possible
    conflicts = (_contradiction(bounds, claim, source, lower, upper),) if claim and not fits else ()
    agreed = claim if fits else None
    if lower and len(possible) == 1:
        return Verdict(_decided(bounds, agreed, source, lower, upper), conflicts)
    return Verdict(_open(bounds, agreed, source, upper), conflicts)


def span(name: str, witnesses: Mapping[str, Witness]) -> Span | None:
    """Between which releases a name came; None for a name that no witness saw."""
    bounds = list(_bounds(name, witnesses))
    upper = min((b.upper for b in bounds if b.upper), default=None)
    lower = max((b.lower for b in bounds if b.lower), default=None)
    return Span(lower, upper) if upper else None


def _bounds(name: str, witnesses: Mapping[str, Witness]) -> Iterator[Bounds]:
    """A witness that knows names of this sort, but not this one, lacks it up to its last release."""
    if not any(name in witness.features for witness in witnesses.values()):
        return
    for who, witness in witnesses.items():
        seen = witness.features.get(name)
        last = Version.parse(witness.releases[-1]) if witness.releases else None
        place = f"git: {who}" if witness.kind == "git" else f"{witness.kind}:"
        if seen and last:
            cited = f"{place} {seen.label}"
            yield Bounds(who, _version(seen.after), Version.parse(seen.since), last, place, cited, seen, witness.origin)
        elif last:
            yield Bounds(who, last, None, last, place, f"{place} {last}")


def _decided(bounds: Sequence[Bounds], agreed: Since | None, source: str, lower: Version, upper: Version) -> Since:
    """The one release that is left, with who has the name there, and who lacks it just before."""
    has = [b for b in bounds if b.upper == upper]
    lacks = [] if any(b.lower == lower for b in has) else [b for b in bounds if b.lower == lower][:1]
    evidence = (*(b.evidence for b in has), *(f"{b.place} {lower}: absent" for b in lacks))
    made_here = next((b.sighting.commit for b in has if b.made_here and b.sighting), None)
    return Since(
        str(upper),
        (agreed.commit if agreed else None) or made_here,
        _until(bounds),
        evidence + ((source,) if agreed else ()),
    )


def _open(bounds: Sequence[Bounds], agreed: Since | None, source: str, upper: Version) -> Since | None:
    """The table's claim, where the witnesses leave several releases and it is one of them."""
    if agreed is None:
        return None
    witness = next(b for b in bounds if b.upper == upper)
    return Since(agreed.since, agreed.commit, _until(bounds), (source, f"{witness.place} {upper} or earlier"))


def _until(bounds: Sequence[Bounds]) -> str | None:
    """The newest end of the name, unless a witness has it then or later."""
    seen = [b for b in bounds if b.sighting]
    ends = [Version.parse(b.sighting.until) for b in seen if b.sighting and b.sighting.until]
    still = [b.last for b in seen if b.sighting and not b.sighting.until]
    return str(max(ends)) if ends and all(last < max(ends) for last in still) else None


def _disagreement(bounds: Sequence[Bounds], lower: Version, upper: Version) -> str:
    lacks = next(b for b in bounds if b.lower == lower)
    has = next(b for b in bounds if b.upper == upper)
    return f"{lacks.witness} lacks it in {lower}, {has.witness} has it in {upper}"


def _contradiction(bounds: Sequence[Bounds], claim: Since, source: str, lower: Version | None, upper: Version) -> str:
    """What a table says, against the witness that rules it out."""
    if claim.version > upper:
        has = next(b.witness for b in bounds if b.upper == upper)
        return f"{source} says {claim.since}, but {has} has it in {upper}"
    if lower and claim.version <= lower:
        lacks = next(b.witness for b in bounds if b.lower == lower)
        return f"{source} says {claim.since}, but {lacks} lacks it in {lower}"
    return f"{source} says {claim.since}, which is no release that a witness knows"


def _version(text: str | None) -> Version | None:
    return Version.parse(text) if text else None
