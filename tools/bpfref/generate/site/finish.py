"""All that is written beside the built pages of a site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.catalogue import Catalogue
from bpfref.errors import MachineError
from bpfref.files import Result, read_text
from bpfref.generate.api import files
from bpfref.generate.facts import Facts, read_page
from bpfref.generate.site import guides
from bpfref.generate.site.built import Publishing, Site, built, entries_of_pages
from bpfref.generate.site.copies import copies
from bpfref.generate.site.short import redirects
from bpfref.pages import NAVIGATION, find_pages

DIGITS = 12
"""How much of the data's digest names them where a person reads it."""

_CANONICAL = re.compile(r'<link rel="?canonical"? href="?(?P<address>[^">\s]+)')
_NAME = re.compile(r'<meta property="og:site_name" content="(?P<name>[^"]*)"')
_ABOUT = re.compile(r'<meta name="description" content="(?P<about>[^"]*)"')


@dataclass(frozen=True)
class Front:
    """What the site's front page says of the site: its address, its name, what it is about."""

    address: str
    name: str
    about: str


def read_front(site: Path) -> Front:
    """Read a built site's front page; MachineError if it is none."""
    page = site / "index.html"
    if not page.is_file():
        raise MachineError("no built site: run make site, or name the folder of one", page)
    text = read_text(page)
    found = [each.search(text) for each in (_CANONICAL, _NAME, _ABOUT)]
    if not all(found):
        raise MachineError("names no address, name or description: build it with this repository's theme", page)
    address, name, about = (each[1] for each in found if each)
    return Front(address, name, about)


def finish(
    catalogue: Catalogue, docs: Path, site: Path, moved: dict[str, str], publishing: Publishing
) -> Iterator[Result]:
    """Every file beside the pages, with its text, and every page as it is published."""
    front = read_front(site)
    texts = _read(docs)
    facts = _facts(catalogue, texts)
    navigation = read_text(docs / NAVIGATION)
    data = dict(files.files(facts))
    leading = dict(redirects(catalogue, moved))
    yield from _at(site, data.items())
    yield from _at(site, copies(texts))
    yield from _at(site, leading.items())
    yield Result(site / guides.LLMS, guides.llms(front.name, front.about, navigation, facts.pages))
    yield Result(site / guides.SEARCH, guides.search(front.name, front.about, front.address))
    digest = json.loads(data[f"{files.FOLDER}/index.json"])["digest"][:DIGITS]
    whole = Site(site, front.address, digest, entries_of_pages(catalogue.entries))
    yield from built(whole, publishing, frozenset(leading))


def packed(catalogue: Catalogue, docs: Path, folder: Path) -> Iterator[Result]:
    """What the Python package of the data holds: everything in one file, and the schemas."""
    yield Result(folder / "all.json", files.everything(_facts(catalogue, _read(docs))))
    for path, text in files.schemas():
        yield Result(folder / path.removeprefix(f"{files.FOLDER}/"), text)


def _read(docs: Path) -> dict[str, str]:
    """The text of every page by its path below the documentation folder."""
    return {path.relative_to(docs).as_posix(): read_text(path) for path in find_pages(docs)}


def _facts(catalogue: Catalogue, texts: dict[str, str]) -> Facts:
    return Facts(catalogue, {page: read_page(text) for page, text in texts.items()})


def _at(site: Path, found: Iterable[tuple[str, str]]) -> Iterator[Result]:
    for path, text in found:
        yield Result(site / path, text)
