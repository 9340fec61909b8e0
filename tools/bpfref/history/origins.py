"""The commit that brought a name: it has the name, and none of its parents has."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.history.reader import Blobs, Cache, Reader, present
from bpfref.history.repository import Commit, Repository

Arrivals = dict[str, str]  # name -> commit


@dataclass(frozen=True)
class Origins:
    """The arrivals of names in the files `paths` of a repository, range by range."""

    repository: Repository
    paths: tuple[str, ...]
    blobs: Blobs[frozenset[str]]
    cache: Cache
    ranges: dict[tuple[str, str], Arrivals] = field(default_factory=dict)

    @classmethod
    def of(cls, repository: Repository, paths: tuple[str, ...], reader: Reader, folder: Path) -> Origins:
        """The arrivals as a reader sees them, kept in a folder."""
        places = hashlib.sha256("\0".join(paths).encode()).hexdigest()[:12]
        cache = Cache(folder / f"arrivals-{reader.version}-{places}")
        return cls(repository, paths, present(repository.read, reader, folder), cache)

    def commit(self, name: str, older: str, newer: str) -> str | None:
        """Where, between a commit without a name and one with it, the name arrived; None if unknown.

        Unknown is also what arrived at the edge of a shallow clone, or beside a file that could not
        be read.
        """
        ends = (older, newer)
        if ends not in self.ranges:
            self.ranges[ends] = self._stored(older, newer)
        return self.ranges[ends].get(name)

    def _stored(self, older: str, newer: str) -> Arrivals:
        """A range between two commits never changes; only whole answers are kept."""
        key = f"{newer}-{older}"
        stored = self.cache.get(key)
        if isinstance(stored, dict):
            return stored
        try:
            commits = self.repository.commits(older, newer, self.paths)
        except SourceError:
            return {}
        arrivals, whole = self._arrivals(commits)
        if whole and not self.repository.shallow:
            self.cache.put(key, arrivals)
        return arrivals

    def _arrivals(self, commits: Sequence[Commit]) -> tuple[Arrivals, bool]:
        """Each name with the first commit, parents before children, that no parent explains."""
        arrivals: Arrivals = {}
        whole = True
        for commit in commits:
            if commit.id in self.repository.shallow:
                continue
            try:
                before = [self._names(parent) for parent in commit.parents]
                new = self._names(commit.id).difference(*before)
            except SourceError:
                whole = False
                continue
            for name in new:
                arrivals.setdefault(name, commit.id)
        return arrivals, whole

    def _names(self, commit: str) -> frozenset[str]:
        blob = self.repository.blob(commit, self.paths)
        return self.blobs.read(blob, f"{commit[:12]}:{self.paths[0]}") if blob else frozenset()
