"""The history of names: repositories and headers become witnesses in `data/scraped/since.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bpfref import formats, store
from bpfref.errors import MachineError, SourceError
from bpfref.files import Result, read_text
from bpfref.formats import attribute_fields, uapi_names
from bpfref.history.reader import Reader, Trait
from bpfref.history.repository import Repository, open_repository
from bpfref.history.survey import Progress, Survey, testimony
from bpfref.history.timeline import Point
from bpfref.layout import Layout
from bpfref.model.history import HistoryFile, SinceFile, Source, Witness
from bpfref.model.version import Version

SINCE = "since.yaml"
FIELDS = "attributes-since.yaml"
HISTORY = "history.yaml"
COMMENT = "Written by `bpfref history`: do not edit; corrections go to data/authored/corrections.yaml."
_NUMBER, _HELPER = "BPF_FUNC_", "bpf_"


@cache
def uapi_reader() -> Reader:
    """How `linux/bpf.h` is read; its version is a digest of everything that reads it."""
    folder = Path(formats.__file__).parent
    files = sorted([*folder.glob("uapi*.py"), *folder.glob("clang.py"), *folder.glob("include/**/*.h")])
    contents = [file.read_bytes() for file in files]
    digest = hashlib.sha256(b"\0".join([*contents, version("libclang").encode()])).hexdigest()[:12]
    return Reader(f"uapi-{digest}", _uapi_names, _uapi_present)


@cache
def fields_reader() -> Reader:
    """How the fields of `union bpf_attr` are read; its version is that of the whole header's reader and its own."""
    own = hashlib.sha256(Path(attribute_fields.__file__).read_bytes()).hexdigest()[:12]
    return Reader(f"fields-{own}-{uapi_reader().version}", _field_names, _fields_present)


def _fields_present(data: bytes, place: str) -> frozenset[str]:
    return attribute_fields.parse_field_names(_text(data, place), Path(place))


def _field_names(data: bytes, place: str) -> Mapping[str, Trait]:
    return {name: Trait("field", name.partition(".")[0]) for name in _fields_present(data, place)}


def _uapi_names(data: bytes, place: str) -> Mapping[str, Trait]:
    found = uapi_names.parse_names(_text(data, place), Path(place))
    return {_feature(name): Trait(form, group, value) for name, (form, group, value) in found.items()}


def _uapi_present(data: bytes, place: str) -> frozenset[str]:
    return frozenset(map(_feature, uapi_names.parse_present(_text(data, place), Path(place))))


def _feature(name: str) -> str:
    """A helper goes by its own name, not by its number's; any other name stays."""
    return name.replace(_NUMBER, _HELPER, 1) if name.startswith(_NUMBER) else name


def _text(data: bytes, place: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8 text", place, data.count(b"\n", 0, error.start) + 1) from error


def described(layout: Layout) -> HistoryFile:
    """What `data/authored/history.yaml` says of repositories."""
    return store.read(layout.authored / HISTORY, HistoryFile)


def identify(path: Path, known: HistoryFile, objects: Path | None = None) -> tuple[str, Repository]:
    """Open a repository and tell which of the described ones it is.

    Of those whose files its newest release has, it is the one with the most releases: a copy's tags
    may look like the kernel's. MachineError when it is none of them.
    """
    repository = open_repository(path, objects)
    found = {name: _releases(repository, source) for name, source in known.repositories.items()}
    best = max(found, key=lambda name: found[name])
    if found[best]:
        return best, repository
    names = ", ".join(known.repositories)
    advice = "bring its tags with `git fetch --tags`, or describe it in data/authored/history.yaml"
    raise MachineError(f"this is none of the repositories that we know ({names}): {advice}", path)


def _releases(repository: Repository, source: Source) -> int:
    """How many releases a repository has if it is this one; 0 if its newest lacks what this one has."""
    if source.tags is None:
        return len(repository.subjects(source.pattern, source.paths)) if repository.has_commits else 0
    releases = repository.tags(source.pattern)
    try:
        return len(releases) if releases and repository.blob(releases[-1].commit, source.paths) else 0
    except SourceError:
        return len(releases)  # its objects are missing or damaged: the survey will say so


def ask_repository(
    layout: Layout, repository: Repository, source: Source, progress: Progress, reader: Reader | None = None
) -> Witness:
    """A repository's testimony on every name its UAPI headers ever had, or on what `reader` reads there."""
    wanted = reader or uapi_reader()
    return Survey(repository, source, wanted, layout.cache / "history", progress).witness(source.headers)


def ask_headers(headers: Sequence[tuple[str, str, Path]], reader: Reader | None = None) -> Witness:
    """The testimony of single headers: release, how to call its origin, file."""
    reader = reader or uapi_reader()
    points = [
        Point(Version.parse(release), label, reader.names(read_text(path).encode(), str(path)))
        for release, label, path in headers
    ]
    return testimony("header", sorted(points, key=lambda point: point.version))


def scrape_since(layout: Layout, witnesses: Mapping[str, Witness], file: str = SINCE) -> Result:
    """`since.yaml`, or another file, with these testimonies; those of other witnesses stay as they were."""
    path = layout.scraped / file
    before = store.read(path, SinceFile).witnesses if path.exists() else {}
    merged = before | dict(witnesses)
    return Result(path, store.dump(SinceFile({name: merged[name] for name in sorted(merged)}), COMMENT))
