"""The errors that bpfref raises on purpose; each says where and how to repair it."""

from __future__ import annotations

from pathlib import Path


class BpfrefError(Exception):
    """Something a person can repair, with the file and line where they start.

    `str()` gives `file:line: message`, the form that editors and CI understand.
    The message says what is wrong and then how to repair it.
    """

    def __init__(self, message: str, file: Path | str | None = None, line: int | None = None):
        super().__init__(message)
        self.message = message
        self.file = str(file) if file is not None else None
        self.line = line

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class SourceError(BpfrefError):
    """An upstream source (header, git, BTF) is not what its parser understands."""


class DataError(BpfrefError):
    """A YAML file under `data/` breaks its schema."""


class MarkerError(BpfrefError):
    """A page's marker comments are unbalanced, unknown or name nothing."""


class MachineError(BpfrefError):
    """The machine lacks something: a tool, a package, disk space, permission."""
