"""Atom feeds (RFC 4287) of what releases brought: all of it, and one for each kind that people follow."""

from __future__ import annotations

import posixpath
import uuid
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render import timeline
from bpfref.generate.render.text import counted
from bpfref.layout import FOLDERS, TIMELINE
from bpfref.model.entry import Kind
from bpfref.model.version import Version

FEED = f"{TIMELINE}/feed.xml"
_FOLLOWED = (Kind.HELPER, Kind.KFUNC, Kind.PROGRAM_TYPE, Kind.MAP_TYPE, Kind.COMMAND)
_SPACE = "http://www.w3.org/2005/Atom"


def feeds(facts: Facts) -> Iterator[tuple[str, str]]:
    """Path below the documentation folder and text of every feed."""
    yield FEED, feed(facts)
    for kind in _FOLLOWED:
        yield f"{FOLDERS[kind]}/feed.xml", feed(facts, kind)


def feed(facts: Facts, kind: Kind | None = None) -> str:
    """A feed's XML, an entry a release, newest first; a release whose day is not known has no entry.

    Addresses are relative to the feed's own, so that the site may stand anywhere.
    """
    seen = facts.catalogue.releases.seen
    chosen = ((v, _of_kind(found, kind)) for v, found in timeline.by_release(facts).items() if str(v) in seen)
    known = [(version, found) for version, found in chosen if found]
    root = ET.Element("feed", xmlns=_SPACE)
    _text(root, "title", f"New {kind.label}s by Linux release" if kind else "New in eBPF, by Linux release")
    _text(root, "id", _id(str(kind) if kind else ""))
    ET.SubElement(root, "link", rel="self", href="feed.xml")
    ET.SubElement(root, "link", rel="alternate", href="./")
    _text(ET.SubElement(root, "author"), "name", "bpfref")
    _text(root, "updated", _moment(seen[str(known[0][0])].date if known else "1970-01-01"))
    for version, found in known:
        _entry(root, version, found, seen[str(version)].date, kind)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _of_kind(found: Sequence[timeline.Feature], kind: Kind | None) -> list[timeline.Feature]:
    return [feature for feature in found if kind is None or feature.kind == kind.label]


def _entry(root: ET.Element, version: Version, found: Sequence[timeline.Feature], date: str, kind: Kind | None) -> None:
    entry = ET.SubElement(root, "entry")
    _text(entry, "title", f"New in Linux {version}" if kind is None else f"New {kind.label}s in Linux {version}")
    _text(entry, "id", _id(f"{kind}/{version}" if kind else str(version)))
    page = f"{TIMELINE}/{version}/"
    here = FOLDERS[kind] if kind else TIMELINE
    ET.SubElement(entry, "link", rel="alternate", href=f"{posixpath.relpath(page, here)}/")
    _text(entry, "updated", _moment(date))
    counts = Counter(feature.kind for feature in found)
    told = ", ".join(counted(count, each) for each, count in counts.items())
    names = ", ".join(feature.name for feature in found)
    _text(entry, "summary", f"{told}: {names}")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _id(name: str) -> str:
    """An identifier that never changes, whatever the site's address."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"bpfref/{TIMELINE}/{name}").urn


def _moment(date: str) -> str:
    return f"{date}T00:00:00Z"
