"""How answers leave: records of JSON, logs given once and then named by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bpfref.probe.ask.kernel import Answer
from bpfref.probe.ask.texts import telling

Emit = Callable[[dict[str, object]], None]


@dataclass
class Answers:
    """Gives records to `emit`. A cell stands for an errno with a log; `cells` of a record names new ones."""

    emit: Emit
    _known: dict[tuple[int, str], int] = field(default_factory=dict)
    _raw: dict[tuple[int, bytes], int] = field(default_factory=dict)
    _order: list[tuple[int, str]] = field(default_factory=list)
    _fresh: list[tuple[int, str]] = field(default_factory=list)

    def cell(self, answer: Answer) -> int:
        """The number of an answer."""
        key = (answer.errno, telling(answer.log))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self._known)
            self._order.append(key)
            self._fresh.append(key)
        return found

    def raw(self, errno: int, log: bytes) -> int:
        """The number of an answer, by the log's bytes: most logs come again and again."""
        key = (errno, log)
        found = self._raw.get(key)
        if found is None:
            found = self._raw[key] = self.cell(Answer(-1, errno, log.decode(errors="replace")))
        return found

    def said(self, cell: int) -> tuple[int, str]:
        """Errno and telling lines of a number."""
        return self._order[cell]

    def give(self, section: str, **values: object) -> None:
        """A record of a section, with the cells that no earlier record has had."""
        cells = [list(key) for key in self._fresh]
        self._fresh.clear()
        self.emit({"section": section, "cells": cells, **values})
