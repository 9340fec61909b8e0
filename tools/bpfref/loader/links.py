"""Links: programs on their hooks. Standard library only."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpfref.loader import uapi
from bpfref.loader.errors import AttachError, ClosedError, PinError
from bpfref.loader.held import Held
from bpfref.loader.libbpf import Library, library
from bpfref.loader.opts import make_opts
from bpfref.loader.uapi import Info, RawInfo

if TYPE_CHECKING:
    from bpfref.loader.programs import Program

_CHUNK = 1 << 16
_LINK_TYPE = "BPF_LINK_TYPE_"


class Link(Held):
    """A program, or struct_ops map, on its hook; it comes off at the end of the `with` block, unless pinned."""

    def __init__(self, handle: int, what: str, forget: Callable[[Link], None] | None = None):
        self._lib: Library = library()
        self._handle = handle
        self._forget = forget
        self.what = what

    def __repr__(self) -> str:
        return f"<Link {self.what}>"

    def close(self) -> None:
        """Take the program off its hook and release the link; a pinned link stays on."""
        handle, self._handle = self._handle, 0
        if handle:
            self._lib.bpf_link__destroy(handle)
            if self._forget:
                self._forget(self)

    def fileno(self) -> int:
        """The descriptor. AttachError for a hook that the kernel has no link for."""
        return self._number("has no descriptor", "bpf_link__fd")

    def info(self) -> Info:
        """What the kernel says of it: `bpf_link_info`, with the part of its own type and the type's name."""
        raw = RawInfo("bpf_link_info")
        try:
            raw.ask(self._lib, self.fileno())
        except OSError as error:
            raise AttachError(f"{self.what}: its information cannot be had", error.errno or 0) from error
        number = raw.get("type")
        name = uapi.name_of("bpf_link_type", number) if isinstance(number, int) else None
        own = raw.all(f"{name.removeprefix(_LINK_TYPE).lower()}.") if name else {}
        values: dict[str, Any] = {**raw.all(), "type": name or str(number), **own}
        if isinstance(attach := own.get("attach_type"), int):
            values["attach_type"] = uapi.name_of("bpf_attach_type", attach) or str(attach)
        return Info(values)

    def update(self, program: Program, *, old: Program | None = None) -> None:
        """Put another program in its place without a gap; with `old` only if that is still there."""
        if old is None:
            self._number("cannot be updated", "bpf_link__update_program", program.handle)
            return
        flags = uapi.constant("BPF_F_REPLACE")
        opts = make_opts("bpf_link_update_opts", flags=flags, old_prog_fd=old.fileno())
        try:
            self._lib.number("bpf_link_update", self.fileno(), program.fileno(), ctypes.addressof(opts))
        except OSError as error:
            raise AttachError(f"{self.what}: cannot be updated", error.errno or 0) from error

    def update_map(self, pointer: int) -> None:
        """Put another struct_ops map in its place, by libbpf's pointer: see `Collection.replace_struct_ops`."""
        self._number("cannot be updated", "bpf_link__update_map", pointer)

    def detach(self) -> None:
        """Take the program off its hook; the link stays, without use."""
        self._number("cannot be detached", "bpf_link__detach")

    def pin(self, path: str | os.PathLike[str]) -> None:
        """Give it a name in a BPF file system: the program stays on when this process is gone."""
        try:
            self._lib.number("bpf_link__pin", self._live(), os.fspath(path).encode())
        except OSError as error:
            raise PinError(f"{self.what}: cannot be pinned at {os.fspath(path)}", error.errno or 0) from error

    def unpin(self) -> None:
        """Remove that name."""
        try:
            self._lib.number("bpf_link__unpin", self._live())
        except OSError as error:
            raise PinError(f"{self.what}: cannot be unpinned", error.errno or 0) from error

    @property
    def pin_path(self) -> str | None:
        """Where it is pinned."""
        found: bytes | None = self._lib.bpf_link__pin_path(self._live())
        return found.decode() if found else None

    def read(self) -> bytes:
        """Run the iterator that is attached, and give what it writes."""
        fd = self._lib.number("bpf_iter_create", self.fileno())
        try:
            parts = []
            while part := os.read(fd, _CHUNK):
                parts.append(part)
        finally:
            os.close(fd)
        return b"".join(parts)

    def _live(self) -> int:
        if not self._handle:
            raise ClosedError(f"{self.what}: its link is closed")
        return self._handle

    def _number(self, failed: str, name: str, *arguments: object) -> int:
        try:
            return self._lib.number(name, self._live(), *arguments)
        except OSError as error:
            raise AttachError(f"{self.what}: {failed}", error.errno or 0) from error


class Attachment(Link):
    """A program on a hook without a link of the kernel's: `undo` takes it off."""

    def __init__(self, what: str, undo: Callable[[], None], forget: Callable[[Link], None] | None = None):
        super().__init__(0, what, forget)
        self._undo: Callable[[], None] | None = undo

    def close(self) -> None:
        """Take the program off its hook."""
        undo, self._undo = self._undo, None
        if undo:
            try:
                undo()
            finally:
                if self._forget:
                    self._forget(self)

    def detach(self) -> None:
        """Take the program off its hook."""
        self.close()


def open_link(path: str | os.PathLike[str]) -> Link:
    """Open a pinned link. PinError."""
    try:
        handle = library().pointer("bpf_link__open", os.fspath(path).encode())
    except OSError as error:
        raise PinError(f"no link pinned at {os.fspath(path)} can be opened", error.errno or 0) from error
    return Link(handle, f"link {os.fspath(path)}")
