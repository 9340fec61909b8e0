"""libbpf's history: since which version each function and macro is there, into `libbpf-since.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bpfref import store
from bpfref.errors import SourceError
from bpfref.files import Result
from bpfref.formats import libbpf
from bpfref.history.reader import Names, Trait
from bpfref.history.repository import Release, Repository
from bpfref.history.survey import Progress
from bpfref.history.timeline import Finding, Point, findings
from bpfref.layout import Layout
from bpfref.model.history import LibbpfFile, Offer, Source
from bpfref.model.version import Version

LIBBPF = "libbpf-since.yaml"
_COMMENT = "Written by `bpfref history`: do not edit."


def scrape_libbpf(layout: Layout, repository: Repository, source: Source, progress: Progress) -> Result:
    """Ask libbpf's tags; SourceError for a version script or a header that is not understood.

    A function's version is the one of its node in the version script, which also names versions
    that were never tagged. Where a node contradicts the tags, the tags win, and both are told.
    """
    releases = repository.tags(source.pattern)
    functions: list[Point] = []
    macros: list[Point] = []
    for done, release in enumerate(releases, 1):
        progress(release.label, done, len(releases))
        functions.append(Point(release.version, release.label, _functions(repository, source, release)))
        macros.append(Point(release.version, release.label, _macros(repository, source, release)))
    facts = LibbpfFile(
        source.url,
        tuple(release.label for release in releases),
        {name: _offer(functions, story) for name, story in findings(functions).items()},
        {name: _offer(macros, story) for name, story in findings(macros).items()},
    )
    return Result(layout.scraped / LIBBPF, store.dump(facts, _COMMENT))


def _functions(repository: Repository, source: Source, release: Release) -> Names:
    text = _read(repository, release, source.symbols or "")
    if text is None:
        raise SourceError(f"{release.label} has no {source.symbols}: correct data/authored/history.yaml")
    found = libbpf.parse_version_script(text, Path(f"{release.label}:{source.symbols}"))
    return {name: Trait("function", version) for name, version in found.items()}


def _macros(repository: Repository, source: Source, release: Release) -> Names:
    """What all headers together define: a macro may move from one to another."""
    names: dict[str, Trait] = {}
    for path in source.macros:
        text = _read(repository, release, path)
        if text is not None:
            names |= {name: Trait("macro") for name in libbpf.parse_macros(text, Path(f"{release.label}:{path}"))}
    return names


def _read(repository: Repository, release: Release, path: str) -> str | None:
    blob = repository.blob(release.commit, [path])
    return None if blob is None else repository.read(blob).decode(errors="replace")


def _offer(points: Sequence[Point], story: Finding) -> Offer:
    first = points[story.first]
    until = None if story.gone is None else points[story.gone].label
    node = _trait(first.names, story.name).group
    if not node or _same(node, first.label):
        return Offer(first.label, until)
    before = None if story.after is None else points[story.after].version
    version = Version.parse(f"v{node}")
    if version > first.version or (before and version <= before):
        return Offer(first.label, until, node=f"v{node}")
    return Offer(f"v{node}", until, tag=first.label)


def _trait(names: Mapping[str, Trait] | None, name: str) -> Trait:
    return (names or {})[name]


def _same(node: str, label: str) -> bool:
    return Version.parse(f"v{node}") == Version.parse(label)
