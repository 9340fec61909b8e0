"""Maps without an object: created, pinned, or by their number. Standard library only."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from bpfref.loader import uapi
from bpfref.loader.errors import MapError
from bpfref.loader.libbpf import library
from bpfref.loader.maps import Map
from bpfref.loader.names import make_valid_name
from bpfref.loader.opts import make_opts
from bpfref.loader.pins import get_pinned

if TYPE_CHECKING:
    from bpfref.loader.specs import MapSpec


def create_map(  # noqa: PLR0913 - the attributes of a map
    kind: str | int,
    *,
    key_size: int = 0,
    value_size: int = 0,
    max_entries: int = 0,
    name: str = "",
    flags: int = 0,
    inner: Map | None = None,
    extra: int = 0,
) -> Map:
    """Create a map without an object; `kind` as `linux/bpf.h` names it. MapError when the kernel refuses.

    `name` is made valid; `inner` is an example of what a map of maps will hold.
    """
    lib = library()
    opts = make_opts(
        "bpf_map_create_opts", map_flags=flags, map_extra=extra, inner_map_fd=inner.fileno() if inner else 0
    )
    number = uapi.number_of("bpf_map_type", kind)
    label = make_valid_name(name).encode() or None
    try:
        fd = lib.number("bpf_map_create", number, label, key_size, value_size, max_entries, ctypes.addressof(opts))
    except OSError as error:
        raise MapError(f"a map {name or kind} cannot be created", error.errno or 0) from error
    return _adopt(fd)


def open_map(path: str | os.PathLike[str], *, like: MapSpec | None = None) -> Map:
    """Open a pinned map; `like` says what it has to be. PinError, IncompatibleMapError."""
    made = _adopt(get_pinned(path))
    if like is not None:
        try:
            made.require_like(like)
        except BaseException:
            made.close()
            raise
    return made


def open_map_by_id(number: int) -> Map:
    """Open a map by the kernel's number of it. MapError."""
    try:
        fd = library().number("bpf_map_get_fd_by_id", number)
    except OSError as error:
        raise MapError(f"map {number} cannot be opened", error.errno or 0) from error
    return _adopt(fd)


def _adopt(fd: int) -> Map:
    """A map of a descriptor, which is closed if that fails."""
    try:
        return Map(fd)
    except BaseException:
        os.close(fd)
        raise
