"""Maps of the kernel. Standard library only.

A map is used like a `dict` where it is one; values are converted through BTF where the object had it.
"""

from __future__ import annotations

import ctypes
import errno as numbers
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bpfref.loader import uapi
from bpfref.loader.elements import Elements
from bpfref.loader.errors import (
    ClosedError,
    ConversionError,
    IncompatibleMapError,
    KeyExistsError,
    MapEmptyError,
    MapError,
    MapFullError,
    MissingKeyError,
)
from bpfref.loader.held import Held
from bpfref.loader.libbpf import Library, library
from bpfref.loader.pins import pin, unpin
from bpfref.loader.uapi import Info, RawInfo
from bpfref.loader.values import Codec, NumberCodec, RawCodec

if TYPE_CHECKING:
    from bpfref.loader.specs import MapSpec

_WORD = 4
_PERCPU = 8  # bytes: each CPU's value starts at a multiple of it

# What the values of a type are, besides plain bytes: see `kernel/bpf/syscall.c` of Linux.
PER_CPU = {
    "BPF_MAP_TYPE_PERCPU_HASH",
    "BPF_MAP_TYPE_LRU_PERCPU_HASH",
    "BPF_MAP_TYPE_PERCPU_ARRAY",
    "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE",
}
MAP_IN_MAP = {"BPF_MAP_TYPE_ARRAY_OF_MAPS", "BPF_MAP_TYPE_HASH_OF_MAPS"}
_DESCRIPTORS = MAP_IN_MAP | {
    "BPF_MAP_TYPE_PROG_ARRAY",
    "BPF_MAP_TYPE_PERF_EVENT_ARRAY",
    "BPF_MAP_TYPE_CGROUP_ARRAY",
}
_INDEXED = {
    "BPF_MAP_TYPE_ARRAY",
    "BPF_MAP_TYPE_PERCPU_ARRAY",
    "BPF_MAP_TYPE_ARRAY_OF_MAPS",
    "BPF_MAP_TYPE_PROG_ARRAY",
    "BPF_MAP_TYPE_PERF_EVENT_ARRAY",
    "BPF_MAP_TYPE_CGROUP_ARRAY",
    "BPF_MAP_TYPE_DEVMAP",
    "BPF_MAP_TYPE_CPUMAP",
    "BPF_MAP_TYPE_XSKMAP",
    "BPF_MAP_TYPE_SOCKMAP",
    "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY",
}


