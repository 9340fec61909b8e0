"""The archive format of an initramfs: cpio, "newc" form, written from files in memory. Pure.

The kernel unpacks several archives that stand one after the other; an entry of a later one
replaces that of an earlier one. Inode numbers, times and owners are always the same, so the same
entries give the same bytes. (Linux kernel: Documentation/driver-api/early-userspace/buffer-format.rst.)
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

MAGIC = b"070701"
_END = "TRAILER!!!"
_ALIGN = 4
_MOST = 0xFFFFFFFF  # what a field of eight hexadecimal digits holds


@dataclass(frozen=True)
class Entry:
    """A file, folder or symbolic link of an archive.

    `mode` has the kind and the rights, as `st_mode`; the content of a link is where it leads.
    """

    path: str
    mode: int
    content: bytes = b""

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or str(path) != self.path or self.path in {".", _END}:
            raise ValueError(f"{self.path!r} is no plain relative path")
        if "\0" in self.path:
            raise ValueError(f"{self.path!r} has a zero byte, which ends a name")
        if stat.S_IFMT(self.mode) not in {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
            raise ValueError(f"{self.path!r} is neither file, folder nor link: {self.mode:#o}")
        if len(self.content) > _MOST:
            raise ValueError(f"{self.path!r} is too big for the format: {len(self.content)} bytes")


def file(path: str, content: bytes, *, executable: bool = False) -> Entry:
    """A regular file."""
    return Entry(path, stat.S_IFREG | (0o755 if executable else 0o644), content)


def folder(path: str) -> Entry:
    """A folder."""
    return Entry(path, stat.S_IFDIR | 0o755)


def link(path: str, target: str) -> Entry:
    """A symbolic link to `target`."""
    return Entry(path, stat.S_IFLNK | 0o777, target.encode())


def write_archive(entries: Iterable[Entry]) -> bytes:
    """Write an archive: sorted by path, with the folders that no entry names.

    Of two entries with one path ValueError: which of them counts would depend on their order.
    """
    named: dict[str, Entry] = {}
    for entry in entries:
        if entry.path in named:
            raise ValueError(f"{entry.path!r} is there twice")
        named[entry.path] = entry
    for path in list(named):
        for parent in PurePosixPath(path).parents:
            if str(parent) != ".":
                named.setdefault(str(parent), folder(str(parent)))
    # By parts, not by text: a folder has to stand before what is in it ("a", "a/b", "a.b").
    order = sorted(named, key=lambda path: path.split("/"))
    return b"".join(_pack(named[path], number) for number, path in enumerate(order, 1)) + _trailer()


def _pack(entry: Entry, number: int) -> bytes:
    return b"".join(_parts(entry.path, entry.mode, entry.content, number))


def _trailer() -> bytes:
    return b"".join(_parts(_END, 0, b"", 0))


def _parts(path: str, mode: int, content: bytes, number: int) -> Iterator[bytes]:
    name = path.encode(errors="surrogateescape") + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, 0, len(content), 0, 0, 0, 0, len(name), 0)
    yield _pad(MAGIC + b"".join(b"%08x" % field for field in fields) + name)
    yield _pad(content)


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGN)
