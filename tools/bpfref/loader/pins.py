"""Names in a BPF file system. Standard library only."""

from __future__ import annotations

import errno as numbers
import os
from pathlib import Path

from bpfref.loader.errors import PinError
from bpfref.loader.libbpf import Library, library

_PIN_PATH = "the path must lie in a BPF file system (/sys/fs/bpf), and no name in it may hold a full stop"


def get_pinned(path: str | os.PathLike[str]) -> int:
    """The descriptor of what is pinned at a path. PinError."""
    try:
        return library().number("bpf_obj_get", os.fspath(path).encode())
    except OSError as error:
        raise PinError(f"nothing pinned at {os.fspath(path)} can be opened", error.errno or 0) from error


def pin(lib: Library, fd: int, path: str | os.PathLike[str], what: str) -> None:
    """Pin a descriptor. PinError, which says what a path has to be."""
    try:
        lib.number("bpf_obj_pin", fd, os.fspath(path).encode())
    except OSError as error:
        repairs = {
            numbers.EEXIST: "something is there already: unpin that, or open it",
            numbers.EINVAL: _PIN_PATH,
            numbers.EPERM: _PIN_PATH,
            numbers.ENOENT: "make its folder first",
        }
        raise PinError(
            f"{what} cannot be pinned at {os.fspath(path)}", error.errno or 0, repairs.get(error.errno or 0, "")
        ) from error


def unpin(path: str | os.PathLike[str], what: str) -> None:
    """Remove a pinned name. PinError."""
    try:
        Path(path).unlink()
    except OSError as error:
        raise PinError(f"{what} cannot be unpinned from {os.fspath(path)}", error.errno or 0) from error
