"""Which program types may call which helpers on one kernel: a picture, and the same in text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from bpfref.generate.facts import Facts
from bpfref.generate.render.text import code, counted, frame, link, small, table
from bpfref.generate.render.topics import Listed, by_topic
from bpfref.generate.render.ways import UNASKED
from bpfref.lab import HELPERS, Answer, Reach
from bpfref.model.entry import Kind

_CELL, _ROW = 5, 16
_LEFT, _TOP = 180, 130
_GAP = 4  # between topics
Reaches = Mapping[str, Mapping[str, Reach]]
"""Program type to helper to its reach on one kernel; helpers that the type may not call are left out."""


def picture(facts: Facts, series: str) -> str:
    """An SVG with a row for each program type and a column for each helper; colours come from the style sheet.

    Each row has a title that a browser shows and a screen reader reads; the lists below hold the same.
    """
    if series not in facts.lab.files:
        return UNASKED
    reaches = _reaches(facts, series)
    topics = by_topic(facts, Kind.HELPER, [e for e in facts.catalogue.of_kind(Kind.HELPER) if _known(reaches, e.name)])
    places = _places(topics)
    width = max(places.values()) + _CELL + _TOP  # the last topic's name leans out to the right
    rows = [_row(place, name, reaches[name], places) for place, name in enumerate(reaches)]
    box = f'viewBox="0 0 {width} {_TOP + len(rows) * _ROW}" role="img"'
    label = f'aria-label="Helpers by program type on {series}"'
    svg = "\n".join([f'<svg class="heat" {box} {label}>', *_heads(topics, places), *rows, "</svg>"])
    kernel = facts.lab.files[series].kernel
    legend = (
        f'<p class="growth-legend"><span>{kernel.package} {kernel.version}</span> '
        '<span><span class="growth-key heat-all"></span>in every way to load the type</span> '
        '<span><span class="growth-key heat-some"></span>in some ways</span></p>'
    )
    return f"{frame(svg, 'Helpers by program type', markdown=False)}\n{legend}"


def lists(facts: Facts, series: str, page: str) -> str:
    """The same in text: how many helpers each program type may call, and which, by name."""
    if series not in facts.lab.files:
        return UNASKED
    reaches = _reaches(facts, series)
    rows = [
        (_linked(facts, name, page), str(_count(found, Reach.ALL)), str(_count(found, Reach.SOME)))
        for name, found in reaches.items()
    ]
    counts = small(table(("Program type", "Helpers in every way", "In some ways"), rows))
    details = [_details(name, found) for name, found in reaches.items() if found]
    return "\n\n".join([counts, *details])


def _reaches(facts: Facts, series: str) -> Reaches:
    types = [name for name, by in facts.lab.loads.items() if series in by]
    return {name: _reach(facts.lab.callable_in(HELPERS, name), series) for name in types}


def _reach(found: Mapping[str, Mapping[str, Answer]], series: str) -> dict[str, Reach]:
    return {name: by[series].reach for name, by in found.items() if series in by and by[series].accepts}


def _known(reaches: Reaches, helper: str) -> bool:
    return any(helper in found for found in reaches.values())


def _places(topics: Sequence[Listed]) -> dict[str, int]:
    """Where each helper's column begins."""
    places: dict[str, int] = {}
    left = _LEFT
    for listed in topics:
        for entry in listed.entries:
            places[entry.name] = left
            left += _CELL
        left += _GAP
    return places


def _heads(topics: Sequence[Listed], places: Mapping[str, int]) -> Iterator[str]:
    """The topics above their columns, at a slant."""
    for listed in topics:
        x = places[listed.entries[0].name] + len(listed.entries) * _CELL / 2
        turned = f'transform="rotate(-40 {x:g} {_TOP - 8})"'
        yield f'<text class="heat-text" x="{x:g}" y="{_TOP - 8}" {turned}>{escape(listed.topic.title)}</text>'


def _row(place: int, name: str, found: Mapping[str, Reach], places: Mapping[str, int]) -> str:
    """One program type: its name, and a bar for each run of neighbouring helpers with one answer."""
    y = _TOP + place * _ROW
    title = f"{name}: {_told(found)}"
    short = name.removeprefix("BPF_PROG_TYPE_")
    label = f'<text class="heat-text" x="{_LEFT - 6}" y="{y + 11}" text-anchor="end">{short}</text>'
    paths = [
        f'<path class="heat-{reach}" d="{bars}"/>'
        for reach in (Reach.ALL, Reach.SOME)
        if (bars := _bars([x for helper, x in places.items() if found.get(helper) is reach], y))
    ]
    return f"<g><title>{title}</title>{label}{''.join(paths)}</g>"


def _bars(lefts: Sequence[int], y: int) -> str:
    """The columns that begin at `lefts` as one path, neighbours joined."""
    runs = [[x for _, x in run] for _, run in groupby(enumerate(lefts), key=lambda place: place[1] - place[0] * _CELL)]
    return "".join(f"M{run[0]} {y}h{len(run) * _CELL}v{_ROW - 2}H{run[0]}z" for run in runs)


def _told(found: Mapping[str, Reach]) -> str:
    some = _count(found, Reach.SOME)
    return counted(len(found), "helper function") + (f", {some} of them in some ways only" if some else "")


def _count(found: Mapping[str, Reach], reach: Reach) -> int:
    return sum(each is reach for each in found.values())


def _linked(facts: Facts, name: str, page: str) -> str:
    entry = facts.catalogue.entries.get(name)
    short = code(name.removeprefix("BPF_PROG_TYPE_"))
    return link(short, page, entry.page) if entry and entry.page in facts.pages else short


def _details(name: str, found: Mapping[str, Reach]) -> str:
    """A program type's helpers by name, folded; one that is allowed in some ways only is marked."""
    names = ", ".join(f"{helper} (in part)" if reach is Reach.SOME else helper for helper, reach in found.items())
    return f"<details><summary>{name}: {_told(found)}</summary><p>{names}</p></details>"
