"""libbpf's history: since which version each function, macro and section name is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bpfref import store
from bpfref.errors import SourceError
from bpfref.files import Result
from bpfref.formats import libbpf
from bpfref.formats.libbpf_sections import parse_sections
from bpfref.history.reader import Names, Trait
from bpfref.history.repository import Release, Repository
from bpfref.history.survey import Progress
from bpfref.history.timeline import Finding, Point, findings
from bpfref.layout import Layout
from bpfref.model.history import LibbpfFile, Offer, Source
from bpfref.model.libbpf import SectionRule, SectionsTable
from bpfref.model.version import Version

LIBBPF = "libbpf-since.yaml"
SECTIONS = "libbpf-sections.yaml"
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


def scrape_sections(layout: Layout, repository: Repository, source: Source) -> Result:
    """The table of section names at HEAD, each with the first tagged version that has its name.

    SourceError for a file that is not there, or a table that is not understood.
    """
    releases = repository.tags(source.pattern)
    tables = [(release.label, _table(repository, source, release.label, release.commit)) for release in releases]
    commit = repository.head()
    newest = _table(repository, source, "HEAD", commit)
    names = {label: {rule.name for rule in table} for label, table in tables}
    facts = SectionsTable(
        source.url,
        commit,
        releases[-1].label,
        tuple(replace(rule, since=_first(names, rule.name)) for rule in newest),
        tuple(_gone(tables, names, {rule.name for rule in newest})),
    )
    return Result(layout.scraped / SECTIONS, store.dump(facts, _COMMENT))


def _table(repository: Repository, source: Source, label: str, commit: str) -> tuple[SectionRule, ...]:
    blob = repository.blob(commit, [source.sections or ""])
    if blob is None:
        raise SourceError(f"{label} has no {source.sections}: correct data/authored/history.yaml")
    return parse_sections(repository.read(blob).decode(errors="replace"), f"{label}:{source.sections}")


def _first(names: Mapping[str, set[str]], name: str) -> str | None:
    return next((label for label, there in names.items() if name in there), None)


def _gone(
    tables: Sequence[tuple[str, tuple[SectionRule, ...]]], names: Mapping[str, set[str]], kept: set[str]
) -> Iterator[SectionRule]:
    """The last form of each name that is no longer there."""
    last = {rule.name: rule for _, table in tables for rule in table if rule.name not in kept}
    labels = list(names)
    for name, rule in sorted(last.items()):
        having = [label for label in labels if name in names[label]]
        after = labels.index(having[-1]) + 1
        yield replace(rule, since=having[0], until=labels[after] if after < len(labels) else None)


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
