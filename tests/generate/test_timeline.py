"""What releases brought: by release, between two, removed, and as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts
from bpfref.generate.feed import feed, feeds
from bpfref.generate.render import growth, timeline
from bpfref.generate.stubs import wanted
from bpfref.model.files import SinceCorrection
from bpfref.model.since import Since
from bpfref.model.version import Version


def version(text: str) -> Version:
    return Version.parse(text)


@pytest.fixture
def some(facts: Catalogue) -> Facts:
    """The real facts, with one feature that a correction says was removed."""
    removed = SinceCorrection(Since("v5.1", until="v6.2", evidence=("git: x",)), "because", "here")
    corrections = replace(facts.corrections, since={**facts.corrections.since, "bpf_send_signal": removed})
    return Facts(replace(facts, corrections=corrections), {"linux/timeline/v5.17.md": None})  # type: ignore[dict-item]


def test_releases_come_newest_first_and_hold_what_they_brought(some: Facts) -> None:
    releases = timeline.by_release(some)
    assert list(releases) == sorted(releases, reverse=True)
    assert "bpf_loop" in {feature.name for feature in releases[version("v5.17")]}
    assert "bpf_loop" not in {feature.name for feature in releases[version("v5.16")]}


def test_every_known_since_is_in_exactly_one_release(some: Facts) -> None:
    names = [feature.name for found in timeline.by_release(some).values() for feature in found]
    assert len(names) == len(set(names))
    known = {e.name for e in some.catalogue.entries.values() if e.since}
    assert known <= set(names)


def test_a_comparison_leaves_out_the_older_and_holds_the_newer(some: Facts) -> None:
    text = timeline.between(some, version("v5.15"), version("v6.1"), "linux/timeline/v5.15-to-v6.1.md")
    assert "`bpf_loop`" in text
    assert "`bpf_map_lookup_elem`" not in text
    assert "`BPF_MAP_TYPE_ARENA`" not in text


def test_a_removal_is_told_where_it_happened(some: Facts) -> None:
    page = "linux/timeline/x.md"
    assert "## Removed" in timeline.release(some, version("v6.2"), page)
    lost = timeline.between(some, version("v6.1"), version("v6.6"), page)
    assert "## No longer there" in lost
    assert "`bpf_send_signal`" in lost
    whole = timeline.between(some, version("v5.0"), version("v6.6"), page)
    assert "`bpf_send_signal`" not in whole
    assert "removed: `bpf_send_signal`" in timeline.overview(some, page)


def test_a_release_without_features_says_so(some: Facts) -> None:
    assert "No feature that we know of" in timeline.release(some, version("v3.17"), "p.md")


def test_the_picture_and_the_table_have_the_same_figures(some: Facts) -> None:
    chart = growth.chart(some)
    svg = chart[chart.index("<svg") : chart.index("</svg>") + len("</svg>")]
    titles = [title.text or "" for title in ET.fromstring(svg).iter("title")]  # noqa: S314 - our own text
    table = timeline.growth_table(some).splitlines()[2:]
    assert len(titles) == len(table) == len(timeline.by_release(some))
    for title, row in zip(titles, reversed(table), strict=True):
        name, _, told = title.partition(": ")
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[0] == name
        assert sum(int(part.split()[0]) for part in told.split(", ")) == int(cells[-1])


def test_there_is_a_page_for_each_release_and_each_pair_of_long_term_ones(facts: Catalogue) -> None:
    pages = wanted(facts)
    assert "linux/timeline/v5.17.md" in pages
    assert "linux/timeline/v5.15-to-v6.1.md" in pages
    assert "linux/timeline/v6.1-to-v5.15.md" not in pages


def test_the_feed_has_an_entry_a_release_newest_first_and_each_id_once(some: Facts) -> None:
    space = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(feed(some).partition("\n")[2])  # noqa: S314 - our own text
    entries = root.findall(f"{space}entry")
    assert len(entries) == len(timeline.by_release(some))
    days = [entry.findtext(f"{space}updated") or "" for entry in entries]
    assert days == sorted(days, reverse=True)
    assert root.findtext(f"{space}updated") == days[0]
    assert len({entry.findtext(f"{space}id") for entry in entries}) == len(entries)
    loop = next(e for e in entries if e.findtext(f"{space}title") == "New in Linux v5.17")
    assert "bpf_loop" in (loop.findtext(f"{space}summary") or "")


def test_the_feed_of_a_kind_has_its_names_alone_and_leads_to_the_releases(some: Facts) -> None:
    space = "{http://www.w3.org/2005/Atom}"
    found = {path: ET.fromstring(text.partition("\n")[2]) for path, text in feeds(some)}  # noqa: S314 - our own text
    ids = [each.text for root in found.values() for each in root.iter(f"{space}id")]
    assert len(set(ids)) == len(ids)
    entries = found["linux/helper-function/feed.xml"].findall(f"{space}entry")
    loop = next(e for e in entries if e.findtext(f"{space}title") == "New helper functions in Linux v5.17")
    assert "BPF_" not in (loop.findtext(f"{space}summary") or "BPF_")
    link = loop.find(f"{space}link")
    assert link is not None
    assert link.get("href") == "../timeline/v5.17/"
