"""The two C headers that bpfref reads: the newest the archive has, kept in the cache."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bpfref.errors import MachineError
from bpfref.files import write_text
from bpfref.kernels.archive import Archive
from bpfref.kernels.packages import run_compare
from bpfref.kernels.process import run_command

log = logging.getLogger("bpfref")

Kind = Literal["libbpf", "uapi"]


@dataclass(frozen=True)
class Header:
    """A header file, and the package and version that it came in."""

    path: Path
    package: str
    version: str


@dataclass(frozen=True)
class _Origin:
    package: str
    installed: Path  # where the package puts the header, on any system
    name: str  # in the cache

    @property
    def member(self) -> str:
        return f".{self.installed}"


_ORIGINS: dict[Kind, _Origin] = {
    "libbpf": _Origin("libbpf-dev", Path("/usr/include/bpf/bpf_helper_defs.h"), "bpf_helper_defs.h"),
    "uapi": _Origin("linux-libc-dev", Path("/usr/include/linux/bpf.h"), "linux-bpf.h"),
}


def fetch_header(kind: Kind, cache: Path, archive: Archive | None = None) -> Header:
    """Bring the newest released header to `cache/headers` with its version beside it.

    Where the archive cannot be reached, what an earlier run brought serves, else the header
    installed on this system; the log says so. MachineError if there is none at all.
    """
    origin = _ORIGINS[kind]
    try:
        return _fetch_from_archive(kind, cache, archive or Archive(cache))
    except MachineError as error:
        log.warning("no header from Debian's archive: %s", error)
        header = read_cached(kind, cache) or _copy_installed(origin, cache)
        if header is None:
            raise MachineError(
                f"{origin.installed.name} cannot be had: {error.message}. Or install the package "
                f"{origin.package}, or name a file with --header FILE"
            ) from error
        log.warning("using %s of %s %s", origin.name, header.package, header.version)
        return header


def read_cached(kind: Kind, cache: Path) -> Header | None:
    """Read what an earlier run brought; None if there is none."""
    path = cache / "headers" / _ORIGINS[kind].name
    note = path.with_name(f"{path.name}.version")
    if not (path.is_file() and note.is_file()):
        return None
    package, _, version = note.read_text().strip().partition(" ")
    return Header(path, package, version)


def _fetch_from_archive(kind: Kind, cache: Path, archive: Archive) -> Header:
    origin = _ORIGINS[kind]
    archive.update()
    newest = archive.newest(origin.package)
    there = read_cached(kind, cache)
    # A suite that had to be left out may have had a newer one the last time.
    if there and there.package == origin.package and run_compare(there.version, newest.version) >= 0:
        return there
    deb = archive.fetch(origin.package, newest.version)
    content = archive.extract(deb, origin.member)
    return _write(origin, cache, content, origin.package, newest.version)


def _copy_installed(origin: _Origin, cache: Path) -> Header | None:
    if not origin.installed.is_file():
        return None
    content = origin.installed.read_bytes()
    version = read_installed_version(origin.package)
    return _write(origin, cache, content, origin.package, version)


def read_installed_version(package: str) -> str:
    """Ask dpkg for the installed version; `unknown` on another kind of system."""
    try:
        result = run_command(["dpkg-query", "--show", "--showformat=${Version}", package])
    except MachineError:
        return "unknown"
    return result.stdout.strip() or "unknown"


def _write(origin: _Origin, cache: Path, content: bytes, package: str, version: str) -> Header:
    path = cache / "headers" / origin.name
    note = path.with_name(f"{path.name}.version")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise MachineError(f"{origin.installed} of {package} {version} is not UTF-8") from error
    # The note goes first and comes back last: a header is never seen with another's version.
    if path.is_file() and path.read_bytes() != content:
        note.unlink(missing_ok=True)
    write_text(path, text)
    write_text(note, f"{package} {version}\n")
    return Header(path, package, version)
