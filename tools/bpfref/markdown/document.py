"""Document → Markdown, for Python-Markdown with `def_list` and `pymdownx.superfences`.

Signs that could mean something become entities and emphasis becomes tags: a text then looks the
same at any place of a line and next to any other markup.
"""

from __future__ import annotations

import re
from itertools import chain

from bpfref.model.document import (
    Block,
    BlockQuote,
    BulletList,
    Definition,
    DefinitionList,
    Document,
    Emphasis,
    Inline,
    Literal,
    LiteralBlock,
    Paragraph,
    Strong,
    Text,
)

_SIGNS = re.compile(
    r"[\\`*{}\[\]<>&#|~^=!@$+]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # but not within a_name, where it means nothing
    r"|(?<!\w)-|-(?!\w)|:(?=\S)"
)
_OPENING = re.compile(r"(\d+(?=[.)])|)([%'\"(),./:;?-])")  # opens a list, a definition, a block
_TICKS = re.compile(r"`+")
_INDENT = " " * 4


def render(document: Document) -> str:
    """Give the whole document; what it says of the result follows a bold label."""
    text = _rendered(document.description)
    if document.returns is None:
        return text
    return "\n".join([text, "**Returns**", "", _rendered(document.returns)])


def _rendered(blocks: tuple[Block, ...]) -> str:
    return "\n".join(chain.from_iterable([*_lines(block), ""] for block in blocks))


def _lines(block: Block) -> list[str]:
    """Give a block's lines, without blank lines around them."""
    match block:
        case Paragraph(inlines):
            return [_inlines(inlines)]
        case LiteralBlock(text):
            fence = _fence(text, 3)
            return [fence, *text.split("\n"), fence]
        case BulletList(items):
            hung = [_hung("-   ", tuple(map(_bulleted, item))) for item in items]
            loose = any(len(lines) > 1 for lines in hung)
            return _joined(hung) if loose else [line for lines in hung for line in lines]
        case DefinitionList(items):
            return _joined([_definition(item) for item in items])
        case BlockQuote(blocks):
            return [f"> {line}".rstrip() for line in _joined([_lines(b) for b in blocks])]


def _bulleted(block: Block) -> Block:
    """Write definitions within a list as a list: `def_list` takes their later paragraphs for code."""
    if not isinstance(block, DefinitionList):
        return block
    return BulletList(tuple((Paragraph(item.term), *item.blocks) for item in block.items))


def _definition(item: Definition) -> list[str]:
    return [_inlines(item.term), *_hung(":   ", item.blocks)]


def _hung(sign: str, blocks: tuple[Block, ...]) -> list[str]:
    """Put `sign` before the first line and set the rest below it."""
    lines = _joined([_lines(block) for block in blocks])
    first, *rest = lines or [""]
    return [sign + first, *(f"{_INDENT}{line}".rstrip() for line in rest)]


def _joined(parts: list[list[str]]) -> list[str]:
    """Separate the parts by blank lines."""
    return [line for number, part in enumerate(parts) for line in ([""] * bool(number) + part)]


def _inlines(inlines: tuple[Inline, ...]) -> str:
    line = "".join(_inline(inline) for inline in inlines)
    opening = _OPENING.match(line)
    return f"{opening[1]}&#{ord(opening[2])};{line[opening.end() :]}" if opening else line


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return _escaped(text)
        case Emphasis(text):
            return f"<em>{_escaped(text)}</em>"
        case Strong(text):
            return f"<strong>{_escaped(text)}</strong>"
        case Literal(text):
            return f"<code>{_escaped(text)}</code>"


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", text)


def _fence(text: str, least: int) -> str:
    """Give a fence longer than all runs of backticks in `text`."""
    return "`" * max(least, 1 + max(map(len, _TICKS.findall(text)), default=0))
