"""What to compile, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bpfref.loader.compile.messages import Message

Endian = Literal["little", "big"]


@dataclass(frozen=True)
class Source:
    """A C file for the kernel side.

    `arch` is a `__TARGET_ARCH_…` of libbpf's, `cpu` a level of the instruction set, `series` the
    kernel that `vmlinux.h` is of (without it the newest of the cache, for a file that includes it)
    and `release` the one that headers such as `linux/bpf.h` are of (without it the newest).
    `kfuncs` has `vmlinux.h` declare the kernel's kfuncs, `strip` leaves DWARF out of the object,
    `include` are folders to search first, `defines` macros (`NAME` or `NAME=value`).
    """

    path: Path
    arch: str = "x86"
    endian: Endian = "little"
    cpu: str = "v3"
    series: str | None = None
    release: str | None = None
    strip: bool = False
    kfuncs: bool = False
    include: tuple[Path, ...] = ()
    defines: tuple[str, ...] = ()


@dataclass(frozen=True)
class UserSource:
    """C files for user space, to become one program that runs in guests.

    `libraries` are linked besides libbpf and C's own (`m` for `libm`).
    """

    paths: tuple[Path, ...]
    libraries: tuple[str, ...] = ()
    include: tuple[Path, ...] = ()
    defines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """What was compiled: the file in the cache (not to be changed), its bytes, and what was said of it.

    `dependencies` are all files that were read, the source first. `cached` is whether no compiler ran.
    """

    path: Path
    data: bytes
    warnings: tuple[Message, ...]
    dependencies: tuple[Path, ...]
    cached: bool
