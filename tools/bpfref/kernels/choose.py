"""Which build stands for a series, of all that the archive has, and which packages make it up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bpfref.errors import MachineError
from bpfref.kernels.archive import Archive
from bpfref.kernels.packages import Offer, PackageVersion, run_compare, sort_newest_first
from bpfref.model.kernel import Series

_NAMED_IN = "data/authored/kernels.yaml"


@dataclass(frozen=True)
class Choice:
    """A build for a series.

    `parts` are the packages to fetch, the one with the image first; `lacks` are packages that
    belong to it and are gone from the archive; `source` holds its kernel source, if wanted and
    there; `notes` say in words where this is not what was asked for.
    """

    series: Series
    release: str
    version: str
    suite: str
    parts: tuple[Offer, ...]
    lacks: tuple[str, ...]
    source: Offer | None = None
    notes: tuple[str, ...] = ()


def find_choice(series: Series, archive: Archive, *, source: bool = False, newest: bool = False) -> Choice:
    """Ask the archive's lists for a series.

    MachineError when they have no build of it, or when the named version may be in a suite that
    had to be left out.
    """
    names = re.compile(rf"linux-(image|binary|binary-unsigned|modules|base)-({series.release})(-unsigned)?")
    wanted = replace(series, version=None) if newest else series
    left = "".join(
        f"; {suite} is left out: {why}" for suite, why in archive.left_out().items() if suite in series.suites
    )
    try:
        choice = choose(wanted, archive.offers("linux-", names))
    except MachineError as error:
        raise MachineError(f"{error.message}{left}") from error
    if left and wanted.version not in {None, choice.version}:
        raise MachineError(f"{series.series}: {wanted.version} cannot be had{left}; later, or with --newest, it may be")
    if source and series.source:
        return _with_source(choice, archive.offers(series.source, re.compile(re.escape(series.source))))
    if source:
        return replace(choice, notes=(*choice.notes, f"{series.series}: Debian has no package with its source"))
    return choice


def choose(series: Series, offers: Iterable[Offer]) -> Choice:
    """Choose the version that `series` names, else the newest of the complete builds.

    A named version that has lost packages gives way to a complete build, if there is one.
    """
    builds = [build for build in _builds(series, offers) if series.candidate or "~rc" not in build.version]
    if not builds:
        raise MachineError(
            f"{series.series}: no package for a release like {series.release!r} in {', '.join(series.suites)}"
            f"{'' if series.candidate else ' (release candidates aside)'}; correct the entry in {_NAMED_IN}"
        )
    complete = [build for build in builds if not build.lacks]
    named = next((build for build in builds if build.version == series.version), None)
    if named and (named in complete or not complete):
        return named
    best = _newest(complete or builds)
    return replace(best, notes=(_explain(series, named, best),)) if series.version else best


def _explain(series: Series, named: Choice | None, best: Choice) -> str:
    """Why another version than the named one was chosen."""
    why = f"has lost {', '.join(named.lacks)}" if named else "is no longer in the archive"
    successor = "its successor" if run_compare(str(series.version), best.version) < 0 else "an older one"
    return (
        f"{series.series}: {series.version} {why}: {successor} {best.version} takes its place; "
        f"name that in {_NAMED_IN}, and take the facts anew"
    )


def _newest(builds: list[Choice]) -> Choice:
    by_version = {build.version: build for build in builds}
    order = sort_newest_first(PackageVersion(version, "") for version in by_version)
    return by_version[order[0].version]


def _builds(series: Series, offers: Iterable[Offer]) -> list[Choice]:
    """Every build that has an image; of equal offers in two suites, that of the suite named first."""
    rank = {suite: i for i, suite in enumerate(series.suites)}
    groups: dict[tuple[str, str], dict[str, Offer]] = {}
    pattern = re.compile(rf"linux-(?:image|binary|binary-unsigned|modules|base)-(?P<r>{series.release})(?:-unsigned)?")
    for offer in sorted((o for o in offers if o.suite in rank), key=lambda o: rank[o.suite]):
        if found := pattern.fullmatch(offer.package):
            groups.setdefault((found["r"], offer.version), {}).setdefault(offer.package, offer)
    made = (_build(series, release, version, group) for (release, version), group in groups.items())
    return [build for build in made if build]


def _build(series: Series, release: str, version: str, group: dict[str, Offer]) -> Choice | None:
    """Put a build together from its packages; None when none of them has an image.

    Since v6.19 `linux-image` is empty and depends on `linux-binary` and `linux-modules`; the
    configuration is in `linux-base`. Before, the image package has all.
    """
    image = group.get(f"linux-image-{release}") or group.get(f"linux-image-{release}-unsigned")
    binary = group.get(f"linux-binary-{release}") or group.get(f"linux-binary-unsigned-{release}")
    split = binary or (image and any(name.startswith("linux-binary-") for name in image.depends))
    first = binary if split else image
    if first is None:
        return None
    others = [f"linux-modules-{release}", f"linux-base-{release}"]
    parts = (first, *(group[name] for name in others if name in group))
    lacks = tuple(name for name in others if name not in group) if split else ()
    return Choice(series, release, version, first.suite, parts, lacks)


def _with_source(choice: Choice, offers: list[Offer]) -> Choice:
    """Add the source of just this version; another version's would be another kernel's."""
    found = next((offer for offer in offers if offer.version == choice.version), None)
    if found:
        return replace(choice, source=found)
    note = f"{choice.series.series}: the archive has no source of {choice.version}"
    return replace(choice, notes=(*choice.notes, note))
