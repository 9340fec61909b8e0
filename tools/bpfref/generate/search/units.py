"""Pages cut into units: what a search by words can lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown.extensions.toc import slugify

from bpfref.generate.facts import Facts, read_page, unquote
from bpfref.generate.search.names import listed
from bpfref.model.entry import Entry
from bpfref.pages import split_front

RETURNS = "returns"
OWN = "search.md"  # speaks of searching, and of nothing that is searched
_SHOWN = re.compile(r"<!-- \[EXAMPLE\]\((?P<name>[a-z0-9-]+)")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TITLE = re.compile(r"^title:[ \t]*(.*?)[ \t]*$", re.M)
# What other pages say in full: tables of calls by kernel, and lists of pages.
_REPEATED = re.compile(
    r"<!-- \[(?P<name>[A-Z_]*(?:_REF|_INDEX)|LIBBPF_(?:EXAMPLES|FAMILIES)"
    r"|RELEASE|BETWEEN|COMPARISONS|TIMELINE|WHATS_NEW)\b.*?"
    r"<!-- \[/(?P=name)\] -->",
    re.S,
)
_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=indent)(?P=fence)[ \t]*$", re.S | re.M)
_HEADING = re.compile(
    r"^(?P<level>#{1,3}) (?P<title>[^\n]*?)(?:[ \t]*\{[^\n}]*#(?P<anchor>[^\s}]+)[^\n}]*\})?[ \t]*$", re.M
)
_ANCHORED = re.compile(r"\{[^\n}]*#(?P<anchor>[^\s}]+)[^\n}]*\}|<a id=\"(?P<id>[^\"]+)\"></a>")
_ROW = re.compile(r"^[^\n#][^\n]*(?:\{[^\n}]*#[^\s}]+[^\n}]*\}|<a id=)[^\n]*$", re.M)
_ATTRIBUTES = re.compile(r"\{:? ?[.#][^\n}]*\}")
_LINK = re.compile(r"!?\[(?P<text>[^\]\n]*)\]\([^)\n]*\)")
# A value, or a release that is not known.
_FIGURE = re.compile(r"-?\d+|0x[0-9a-f]+|no integer|\*not known yet\*.*")
_CHIP = re.compile(r"(?:\*\*[^*\n]*\*\*|\[[^\]\n]*\]\([^)\n]*\))\{ ?\.since[^}\n]*\}(?:, gone in v[\d.]+)?")
_TAG = re.compile(r"</?[a-z][^>\n]*>")
_SENTENCE = re.compile(r"(?<=[.!?:])\s")
_SNIPPET = 160


@dataclass(frozen=True)
class Unit:
    """What is found: an entry by its number in the table of names, or a part of a page.

    `title` and `page` are empty for an entry. `text` is what is said of it, `snippet` what a result
    shows of it; `body` counts less. `returns` is what an entry's page says of results; a `lesson` is an example.
    """

    title: str
    page: str
    anchor: str
    text: str
    snippet: str
    entry: int | None = None
    body: str = ""
    returns: str = ""
    lesson: bool = False


def units(facts: Facts, texts: dict[str, str]) -> list[Unit]:
    """All units: the entries in the order of names, then the parts of the other pages.

    `texts` are the pages' texts by their path below the documentation folder.
    """
    entries = listed(facts)
    rows = {page: dict(_rows(texts[page])) for page in {e.page for e in entries if e.anchor}}
    found = [_of_entry(facts, number, entry, texts[entry.page], rows) for number, entry in enumerate(entries)]
    taken = {entry.page for entry in entries if not entry.anchor}
    anchors = {entry.anchor for entry in entries if entry.anchor}
    for page in sorted(set(texts) - taken - {OWN}):
        found += _parts(page, texts[page], anchors)
    return [*found, *_lessons(facts, texts)]


def _of_entry(facts: Facts, number: int, entry: Entry, page: str, rows: dict[str, dict[str, str]]) -> Unit:
    """An entry by its own page's text, or by its row among others'."""
    if entry.anchor:
        text = _plain(rows[entry.page].get(entry.anchor, "")).removeprefix(entry.anchor).strip()
        text = text or facts.meaning(entry.name)
        return Unit("", "", "", text, _snippet(text), number)
    topic = facts.catalogue.topic_of(entry.name, entry.kind)
    text = facts.description(entry)
    own = _own(page)
    returns = next((inside for anchor, _, inside in _sections(own) if anchor == RETURNS), "")
    return Unit("", "", "", f"{text} {topic.title if topic else ''}", _snippet(text), number, _plain(own), returns)


def _lessons(facts: Facts, texts: dict[str, str]) -> Iterator[Unit]:
    """A unit for each example, at the first section that shows it."""
    places: dict[str, tuple[str, str]] = {}
    for page, text in sorted(texts.items()):
        for anchor, _, inside in _sections(_FENCE.sub("", text)) if "[EXAMPLE](" in text else ():
            for found in _SHOWN.finditer(inside):
                places.setdefault(found["name"], (page, anchor))
    for name, (page, anchor) in sorted(places.items()):
        if name in facts.catalogue.examples:
            lesson = facts.catalogue.examples[name].definition
            said = f"{lesson.teaches} {' '.join(lesson.subjects)}"
            yield Unit(lesson.title, page, anchor, said, lesson.teaches, lesson=True)


def _own(text: str) -> str:
    """A page's text without its front matter, code and what other pages say too."""
    return _FENCE.sub("", _REPEATED.sub("", split_front(text)[1]))


