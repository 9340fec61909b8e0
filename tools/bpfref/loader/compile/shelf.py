"""What was compiled before, by the contents of all that it was made of.

A command has a record: the files that it read with their digests, places where a new file would
have been read instead, and the digest of what came out. A record holds as long as all of that does.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY

_FORM = 2
_MOST = 8  # records of one command: people go back and forth between versions of a file
_STAYS = 30 * 24 * 60 * 60  # seconds after its last use
_SWEEP_EVERY = 24 * 60 * 60


@dataclass(frozen=True)
class Kept:
    """What was compiled before: the file in the cache, its bytes, and what the compiler said."""

    path: Path
    data: bytes
    said: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Made:
    """What a compiler made: bytes, what it said, the files that it read and those that it would have read before."""

    data: bytes
    said: str
    files: Sequence[Path]
    absent: Sequence[Path]


@dataclass(frozen=True)
class _Record:
    """Paths with digests, paths where nothing was, the digest of what came out and what was said."""

    files: dict[str, str | None]
    absent: list[str]
    result: str
    said: str


@dataclass
class Shelf:
    """The folder of records and of what was compiled. Any number of processes may use it at once."""

    root: Path
    _digests: dict[str, tuple[tuple[int, int, int], str]] = field(default_factory=dict)

    def find(self, command: Sequence[str]) -> Kept | None:
        """What a command gave before, if it would read the same files with the same contents now."""
        name = self._name(command)
        for record in self._read(name):
            if all(self.digest(path) == wanted for path, wanted in record.files.items()) and not any(
                map(os.path.exists, record.absent)
            ):
                return self._take(name, record)
        return None

    def keep(self, command: Sequence[str], made: Made, *, settled: bool = True) -> Kept:
        """Store what a command gave; unless `settled` it is not taken for what the command will give again."""
        name, digest = self._name(command), hashlib.sha256(made.data).hexdigest()
        place = self._object(digest)
        _write(place, made.data)
        if settled:
            files = {str(path): self.digest(str(path)) for path in made.files}
            record = _Record(files, [str(path) for path in made.absent], digest, made.said)
            others = [each for each in self._read(name) if each.files != files]
            records = [asdict(each) for each in (record, *others[: _MOST - 1])]
            _write(self._record(name), json.dumps(records).encode())
            self._sweep()
        return Kept(place, made.data, made.said, tuple(made.files))

    def digest(self, path: str) -> str | None:
        """A file's digest; None for one that is not there. A file that looks unchanged is not read twice."""
        try:
            stat = os.stat(path)  # noqa: PTH116 - as above
        except OSError:
            return None
        looks = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        known = self._digests.get(path)
        if known is None or known[0] != looks:
            known = self._digests[path] = (looks, hashlib.sha256(Path(path).read_bytes()).hexdigest())
        return known[1]

    def _take(self, name: str, record: _Record) -> Kept | None:
        """What a record promises; None if it is gone or damaged."""
        place = self._object(record.result)
        try:
            data = place.read_bytes()
            for used in (place, self._record(name)):
                os.utime(used)
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != record.result:
            return None
        return Kept(place, data, record.said, tuple(map(Path, record.files)))

    def _read(self, name: str) -> list[_Record]:
        try:
            return [_Record(**each) for each in json.loads(self._record(name).read_bytes())]
        except (OSError, ValueError, TypeError):
            return []

    def _name(self, command: Sequence[str]) -> str:
        return hashlib.sha256(json.dumps([_FORM, *command]).encode()).hexdigest()

    def _record(self, name: str) -> Path:
        return self.root / "records" / name[:2] / f"{name}.json"

    def _object(self, digest: str) -> Path:
        return self.root / "objects" / digest[:2] / f"{digest}.o"

    def _sweep(self) -> None:
        """Once a day, throw away what nobody has used for long."""
        stamp = self.root / "swept"
        with contextlib.suppress(OSError):
            if stamp.exists() and time.time() - stamp.stat().st_mtime < _SWEEP_EVERY:
                return
            stamp.touch()
            for path in [*self.root.glob("records/*/*"), *self.root.glob("objects/*/*")]:
                if time.time() - path.stat().st_mtime > _STAYS:
                    path.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    """Write under a name of this process and put it in its place; others may do the same at once."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{time.monotonic_ns()}{TEMPORARY}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise MachineError(f"cannot be written ({error.strerror}): see to disk space and rights", path) from error
    finally:
        temporary.unlink(missing_ok=True)
