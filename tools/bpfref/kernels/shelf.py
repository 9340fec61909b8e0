"""The kernels that lie in the cache: read, recorded, in use, measured and thrown away."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bpfref.errors import MachineError, SourceError
from bpfref.files import TEMPORARY, write_text
from bpfref.kernels.vmlinux import unpacked_size
from bpfref.model.kernel import Kernel
from bpfref.model.version import Version

log = logging.getLogger("bpfref")

_RECORD = "kernel.json"
_LOCK = "lock"
_ADAPTER = TypeAdapter(Kernel)


def shelf_of(cache: Path) -> Path:
    """The folder with a folder for each series, and in it one for each version."""
    return cache / "kernels"


def read_installed(cache: Path) -> list[Kernel]:
    """Read which kernels the cache has, oldest series first, within a series last used first."""
    records = sorted(shelf_of(cache).glob(f"v*/*/{_RECORD}"))
    found = [kernel for record in records if (kernel := _read_record(record))]
    return sorted(found, key=lambda k: (Version.parse(k.series), -_last_use(k), k.version))


def write_record(kernel: Kernel) -> None:
    """Record a kernel in its folder; from then on it counts as installed."""
    (kernel.folder / _LOCK).touch()
    record = {key: value for key, value in asdict(kernel).items() if key != "folder"}
    write_text(kernel.folder / _RECORD, json.dumps(record, indent=2) + "\n")


def read_digest(folder: Path) -> str:
    """The digest of the kernel in `folder`: what `cat vmlinuz config | sha256sum` prints."""
    digest = hashlib.sha256()
    for part in ("vmlinuz", "config"):
        with suppress(FileNotFoundError):
            digest.update((folder / part).read_bytes())
    return digest.hexdigest()


def is_sound(kernel: Kernel) -> bool:
    """Whether image and configuration are still what was fetched, and nothing else is missing."""
    parts = [kernel.vmlinuz, kernel.config, kernel.modules, kernel.source]
    return all(part.exists() for part in parts if part) and read_digest(kernel.folder) == kernel.digest


@contextmanager
def use(kernel: Kernel) -> Iterator[Kernel]:
    """Keep a kernel from being thrown away; MachineError if that has happened already.

    Any number of processes may use a kernel. The hold goes with the process.
    """
    gone = MachineError(f"{kernel.series} is not in the cache any more: bpfref kernels fetch {kernel.series}")
    try:
        handle = os.open(kernel.folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise gone from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise gone from error
        if not (kernel.folder / _RECORD).exists():
            raise gone
        os.utime(kernel.folder / _LOCK)
        yield kernel
    finally:
        os.close(handle)


def measure(kernel: Kernel) -> int:
    """The bytes of disk that a kernel takes, with the room that its unpacked image will need."""
    files = (path for path in kernel.folder.rglob("*") if path.is_file())
    taken = sum(path.stat().st_blocks * 512 for path in files)
    if kernel.vmlinux.exists():
        return taken
    with suppress(SourceError, OSError):  # a damaged image will never need room
        taken += unpacked_size(kernel.vmlinuz.read_bytes()) or 0
    return taken


def make_room(cache: Path, need: int, budget: int, keep: Collection[Path]) -> list[Kernel]:
    """Throw kernels away until `need` more bytes fit into `budget`; those that went.

    The folders in `keep` stay, and so do kernels in use; of the others the one whose last use is
    the longest ago goes first. MachineError, before anything is thrown away, when it cannot be done.
    """
    kernels = read_installed(cache)
    sizes = {kernel.folder: measure(kernel) for kernel in kernels}
    excess = sum(sizes.values()) + need - budget
    others = sorted((k for k in kernels if k.folder not in keep), key=_last_use)
    free = [kernel for kernel in others if not in_use(kernel)]
    if excess > sum(sizes[kernel.folder] for kernel in free):
        busy = ", ".join(kernel.series for kernel in others if kernel not in free)
        staying = sum(sizes.values()) - sum(sizes[kernel.folder] for kernel in free)
        raise MachineError(
            f"{need >> 20} MiB more do not fit: the budget is {budget >> 20} MiB, and kernels of {staying >> 20} MiB "
            f"have to stay{f' (in use: {busy})' if busy else ''}; name fewer series or give more with --budget"
        )
    gone = []
    while excess > 0 and free:
        kernel = free.pop(0)
        if discard(kernel):
            gone.append(kernel)
            excess -= sizes[kernel.folder]
    return gone


def in_use(kernel: Kernel) -> bool:
    """Whether a process uses the kernel at this moment."""
    with _alone(kernel) as alone:
        return not alone


def discard(kernel: Kernel) -> bool:
    """Throw a kernel away unless it is in use; whether it went."""
    with _alone(kernel) as alone:
        if alone:
            doomed = kernel.folder.with_name(f".{kernel.folder.name}{TEMPORARY}")
            shutil.rmtree(doomed, ignore_errors=True)
            kernel.folder.rename(doomed)
            shutil.rmtree(doomed)
        return alone


def sweep(cache: Path) -> None:
    """Remove what runs that were killed have left; only for who holds the lock of the shelf."""
    for left in shelf_of(cache).glob(f"v*/.*{TEMPORARY}"):
        shutil.rmtree(left)


@contextmanager
def _alone(kernel: Kernel) -> Iterator[bool]:
    """Whether nobody uses the kernel; nobody can as long as the context lasts."""
    handle = os.open(kernel.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except BlockingIOError:
            alone = False
        yield alone
    finally:
        os.close(handle)


def _last_use(kernel: Kernel) -> float:
    lock = kernel.folder / _LOCK
    return lock.stat().st_mtime if lock.exists() else 0.0


def _read_record(path: Path) -> Kernel | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8")) | {"folder": str(path.parent)}
        return _ADAPTER.validate_python(record)
    except (OSError, ValueError, TypeError, ValidationError):
        log.warning("%s is damaged: bpfref kernels fetch %s brings the kernel again", path, path.parent.parent.name)
        return None