def _parts(page: str, text: str, anchors: set[str]) -> Iterator[Unit]:
    """A unit for the page, for each of its sections, and for each row with an anchor that is no entry's."""
    body = _own(text)
    head = _TITLE.search(split_front(text)[0] or "")
    title = unquote(head[1]) if head else ""
    described = read_page(text).description
    for anchor, heading, inside in _sections(body):
        first = not anchor
        shown = title or heading if first else f"{heading}: {title}"
        rows = [(name, row) for name, row in _rows(inside) if name not in anchors]
        plain = _plain(_ROW.sub("", inside) if rows else inside)
        snippet = described if first and described else plain
        yield Unit(shown, page, anchor, f"{described if first else ''} {plain[:2000]}", _snippet(snippet))
        for name, row in rows:
            yield Unit(_plain(row.split(" | ")[0])[:120], page, name, _plain(row), _snippet(title))


def _sections(text: str) -> Iterator[tuple[str, str, str]]:
    """Anchor, title and text of each section: the first is the page's own, without anchor."""
    found = list(_HEADING.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    seen: set[str] = set()
    for heading, end in zip(found, ends, strict=True):
        title = _plain(heading["title"])
        anchor = _unused(heading["anchor"] or slugify(title, "-"), seen)
        yield ("" if heading["level"] == "#" else anchor), title, text[heading.end() : end]


def _unused(anchor: str, seen: set[str]) -> str:
    """The anchor that the engines give to a heading whose title was there before."""
    number, free = 0, anchor
    while free in seen:
        number += 1
        free = f"{anchor}_{number}"
    seen.add(free)
    return free


def _rows(text: str) -> Iterator[tuple[str, str]]:
    """Anchor and text of each line with an anchor that is no heading; a definition's text belongs to it."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for found in _ANCHORED.finditer(line) if "#" in line or "<a id" in line else ():
            if line.startswith("#"):
                break
            more = lines[number + 1] if number + 1 < len(lines) and lines[number + 1].startswith(":   ") else ""
            cells = [cell for cell in line.split(" | ") if not _FIGURE.fullmatch(_plain(cell).strip(" |"))]
            yield found["anchor"] or found["id"], f"{' | '.join(cells)}\n{more}"


def _plain(text: str) -> str:
    """Text without its markup."""
    text = _COMMENT.sub(" ", text)
    text = _ATTRIBUTES.sub("", _ANCHORED.sub("", _CHIP.sub("", text)))
    text = _TAG.sub(" ", _LINK.sub(r"\g<text>", text))
    text = re.sub(r"^[ \t]*\|[-| ]*\|[ \t]*$", "", text, flags=re.M)
    return " ".join(re.sub(r"(?<!\\)\||^:   |^#+ |^[ \t]*- ", " ", re.sub(r"`|\*\*", "", text), flags=re.M).split())


def _snippet(text: str) -> str:
    """As many whole sentences as fit, else the beginning."""
    if len(text) <= _SNIPPET:
        return text
    shown = ""
    for sentence in _SENTENCE.split(text):
        if len(shown) + len(sentence) >= _SNIPPET:
            break
        shown = f"{shown} {sentence}".strip()
    return shown or f"{text[: _SNIPPET - 1].rsplit(' ', 1)[0]} …"
