"""Programs in the kernel: attach, run, look at. Standard library only."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bpfref.loader import uapi
from bpfref.loader.errors import ClosedError, KernelError, LoaderError, RunError
from bpfref.loader.held import Held
from bpfref.loader.hooks import Hooks
from bpfref.loader.libbpf import Library, library
from bpfref.loader.links import Link
from bpfref.loader.maps import Map
from bpfref.loader.opts import make_opts
from bpfref.loader.pins import get_pinned, pin, unpin
from bpfref.loader.uapi import Info, RawInfo

_SPARE = 256  # bytes that a program may put before and after a packet


@dataclass(frozen=True)
class TestRun:
    """What a test run gave: the return value without sign, the packet and context afterwards, nanoseconds a run."""

    __test__ = False  # no test of pytest

    retval: int
    data: bytes
    context: bytes
    duration: int

    @property
    def signed(self) -> int:
        """The return value with its sign."""
        return self.retval - (1 << 32) if self.retval >> 31 else self.retval


class Program(Hooks, Held):
    """A program in the kernel. `log` is the verifier's, where its collection was loaded with a level."""

    def __init__(  # noqa: PLR0913 - only a collection makes one with all of it
        self,
        handle: int,
        fd: int,
        *,
        section: str = "",
        log: str = "",
        keep: Callable[[Link], None] | None = None,
        forget: Callable[[Link], None] | None = None,
    ):
        """`handle` is libbpf's pointer, 0 for a program without object: then the descriptor is its own."""
        self._lib: Library = library()
        self._handle = handle
        self._fd = fd
        self._kept, self._forgotten = keep, forget
        self.section = section
        self.log = log
        self.name: str = (self._lib.bpf_program__name(handle) or b"").decode() if handle else self.info().name

    def __repr__(self) -> str:
        return f"<Program {self.name} {'closed' if self._fd < 0 else self._fd}>"

    def close(self) -> None:
        """Let it go; it stays as long as something else holds it."""
        fd, self._fd = self._fd, -1
        if fd >= 0 and not self._handle:
            os.close(fd)
        self._handle = 0

    def fileno(self) -> int:
        """The descriptor. ClosedError after the end."""
        if self._fd < 0:
            raise ClosedError(f"program {self.name} is closed")
        return self._fd

    @property
    def handle(self) -> int:
        """libbpf's pointer. LoaderError for a program that came without its object."""
        self.fileno()
        if not self._handle:
            raise LoaderError(f"program {self.name} came without its object, so libbpf cannot attach it: open its link")
        return self._handle

    def info(self) -> Info:
        """What the kernel says of it: `bpf_prog_info`, with the type's name, the maps' ids and run-time figures."""
        raw = RawInfo("bpf_prog_info")
        try:
            raw.ask(self._lib, self.fileno())
            ids = self._map_ids(raw.get("nr_map_ids"))
        except OSError as error:
            raise KernelError("the program's information cannot be had", error.errno or 0) from error
        kind, tag = raw.get("type"), raw.get("tag")
        known = uapi.name_of("bpf_prog_type", kind) if isinstance(kind, int) else None
        own: dict[str, Any] = {
            "type": known or str(kind),
            "name": uapi.text(raw.get("name")),
            "tag": tag.to_bytes(8, "little").hex() if isinstance(tag, int) else tag.hex(),
            "map_ids": ids,
        }
        return Info({**raw.all(), **own})

    def _map_ids(self, count: int | bytes) -> list[int]:
        if not isinstance(count, int) or not count:
            return []
        ids = (ctypes.c_uint32 * count)()
        raw = RawInfo("bpf_prog_info")
        raw.set("nr_map_ids", count)
        raw.set("map_ids", ctypes.addressof(ids))
        raw.ask(self._lib, self.fileno())
        return list(ids)

    def test_run(  # noqa: PLR0913 - the options of the kernel
        self,
        data: bytes | None = None,
        *,
        context: bytes | None = None,
        repeat: int = 1,
        flags: int = 0,
        cpu: int = 0,
        room: int | None = None,
        batch: int = 0,
    ) -> TestRun:
        """Run it on a packet or a context, without any hook. RunError where its type cannot be, or the input is wrong.

        `room` is how many bytes of the packet may come back (else its size and some more);
        `flags` with BPF_F_TEST_RUN_ON_CPU runs it on `cpu`; `batch` is for live XDP frames.
        """
        live = uapi.constant("BPF_F_TEST_XDP_LIVE_FRAMES")
        size = 0 if data is None or flags & live else (len(data) + _SPARE if room is None else room)
        out = ctypes.create_string_buffer(size) if size else None
        # A context goes back into memory of its own, of the same size.
        back = ctypes.create_string_buffer(len(context)) if context is not None and data is not None else None
        opts = make_opts(
            "bpf_test_run_opts",
            data_in=_address(data),
            data_size_in=len(data or b""),
            data_out=ctypes.addressof(out) if out is not None else None,
            data_size_out=size,
            ctx_in=_address(context),
            ctx_size_in=len(context or b""),
            ctx_out=ctypes.addressof(back) if back is not None else None,
            ctx_size_out=len(back) if back is not None else 0,
            repeat=repeat if data is not None else 0,
            flags=flags,
            cpu=cpu,
            batch_size=batch,
        )
        try:
            self._lib.number("bpf_prog_test_run_opts", self.fileno(), ctypes.addressof(opts))
        except OSError as error:
            raise RunError(f"program {self.name} cannot be run so", error.errno or 0) from error
        return TestRun(
            opts.retval,
            out.raw[: opts.data_size_out] if out is not None else b"",
            back.raw[: opts.ctx_size_out] if back is not None else b"",
            opts.duration,
        )

    def bind_map(self, extra: Map) -> None:
        """Let it hold a map that it does not refer to."""
        try:
            self._lib.number("bpf_prog_bind_map", self.fileno(), extra.fileno(), None)
        except OSError as error:
            raise KernelError(f"map {extra.name} cannot be bound to program {self.name}", error.errno or 0) from error

    def pin(self, path: str | os.PathLike[str]) -> None:
        """Give it a name in a BPF file system. PinError."""
        pin(self._lib, self.fileno(), path, f"program {self.name}")

    def unpin(self, path: str | os.PathLike[str]) -> None:
        """Remove such a name. PinError."""
        unpin(path, f"program {self.name}")

    def _keep(self, link: Link) -> Link:
        if self._kept:
            self._kept(link)
        return link

    def _forget(self, link: Link) -> None:
        if self._forgotten:
            self._forgotten(link)


def open_program(path: str | os.PathLike[str]) -> Program:
    """Open a pinned program: it can be run, looked at and put into links and maps. PinError."""
    return _adopted(get_pinned(path))


def open_program_by_id(number: int) -> Program:
    """Open a program by the kernel's number of it. KernelError."""
    try:
        fd = library().number("bpf_prog_get_fd_by_id", number)
    except OSError as error:
        raise KernelError(f"program {number} cannot be opened", error.errno or 0) from error
    return _adopted(fd)


def _adopted(fd: int) -> Program:
    """A program of a descriptor, which is closed if that fails."""
    try:
        return Program(0, fd)
    except BaseException:
        os.close(fd)
        raise


@contextmanager
def statistics() -> Iterator[None]:
    """Have the kernel count runs and their time, of all programs, as long as the block lasts."""
    try:
        fd = library().number("bpf_enable_stats", uapi.constant("BPF_STATS_RUN_TIME"))
    except OSError as error:
        raise KernelError("statistics cannot be switched on", error.errno or 0) from error
    try:
        yield
    finally:
        os.close(fd)


def _address(data: bytes | None) -> int | None:
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value if data is not None else None
