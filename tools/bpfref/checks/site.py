"""Checks of a built site: each link, anchor and file that a page names is there; what lies outside is listed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bpfref.checks.problem import Problem
from bpfref.errors import MachineError
from bpfref.files import read_text

_NAMES_FILE = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "source": "src"}
_REFRESH = re.compile(r"\s*\d+\s*;\s*url=(?P<target>.+)", re.I)
_MADE_BY_SCRIPT = re.compile(r"__\w+")  # anchors that the theme's script makes: numbers of code blocks


@dataclass
class Document:
    """What a page of HTML names: its own anchors, and the targets that it leads to, with the first line of each."""

    anchors: set[str] = field(default_factory=set)
    targets: dict[str, int] = field(default_factory=dict)
    canonical: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Document()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.found.anchors |= {values[name] for name in ("id", "name") if name in values}
        target = values.get(_NAMES_FILE.get(tag, ""))
        if tag == "meta" and values.get("http-equiv") == "refresh":
            led = _REFRESH.fullmatch(values.get("content", ""))
            target = led["target"] if led else None
        if tag == "meta" and values.get("property") in {"og:image", "og:url"}:
            target = values.get("content")
        if tag == "link" and values.get("rel") == "canonical":
            self.found.canonical = target or ""
        if target is not None:
            self.found.targets.setdefault(target, self.getpos()[0])


@dataclass
class Site:
    """All pages of a built site by their path below its folder, and the site's own address."""

    folder: Path
    pages: dict[str, Document]
    address: str


def read_site(folder: Path) -> Site:
    """Read every page of a built site; MachineError if there is none in the folder."""
    if not (folder / "index.html").is_file():
        raise MachineError("no built site: run make site, or name the folder of one", folder)
    pages = {path.relative_to(folder).as_posix(): _read(path) for path in sorted(folder.rglob("*.html"))}
    return Site(folder, pages, pages["index.html"].canonical)


def problems(site: Site) -> Iterator[Problem]:
    """Links to pages, files and anchors of the site that are not there."""
    for page, document in site.pages.items():
        for target, line in document.targets.items():
            fault = _fault(site, page, target)
            if fault:
                yield Problem((site.folder / page).as_posix(), line, f"{target} {fault}")


def external(site: Site) -> dict[str, str]:
    """Addresses outside the site in order, each with a page that leads there."""
    found: dict[str, str] = {}
    for page, document in site.pages.items():
        for target in document.targets:
            if urlsplit(target).scheme in {"http", "https"} and not _is_own(site, target):
                found.setdefault(target.partition("#")[0], page)
    return dict(sorted(found.items()))


def _read(path: Path) -> Document:
    reader = _Reader()
    reader.feed(read_text(path))
    reader.close()
    return reader.found


def _is_own(site: Site, target: str) -> bool:
    return bool(site.address) and target.startswith(site.address)


def _fault(site: Site, page: str, target: str) -> str:
    """What is wrong with a target, nothing for one that is there or lies outside."""
    parts = urlsplit(target)
    if parts.scheme and not _is_own(site, target):
        return "" if parts.scheme in {"http", "https", "mailto", "data"} else "has a scheme that no page should have"
    path = _path(site, page, target)
    if path is None:
        return "leads out of the site: correct the link"
    if path not in site.pages:
        return "" if (site.folder / path).is_file() else "leads nowhere: correct the link"
    anchor = unquote(parts.fragment)
    if anchor and anchor not in site.pages[path].anchors and not _MADE_BY_SCRIPT.match(anchor):
        return f"leads to an anchor that {path} has not: correct the link"
    return ""


def _path(site: Site, page: str, target: str) -> str | None:
    """The file below the site that a target names; None for one outside."""
    own = target.removeprefix(site.address) if _is_own(site, target) else target
    plain = unquote(urlsplit(own).path)
    root = urlsplit(site.address).path or "/"
    if own is not target:
        path = plain
    elif plain.startswith("/"):
        if not plain.startswith(root):
            return None
        path = plain.removeprefix(root)
    else:
        path = posixpath.join(posixpath.dirname(page), plain) if plain else page
    folder = path.endswith("/") or path in {"", "."} or posixpath.basename(path) in {".", ".."}
    path = posixpath.normpath(path or ".")
    if path.startswith(".."):
        return None
    return posixpath.normpath(posixpath.join(path, "index.html")) if folder else path
