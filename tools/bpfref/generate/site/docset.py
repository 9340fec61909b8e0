"""The site as a docset, the form that Dash and Zeal show: pages, a table of names, a description."""

from __future__ import annotations

import html
import plistlib
import re
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import NamedTuple
from urllib.parse import quote

from bpfref.generate.facts import Facts
from bpfref.generate.search.units import Unit, units
from bpfref.generate.site.relink import INDEX
from bpfref.layout import VERIFIER, address_of
from bpfref.model.entry import Kind

NAME = "bpfref"
FOLDER = f"{NAME}.docset"
DOCUMENTS = "Contents/Resources/Documents"
TABLE = "Contents/Resources/docSet.dsidx"
ICONS = "assets/docset"
STYLE = "assets/bpfref.css"
# Of the types that Dash knows. A kind that is not named here is told by the words of its value.
TYPES = {
    Kind.HELPER: "Function",
    Kind.KFUNC: "Function",
    Kind.PROGRAM_TYPE: "Type",
    Kind.MAP_TYPE: "Type",
    Kind.COMMAND: "Command",
    Kind.ATTACH_TYPE: "Constant",
    Kind.LINK_TYPE: "Constant",
    Kind.CONSTANT: "Constant",
    Kind.CONTEXT: "Struct",
    Kind.STRUCT: "Struct",
    Kind.KFUNC_FLAG: "Option",
    Kind.STRUCT_OPS: "Interface",
    Kind.ITERATOR: "Object",
    Kind.LSM_HOOK: "Hook",
}
_BY_WORD = (("macro", "Macro"), ("function", "Function"), ("struct", "Struct"), ("type", "Type"))
_HEADING = re.compile(r"<h(?P<level>[23])\b[^>]*\bid=[\"']?(?P<id>[^\"'\s>]+)[^>]*>(?P<inside>.*?)</h(?P=level)>", re.S)
_SIGN = re.compile(r"<a\b[^>]*headerlink.*?</a>", re.S)
_MARKUP = re.compile(r"<[^>]+>")
# The reader brings a list of names, a search and a table of contents of its own.
_WITHOUT_FRAME = ".md-header,.md-tabs,.md-sidebar,.md-path,.md-footer,.md-top,.md-skip{display:none!important}\n"


class Row(NamedTuple):
    """A name of the docset's table, its type in Dash's words, and its place below the documents."""

    name: str
    type: str
    path: str


def type_of(kind: Kind) -> str:
    """What Dash calls a kind."""
    return TYPES.get(kind) or next((told for word, told in _BY_WORD if word in kind.value), "Entry")


def rows(facts: Facts, texts: dict[str, str]) -> list[Row]:
    """Every entry, every page about something else, and every example."""
    entries = [Row(e.name, type_of(e.kind), _path(e.page, e.anchor or "")) for e in facts.catalogue.entries.values()]
    pages = [Row(u.title, _type(u), _path(u.page, u.anchor)) for u in units(facts, texts) if _is_whole(u)]
    return sorted({*entries, *pages})


def _is_whole(unit: Unit) -> bool:
    return bool(unit.title) and (unit.lesson or not unit.anchor)


def _type(unit: Unit) -> str:
    if unit.lesson:
        return "Sample"
    return "Error" if unit.page.startswith(f"{VERIFIER}/") else "Guide"


def _path(page: str, anchor: str) -> str:
    return f"{address_of(page)}{INDEX}{f'#{anchor}' if anchor else ''}"


def contents(files: Mapping[str, bytes], table: Iterable[Row], site: str) -> Iterator[tuple[str, bytes]]:
    """Path below the docset's folder and bytes of all its files; `files` are those of the site on a disk."""
    yield "Contents/Info.plist", plistlib.dumps(_description(site))
    yield TABLE, write_table(table)
    for picture in ("icon.png", "icon@2x.png"):
        yield picture, files[f"{ICONS}/{picture}"]
    for path, data in files.items():
        if path == STYLE:
            yield f"{DOCUMENTS}/{path}", data + _WITHOUT_FRAME.encode()
        elif path.endswith(".html"):
            yield f"{DOCUMENTS}/{path}", marked(data.decode()).encode()
        else:
            yield f"{DOCUMENTS}/{path}", data


def marked(page: str) -> str:
    """A page with the anchors that the table of contents of Dash and Zeal is made from."""
    return _HEADING.sub(lambda found: _mark(found) + found[0], page)


def _mark(heading: re.Match[str]) -> str:
    title = html.unescape(_MARKUP.sub("", _SIGN.sub("", heading["inside"]))).strip()
    return f'<a name="//apple_ref/cpp/Section/{quote(title, safe="")}" class="dashAnchor"></a>'


def _description(site: str) -> dict[str, str | bool]:
    return {
        "CFBundleIdentifier": NAME,
        "CFBundleName": NAME,
        "DocSetPlatformFamily": NAME,
        "DashDocSetFamily": "dashtoc",
        "DashDocSetFallbackURL": site,
        "dashIndexFilePath": INDEX,
        "isDashDocset": True,
        "isJavaScriptEnabled": True,
    }


def write_table(table: Iterable[Row]) -> bytes:
    """The SQLite file of the docset's names, always the same for the same rows."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE searchIndex(id INTEGER PRIMARY KEY, name TEXT, type TEXT, path TEXT)")
        base.execute("CREATE UNIQUE INDEX anchor ON searchIndex (name, type, path)")
        base.executemany("INSERT INTO searchIndex(name, type, path) VALUES (?, ?, ?)", table)
        base.commit()
        return base.serialize()


def feed(version: str, address: str) -> str:
    """What Dash and Zeal read to install the docset and to renew it: XML; `address` is the archive's."""
    root = ET.Element("entry")
    ET.SubElement(root, "version").text = version
    ET.SubElement(root, "url").text = address
    ET.indent(root)
    return f"{ET.tostring(root, encoding='unicode')}\n"
