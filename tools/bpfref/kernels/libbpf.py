"""libbpf for this machine: a newer one than the system's, unpacked into the cache and never installed.

It comes from the suite that was built for the oldest C library which the project runs on, so it
also loads on newer systems. Guests have their own, in their user land.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY
from bpfref.kernels.archive import Archive
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.userland import LIBRARIES, Note, open_archive, run_extract_tree, shelf_of

SUITE = "bookworm-backports"
PACKAGE = "libbpf1"
_LIBRARY = "libbpf.so.1"


def read_libbpf(cache: Path) -> Path | None:
    """The library that an earlier run unpacked; None if there is none."""
    path = _folder(cache) / LIBRARIES / _LIBRARY
    return path if path.is_file() else None


def fetch_libbpf(cache: Path, note: Note, archive: Archive | None = None) -> Path:
    """The library, from the archive when it is not there. MachineError when the archive has none."""
    folder = _folder(cache)
    with hold_lock(folder.with_name(f"{folder.name}-lock")):
        if there := read_libbpf(cache):
            return there
        archive = archive or open_archive(cache, SUITE)
        archive.update()
        newest = archive.newest(PACKAGE)
        note(f"libbpf: fetching {PACKAGE} {newest.version} of {SUITE}")
        deb = archive.fetch(PACKAGE, newest.version)
        temporary = folder.with_name(f".{folder.name}{TEMPORARY}")
        shutil.rmtree(temporary, ignore_errors=True)
        try:
            run_extract_tree(deb, temporary, (f"{LIBRARIES}/libbpf.",))
            if not (temporary / LIBRARIES / _LIBRARY).is_file():
                raise MachineError(
                    f"{PACKAGE} {newest.version} holds no {LIBRARIES}/{_LIBRARY}: not the package it was"
                )
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        deb.unlink(missing_ok=True)
        return folder / LIBRARIES / _LIBRARY


def _folder(cache: Path) -> Path:
    return shelf_of(cache) / "libbpf"
