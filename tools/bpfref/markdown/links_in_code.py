"""Known names in code become links: in fenced blocks and in inline code, on the finished HTML.

The names come from a file that `bpfref generate` writes: `{"names": {name: {"page": …, "anchor":
…}}, "within": {folder: {name: …}}}`, where `within` has names that mean something else on the pages
of a folder. A name is linked as a whole identifier; not to the page that it stands on, not in a link,
and in highlighted code not in comments and strings. A struct's name is `struct NAME` in the file
and is linked after that keyword alone, since `bpf_spin_lock` is a helper and a struct.
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

from bpfref.markdown import log
from bpfref.markdown.page import Page, find_page

if TYPE_CHECKING:
    from markdown import Markdown

_TAG_END = r"""(?:[^<>"']|"[^"]*"|'[^']*')*>"""
_CODE = re.compile(
    rf"<!--.*?-->|<(?P<raw>script|style|textarea|svg|pre(?=[^>]*\bmermaid\b))\b.*?</(?P=raw)\s*>"
    rf"|(?P<link><a\b{_TAG_END})|(?P<end></a\s*>)"
    rf"|(?P<open><code\b{_TAG_END})(?P<body>.*?)</code\s*>",
    re.DOTALL | re.IGNORECASE,
)
_TOKEN = re.compile(
    # Pygments' comments and strings, spans without a word, line anchors: taken in one step, for speed.
    rf"""<span\ class="(?:[cs][a-z0-9]{{0,2}}">[^<]*|\w+">[^<\w&]*)</span>|<a\b{_TAG_END}</a>"""
    rf"""|(?P<unlinked><span\b[^<>]*\bclass=["']?[cs][a-z0-9]{{0,2}}["'\s>])|(?P<link><a\b)"""
    rf"|</?[A-Za-z]{_TAG_END}|<!--.*?-->|&\#?\w+;|(?P<word>\w+)",
    re.DOTALL | re.VERBOSE,
)
_SPAN = re.compile(r"<(/?)span\b")
_TAG = re.compile(r"<[^<>]*>")
_LAST_WORD = re.compile(r"(\w+)\s*\Z")
_KEYWORDS = frozenset({"struct", "union", "enum"})
_LOOK_BACK = 200  # characters: the tags between a keyword and its name take fewer


@dataclass(frozen=True)
class Target:
    """Where a name is explained: `page` below the documentation folder, and a place on it."""

    page: str
    anchor: str | None = None


@dataclass(frozen=True)
class Names:
    """The table of names; `words` are the identifiers that can start a link at all."""

    targets: Mapping[str, Target]
    words: frozenset[str]
    within: Mapping[str, Mapping[str, Target]] = field(default_factory=dict)


def link(html: str, names: Names, page: Page) -> str:
    """Link the names in the code of `html`, the finished HTML of `page`; no text changes."""
    depth = 0  # of <a> around
    code = _Code(names, page)

    def handle(found: re.Match[str]) -> str:
        nonlocal depth
        if found["link"]:
            depth += 1
        elif found["end"]:
            depth = max(0, depth - 1)
        elif found["open"] and not depth:
            start, end = found.span("body")
            offset = found.start()
            return found[0][: start - offset] + code.link(found["body"]) + found[0][end - offset :]
        return found[0]

    return _CODE.sub(handle, html)


class _Code:
    """Links the code of one page."""

    def __init__(self, names: Names, page: Page):
        self.names = names
        self.page = page
        here = [own for folder, own in names.within.items() if page.source.startswith(folder)]
        self.known = ChainMap(*map(dict, here), dict(names.targets)) if here else names.targets
        self.links: dict[Target, str] = {}  # the opening tag for each target so far

    def link(self, body: str) -> str:
        """Link the contents of one code element."""
        parts: list[str] = []
        done = closed = 0  # up to where the body is copied; up to where an element forbids links
        for found in _TOKEN.finditer(body):
            if found.lastgroup is None or found.start() < closed:
                continue
            if found.lastgroup == "unlinked":
                closed = _end_of_span(body, found.start())
            elif found.lastgroup == "link":
                end = body.find("</a", found.start())
                closed = len(body) if end < 0 else end
            elif target := self._target(found[0], body, found.start()):
                parts += [body[done : found.start()], self._opened(target), found[0], "</a>"]
                done = found.end()
        return "".join([*parts, body[done:]]) if parts else body

    def _target(self, word: str, body: str, start: int) -> Target | None:
        """Look `word` up, with the keyword before it if there is one."""
        if word not in self.names.words:
            return None
        before = _LAST_WORD.search(_TAG.sub("", body[max(0, start - _LOOK_BACK) : start]))
        qualified = before is not None and before[1] in _KEYWORDS
        target = self.known.get(f"{before[1]} {word}" if before and qualified else word)
        return None if target is None or target.page == self.page.source else target

    def _opened(self, target: Target) -> str:
        if target not in self.links:
            href = escape(self.page.link_to(target.page, target.anchor))
            self.links[target] = f'<a class="code-link" href="{href}">'
        return self.links[target]


def _end_of_span(body: str, start: int) -> int:
    """Give where the span that opens at `start` closes, or the body's end."""
    depth = 0
    for found in _SPAN.finditer(body, start):
        depth += -1 if found[1] else 1
        if not depth:
            return found.start()
    return len(body)


def read_names(file: Path, docs: Path) -> Names | None:
    """Read the table of names, once per state of `file`; None, and a warning, if it is unusable."""
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _read_names(file, docs, changed)


@lru_cache(maxsize=8)
def _read_names(file: Path, docs: Path, _changed: int) -> Names | None:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        targets = _targets(table["names"])
        within = {folder: _targets(rows) for folder, rows in table.get("within", {}).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s: no links in code (%s): to write the file: bpfref generate", file, error)
        return None
    for page in sorted({target.page for target in targets.values()}):
        if not (docs / page).is_file():
            log.warning("%s: names explained on %s, which does not exist, get no link: bpfref generate", file, page)
            targets = {name: target for name, target in targets.items() if target.page != page}
    return Names(targets, frozenset(name.split()[-1] for name in targets), within)


def _targets(rows: dict[str, dict[str, str]]) -> dict[str, Target]:
    return {name: Target(row["page"], row.get("anchor")) for name, row in rows.items()}


class _Linker(Postprocessor):
    """Runs `link` on the page once its tree is done.

    `ready` tells the page from the headings: `toc` sends each through all postprocessors.
    """

    def __init__(self, md: Markdown, names: str):
        super().__init__(md)
        self.names = names
        self.ready = False

    def run(self, text: str) -> str:
        if not self.ready or "<code" not in text:
            return text
        self.ready = False
        page = find_page(self.md)
        names = read_names(page.root / self.names, page.docs) if page else None
        return link(text, names, page) if names and page else text


class _TreeDone(Treeprocessor):
    """Runs last of all tree processors."""

    def __init__(self, md: Markdown, linker: _Linker):
        super().__init__(md)
        self.linker = linker

    def run(self, root: Element) -> None:  # noqa: ARG002 # the tree is of no interest here
        self.linker.ready = True


class LinksInCodeExtension(Extension):
    """Registers the linker behind all other processors."""

    def __init__(self, **options: Any):
        self.config = {
            "names": ["docs/api/names.json", "the table of names, below the folder of the site's configuration"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 # Python-Markdown's name
        """Add the processors to `md`."""
        linker = _Linker(md, self.getConfig("names"))
        md.treeprocessors.register(_TreeDone(md, linker), "bpfref_tree_done", -100)
        md.postprocessors.register(linker, "bpfref_links_in_code", -100)


def makeExtension(**options: Any) -> LinksInCodeExtension:  # noqa: N802 # Python-Markdown's name
    """Give Python-Markdown the extension."""
    return LinksInCodeExtension(**options)
