"""Names that live in source files: which releases mention them, all names in one pass over what changed.

A name is mentioned where it stands as a whole identifier outside comments and strings. Each file is
read once, and from one release to the next only the files that differ: time grows with what changed,
not with releases times names.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bpfref.errors import SourceError
from bpfref.history.reader import Cache, Trait
from bpfref.history.repository import Release, Repository
from bpfref.history.survey import Progress
from bpfref.history.timeline import Point

_WORD = re.compile(rb"\b[A-Za-z_]\w*", re.A)
_SILENT = re.compile(rb"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.S)
_FORM = Trait("mention")


@dataclass(frozen=True)
class Mentions:
    """The search for `names` below `folders` of a repository; results are kept in `folder`."""

    repository: Repository
    folders: tuple[str, ...]
    names: frozenset[bytes]
    cache: Cache
    progress: Progress = lambda _label, _done, _of: None
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        repository: Repository,
        folders: Sequence[str],
        names: Iterable[str],
        folder: Path,
        progress: Progress = lambda _label, _done, _of: None,
    ) -> Mentions:
        """A search; another set of names or folders is another search, and is kept apart."""
        wanted = sorted(set(names))
        digest = hashlib.sha256("\0".join([*wanted, "", *folders]).encode()).hexdigest()[:16]
        coded = frozenset(name.encode() for name in wanted)
        return cls(repository, tuple(folders), coded, Cache(folder / f"mentions-1-{digest}"), progress)

    def points(self, releases: Sequence[Release]) -> Iterator[Point]:
        """Each release with the names it mentions; a release that cannot be read is unknown."""
        count: Counter[str] = Counter()
        before: str | None = None
        for done, release in enumerate(releases, 1):
            self.progress(release.label, done, len(releases))
            try:
                count.update(self._difference(before, release.commit))
            except SourceError as error:
                yield Point(release.version, release.label, None, str(error))
                continue
            before = release.commit
            present = {name: _FORM for name, files in count.items() if files > 0}
            yield Point(release.version, release.label, present)

    def _difference(self, before: str | None, commit: str) -> dict[str, int]:
        """How many files more, or fewer, mention each name in a commit than in the one before."""
        key = f"{commit}-{before}"
        stored = self.cache.get(key)
        if isinstance(stored, dict):
            return stored
        count: Counter[str] = Counter()
        if before is None:
            for blob in self.repository.files(commit, self.folders):
                count.update(self._read(blob))
        else:
            for old, new in self.repository.changes(before, commit, self.folders):
                count.subtract(self._read(old))
                count.update(self._read(new))
        difference = {name: files for name, files in count.items() if files}
        self.cache.put(key, difference)
        return difference

    def _read(self, blob: str | None) -> tuple[str, ...]:
        if blob is None:
            return ()
        if blob not in self.found:
            self.found[blob] = parse_mentions(self.repository.read(blob), self.names)
        return self.found[blob]


def parse_mentions(data: bytes, names: frozenset[bytes]) -> tuple[str, ...]:
    """Which of `names` a source file mentions, in order; comments and strings do not count."""
    if names.isdisjoint(_WORD.findall(data)):
        return ()
    plain = _SILENT.sub(b" ", data)
    return tuple(sorted(name.decode() for name in names.intersection(_WORD.findall(plain))))
