"""Complaints that people asked about in public: what `bpfref explain` is held against."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.model.fact import Fact


@dataclass(frozen=True)
class ExplainCase(Fact):
    """One question: its `thread`, the one line of its log that tells, and the entry by a person's reading."""

    thread: str
    line: str
    entry: str

    def __post_init__(self) -> None:
        if not self.thread.startswith("https://"):
            raise ValueError(f"{self.thread!r} is no address of a thread")


@dataclass(frozen=True)
class ExplainCasesFile(Fact):
    """`data/authored/explain-cases.yaml`."""

    cases: tuple[ExplainCase, ...]
