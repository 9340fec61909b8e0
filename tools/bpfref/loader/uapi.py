"""Constants and info structs of `linux/bpf.h`, from `uapi.json`. Standard library only."""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bpfref.loader.errors import MissingSymbolError
from bpfref.loader.libbpf import Library

_NUMBERS = {1, 2, 4, 8}  # bytes of a field that is one number
_MARK = "_DEPRECATED"
_ROOM = 512  # bytes for an info struct; kernels older than the header fill less, newer ones are cut


@cache
def _file() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(__file__).with_name("uapi.json").read_text(encoding="utf-8"))
    return read


def constant(name: str) -> int:
    """The value of a constant; MissingSymbolError for a name that the header does not have."""
    try:
        found: int = _file()["constants"][name]
    except KeyError:
        raise MissingSymbolError(f"linux/bpf.h has no constant {name}: see how it is spelled there") from None
    return found


def has_constant(name: str) -> bool:
    """Whether the header has a constant of this name."""
    return name in _file()["constants"]


@cache
def _names(enum: str) -> dict[int, str]:
    found: dict[int, str] = {}
    names = _file()["enums"][enum]
    for name in names:
        # Of aliases the first; one that is marked so stands before the name that everybody uses.
        if name.removesuffix(_MARK) == name or name.removesuffix(_MARK) not in names:
            found.setdefault(constant(name), name)
    return found


def name_of(enum: str, value: int) -> str | None:
    """The name of an enum's value, the first of several; None for one that the header does not know."""
    return _names(enum).get(value)


def number_of(enum: str, name: str | int) -> int:
    """The value of an enumerator, by its name or as it is. MissingSymbolError for another name."""
    if isinstance(name, int):
        return name
    if name in _file()["enums"][enum]:
        return constant(name)
    raise MissingSymbolError(f"{name} is none of enum {enum} in linux/bpf.h: see how it is spelled there")


class Info(Mapping[str, Any]):
    """What the kernel says of a thing: the fields of its info struct, as the kernel filled them.

    Fields that this kernel is too old for are not in it.
    """

    def __init__(self, values: Mapping[str, Any]):
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return f"Info({self._values!r})"


class RawInfo:
    """An info struct as memory: `ask` fills it, fields are read and written by name."""

    def __init__(self, struct: str):
        self._fields: dict[str, list[int]] = _file()["structs"][struct]["fields"]
        self.memory = ctypes.create_string_buffer(_ROOM)
        self.filled = 0

    def ask(self, library: Library, fd: int) -> None:
        """Let the kernel fill it. OSError with what it says."""
        length = ctypes.c_uint32(_ROOM)
        library.number("bpf_obj_get_info_by_fd", fd, ctypes.addressof(self.memory), ctypes.addressof(length))
        self.filled = length.value

    def set(self, field: str, value: int) -> None:
        """Write a field before asking."""
        offset, size = self._fields[field]
        ctypes.memmove(ctypes.addressof(self.memory) + offset, value.to_bytes(size, sys.byteorder), size)

    def get(self, field: str) -> int | bytes:
        """A field: a number, or the bytes of an array."""
        offset, size = self._fields[field]
        raw = self.memory.raw[offset : offset + size]
        return int.from_bytes(raw, sys.byteorder) if size in _NUMBERS else raw

    def all(self, prefix: str = "") -> dict[str, int | bytes]:
        """The fields with a prefix that the kernel filled, without it; for no prefix those of no inner struct."""
        found = (n for n in self._fields if n.startswith(prefix) and (prefix or "." not in n))
        return {n.removeprefix(prefix): self.get(n) for n in found if sum(self._fields[n]) <= self.filled}


def text(raw: int | bytes) -> str:
    """The C string in a field."""
    if isinstance(raw, int):  # a name of eight bytes looks like a number
        raw = raw.to_bytes(8, sys.byteorder)
    return raw.partition(b"\0")[0].decode(errors="replace")
