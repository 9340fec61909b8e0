"""The strings of BTF, by offset; those of split BTF continue where its base's end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bpfref.formats.btf.wire import MAX_STRINGS, fault

# The kernel takes names below 512 bytes; attributes may be longer.
_LONGEST = 4096
_END = frozenset({0})


class Strings:
    """A section of strings on top of its base's.

    An offset must be that of a string's first byte: no producer shares tails, and so split BTF
    that is read with another base than its own is refused instead of read wrongly.
    """

    __slots__ = ("_data", "_file", "_known", "base", "end", "start")

    def __init__(self, data: bytes, file: Path | str, base: Strings | None = None):
        self._data = data
        self._file = file
        self._known: dict[int, str] = {}
        self.base = base
        self.start: int = base.end if base else 0
        self.end: int = self.start + len(data)
        self._check()

    def _check(self) -> None:
        if len(self._data) > MAX_STRINGS:
            raise fault(f"{len(self._data)} bytes of strings are more than the format allows", self._file)
        if not self._data and self.base:
            return
        if self._data[-1:] != b"\0":
            raise fault("the last string does not end", self._file)
        if not self.base and self._data[0]:
            raise fault("the first string is not empty, as in split BTF, which needs its base", self._file)

    def at(self, offset: int) -> str:
        """The string at an offset; the one at 0 is empty.

        SourceError for an offset outside, within a string, or of a string that is no UTF-8 or too long.
        """
        if offset < self.start and self.base:
            return self.base.at(offset)
        known = self._known.get(offset)
        if known is None:
            known = self._known[offset] = self._read(offset)
        return known

    def _read(self, offset: int) -> str:
        local = offset - self.start
        if local >= len(self._data):
            raise fault(f"string offset {offset} is beyond the end of the strings", self._file)
        if local and self._data[local - 1]:
            raise fault(f"string offset {offset} is within a string (is this the right base?)", self._file)
        end = self._data.find(b"\0", local, local + _LONGEST + 1)
        if end < 0:
            raise fault(f"the string at offset {offset} has more than {_LONGEST} bytes", self._file)
        try:
            return self._data[local:end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise fault(f"the string at offset {offset} is no UTF-8", self._file) from error

    def bytes_before(self) -> bytes:
        """For each offset the byte before it, base included: 0 where a string starts."""
        return b"\0" + self._all()[:-1]

    def _all(self) -> bytes:
        return self.base._all() + self._data if self.base else self._data


def are_starts(before: bytes, offsets: Iterable[int]) -> bool:
    """Whether each offset is that of a string's first byte; `before` is of `bytes_before`."""
    try:
        return _END.issuperset(map(before.__getitem__, offsets))
    except IndexError:
        return False
