"""Many elements of a map: walking over it, and batches. Standard library only."""

from __future__ import annotations

import ctypes
import errno as numbers
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from bpfref.loader.errors import ENOTSUPP, IterationError, MapError, MissingKeyError
from bpfref.loader.libbpf import Library
from bpfref.loader.opts import make_opts
from bpfref.loader.values import Codec

_WORD = 4
_BATCH = 64
_ROUNDS = 8  # how often a walk may meet as many keys as the map can hold
_NO_BATCH = {numbers.EINVAL, ENOTSUPP, numbers.EOPNOTSUPP}
# Types that find the next key by the place of this one, whether it is still there or not, or
# whose batches go bucket by bucket: an element that stays is met once.
_STEADY_BATCH = {
    "BPF_MAP_TYPE_HASH",
    "BPF_MAP_TYPE_LRU_HASH",
    "BPF_MAP_TYPE_PERCPU_HASH",
    "BPF_MAP_TYPE_LRU_PERCPU_HASH",
}


class Elements:
    """The part of a map that works on many elements; what it needs of the rest is declared here."""

    _lib: Library
    _key: Codec
    _room: int
    name: str
    type: str
    key_size: int
    max_entries: int

    def fileno(self) -> int:
        """The descriptor."""
        raise NotImplementedError

    def _key_of(self, key: object) -> bytes:
        raise NotImplementedError

    def _value_of(self, value: object) -> bytes:
        raise NotImplementedError

    def _decode(self, data: bytes) -> Any:
        raise NotImplementedError

    def _read(self, name: str, key: object, flags: int) -> Any:
        raise NotImplementedError

    def _act(self, verb: str, name: str, *arguments: object) -> None:
        raise NotImplementedError

    def _error(self, verb: str, errno: int) -> MapError:
        raise NotImplementedError

    def keys(self) -> Iterator[Any]:
        """All keys. An element that stays meanwhile is met once; one that comes or goes may be met or not."""
        return (key for key, _ in self._walk(values=False))

    def __iter__(self) -> Iterator[Any]:
        return self.keys()

    def values(self) -> Iterator[Any]:
        """All values, as `items` meets them."""
        return (value for _, value in self.items())

    def items(self) -> Iterator[tuple[Any, Any]]:
        """All keys with their values: those that go while they are read are left out.

        IterationError when the map changes so fast that the walk does not end.
        """
        return self._walk(values=True)

    def count(self) -> int:
        """How many elements it has, by walking over it."""
        return sum(1 for _ in self.keys())

    def lookup_batch(self, size: int = _BATCH, *, delete: bool = False, flags: int = 0) -> Iterator[list[Any]]:
        """All elements, up to `size` in one step of the kernel (more where a bucket has more); lists of pairs.

        With `delete` they are taken out. MapError with EINVAL or ENOTSUPP where the type has no batches.
        """
        name = "bpf_map_lookup_and_delete_batch" if delete else "bpf_map_lookup_batch"
        for pairs in self._batches(name, size, flags):
            yield [(self._key.decode(key), self._decode(value)) for key, value in pairs]

    def update_batch(self, items: Mapping[Any, Any] | Iterable[tuple[Any, Any]], flags: int = 0) -> int:
        """Set many elements in one step; how many. MapError: those before the one that failed are set."""
        pairs = list(items.items() if isinstance(items, Mapping) else items)
        keys = b"".join(self._key_of(key) for key, _ in pairs)
        values = b"".join(self._value_of(value) for _, value in pairs)
        return self._batch("bpf_map_update_batch", [keys, values], len(pairs), flags)

    def delete_batch(self, keys: Iterable[object], flags: int = 0) -> int:
        """Remove many keys in one step; how many. MissingKeyError at the first that is not there."""
        encoded = [self._key_of(key) for key in keys]
        return self._batch("bpf_map_delete_batch", [b"".join(encoded)], len(encoded), flags)

    def clear(self) -> None:
        """Remove all elements."""
        for key in list(self._raw_keys()):
            try:
                self._act("delete", "bpf_map_delete_elem_flags", key, 0)
            except MissingKeyError:
                continue

    def _walk(self, *, values: bool) -> Iterator[tuple[Any, Any]]:
        """Pairs, without values None; by batches where they are steady, else key by key."""
        if self.type in _STEADY_BATCH:
            batches = self._batches("bpf_map_lookup_batch", _BATCH, 0)
            try:
                first = next(batches, None)
            except MapError as error:
                if error.errno not in _NO_BATCH:
                    raise
            else:
                for pairs in chain(() if first is None else (first,), batches):
                    yield from (
                        (self._key.decode(key), self._decode(value) if values else None) for key, value in pairs
                    )
                return
        for key in self._raw_keys():
            decoded = self._key.decode(key)
            try:
                yield decoded, (self._read("bpf_map_lookup_elem_flags", key, 0) if values else None)
            except MissingKeyError:
                continue

    def _raw_keys(self) -> Iterator[bytes]:
        """Keys one after the other, each once. A key that went sends the kernel back to the first."""
        seen: set[bytes] = set()
        current: bytes | None = None
        out = ctypes.create_string_buffer(self.key_size)
        for _ in range((self.max_entries + 1) * _ROUNDS + _BATCH):
            try:
                self._lib.number("bpf_map_get_next_key", self.fileno(), current, ctypes.addressof(out))
            except OSError as error:
                if error.errno == numbers.ENOENT:
                    return
                raise self._error("next key", error.errno or 0) from error
            current = out.raw
            if current not in seen:
                seen.add(current)
                yield current
        raise IterationError(f"map {self.name} changes faster than it can be walked over", numbers.EAGAIN)

    def _batches(self, name: str, size: int, flags: int) -> Iterator[list[tuple[bytes, bytes]]]:
        """The steps of a batch operation, as pairs of bytes."""
        places = [ctypes.create_string_buffer(max(_WORD, self.key_size)) for _ in range(2)]
        opts = make_opts("bpf_map_batch_opts", elem_flags=flags)
        start: int | None = None
        size = max(1, min(size, self.max_entries))
        while True:
            keys = ctypes.create_string_buffer(size * self.key_size)
            values = ctypes.create_string_buffer(size * self._room)
            count = ctypes.c_uint32(size)
            memory = (ctypes.addressof(places[1]), ctypes.addressof(keys), ctypes.addressof(values))
            errno = -getattr(self._lib, name)(
                self.fileno(), start, *memory, ctypes.addressof(count), ctypes.addressof(opts)
            )
            if errno == numbers.ENOSPC and size < self.max_entries + _BATCH:
                size *= 2  # a bucket has more elements than that
                continue
            if errno not in {0, numbers.ENOENT}:
                raise self._error("batch lookup", errno)
            came = range(count.value)
            if came:
                yield [
                    (
                        keys.raw[n * self.key_size : (n + 1) * self.key_size],
                        values.raw[n * self._room : (n + 1) * self._room],
                    )
                    for n in came
                ]
            if errno:
                return
            places.reverse()
            start = ctypes.addressof(places[0])

    def _batch(self, name: str, parts: list[bytes], count: int, flags: int) -> int:
        done = ctypes.c_uint32(count)
        opts = make_opts("bpf_map_batch_opts", elem_flags=flags)
        if count:
            self._act(f"{name} of {count}", name, *parts, ctypes.addressof(done), ctypes.addressof(opts))
        return done.value
