r"""The comment above a helper in `bpf_helper_defs.h` → Document.

The kernel writes these comments in reStructuredText and prints them as a manual page, so docutils
reads them here. Ours are the parts (`Returns`), the nodes that a comment may use, and the places:
whatever docutils complains about, and whatever it reads that the model cannot hold, is an error.

One habit of the kernel's is not reStructuredText: a plural *s* right behind a marked name
(`*skb*s`), which would make docutils search the closing mark in the words that follow.
`_inliner` reads it as the author meant it, like `*skb*\ s`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import frontend, nodes, utils
from docutils.parsers import rst
from docutils.parsers.rst import states

from bpfref.errors import SourceError
from bpfref.model import document as model

_TAB = 8
_RETURNS = "Returns"
_PLURAL = re.compile(r"(``.+?``)|(?<![\w*\\])(\*{1,2})([A-Za-z_]\w*)\2(?=s\b)", re.DOTALL)
_SPACE = re.compile(r"\s+")


def parse(text: str, file: Path | str, line: int) -> model.Document:
    """Read the comment `text`, whose first line is line `line` of `file`.

    `text` is what follows the title: without the comment's own signs (` * `), indented by tabs as
    the header has it, headings at the margin. SourceError at the first thing not understood.
    """
    parts: dict[str, _Part] = {}
    for part in _split(text.split("\n"), _Place(str(file), line)):
        if part.heading in parts:
            raise part.place.error(f"a second part {part.heading!r}", "join the two parts")
        if part.heading not in ("", _RETURNS):
            known = f"only {_RETURNS!r} is known; teach formats/comment.py what the new part means"
            raise part.place.error(f"unknown heading {part.heading!r}", known)
        parts[part.heading] = part
    returns = parts.get(_RETURNS)
    return model.Document(_blocks(parts[""]), _blocks(returns) if returns else None)


@dataclass(frozen=True)
class _Place:
    """A line of the header."""

    file: str
    line: int

    def below(self, lines: int) -> _Place:
        return _Place(self.file, self.line + lines)

    def error(self, what: str, repair: str) -> SourceError:
        return SourceError(f"{what}: {repair}", self.file, self.line)


@dataclass(frozen=True)
class _Part:
    """The lines below a heading, from `place` on; the description's heading is empty."""

    heading: str
    lines: tuple[str, ...]
    place: _Place


def _split(lines: list[str], place: _Place) -> Iterator[_Part]:
    """Cut the comment where a line starts at the margin."""
    heads = [number for number, text in enumerate(lines) if text.strip() and not text[0].isspace()]
    ends = [*heads, len(lines)]
    yield _Part("", tuple(lines[: ends[0]]), place)
    for head, end in zip(heads, ends[1:], strict=True):
        yield _Part(lines[head].strip(), tuple(lines[head + 1 : end]), place.below(head + 1))


def _blocks(part: _Part) -> tuple[model.Block, ...]:
    """Parse one part's text; an empty part is an error, as nothing else would notice it."""
    lines = [text.expandtabs(_TAB).rstrip() for text in part.lines]
    filled = [text for text in lines if text]
    if not filled:
        what = f"the part {part.heading!r}" if part.heading else "the description"
        raise part.place.error(f"{what} is empty", "write its text, or take the heading out")
    margin = min(len(text) - len(text.lstrip()) for text in filled)
    root = _doctree("\n".join(text[margin:] for text in lines), part.place)
    return tuple(_Converter(part.place).blocks(root))


def _inliner() -> states.Inliner:
    r"""Make docutils' reader of running text, which here takes `*skb*s` as `*skb*\ s`.

    No subclass: docutils builds its patterns from the attributes of the very class.
    """
    inliner = states.Inliner()
    read = inliner.parse

    def parse_joined(text: str, lineno: int, memo: Any, parent: Any) -> Any:
        joined = _PLURAL.sub(lambda m: m[1] or f"{m[2]}{m[3]}{m[2]}\\ ", text)
        return read(joined, lineno, memo, parent)

    inliner.parse = parse_joined  # type: ignore[method-assign]
    return inliner


