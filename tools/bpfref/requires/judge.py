"""The object as a whole: on one release, and over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bpfref.model.version import Version
from bpfref.requires.model import Need, Stage
from bpfref.requires.span import Answer, Verdict


@dataclass(frozen=True)
class Judgement:
    """One release: the verdict, and the needs that make it so with their answers. `conditions` hang on the kernel."""

    verdict: Verdict
    because: tuple[tuple[Need, Answer], ...]
    claimed: bool = False


@dataclass(frozen=True)
class Range:
    """Over all releases: the oldest that has everything (None: none), those before it that are not known.

    `deciding` are the needs that the release before does not meet; `unknown` those that leave
    releases open; `conditions` what hangs on the very kernel and is left out of the account.
    `gone` is the first later release that lacks something again.
    """

    oldest: Version | None
    open: tuple[Version, ...]
    claimed: bool
    deciding: tuple[tuple[Need, Answer], ...]
    unknown: tuple[tuple[Need, Answer], ...]
    conditions: tuple[tuple[Need, Answer], ...]
    gone: Version | None = None
    gone_because: tuple[tuple[Need, Answer], ...] = ()


def of_stage(needs: Iterable[Need], stage: Stage) -> list[Need]:
    """The needs of loading, or of loading and attaching."""
    return [need for need in needs if stage is Stage.ATTACH or need.stage is Stage.LOAD]


def judge(needs: Sequence[Need], release: Version) -> Judgement:
    """Whether a release has everything; what hangs on the very kernel leaves it unknown."""
    answers = [(need, need.span.on(release)) for need in needs]
    verdict = max((answer.verdict for _, answer in answers), default=Verdict.YES)
    because = tuple(pair for pair in answers if pair[1].verdict is verdict) if verdict is not Verdict.YES else ()
    return Judgement(verdict, because, any(answer.claimed for _, answer in answers))


def survey(needs: Sequence[Need], releases: Sequence[Version]) -> Range:
    """The range of releases that have everything, as far as a release can tell."""
    found = [_without_conditions(needs, release) for release in releases]
    first = next((i for i, each in enumerate(found) if each.verdict is Verdict.YES), None)
    conditions = tuple(pair for pair in judge_all(needs, releases[-1]) if pair[1].condition)
    if first is None:
        newest = found[-1]
        unknown = newest.because if newest.verdict is Verdict.UNKNOWN else ()
        deciding = newest.because if newest.verdict is Verdict.NO else ()
        left = tuple(r for r, each in zip(releases, found, strict=True) if each.verdict is Verdict.UNKNOWN)
        return Range(None, left, claimed=False, deciding=deciding, unknown=unknown, conditions=conditions)
    lower = next((i for i in range(first - 1, -1, -1) if found[i].verdict is Verdict.NO), None)
    left = tuple(releases[0 if lower is None else lower + 1 : first])
    gone = next((i for i in range(first, len(found)) if found[i].verdict is Verdict.NO), None)
    return Range(
        releases[first],
        left,
        found[first].claimed,
        found[first - 1].because if first and not left else found[lower].because if lower is not None else (),
        found[first - 1].because if left else (),
        conditions,
        releases[gone] if gone is not None else None,
        found[gone].because if gone is not None else (),
    )


def judge_all(needs: Sequence[Need], release: Version) -> list[tuple[Need, Answer]]:
    """Every need with its answer."""
    return [(need, need.span.on(release)) for need in needs]


def _without_conditions(needs: Sequence[Need], release: Version) -> Judgement:
    sure = [need for need in needs if not need.span.on(release).condition]
    return judge(sure, release)
