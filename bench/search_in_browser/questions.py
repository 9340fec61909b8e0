"""What is asked, and when an answer is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from bpfref import catalogue
from bpfref.generate.run import read_pages
from bpfref.generate.search.names import listed
from bpfref.layout import Layout
from bpfref.model.entry import Entry

LONG = 8  # letters: shorter names are one letter away from too many others
QUERIES = Path(__file__).resolve().parents[1] / "queries.yaml"


@dataclass(frozen=True)
class Question:
    """A query and the addresses that may come first; an address without anchor also allows those on its page."""

    group: str
    query: str
    right: frozenset[str]
    says: str = ""

    def is_answered(self, href: str, title: str) -> bool:
        """Whether a first result is right."""
        parts = urlsplit(href)
        place = parts.path.strip("/") + (f"#{parts.fragment}" if parts.fragment else "")
        place = place.removesuffix(".html").removesuffix("/index")
        if self.says:
            return self.says.lower() in title.lower() and any(place.startswith(one) for one in self.right)
        # Pagefind leads to headings: one on the right page is right
        return place in self.right or place.partition("#")[0] in self.right


def realistic() -> list[Question]:
    """The queries of `bench/queries.yaml`."""
    rows: list[dict[str, Any]] = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    return [Question("queries", row["query"], frozenset(row["first"]), row.get("says", "")) for row in rows]


def names(layout: Layout) -> list[Question]:
    """Every known name in each way to write it, and the shortest beginning that no other name has."""
    facts, _ = read_pages(catalogue.read(layout), layout.docs)
    entries = listed(facts)
    same: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        same[_plain(entry.name)].add(_place(entry))
    starts = Counter(plain[:size] for plain in same for size in range(1, len(plain) + 1))
    near: dict[str, set[str]] = defaultdict(set)
    for plain, places in same.items():
        for shorter in _shorter(plain):
            near[shorter] |= places
    first = {entry.name: entry for entry in reversed(entries)}  # of two with a name: the helper, not libbpf's function
    found = [question for entry in first.values() for question in _ways(entry, same, starts, near)]
    other = [entry for entry in entries if first[entry.name] is not entry]
    return [*found, *(Question("with libbpf", f"libbpf {e.name}", frozenset({_place(e)})) for e in other)]


def _shorter(plain: str) -> set[str]:
    """A name, and what is left of it without one letter: names that are one letter apart share one of these."""
    return {plain} | {plain[:at] + plain[at + 1 :] for at in range(len(plain))}


def _ways(
    entry: Entry, same: dict[str, set[str]], starts: Counter[str], near: dict[str, set[str]]
) -> Iterator[Question]:
    own, plain = frozenset({_place(entry)}), _plain(entry.name)
    # BPF_MAP_LOOKUP_ELEM and bpf_map_lookup_elem are two: without the case either is right
    either = frozenset(same[plain])
    yield Question("whole", entry.name, own)
    yield Question("without underscores", entry.name.replace("_", ""), either)
    yield Question("lower case", entry.name.lower(), either)
    yield Question("upper case", entry.name.upper(), either)
    size = next((size for size in range(1, len(plain) + 1) if starts[plain[:size]] == 1), 0)
    if size and len(either) == 1:
        yield Question("shortest prefix", _beginning(entry.name, size), own)
        yield Question("shortest prefix, plain", plain[:size], own)
    if len(plain) >= LONG:
        typed = _without(entry.name)
        # what was typed may be as near to other names: each of those is right
        right = either.union(*(near[one] for one in _shorter(_plain(typed))))
        yield Question("one letter left out", typed, right)


def _beginning(name: str, letters: int) -> str:
    """The name's beginning with so many letters and digits."""
    shown = ""
    for letter in name:
        shown += letter
        letters -= letter != "_"
        if not letters:
            break
    return shown


def _without(name: str) -> str:
    """The name without the letter at two thirds of it."""
    at = len(name) * 2 // 3
    at += name[at] == "_"
    return name[:at] + name[at + 1 :]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _place(entry: Entry) -> str:
    page = entry.page.removesuffix(".md").removesuffix("/index")
    return f"{page}#{entry.anchor}" if entry.anchor else page