@cache
def _settings() -> Any:
    """Say what docutils may do: neither read other files nor print."""
    settings = frontend.get_default_settings(rst.Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.warning_stream = False
    settings.halt_level = 5  # above all levels: _doctree stops at the first message of any level
    return settings


def _doctree(text: str, place: _Place) -> nodes.document:
    """Parse `text`; the first warning is a SourceError. A hint says how text was read as text."""

    def stop(message: nodes.system_message) -> None:
        if message["level"] < utils.Reporter.WARNING_LEVEL:
            return
        says = _SPACE.sub(" ", message.children[0].astext()).rstrip(". ")
        repair = "mend the comment, or teach formats/comment.py this construct"
        raise place.below(int(message.get("line", 1)) - 1).error(says, repair)

    root = utils.new_document(place.file, _settings())
    root.reporter.attach_observer(stop)
    rst.Parser(inliner=_inliner()).parse(text, root)
    return root


class _Converter:
    """docutils' tree → model; `place` is where the parsed text starts."""

    def __init__(self, place: _Place):
        self.place = place

    def blocks(self, parent: nodes.Element) -> Iterator[model.Block]:
        """Convert the blocks in `parent`; a list that is only set in counts as a list."""
        for node in parent.children:
            if isinstance(node, nodes.system_message):  # a hint; _doctree stops at all others
                continue
            if isinstance(node, nodes.block_quote):
                inner = tuple(self.blocks(node))
                lists = all(isinstance(block, model.BulletList) for block in inner)
                yield from inner if lists else [model.BlockQuote(inner)]
            else:
                yield self._block(node)

    def _block(self, node: nodes.Node) -> model.Block:
        match node:
            case nodes.paragraph():
                return model.Paragraph(self._inlines(node))
            case nodes.literal_block() | nodes.doctest_block():
                return model.LiteralBlock(node.astext())
            case nodes.bullet_list():
                return model.BulletList(tuple(tuple(self.blocks(n)) for n in _elements(node)))
            case nodes.definition_list():
                return model.DefinitionList(tuple(self._definition(n) for n in _elements(node)))
            case _:
                raise self._unknown(node)

    def _definition(self, item: nodes.Element) -> model.Definition:
        match item.children:
            case [nodes.term() as term, nodes.definition() as body]:
                return model.Definition(self._inlines(term), tuple(self.blocks(body)))
            case _:  # a classifier (`term : type`)
                raise self._unknown(item.children[1])

    def _inlines(self, parent: nodes.Element) -> tuple[model.Inline, ...]:
        found: list[model.Inline] = []
        for node in parent.children:
            inline = self._inline(node)
            if isinstance(inline, model.Text) and found and isinstance(found[-1], model.Text):
                inline = model.Text(found.pop().text + inline.text)
            if inline.text:
                found.append(inline)
        return tuple(found)

    def _inline(self, node: nodes.Node) -> model.Inline:
        make: Callable[[str], model.Inline]
        match node:
            case nodes.Text():
                make = model.Text
            case nodes.emphasis() | nodes.title_reference():
                make = model.Emphasis
            case nodes.strong():
                make = model.Strong
            case nodes.literal():
                make = model.Literal
            case nodes.reference() if node.get("refuri"):  # an address written out
                make = model.Text
            case _:
                raise self._unknown(node)
        return make(_SPACE.sub(" ", node.astext()))

    def _unknown(self, node: nodes.Node) -> SourceError:
        line = next((n.line for n in _upwards(node) if n.line is not None), 1)
        what = f"a helper's comment holds a {type(node).__name__.replace('_', ' ')}"
        return self.place.below(line - 1).error(what, "teach model/document.py to hold it")


def _elements(parent: nodes.Element) -> Iterator[nodes.Element]:
    return (child for child in parent.children if isinstance(child, nodes.Element))


def _upwards(node: nodes.Node | None) -> Iterator[nodes.Node]:
    while node is not None:
        yield node
        node = node.parent
