"""Format strings of the verifier against lines of its log: masked texts, anchors, and which message a line is. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bpfref.errors import SourceError

NUMBER, NAME = "#", "…"
"""What stands in masked text for a number, and for text."""

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+)?)?"
    r"(?:hh|h|ll|l|z|j|t)?(?P<kind>[diuxXocs%]|p[A-Za-z]*)"
)
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST = 3  # letters: a format with less says nothing about a line
_FEWEST_INSIDE = 6  # letters of a message that is looked for within a line
_LONGEST = 1000  # characters of a line that is looked at
_NUMBERS = re.compile(r"(?<!\w)-?(?:0x[0-9a-fA-F]+|\d+)\b|(?<=\bR)\d+|(?<=\bfp)-?\d+")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 70


@dataclass(frozen=True)
class Directive:
    """A place in a format where a value is printed: `kind` is its letter, `flags` those before it."""

    kind: str
    flags: str = ""
    width: str = ""

    @property
    def expression(self) -> str:
        """A regular expression for what may stand there."""
        if self.kind in {"s", "c"}:
            return ".*?" if self.kind == "s" else "."
        if self.kind.startswith("p"):
            return r"\S+?"
        number = {"x": "[0-9a-f]+", "X": "[0-9A-F]+", "o": "[0-7]+", "u": r"\d+"}.get(self.kind, r"-?\d+")
        if "+" in self.flags:
            number = r"[+-]\d+"
        if "#" in self.flags:
            number = f"(?:0[xX])?{number}"
        return f" *{number}" if self.width and "0" not in self.flags else number

    @property
    def mask(self) -> str:
        """What stands for it in masked text."""
        return NAME if self.kind in {"s", "c"} else NUMBER


Pieces = list["str | Directive"]


def parse_format(text: str) -> Pieces:
    """Literal text and directives, in turn; SourceError for a directive that printk does not have."""
    pieces: Pieces = []
    at = 0
    while (sign := text.find("%", at)) >= 0:
        found = _DIRECTIVE.match(text, sign)
        if found is None:
            raise SourceError(f"{text!r} has a directive that is not known: teach it to parse_format")
        _add(pieces, text[at:sign])
        if found["kind"] == "%":
            _add(pieces, "%")
        else:
            pieces.append(Directive(found["kind"], found["flags"] or "", found["width"] or ""))
        at = found.end()
    _add(pieces, text[at:])
    return pieces


def _add(pieces: Pieces, text: str) -> None:
    if text and pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    elif text:
        pieces.append(text)


def mask(text: str) -> str:
    """A format as one line that can be read: `R# unbounded memory access`, `…` for text."""
    pieces = (piece if isinstance(piece, str) else piece.mask for piece in parse_format(text))
    return " ".join("".join(pieces).split())


def mask_line(line: str) -> str:
    """A line of a log with its numbers masked as those of formats are."""
    return " ".join(_NUMBERS.sub(NUMBER, line).split())


def anchors(formats: Iterable[str]) -> dict[str, str]:
    """Formats to anchors in a page, which stay the same when formats are added; those alike end in a digest."""
    slugs = {text: _NO_SLUG.sub("-", mask(text).lower()).strip("-")[:_LONGEST_SLUG].rstrip("-") for text in formats}
    counted = Counter(slugs.values())
    return {
        text: slug if slug and counted[slug] == 1 else f"{slug or 'text'}-{_digest(text)}"
        for text, slug in slugs.items()
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


@dataclass(frozen=True)
class Match:
    """A message that a line may be: `letters` of it are literal, `whole` when nothing else stands in the line.

    `values` are the texts in the places of directives.
    """

    format: str
    letters: int
    whole: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    """One line of a format."""

    format: str
    pieces: tuple[str | Directive, ...]
    partial: bool

    @cached_property
    def literal(self) -> str:
        """Its longest literal text, without blanks around."""
        return max((piece.strip() for piece in self.pieces if isinstance(piece, str)), key=len, default="")

    @cached_property
    def letters(self) -> int:
        """How many letters are literal."""
        return sum(len(_LETTERS.findall(piece)) for piece in self.pieces if isinstance(piece, str))

    @cached_property
    def names(self) -> int:
        """How many places take any text."""
        return sum(isinstance(piece, Directive) and piece.kind == "s" for piece in self.pieces)

    @cached_property
    def from_start(self) -> re.Pattern[str]:
        """The whole line, blanks around it left out; the last group is what other calls went on with."""
        return re.compile(rf"\s*{_expression(self.pieces)}\s*" + ("(.*)" if self.partial else "()"), re.S)

    @cached_property
    def inside(self) -> re.Pattern[str]:
        """What is looked for within a line: texts at the ends are anything, and so left out."""
        kept = list(self.pieces)
        while kept and isinstance(kept[0], Directive) and kept[0].kind == "s":
            del kept[0]
        while kept and isinstance(kept[-1], Directive) and kept[-1].kind == "s":
            del kept[-1]
        return re.compile(_expression(kept), re.S)

    def match(self, line: str) -> Match | None:
        """How it fits a line: from its beginning, else within."""
        if self.literal not in line:
            return None
        if found := self.from_start.fullmatch(line):
            *values, rest = found.groups()
            return Match(self.format, self.letters, whole=not rest, values=tuple(values))
        if self.letters >= _FEWEST_INSIDE and (found := self.inside.search(line)):
            return Match(self.format, self.letters // 2, whole=False, values=found.groups())
        return None


def _expression(pieces: Sequence[str | Directive]) -> str:
    """A regular expression for a line, without the blanks at its ends."""
    parts = [re.escape(piece) if isinstance(piece, str) else f"({piece.expression})" for piece in pieces]
    if pieces and isinstance(pieces[0], str):
        parts[0] = re.escape(pieces[0].lstrip())
    if pieces and isinstance(pieces[-1], str):
        parts[-1] = re.escape(pieces[-1].strip() if len(pieces) == 1 else pieces[-1].rstrip())
    return "".join(parts)


class Messages:
    """Format strings by which lines are found; made once, asked often."""

    def __init__(self, formats: Mapping[str, bool] | Iterable[str]):
        """`formats` tells, for each, whether another call may go on with its line; SourceError for what is none."""
        partial = formats if isinstance(formats, Mapping) else {}
        self._lines = [
            line
            for text in formats
            for line in _lines(text, partial=partial.get(text, False))
            if line.letters >= _FEWEST
        ]

    @property
    def formats(self) -> list[str]:
        """Those that say enough for a line to be found by."""
        return list(dict.fromkeys(line.format for line in self._lines))

    def find(self, line: str) -> Match | None:
        """The message that a line is: the one with most literal letters; None for a line of nothing known."""
        return next(iter(self.rank(line)), None)

    def rank(self, line: str) -> list[Match]:
        """All that a line may be, best first."""
        line = line[:_LONGEST].rstrip()
        found = [(each, match) for each in self._lines if (match := each.match(line))]
        found.sort(key=lambda pair: (-pair[1].letters, not pair[1].whole, pair[0].names, pair[1].format))
        return list({match.format: match for _, match in reversed(found)}.values())[::-1]


def _lines(text: str, *, partial: bool) -> Iterator[_Line]:
    """The lines of a format; only the last may be gone on with."""
    rows: list[Pieces] = [[]]
    for piece in parse_format(text):
        if isinstance(piece, Directive):
            rows[-1].append(piece)
            continue
        first, *more = piece.split("\n")
        _add(rows[-1], first)
        rows += [[part] if part else [] for part in more]
    for at, row in enumerate(rows):
        yield _Line(text, tuple(row), partial and at == len(rows) - 1)