class Map(Elements, Held):
    """A map of the kernel, by a descriptor that is closed at the end of its `with` block.

    `m[key]`, `m[key] = value`, `del m[key]`, `key in m` and `for key in m` do what they do for a
    dict; `update` takes flags. A per-CPU map has a list of values, one for each possible CPU, in
    place of a value. A map of maps gives the id of a map, and `inner` opens it; a map or program
    is put into one as it is. Errors are MapError with the errno, and its kinds.
    """

    def __init__(self, fd: int, *, codecs: tuple[Codec, Codec] | None = None, owned: bool = True):
        """`codecs` are of keys and values; without them values are bytes. `owned`: close it with the map."""
        self._lib: Library = library()
        self._fd = fd
        self._owned = owned
        info = self.info()
        self.name: str = info.name
        self.type: str = info.type
        self.key_size: int = info.key_size
        self.value_size: int = info.value_size
        self.max_entries: int = info.max_entries
        self._cpus = self._lib.number("libbpf_num_possible_cpus") if self.type in PER_CPU else 0
        self._room = self._cpus * -(-self.value_size // _PERCPU) * _PERCPU or self.value_size
        self._key: Codec = codecs[0] if codecs else RawCodec(self.key_size)
        self._value: Codec = codecs[1] if codecs else RawCodec(self.value_size)
        if self.type in _INDEXED and self.key_size == _WORD:
            self._key = NumberCodec(_WORD)
        if self.type in _DESCRIPTORS:
            self._value = NumberCodec(_WORD)

    def __repr__(self) -> str:
        return f"<Map {self.name} {self.type} {'closed' if self._fd < 0 else self._fd}>"

    def close(self) -> None:
        """Close the descriptor; the map stays as long as something else holds it."""
        fd, self._fd = self._fd, -1
        if fd >= 0 and self._owned:
            os.close(fd)

    def fileno(self) -> int:
        """The descriptor. ClosedError after the end."""
        if self._fd < 0:
            raise ClosedError(f"map {getattr(self, 'name', '')} is closed")
        return self._fd

    def info(self) -> Info:
        """What the kernel says of it: `bpf_map_info`, with the type's name."""
        raw = RawInfo("bpf_map_info")
        try:
            raw.ask(self._lib, self.fileno())
        except OSError as error:
            raise MapError("the map's information cannot be had", error.errno or 0) from error
        values = raw.all()
        kind = raw.get("type")
        known = uapi.name_of("bpf_map_type", kind) if isinstance(kind, int) else None
        return Info({**values, "type": known or str(kind), "name": uapi.text(raw.get("name"))})

    # -- one element ------------------------------------------------------------------------------

    def lookup(self, key: object, flags: int = 0) -> Any:
        """The value of a key. MissingKeyError when there is none."""
        return self._read("bpf_map_lookup_elem_flags", key, flags)

    def get(self, key: object, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        try:
            return self.lookup(key)
        except MissingKeyError:
            return default

    def __getitem__(self, key: object) -> Any:
        return self.lookup(key)

    def __contains__(self, key: object) -> bool:
        try:
            if self.type == "BPF_MAP_TYPE_BLOOM_FILTER":
                return self._holds(key)
            self.lookup(key)
        except MissingKeyError:
            return False
        return True

    def update(self, key: object, value: object, flags: int = 0) -> None:
        """Set the value of a key: `BPF_NOEXIST` only if there is none, `BPF_EXIST` only if there is one.

        KeyExistsError, MissingKeyError, MapFullError.
        """
        self._act("update", "bpf_map_update_elem", self._key_of(key), self._value_of(value), flags)

    def __setitem__(self, key: object, value: object) -> None:
        self.update(key, value)

    def delete(self, key: object, flags: int = 0) -> None:
        """Remove a key. MissingKeyError when it is not there."""
        self._act("delete", "bpf_map_delete_elem_flags", self._key_of(key), flags)

    def __delitem__(self, key: object) -> None:
        self.delete(key)

    def lookup_and_delete(self, key: object, flags: int = 0) -> Any:
        """Take the value of a key out, in one step. MissingKeyError when it is not there."""
        return self._read("bpf_map_lookup_and_delete_elem_flags", key, flags)

    def inner(self, key: object) -> Map:
        """Open the map that a map of maps has at a key: the caller closes it."""
        found = self.lookup(key)
        try:
            fd = self._lib.number("bpf_map_get_fd_by_id", found)
        except OSError as error:
            raise MapError(f"map {self.name}: inner map {found} cannot be opened", error.errno or 0) from error
        return Map(fd)

    # -- queues, stacks, bloom filters ------------------------------------------------------------

    def push(self, value: object, flags: int = 0) -> None:
        """Add to a queue, stack or bloom filter. MapFullError; `BPF_EXIST` drops the oldest instead."""
        self._act("push", "bpf_map_update_elem", None, self._value_of(value), flags)

    def pop(self) -> Any:
        """Take the next out of a queue or stack. MapEmptyError."""
        return self._next("bpf_map_lookup_and_delete_elem_flags")

    def peek(self) -> Any:
        """The next of a queue or stack, which stays. MapEmptyError."""
        return self._next("bpf_map_lookup_elem_flags")

    # -- the whole map ----------------------------------------------------------------------------

    def freeze(self) -> None:
        """Make it read-only for user space, for ever."""
        self._act("freeze", "bpf_map_freeze")

    @contextmanager
    def mmap(self, *, writable: bool = True) -> Iterator[memoryview]:
        """The memory of an array with `BPF_F_MMAPABLE`: values at multiples of eight bytes."""
        stride = -(-self.value_size // _PERCPU) * _PERCPU
        size = -(-stride * self.max_entries // mmap.PAGESIZE) * mmap.PAGESIZE
        access = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        try:
            memory = mmap.mmap(self.fileno(), size, mmap.MAP_SHARED, access)
        except OSError as error:
            raise MapError(f"map {self.name} cannot be mapped into memory", error.errno or 0) from error
        view = memoryview(memory)
        try:
            yield view[: stride * self.max_entries]
        finally:
            view.release()
            _close_softly(memory)

    def pin(self, path: str | os.PathLike[str]) -> None:
        """Give it a name in a BPF file system: it stays when nobody holds it. PinError."""
        pin(self._lib, self.fileno(), path, f"map {self.name}")

    def unpin(self, path: str | os.PathLike[str]) -> None:
        """Remove such a name."""
        unpin(path, f"map {self.name}")

    def require_like(self, declared: MapSpec) -> None:
        """IncompatibleMapError with what differs, unless it is as an object declares it."""
        info = self.info()
        pairs = {
            "type": (declared.type, info.type),
            "key size": (declared.key_size, info.key_size),
            "value size": (declared.value_size, info.value_size),
            "max_entries": (declared.max_entries, info.max_entries),
            "flags": (declared.flags, info.map_flags),
        }
        differing = [
            f"{what} {there} where {asked} is declared" for what, (asked, there) in pairs.items() if asked != there
        ]
        if differing:
            raise IncompatibleMapError(f"map {self.name} cannot serve as {declared.name}: {', '.join(differing)}")

    # -- within -----------------------------------------------------------------------------------

    def _key_of(self, key: object) -> bytes:
        return self._key.encode(key)

    def _value_of(self, value: object) -> bytes:
        if not self._cpus:
            return self._value.encode(value)
        if not isinstance(value, list | tuple) or len(value) != self._cpus:
            raise ConversionError(f"map {self.name}: wanted a list of {self._cpus} values, one for each CPU")
        width = self._room // self._cpus
        return b"".join(self._value.encode(each).ljust(width, b"\0") for each in value)

    def _decode(self, data: bytes) -> Any:
        if not self._cpus:
            return self._value.decode(data)
        width = self._room // self._cpus
        return [self._value.decode(data[at : at + self.value_size]) for at in range(0, len(data), width)]

    def _read(self, name: str, key: object, flags: int) -> Any:
        out = ctypes.create_string_buffer(self._room)
        self._act("lookup", name, self._key_of(key), ctypes.addressof(out), flags)
        return self._decode(out.raw)

    def _next(self, name: str) -> Any:
        out = ctypes.create_string_buffer(self._room)
        try:
            self._act("pop", name, None, ctypes.addressof(out), 0)
        except MissingKeyError as error:
            raise MapEmptyError(f"map {self.name} is empty", error.errno) from error
        return self._decode(out.raw)

    def _holds(self, value: object) -> bool:
        data = ctypes.create_string_buffer(self._value_of(value), self._room)
        self._act("lookup", "bpf_map_lookup_elem_flags", None, ctypes.addressof(data), 0)
        return True

    def _act(self, verb: str, name: str, *arguments: object) -> None:
        try:
            self._lib.number(name, self.fileno(), *arguments)
        except OSError as error:
            raise self._error(verb, error.errno or 0) from error

    def _error(self, verb: str, errno: int) -> MapError:
        kinds: dict[int, type[MapError]] = {
            numbers.ENOENT: MissingKeyError,
            numbers.EEXIST: KeyExistsError,
            numbers.E2BIG: MapFullError,
        }
        return kinds.get(errno, MapError)(f"map {self.name}: {verb}", errno)


def _close_softly(memory: mmap.mmap) -> None:
    """Unmap, unless a view of it is still held: then it goes with that."""
    try:
        memory.close()
    except BufferError:
        return
