"""Marker blocks in page text: find them, and put new bodies between them. Knows nothing of BPF.

A block is `<!-- [NAME](argument) -->` … `<!-- [/NAME] -->`, each marker alone on its line, or both
within one line of text. Everything outside the markers stays byte for byte as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import MarkerError

_MARKER = re.compile(r"<!--[ \t]*\[(?P<end>/?)(?P<name>[A-Z][A-Z0-9_]*)\](?:\((?P<argument>[^()\n]*)\))?[ \t]*-->")
_FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TICKS = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)")


@dataclass(frozen=True)
class Block:
    """A pair of markers: `argument` is None without parentheses, `body` the text between them.

    `start` and `end` are the offsets of the body; `inline` says that both markers stand in one line.
    """

    name: str
    argument: str | None
    line: int
    indent: str
    start: int
    end: int
    inline: bool
    body: str


@dataclass(frozen=True)
class _Marker:
    """One marker and what is around it."""

    name: str
    argument: str | None
    closes: bool
    line: int
    start: int
    end: int
    alone: bool
    indent: str


def blocks(text: str, file: Path | str) -> list[Block]:
    """All blocks of a page in order; MarkerError for the first that is malformed."""
    found, errors = scan(text, file)
    if errors:
        raise errors[0]
    return found


def scan(text: str, file: Path | str) -> tuple[list[Block], list[MarkerError]]:
    """The well-formed blocks of a page, and every fault of its markers."""
    found: list[Block] = []
    errors: list[MarkerError] = []
    opened: _Marker | None = None
    for marker in _markers(text):
        if not marker.closes:
            if opened:
                errors.append(_unclosed(opened, marker, file))
            opened = marker
        elif opened is None or opened.name != marker.name:
            errors.append(_stray(opened, marker, file))
        else:
            found.extend(_pair(text, opened, marker, file, errors))
            opened = None
    if opened:
        errors.append(MarkerError(f"[{opened.name}] is never closed: add <!-- [/{opened.name}] -->", file, opened.line))
    return found, sorted(errors, key=lambda error: error.line or 0)


def fill(text: str, file: Path | str, render: Callable[[Block], str | None]) -> str:
    """The page with each body replaced by what `render` gives; None leaves a body as it is.

    Idempotent for a pure `render`. Bodies take the indentation of their marker and the line ends
    of the page. MarkerError when the markers are malformed, or an inline body has several lines.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    parts: list[str] = []
    done = 0
    for block in blocks(text, file):
        new = render(block)
        if new is None:
            continue
        body = _inline(block, new, file) if block.inline else _indent(block, new, newline)
        parts += [text[done : block.start], body]
        done = block.end
    return "".join([*parts, text[done:]])


def _inline(block: Block, body: str, file: Path | str) -> str:
    if "\n" in body.strip():
        raise MarkerError(
            f"[{block.name}] has several lines: put its two markers on lines of their own",
            file,
            block.line,
        )
    return body.strip()


def _indent(block: Block, body: str, newline: str) -> str:
    """The body below its opening marker, with blank lines around it so that Markdown sees blocks."""
    if not body.strip():
        return newline + block.indent
    lines = ["", *body.strip("\n").split("\n"), ""]
    return newline + "".join(f"{block.indent}{line}".rstrip() + newline for line in lines) + block.indent


def _pair(text: str, opened: _Marker, closed: _Marker, file: Path | str, errors: list[MarkerError]) -> Iterator[Block]:
    inline = opened.line == closed.line
    if not inline and not (opened.alone and closed.alone):
        crooked = closed if opened.alone else opened
        name = f"{'/' if crooked.closes else ''}{crooked.name}"
        advice = f"[{name}] shares its line with text, its partner is on another: put it alone on a line"
        errors.append(MarkerError(advice, file, crooked.line))
        return
    body = text[opened.end : closed.start]
    yield Block(
        opened.name,
        opened.argument,
        opened.line,
        opened.indent,
        opened.end,
        closed.start,
        inline,
        body,
    )


def _unclosed(opened: _Marker, inner: _Marker, file: Path | str) -> MarkerError:
    return MarkerError(
        f"[{inner.name}] begins inside [{opened.name}], which began on line {opened.line}: "
        f"close that one first with <!-- [/{opened.name}] -->",
        file,
        inner.line,
    )


def _stray(opened: _Marker | None, marker: _Marker, file: Path | str) -> MarkerError:
    if opened is None:
        return MarkerError(
            f"[/{marker.name}] closes nothing: add <!-- [{marker.name}] --> above, or remove it",
            file,
            marker.line,
        )
    return MarkerError(
        f"[/{marker.name}] stands inside [{opened.name}] of line {opened.line}: blocks do not cross or nest",
        file,
        marker.line,
    )


def _markers(text: str) -> Iterator[_Marker]:
    """The markers outside fences and code spans."""
    for number, start, line in _prose(text):
        if "<!--" not in line:
            continue
        spans = [span.span() for span in _TICKS.finditer(line)]
        content = line.strip()
        for found in _MARKER.finditer(line):
            if any(left <= found.start() < right for left, right in spans):
                continue
            yield _Marker(
                found["name"],
                found["argument"],
                bool(found["end"]),
                number,
                start + found.start(),
                start + found.end(),
                content == found[0],
                line[: len(line) - len(line.lstrip())] if content == found[0] else "",
            )


def _prose(text: str) -> Iterator[tuple[int, int, str]]:
    """Lines outside fenced code: number from 1, offset, text without its line end."""
    offset, fence = 0, ""
    for number, raw in enumerate(_LINE.findall(text), 1):
        line = raw.rstrip("\r\n")
        found = _FENCE.match(line)
        if fence:
            if found and found["fence"].startswith(fence) and not found["info"].strip():
                fence = ""
        elif found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence = found["fence"]
        else:
            yield number, offset, line
        offset += len(raw)
