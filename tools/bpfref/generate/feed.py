"""The timeline as an Atom feed (RFC 4287): an entry a release, newest first."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render import timeline
from bpfref.generate.render.text import counted
from bpfref.layout import TIMELINE
from bpfref.model.version import Version

FEED = f"{TIMELINE}/feed.xml"
_SPACE = "http://www.w3.org/2005/Atom"


def feed(facts: Facts) -> str:
    """The feed's XML; a release whose day is not known has no entry.

    Addresses are relative to the feed's own, so that the site may stand anywhere.
    """
    seen = facts.catalogue.releases.seen
    known = [(v, found) for v, found in timeline.by_release(facts).items() if str(v) in seen]
    root = ET.Element("feed", xmlns=_SPACE)
    _text(root, "title", "New in eBPF, by Linux release")
    _text(root, "id", _id(""))
    ET.SubElement(root, "link", rel="self", href="feed.xml")
    ET.SubElement(root, "link", rel="alternate", href="./")
    _text(ET.SubElement(root, "author"), "name", "bpfref")
    _text(root, "updated", _moment(seen[str(known[0][0])].date if known else "1970-01-01"))
    for version, found in known:
        _entry(root, version, found, seen[str(version)].date)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _entry(root: ET.Element, version: Version, found: Sequence[timeline.Feature], date: str) -> None:
    entry = ET.SubElement(root, "entry")
    _text(entry, "title", f"New in Linux {version}")
    _text(entry, "id", _id(str(version)))
    ET.SubElement(entry, "link", rel="alternate", href=f"{version}/")
    _text(entry, "updated", _moment(date))
    counts = Counter(feature.kind for feature in found)
    told = ", ".join(counted(count, kind) for kind, count in counts.items())
    names = ", ".join(feature.name for feature in found)
    _text(entry, "summary", f"{told}: {names}")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _id(name: str) -> str:
    """An identifier that never changes, whatever the site's address."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"bpfref/{TIMELINE}/{name}").urn


def _moment(date: str) -> str:
    return f"{date}T00:00:00Z"
