"""The built site for readers without a network: an archive that opens from a disk, and a docset."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.catalogue import Catalogue
from bpfref.errors import MachineError
from bpfref.files import read_text
from bpfref.generate.api import files as api
from bpfref.generate.facts import Facts
from bpfref.generate.run import read_pages
from bpfref.generate.site import docset, guides, packing
from bpfref.generate.site.copies import COPY
from bpfref.generate.site.finish import read_front
from bpfref.generate.site.relink import for_disk
from bpfref.generate.site.short import BY_NAME, BY_NUMBER

FOLDER = "offline"
ARCHIVE, DOCSET, FEED = "bpfref-offline.zip", "bpfref-docset.tgz", "bpfref.xml"
# Short addresses lead on at once, and cost more room on a disk than all the pages.
_LEFT_OUT = {BY_NAME, BY_NUMBER, FOLDER}
_FOR_HOSTS = {"404.html", "_headers", "robots.txt", "sitemap.xml", "sitemap.xml.gz", guides.SEARCH}
_SMALL = 100_000
_NONE = "<p>They are not beside this copy of the pages: <code>make offline</code> makes them.</p>"
_PLACE = re.compile(r"(?P<head><div class=[\"']?offline-files[\"']?>).*?(?P<end></div>)", re.S)


@dataclass(frozen=True)
class Packed:
    """A file for readers without a network."""

    name: str
    data: bytes
    about: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def offline(catalogue: Catalogue, docs: Path, site: Path) -> list[Packed]:
    """The archive of a finished site, its docset, and the docset's feed; MachineError if it is not finished."""
    if not (site / guides.LLMS).is_file():
        raise MachineError("not finished: run bpfref finish on it first", site)
    address = read_front(site).address
    facts, texts = read_pages(catalogue, docs)
    names = find_files(site)
    archive = packing.zipped(dict(read_files(site, names, address)), "bpfref-offline")
    pages = [name for name in names if not name.endswith(f"/{COPY}") and not name.startswith(f"{api.FOLDER}/")]
    return [Packed(ARCHIVE, archive, "all pages, with the search"), *_docset(facts, texts, site, pages, address)]


def _docset(facts: Facts, texts: dict[str, str], site: Path, names: list[str], address: str) -> Iterator[Packed]:
    found = docset.contents(dict(read_files(site, names, address)), docset.rows(facts, texts), address)
    packed = Packed(DOCSET, packing.tarred(dict(found), docset.FOLDER), "docset for Dash and Zeal")
    yield packed
    feed = docset.feed(packed.digest[:12], f"{address}{FOLDER}/{DOCSET}")
    yield Packed(FEED, feed.encode(), "the docset's feed, for Dash and Zeal to renew it by")


def find_files(site: Path) -> list[str]:
    """The files of a built site that are of use on a disk, by path below it, in order."""
    paths = (path.relative_to(site) for path in site.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if _is_wanted(path))


def _is_wanted(path: Path) -> bool:
    own_page = path.as_posix() == f"{FOLDER}/index.html" or path.as_posix() == f"{FOLDER}/{COPY}"
    return own_page or (path.parts[0] not in _LEFT_OUT and path.name not in _FOR_HOSTS)


def read_files(site: Path, names: list[str], address: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of these files of a site, its pages made to open from a disk."""
    kept = frozenset(names)
    for name in names:
        if name.endswith(".html"):
            text = read_text(site / name)
            text = with_files(text, []) if name == f"{FOLDER}/index.html" else text
            yield name, for_disk(name, text, kept, address).encode()
        else:
            yield name, (site / name).read_bytes()


def with_files(page: str, packed: list[Packed]) -> str:
    """The site's page on this with links to the files beside it, or a word that there are none."""
    links = [
        f'<li><a href="{each.name}"><code>{each.name}</code></a>: {each.about}, {_size(each.data)}, '
        f"SHA-256 <code>{each.digest}</code></li>"
        for each in packed
    ]
    shown = f"<ul>{''.join(links)}</ul>" if links else _NONE
    return _PLACE.sub(lambda found: f"{found['head']}{shown}{found['end']}", page)


def _size(data: bytes) -> str:
    return f"{len(data) / 1e6:.1f} MB" if len(data) > _SMALL else f"{len(data)} bytes"
