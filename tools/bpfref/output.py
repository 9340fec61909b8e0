"""What a command prints: results on stdout, reports on stderr, colour only on a terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TextIO

FINE = 0
FOUND = 1
FAILED = 2

_COLOURS = {"red": "31", "green": "32", "bold": "1", "faint": "2"}


@dataclass(frozen=True)
class Output:
    """The two streams of a run."""

    results: TextIO
    reports: TextIO
    colour: bool

    def result(self, text: str) -> None:
        """One line or text of the result."""
        print(text, file=self.results)

    def data(self, value: object) -> None:
        """A result for machines: JSON."""
        self.result(json.dumps(value, indent=2, ensure_ascii=False))

    def report(self, text: str) -> None:
        """A line on what was done."""
        print(text, file=self.reports)

    def error(self, text: str) -> None:
        """A fault, in red on a terminal."""
        print(self.paint(text, "red", self.reports), file=self.reports)

    def paint(self, text: str, colour: str, stream: TextIO | None = None) -> str:
        """Text in a colour when the stream is a terminal that may have one."""
        wanted = self.colour and (stream or self.results).isatty()
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if wanted else text
