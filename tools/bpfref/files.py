"""Writing files so that a reader sees the old text or the new one, never half of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import DataError, MachineError

TEMPORARY = ".bpfref-tmp"


@dataclass(frozen=True)
class Result:
    """A file and the text that it should have."""

    path: Path
    text: str


def read_text(path: Path) -> str:
    """A file's text with its line ends as they are; DataError when it is missing or not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}): restore it or name another file", path) from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError("not UTF-8 text: save the file as UTF-8", path, line) from error


def write_text(path: Path, text: str) -> bool:
    """Write `text` unless the file holds it already; True when something was written.

    The text goes to a temporary name in the same folder and takes its place by a rename, so a
    process that is killed leaves the old text or the new one. MachineError (disk full, no
    permission) leaves the old file as it was.
    """
    return write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> bool:
    """Write `data` unless the file holds it already, as `write_text` does."""
    if path.is_file() and path.read_bytes() == data:
        return False
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise MachineError(f"cannot be written ({error.strerror}); the old text is intact", path) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return True
