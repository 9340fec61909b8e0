"""The records of the asking part, read back: cells resolved, sections by name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bpfref.errors import SourceError

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One answer: the errno, and the telling lines of the log."""

    errno: int
    log: str


@dataclass(frozen=True)
class Records:
    """All records of one run."""

    sections: Mapping[str, tuple[Record, ...]]
    cells: tuple[Cell, ...]

    def all(self, section: str) -> tuple[Record, ...]:
        """The records of a section, in their order."""
        return self.sections.get(section, ())

    def one(self, section: str) -> Record:
        """The only record of a section; SourceError when the kernel never gave it."""
        found = self.all(section)
        if len(found) != 1:
            raise SourceError(f"the asking part gave {len(found)} records {section!r} instead of one: ask again")
        return found[0]

    def row(self, record: Record) -> Iterator[Cell]:
        """The answers of a record, in the order of its columns."""
        return (self.cells[number] for number in record["row"])

    def named(self, record: Record, key: str = "row") -> dict[str, Cell]:
        """The answers of a record by name."""
        return {name: self.cells[number] for name, number in record[key].items()}

    def answer(self, record: Record) -> Cell:
        """The only answer of a record."""
        return self.cells[record["answer"]]


def parse_records(records: Iterable[Record]) -> Records:
    """Put records in order. SourceError when the run did not come to its end, or a step of it failed."""
    sections: dict[str, list[Record]] = {}
    cells: list[Cell] = []
    for record in records:
        cells += (Cell(errno, log) for errno, log in record["cells"])
        sections.setdefault(record["section"], []).append(record)
    if "end" not in sections:
        last = list(sections)[-1] if sections else "none"
        raise SourceError(f"the answers break off after {last!r}: the kernel hung, or its time was up")
    for failed in sections.get("failed", ()):
        cause = str(failed["error"]).strip().splitlines()[-1]
        raise SourceError(f"the step {failed['step']!r} failed in the guest: {cause}")
    return Records({name: tuple(found) for name, found in sections.items()}, tuple(cells))
