"""Built pages as they are published: with their policy, a link to their data, and links that report a wrong fact."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bpfref.errors import MachineError
from bpfref.files import Result, read_text
from bpfref.generate.api.files import FOLDER, feature_file
from bpfref.generate.site import policy
from bpfref.layout import address_of
from bpfref.model.entry import Entry

FORM = "wrong-fact.yml"
"""The issue form of the repository that the links open; its fields are `page`, `block` and `data`."""

_PLACE = re.compile(r'[ \n]?<a data-wrong="(?P<block>[A-Z_]+(?:\([^"()]*\))?)"></a>')
FACTS = re.compile(r'[ \n]?<a data-facts="(?P<file>[^"]+)"></a>')
"""The place that evidence leaves for a link to the JSON of an entry; `file` is its file below `api/v1/`."""

TOLD = " The same facts as JSON: "
_WHOLE = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>|<textarea\b.*?</textarea>)", re.S)
_IDLE = re.compile(r"\s*\n\s*")
_MARKER = re.compile(r"<!-- \[/?[A-Z_]+\](?:\([^)\n]*\))? -->")
_DATA = '<link rel="alternate " type="application/json" href="'


@dataclass(frozen=True)
class Publishing:
    """What hangs on where a site goes: whether its pages name their policy, and where readers report a wrong fact.

    `report` is the address of a repository's page for a new issue; without one there are no such links.
    """

    policy: bool = True
    report: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.report)
        if self.report and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
            raise MachineError(f"{self.report!r} is no address for a new issue: give one such as https://HOST/.../new")


@dataclass(frozen=True)
class Site:
    """A built site: its folder, its address, the digest of its data, and the entries that have a page of their own."""

    folder: Path
    address: str
    data: str
    entries: Mapping[str, Entry]


def built(site: Site, publishing: Publishing, others: frozenset[str]) -> Iterator[Result]:
    """Every page that an engine built, as it is published, then the file for hosts that send headers.

    `others` are the pages below the folder that no engine built. MachineError for a page that is none.
    """
    digests: set[str] = set()
    for path in sorted(site.folder.rglob("*.html")):
        place = path.relative_to(site.folder).as_posix()
        if place in others:
            continue
        text = published(site, publishing, place, read_text(path))
        digests |= policy.inline(text)
        yield Result(path, text)
    yield Result(site.folder / policy.HEADERS, policy.headers(digests))


def published(site: Site, publishing: Publishing, place: str, text: str) -> str:
    """One page; `place` is its path below the site. A page that was published before comes out the same."""
    address = place.removesuffix("index.html")
    text = FACTS.sub(lambda found: _facts(address, found["file"]), text)
    text = _PLACE.sub(lambda found: _report(site, publishing, address, found["block"]), text)
    text = without_idle_blanks(_with_data(site, address, text))
    return policy.with_tag(text) if publishing.policy else policy.without_tag(text)


def without_idle_blanks(text: str) -> str:
    """A page without indentation, empty lines and marks of blocks, which browsers do not show.

    Code, scripts and fields stay.
    """
    parts = _WHOLE.split(text)
    return "".join(part if at % 2 else _IDLE.sub("\n", _MARKER.sub("", part)) for at, part in enumerate(parts))


def _report(site: Site, publishing: Publishing, address: str, block: str) -> str:
    """A link with page, block and data filled in, for the place that a block's evidence leaves for it."""
    if not publishing.report:
        return ""
    entry = site.entries.get(address)
    fields = {
        "template": FORM,
        "title": f"Wrong: {entry.name if entry else address or 'front page'}, {block}",
        "page": site.address + address,
        "block": block,
        "data": site.data,
    }
    return f' <a class="wrong" href="{html.escape(f"{publishing.report}?{urlencode(fields)}")}">This is wrong</a>'


def way_to(address: str, file: str) -> str:
    """From a page to a file below `api/v1/`."""
    return posixpath.relpath(f"{FOLDER}/{file}", address)


def _facts(address: str, file: str) -> str:
    """The link to the JSON of an entry, for readers."""
    return f'{TOLD}<a href="{way_to(address, file)}">{posixpath.basename(file)}</a>.'


def _with_data(site: Site, address: str, text: str) -> str:
    """A page whose head leads to the same facts as JSON. The space in `rel`: see the theme's metadata."""
    entry = site.entries.get(address)
    if entry is None or _DATA in text:
        return text
    return text.replace("</head>", f'{_DATA}{way_to(address, feature_file(entry))}">\n</head>', 1)


def entries_of_pages(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries that have a page of their own, by its address."""
    return {address_of(entry.page): entry for entry in entries.values() if entry.anchor is None}
