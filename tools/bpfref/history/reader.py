"""What the names of a file are: readers, and the cache of what they found.

A blob's id stands for its content, so what was read once is never read again: that is the cache,
and it is how an interrupted run goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from bpfref.files import write_text

T = TypeVar("T")


@dataclass(frozen=True)
class Trait:
    """How a file has a name: `form` (`enum`, `define`, `struct`), the `group` it is in, its value."""

    form: str
    group: str = ""
    value: int | None = None


Names = Mapping[str, Trait]


@dataclass(frozen=True)
class Reader:
    """How a kind of file is read.

    `names` raises SourceError for text it does not understand. `present` gives the same names
    without their traits, and may be quicker. `version` changes when either would give other answers.
    """

    version: str
    names: Callable[[bytes, str], Names]
    present: Callable[[bytes, str], frozenset[str]]


@dataclass(frozen=True)
class Cache:
    """JSON values by the ids of what they were made from: a file each, with its digest on the first line."""

    folder: Path

    def get(self, key: str) -> Any:
        """What was stored under a key; None when there is nothing, or nothing whole."""
        try:
            digest, _, value = self._file(key).read_bytes().partition(b"\n")
        except OSError:
            return None
        return json.loads(value) if digest == _digest(value) else None

    def put(self, key: str, value: object) -> None:
        """Store a JSON value under a key."""
        text = json.dumps(value, separators=(",", ":"))
        write_text(self._file(key), f"{_digest(text.encode()).decode()}\n{text}")

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).hexdigest().encode()


@dataclass(frozen=True)
class Blobs(Generic[T]):
    """Blobs of one kind, each read once: `fetch` gives the bytes of an id."""

    fetch: Callable[[str], bytes]
    parse: Callable[[bytes, str], T]
    pack: Callable[[T], object]
    unpack: Callable[[Any], T]
    cache: Cache
    seen: dict[str, T]

    def read(self, blob: str, place: str) -> T:
        """What a blob holds; `place` is its name in complaints. SourceError if it is not understood."""
        if blob not in self.seen:
            stored = self.cache.get(blob)
            self.seen[blob] = self._parsed(blob, place) if stored is None else self.unpack(stored)
        return self.seen[blob]

    def _parsed(self, blob: str, place: str) -> T:
        found = self.parse(self.fetch(blob), place)
        self.cache.put(blob, self.pack(found))
        return found


def named(fetch: Callable[[str], bytes], reader: Reader, folder: Path) -> Blobs[Names]:
    """Blobs as names with their traits."""
    return Blobs(
        fetch,
        reader.names,
        lambda names: {name: [t.form, t.group, t.value] for name, t in names.items()},
        lambda stored: {name: Trait(*trait) for name, trait in stored.items()},
        Cache(folder / f"names-{reader.version}"),
        {},
    )


def present(fetch: Callable[[str], bytes], reader: Reader, folder: Path) -> Blobs[frozenset[str]]:
    """Blobs as bare names."""
    return Blobs(fetch, reader.present, sorted, frozenset, Cache(folder / f"present-{reader.version}"), {})
