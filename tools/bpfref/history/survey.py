"""Asking one repository: every release is read, then each name's story is told, with its commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.history.origins import Origins
from bpfref.history.reader import Blobs, Names, Reader, named
from bpfref.history.repository import Release, Repository
from bpfref.history.timeline import Finding, Point, findings, only_candidates, released
from bpfref.model.history import Sighting, Source, Witness
from bpfref.model.version import Version

Progress = Callable[[str, int, int], None]
Arrival = Callable[[str, Version, Version], str | None]


@dataclass(frozen=True)
class Survey:
    """A repository, what it is, how its files are read, and where what was read is kept."""

    repository: Repository
    source: Source
    reader: Reader
    cache: Path
    progress: Progress = lambda _label, _done, _of: None

    def witness(self, paths: Sequence[str] | None = None) -> Witness:
        """The repository's testimony on the names of its headers, or of other `paths`.

        SourceError when there is no release in it at all.
        """
        wanted = tuple(paths or self.source.headers)
        blobs = named(self.repository.read, self.reader, self.cache)
        points, commits = self._points(wanted, blobs)
        origins = Origins.of(self.repository, wanted, self.reader, self.cache)
        origins.blobs.seen.update((blob, frozenset(names)) for blob, names in blobs.seen.items())

        def arrival(name: str, older: Version, newer: Version) -> str | None:
            self.progress(f"commits of {newer}", len(origins.ranges), len(points))
            return origins.commit(name, commits[older], commits[newer])

        return testimony("git", points, origin=self.source.origin, arrival=arrival)

    def releases(self, paths: Sequence[str]) -> list[Release]:
        """The repository's releases in order; SourceError when it has none."""
        if self.source.tags is None:
            found = self.repository.subjects(self.source.pattern, paths)
        else:
            found = self.repository.tags(self.source.pattern)
        if not found:
            what = "tag" if self.source.tags else "commit"
            message = f"no {what} of this repository matches {self.source.pattern!r}"
            advice = "bring its tags with `git fetch --tags`, or correct data/authored/history.yaml"
            raise SourceError(f"{message}: {advice}", self.repository.path)
        return found

    def _points(self, paths: Sequence[str], blobs: Blobs[Names]) -> tuple[list[Point], dict[Version, str]]:
        releases = self.releases(paths)
        points = []
        for done, release in enumerate(releases):
            self.progress(release.label, done + 1, len(releases))
            points.append(self._point(release, paths, blobs))
        broken = self.repository.broken_tags(self.source.pattern) if self.source.tags else {}
        read = {point.version for point in points}
        lost = "the tag leads to no commit that is here"
        points += [Point(v, label, None, lost) for label, v in broken.items() if v not in read]
        points.sort(key=lambda point: point.version)
        commits = {release.version: release.commit for release in releases}
        return list(dropwhile(lambda point: point.silent, points)), commits

    def _point(self, release: Release, paths: Sequence[str], blobs: Blobs[Names]) -> Point:
        """A release without the file lacks its names where features are made, and says nothing elsewhere."""
        try:
            blob = self.repository.blob(release.commit, paths)
            if blob is None and not self.source.origin:
                return Point(release.version, release.label, None, f"has no {paths[0]}", silent=True)
            names = blobs.read(blob, f"{release.label}:{paths[0]}") if blob else {}
        except SourceError as error:
            return Point(release.version, release.label, None, str(error))
        return Point(release.version, release.label, names)


def testimony(
    kind: str, points: Sequence[Point], *, origin: bool = False, arrival: Arrival = lambda _name, _older, _newer: None
) -> Witness:
    """What points in order tell; `arrival` gives the commit that brought a name between two releases."""
    final = released(points)
    return Witness(
        kind=kind,
        releases=tuple(str(point.version) for point in final if point.names is not None),
        features={name: _sighting(final, finding, arrival) for name, finding in findings(final).items()},
        origin=origin,
        unknown={str(point.version): point.reason for point in final if point.names is None},
        candidates=tuple(only_candidates(points)),
    )


def _sighting(points: Sequence[Point], finding: Finding, arrival: Arrival) -> Sighting:
    """A finding with releases in the place of indexes."""

    def release(index: int | None) -> str | None:
        return None if index is None else str(points[index].version)

    first = points[finding.first]
    before = None if finding.after is None else points[finding.after].version
    return Sighting(
        since=str(first.version),
        label=first.label,
        after=release(finding.after),
        until=release(finding.gone),
        commit=None if before is None else arrival(finding.name, before, first.version),
        renamed_to=finding.renamed_to,
        gaps=tuple(f"{release(gone)}..{release(back)}" for gone, back in finding.gaps),
        changes=finding.changes,
    )
