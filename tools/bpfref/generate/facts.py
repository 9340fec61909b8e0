"""What renderers may ask: the catalogue, and what the documentation folder holds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from markdown.extensions.toc import slugify

from bpfref.catalogue import Catalogue
from bpfref.generate.render.text import code, link
from bpfref.lab import Lab
from bpfref.layout import APART
from bpfref.model.entry import Entry
from bpfref.model.since import Since
from bpfref.pages import split_front
from bpfref.pairs import Pairs

_DESCRIPTION = re.compile(r"^description:[ \t]*(.*?)[ \t]*$", re.M)
_SHOWN = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)[ \t]*$"
    r"|^##+ (?P<title>[^\n]*?)(?:[ \t]*\{[^\n}]*#(?P<anchor>[^\s}]+)[^\n}]*\})?[ \t]*$"
    r"|<!-- \[EXAMPLE\]\((?P<example>[a-z0-9-]+)",
    re.S | re.M,
)
_MARKUP = re.compile(r"`|\*\*|!?\[(?P<text>[^\]\n]*)\]\([^)\n]*\)")
_LEAD = re.compile(r"^# [^\n]*\n(?P<lead>.*?)(?=^#|^<!-- \[|^<div|\Z)", re.S | re.M)

_BLOCK = re.compile(r"^[ \t]*<!-- \[(?P<name>[A-Z_]+)\](?:\((?P<argument>[^()\n]*)\))? -->[ \t]*$", re.M)


@dataclass(frozen=True)
class Page:
    """A page's text as far as other pages show it: `described` when a person wrote its lead.

    `blocks` are the names and arguments of its blocks that stand on lines of their own.
    `shows` are the examples that it shows, each with the anchor of its section, empty above the first.
    """

    description: str
    described: bool
    blocks: tuple[tuple[str, str | None], ...] = ()
    shows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts of a run: `pages` maps each page's path below the documentation folder.

    Two runs are never equal, so that what is worked out once for a run can be kept by it.
    """

    catalogue: Catalogue
    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def lab(self) -> Lab:
        """What the lab's kernels answered."""
        return self.catalogue.lab

    @cached_property
    def pairs(self) -> dict[tuple[str, str], Since]:
        """The first releases of pairs of a program type and a helper that are younger than both."""
        return Pairs(self.catalogue.pairs, self.lab).first_releases()

    def link(self, entry: Entry, page: str) -> str:
        """The entry's name as code, linked from `page` when its own page exists."""
        if entry.page not in self.pages:
            return code(entry.name)
        return link(code(entry.name), page, entry.page, entry.anchor)

    def description(self, entry: Entry) -> str:
        """The sentence with which an entry's own page describes itself, empty without one."""
        found = self.pages.get(entry.page)
        return found.description if found and entry.anchor is None else ""

    def meaning(self, *names: str) -> str:
        """The first sentence that `data/authored/meanings` has for one of the names."""
        return next((self.catalogue.meanings[n] for n in names if n in self.catalogue.meanings), "")


def read_page(text: str) -> Page:
    """What other pages want to know of a page."""
    found = _DESCRIPTION.search(split_front(text)[0] or "")
    lead = _LEAD.search(text)
    blocks = tuple((block["name"], block["argument"]) for block in _BLOCK.finditer(text))
    shows = tuple(_shown(text)) if "[EXAMPLE](" in text else ()
    return Page(unquote(found[1]) if found else "", bool(lead and lead["lead"].strip()), blocks, shows)


def _shown(text: str) -> Iterator[tuple[str, str]]:
    """Each example of a page with the anchor of its section, once; of the page where titles repeat."""
    anchor, anchors, seen = "", set[str](), set[str]()
    for found in _SHOWN.finditer(text):
        if found["title"]:
            anchor = found["anchor"] or slugify(_MARKUP.sub(r"\g<text>", found["title"]), "-")
            anchor = "" if anchor in anchors else anchor
            anchors.add(anchor)
        elif found["example"] and found["example"] not in seen:
            seen.add(found["example"])
            yield found["example"], anchor


def subject_of(page: str, argument: str | None) -> str:
    """What a block is about: its argument, else the page's file stem, without the mark of `layout.apart`."""
    return argument or posixpath.splitext(posixpath.basename(page))[0].removesuffix(APART)


def unquote(text: str) -> str:
    """The value of a one-line YAML scalar."""
    if text[:1] == text[-1:] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text[1:-1].replace("''", "'") if text[:1] == text[-1:] == "'" else text
