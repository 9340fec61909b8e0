"""Short addresses: `/h/181` and `/n/bpf_loop`, as pages that lead on at once. Moved pages leave the same."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Iterator

from bpfref.catalogue import Catalogue
from bpfref.generate.site.policy import NOTHING
from bpfref.layout import address_of
from bpfref.model.entry import Entry, Kind

BY_NUMBER, BY_NAME = "h", "n"


def redirects(catalogue: Catalogue, moved: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Path below the site and HTML of every page that leads on.

    `moved` are pages that have gone to the page that took their place, both below the documentation folder.
    """
    for entry in catalogue.of_kind(Kind.HELPER):
        yield _page(f"{BY_NUMBER}/{entry.value}/", _address(entry), entry.name)
    for name, entry in (catalogue.library | catalogue.synonyms | catalogue.entries).items():
        yield _page(f"{BY_NAME}/{name}/", _address(entry), name)
    for old, new in moved.items():
        yield _page(address_of(old), address_of(new), posixpath.basename(address_of(new).rstrip("/")))


def _address(entry: Entry) -> str:
    return address_of(entry.page) + (f"#{entry.anchor}" if entry.anchor else "")


def _page(address: str, target: str, title: str) -> tuple[str, str]:
    """A page without a style or a script; search engines take its target for it."""
    path, _, anchor = target.partition("#")
    way = f"{posixpath.relpath(path or '.', address)}/{f'#{anchor}' if anchor else ''}"
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING}"><title>{html.escape(title)}</title>'
        f'<meta name="robots" content="noindex"><link rel="canonical" href="{way}">'
        f'<meta http-equiv="refresh" content="0; url={way}"><p><a href="{way}">{html.escape(title)}</a></p></html>\n'
    )
    return f"{address}index.html", text
