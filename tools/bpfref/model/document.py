"""A helper's description as the kernel writes it: blocks of text, and the text within them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ERRNO = re.compile(r"(?<!\w)-(E[A-Z][A-Z0-9]*|E[0-9][A-Z0-9]*)\b")


@dataclass(frozen=True)
class Text:
    """Plain text; white space is single spaces, at its ends where it joins other text."""

    text: str


@dataclass(frozen=True)
class Emphasis:
    """A parameter or file name (`*flags*`)."""

    text: str


@dataclass(frozen=True)
class Strong:
    """A function, constant or type (`**BPF_ANY**`)."""

    text: str


@dataclass(frozen=True)
class Literal:
    """Code within a sentence."""

    text: str


Inline = Text | Emphasis | Strong | Literal


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True)
class LiteralBlock:
    """Lines kept as they are: code, a command, its output. No tabs, no blank edges."""

    text: str


@dataclass(frozen=True)
class BulletList:
    """Items in order, each with its blocks."""

    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Definition:
    """A term (often a flag) and what it means."""

    term: tuple[Inline, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class DefinitionList:
    """Terms in order."""

    items: tuple[Definition, ...]


@dataclass(frozen=True)
class BlockQuote:
    """Blocks set in from their surroundings."""

    blocks: tuple[Block, ...]


Block = Paragraph | LiteralBlock | BulletList | DefinitionList | BlockQuote


@dataclass(frozen=True)
class Document:
    """The comment above one helper; `returns` is None where it has no such part."""

    description: tuple[Block, ...]
    returns: tuple[Block, ...] | None = None

    @property
    def errnos(self) -> tuple[str, ...]:
        """The errno names in the `Returns` part (`EINVAL`), each once, as first named."""
        return tuple(dict.fromkeys(_ERRNO.findall(plain(self.returns or ()))))


def plain(blocks: tuple[Block, ...]) -> str:
    """Give the words of `blocks` without any markup, one block a line."""
    return "\n".join(_lines(blocks))


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(inlines):
                yield _joined(inlines)
            case LiteralBlock(text):
                yield text
            case BlockQuote(inner):
                yield from _lines(inner)
            case BulletList(items):
                for item in items:
                    yield from _lines(item)
            case DefinitionList(definitions):
                for definition in definitions:
                    yield _joined(definition.term)
                    yield from _lines(definition.blocks)


def _joined(inlines: tuple[Inline, ...]) -> str:
    return "".join(inline.text for inline in inlines)
