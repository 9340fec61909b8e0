"""Events out of ring buffers and perf buffers, and into user ring buffers. Standard library only."""

from __future__ import annotations

import ctypes
import errno as numbers
import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from bpfref.loader.errors import ClosedError, MapError, MapFullError
from bpfref.loader.held import Held
from bpfref.loader.libbpf import Library, library
from bpfref.loader.maps import Map
from bpfref.loader.values import Codec

_Sample = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_PerfSample = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
_PerfLost = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64)
_SLICE = 0.1  # seconds without end are cut into such waits, so that an interrupt is heard
_PAGES = 8


class _Buffer(Held):
    """What the three have in common: a pointer of libbpf's that is freed at the end."""

    free = ""

    def __init__(self, source: Map, handle: int):
        self._lib: Library = library()
        self._handle = handle
        self.name = source.name

    def close(self) -> None:
        """Release it."""
        handle, self._handle = self._handle, 0
        if handle:
            getattr(self._lib, self.free)(handle)

    def _live(self) -> int:
        if not self._handle:
            raise ClosedError(f"the buffer of map {self.name} is closed")
        return self._handle


class _Reader(_Buffer):
    """Events in the order in which they came."""

    poller = descriptor = ""

    def __init__(self, source: Map, handle: int, codec: Codec | None):
        super().__init__(source, handle)
        self._codec = codec
        self._waiting: deque[Any] = deque()

    def fileno(self) -> int:
        """A descriptor to wait for together with others (`select`): ready when events have come."""
        return self._lib.number(self.descriptor, self._live())

    def poll(self, timeout: float = 0) -> int:
        """Take what has come, waiting up to `timeout` seconds for the first; how many events wait to be read."""
        self._take(timeout)
        return len(self._waiting)

    def read(self, timeout: float | None = None, *, limit: int | None = None) -> Iterator[Any]:
        """Events, until none comes for `timeout` seconds (None: for ever), or `limit` of them came."""
        given = 0
        while limit is None or given < limit:
            if not self._waiting and not self._wait(timeout):
                return
            given += 1
            yield self._waiting.popleft()

    def _wait(self, timeout: float | None) -> bool:
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self._waiting:
            left = end - time.monotonic()
            self._take(max(0.0, min(left, _SLICE)))
            if not self._waiting and left <= 0:
                return False
        return True

    def _take(self, timeout: float) -> None:
        try:
            self._lib.number(self.poller, self._live(), math.ceil(timeout * 1000))
        except OSError as error:
            if error.errno != numbers.EINTR:
                raise MapError(f"events of map {self.name} cannot be read", error.errno or 0) from error

    def _event(self, address: int, size: int) -> Any:
        data = ctypes.string_at(address, size)
        return self._codec.decode(data) if self._codec and size >= self._codec.size else data


class RingBuffer(_Reader):
    """The events of a ring buffer. The kernel counts none as lost: programs see that there was no room."""

    free = "ring_buffer__free"
    poller = "ring_buffer__poll"
    descriptor = "ring_buffer__epoll_fd"

    def __init__(self, source: Map, codec: Codec | None = None):
        """`codec` converts events; one that is shorter stays bytes."""
        self._callback = _Sample(self._sample)
        super().__init__(source, _made(source, "ring_buffer__new", source.fileno(), self._callback, None, None), codec)

    def _sample(self, _context: int, address: int, size: int) -> int:
        self._waiting.append(self._event(address, size))
        return 0

    @property
    def unread(self) -> int:
        """Bytes in the buffer that were not taken yet."""
        ring = self._lib.pointer("ring_buffer__ring", self._live(), 0)
        return self._lib.number("ring__avail_data_size", ring)


class PerfBuffer(_Reader):
    """The events of a perf event array, from all CPUs; `lost` counts those that found no room, `cpu` them by CPU."""

    free = "perf_buffer__free"
    poller = "perf_buffer__poll"
    descriptor = "perf_buffer__epoll_fd"

    def __init__(self, source: Map, codec: Codec | None = None, *, pages: int = _PAGES):
        """`pages` is the room of each CPU, a power of two. `codec` as for ring buffers; samples may be padded."""
        self._callbacks = (_PerfSample(self._sample), _PerfLost(self._missed))
        self.lost = 0
        self.lost_by_cpu: dict[int, int] = {}
        handle = _made(source, "perf_buffer__new", source.fileno(), pages, *self._callbacks, None, None)
        super().__init__(source, handle, codec)

    def _sample(self, _context: int, _cpu: int, address: int, size: int) -> None:
        self._waiting.append(self._event(address, size))

    def _missed(self, _context: int, cpu: int, count: int) -> None:
        self.lost += count
        self.lost_by_cpu[cpu] = self.lost_by_cpu.get(cpu, 0) + count


class UserRingBuffer(_Buffer):
    """A ring buffer that user space writes and programs read (from Linux v6.1)."""

    free = "user_ring_buffer__free"

    def __init__(self, source: Map, codec: Codec | None = None):
        """`codec` converts events."""
        self._codec = codec
        super().__init__(source, _made(source, "user_ring_buffer__new", source.fileno(), None))

    def send(self, event: object, timeout: float = 0) -> None:
        """Hand an event over, waiting up to `timeout` seconds for room. MapFullError when there is none."""
        if isinstance(event, bytes):
            data = event
        elif self._codec:
            data = self._codec.encode(event)
        else:
            raise MapError(f"map {self.name}: an event has to be bytes, as its type is not known", numbers.EINVAL)
        try:
            if timeout:
                wait = math.ceil(timeout * 1000)
                place = self._lib.pointer("user_ring_buffer__reserve_blocking", self._live(), len(data), wait)
            else:
                place = self._lib.pointer("user_ring_buffer__reserve", self._live(), len(data))
        except OSError as error:
            full = error.errno in {numbers.ENOSPC, numbers.ETIMEDOUT, numbers.EAGAIN}
            raise (MapFullError if full else MapError)(f"map {self.name}: send", error.errno or 0) from error
        ctypes.memmove(place, data, len(data))
        self._lib.user_ring_buffer__submit(self._live(), place)


def _made(source: Map, name: str, *arguments: object) -> int:
    lib = library()
    with lib.listening() as said:
        try:
            return lib.pointer(name, *arguments)
        except OSError as error:
            why = "; ".join(said).replace("libbpf: ", "")
            raise MapError(f"map {source.name} cannot be read as events", error.errno or 0, why) from error


def close_all(things: list[Any]) -> None:
    """Close things, the last first; one that fails does not keep the others open."""
    with ExitStack() as stack:
        for thing in things:
            stack.callback(thing.close)
        things.clear()
