"""All headers of libbpf: the newest that the archive has, kept in the cache as a folder."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY, write_text
from bpfref.kernels.archive import Archive
from bpfref.kernels.headers import Header, read_installed_version
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.packages import run_compare
from bpfref.kernels.userland import run_extract_tree

log = logging.getLogger("bpfref")

PACKAGE = "libbpf-dev"
_INSTALLED = Path("/usr/include/bpf")
_NOTE = "version"


def fetch_headers(cache: Path, archive: Archive | None = None, installed: Path = _INSTALLED) -> Header:
    """The folder of the newest release's headers, with its version.

    Where the archive cannot be reached, what an earlier run brought serves, else the folder installed
    on this system; the log says so. MachineError if there is none at all.
    """
    folder = cache / "headers" / "bpf"
    with hold_lock(folder.with_name(f"{folder.name}-lock")):
        try:
            return _fetch_from_archive(folder, archive or Archive(cache))
        except MachineError as error:
            log.warning("no headers of libbpf from Debian's archive: %s", error)
            found = read_cached(cache) or _read_installed(installed)
            if found is None:
                message = f"{installed} cannot be had: {error.message}. Or install the package {PACKAGE}"
                raise MachineError(f"{message}, or name a folder with --header FOLDER") from error
            log.warning("using those of %s %s", found.package, found.version)
            return found


def read_cached(cache: Path) -> Header | None:
    """What an earlier run brought; None if there is nothing."""
    folder = cache / "headers" / "bpf"
    note = folder / _NOTE
    return Header(folder, PACKAGE, note.read_text().strip()) if note.is_file() else None


def _fetch_from_archive(folder: Path, archive: Archive) -> Header:
    archive.update()
    newest = archive.newest(PACKAGE)
    there = read_cached(folder.parents[1])
    # A suite that had to be left out may have had a newer one the last time.
    if there and run_compare(there.version, newest.version) >= 0:
        return there
    deb = archive.fetch(PACKAGE, newest.version)
    temporary = folder.with_name(f".{folder.name}{TEMPORARY}")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        run_extract_tree(deb, temporary, (f"{_INSTALLED}/".removeprefix("/"),))
        unpacked = temporary / _INSTALLED.relative_to("/")
        if not unpacked.is_dir():
            raise MachineError(f"{PACKAGE} {newest.version} holds no {_INSTALLED}: not the package it was")
        write_text(unpacked / _NOTE, f"{newest.version}\n")
        shutil.rmtree(folder, ignore_errors=True)
        unpacked.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Header(folder, PACKAGE, newest.version)


def _read_installed(installed: Path) -> Header | None:
    if not (installed / "libbpf.h").is_file():
        return None
    return Header(installed, PACKAGE, read_installed_version(PACKAGE))
