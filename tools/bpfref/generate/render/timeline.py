"""What each release brought: sections by kind, comparisons of releases, growth as a picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, groupby

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, counted, link, since_tag, table
from bpfref.layout import TIMELINE
from bpfref.model.entry import Entry, Kind
from bpfref.model.since import Since
from bpfref.model.version import Version

_TABLE_ONLY = {"kfunc": "kfunc"}  # kinds of tables whose names are no entries yet


@dataclass(frozen=True)
class Feature:
    """Something a release brought: `entry` is None for a name that has no place in the reference yet."""

    name: str
    kind: str
    since: Since
    entry: Entry | None


@lru_cache(maxsize=2)
def features(facts: Facts) -> list[Feature]:
    """Everything with a known first release, by kind and in the header's order."""
    catalogue = facts.catalogue
    order = {kind: i for i, kind in enumerate(Kind)}
    entries = sorted(catalogue.entries.values(), key=lambda entry: order[entry.kind])
    found = [Feature(e.name, e.kind.label, e.since, e) for e in entries if e.since]
    for kind, label in _TABLE_ONLY.items():
        names = catalogue.since_table.features.get(kind, {})
        known = ((name, catalogue.since(name)) for name in names if name not in catalogue.entries)
        found += [Feature(name, label, since, None) for name, since in known if since]
    return found


@lru_cache(maxsize=2)
def by_release(facts: Facts) -> dict[Version, list[Feature]]:
    """The features of each release that brought any, newest release first."""
    releases: dict[Version, list[Feature]] = defaultdict(list)
    for feature in features(facts):
        releases[feature.since.version].append(feature)
    return {version: releases[version] for version in sorted(releases, reverse=True)}


def gone(facts: Facts) -> dict[Version, list[Feature]]:
    """The features that each release no longer has."""
    releases: dict[Version, list[Feature]] = defaultdict(list)
    for feature in features(facts):
        if feature.since.until:
            releases[Version.parse(feature.since.until)].append(feature)
    return releases


def overview(facts: Facts, page: str) -> str:
    """One section a release: how many of each kind, and their names."""
    removed = gone(facts)
    sections = []
    for version, found in by_release(facts).items():
        title = link(f"Linux {version}", page, release_page(version)) if release_page(version) in facts.pages else ""
        heading = f"## {title or f'Linux {version}'} {{ #{version} }}"
        sections.append(f"{heading}\n\n{_summary(facts, found, removed.get(version, ()), page)}")
    return "\n\n".join(sections)


def _summary(facts: Facts, found: Sequence[Feature], removed: Sequence[Feature], page: str) -> str:
    lines = [f"- {counted(len(members), kind)}: {_names(facts, members, page)}" for kind, members in _kinds(found)]
    lines += [f"- removed: {_names(facts, removed, page)}"] if removed else []
    return "\n".join(lines)


def release(facts: Facts, version: Version, page: str) -> str:
    """What one release brought, a table a kind, with the commit of each."""
    parts = [_section(facts, kind, members, page) for kind, members in _kinds(by_release(facts).get(version, ()))]
    removed = gone(facts).get(version, [])
    if removed:
        parts.append(f"## Removed\n\n{_table(facts, removed, page)}")
    return "\n\n".join(parts) or f"No feature that we know of first came with Linux {version}."


def between(facts: Facts, older: Version, newer: Version, page: str) -> str:
    """What `newer` has and `older` had not, a table a kind."""
    inside = [f for f in features(facts) if older < f.since.version <= newer]
    inside = [f for f in inside if not f.since.until or Version.parse(f.since.until) > newer]
    parts = [_section(facts, kind, members, page) for kind, members in _kinds(inside)]
    lost = [f for f in features(facts) if _lost(f.since, older, newer)]
    if lost:
        parts.append(f"## No longer there\n\n{_table(facts, lost, page)}")
    return "\n\n".join(parts)


def _lost(since: Since, older: Version, newer: Version) -> bool:
    return bool(since.until and since.version <= older < Version.parse(since.until) <= newer)


def _section(facts: Facts, kind: str, members: Sequence[Feature], page: str) -> str:
    return f"## {_title(kind)} {{ #{kind.replace(' ', '-').replace('()', '')} }}\n\n{_table(facts, members, page)}"


def _table(facts: Facts, members: Sequence[Feature], page: str) -> str:
    rows = [
        (_name(facts, m, page), _about(facts, m), since_tag(m.since))
        for m in sorted(members, key=lambda m: m.since.version)
    ]
    return table(("Name", "What it is for", "Since"), rows)


def _about(facts: Facts, feature: Feature) -> str:
    if feature.entry is None:
        return ""
    return facts.description(feature.entry) or facts.meaning(feature.name)


def comparisons(facts: Facts, page: str) -> str:
    """Links to the pages that compare two long-term releases: a line for each older one."""
    lines = []
    for older, found in groupby(pairs(facts), key=lambda pair: pair[0]):
        pages = [(newer, between_page(older, newer)) for _, newer in found]
        links = [link(f"{newer}", page, target) for newer, target in pages if target in facts.pages]
        lines += [f"- from {older} to {', '.join(links)}"] if links else []
    return "\n".join(lines)


def pairs(facts: Facts) -> list[tuple[Version, Version]]:
    """Every older and newer long-term release."""
    releases = [Version.parse(text) for text in facts.catalogue.releases.long_term]
    return list(combinations(releases, 2))


def growth_table(facts: Facts) -> str:
    """How many features of each kind each release brought, newest first."""
    kinds = all_kinds(facts)
    rows = []
    for version, found in by_release(facts).items():
        counts = Counter(feature.kind for feature in found)
        rows.append((str(version), *(str(counts[kind] or "") for kind in kinds), str(len(found))))
    return table(("Release", *map(_title, kinds), "All"), rows)


def release_page(version: Version) -> str:
    """The page of a release, below the documentation folder."""
    return f"{TIMELINE}/{version}.md"


def between_page(older: Version, newer: Version) -> str:
    """The page that compares two releases, below the documentation folder."""
    return f"{TIMELINE}/{older}-to-{newer}.md"


def all_kinds(facts: Facts) -> list[str]:
    """The kinds of all features, in the order of the reference."""
    return list(dict.fromkeys(feature.kind for feature in features(facts)))


def _kinds(found: Iterable[Feature]) -> list[tuple[str, list[Feature]]]:
    groups: dict[str, list[Feature]] = defaultdict(list)
    for feature in found:
        groups[feature.kind].append(feature)
    return list(groups.items())


def _title(kind: str) -> str:
    return f"{kind[0].upper() if not kind.startswith('bpf') else kind[0]}{kind[1:]}s"


def _names(facts: Facts, members: Iterable[Feature], page: str) -> str:
    return ", ".join(_name(facts, member, page) for member in members)


def _name(facts: Facts, feature: Feature, page: str) -> str:
    return facts.link(feature.entry, page) if feature.entry else code(feature.name)
