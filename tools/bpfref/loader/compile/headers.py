"""Where the headers of a program are: libbpf's, the kernel's for user space, and C's own library.

The first choice are Debian's packages in the cache, the same on every machine. Where they cannot be
had, what is installed here serves.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY, write_text
from bpfref.kernels.archive import Archive
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.packages import PackageVersion
from bpfref.kernels.userland import LIBRARIES, Note, Recipe, Userland, fetch_userland, run_extract_tree

log = logging.getLogger("bpfref")

# The guests' suite, so that programs of user space fit their libraries.
RECIPE = Recipe("develop", "sid", ("libbpf-dev", "libc6-dev", "linux-libc-dev"), ("usr/include/", "usr/lib/"))
_UAPI_PACKAGE = "linux-libc-dev"
_INCLUDE = "usr/include"
_BY_ARCHITECTURE = "usr/lib/linux/uapi"  # where the package has a folder for each architecture
_LIBBPF, _TRACING, _UAPI, _ASM = "bpf/bpf_helpers.h", "bpf/bpf_tracing.h", "linux/bpf.h", "asm/types.h"
_ARCHITECTURE = re.compile(r"\bdefined\(__TARGET_ARCH_(\w+)\)")
_BUILDS = ("usr/src/linux-headers-*", "lib/modules/*/build")
_MACHINE = ("x86_64-linux-gnu", "*-linux-gnu*")
_INSTEAD = "x86"  # whose `asm` stands in for one that is not there: programs need little more than its integers


@dataclass(frozen=True)
class Headers:
    """The folders to search, in this order, and the architectures that libbpf's headers know.

    `notes` say where something stands in for what was asked for.
    """

    folders: tuple[Path, ...]
    architectures: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass
class Search:
    """Looks for headers: in the cache of `cache`, and below `system`, the root of this machine's files.

    `fetch` is whether packages may be asked for.
    """

    cache: Path
    system: Path = Path("/")
    fetch: bool = True
    note: Note = log.info

    @cached_property
    def develop(self) -> Userland | None:
        """The unpacked packages; None, with a warning, where they cannot be had."""
        try:
            if self.fetch:
                return fetch_userland(self.cache, RECIPE, self.note)
        except MachineError as error:
            log.warning("no headers from Debian's archive, using those of this machine: %s", error)
        return None

    def find(self, architecture: str, release: str | None = None) -> Headers:
        """Folders for an architecture as libbpf names it (`x86`, `arm64`) and a release (`v6.1`; else the newest).

        What a release or architecture has not comes from the next newer release, or from x86.
        MachineError, with the folders that were tried, where there is none at all; SourceError for
        an architecture that libbpf does not know.
        """
        libbpf = _first(list(self._libbpf()), _LIBBPF, "libbpf", "libbpf-dev")
        known = read_architectures(libbpf / _TRACING)
        if architecture not in known:
            raise MachineError(f"{architecture} is no architecture that libbpf knows: take one of {', '.join(known)}")
        notes: list[str] = []
        uapi = _first(list(self._uapi(release, notes)), _UAPI, "the kernel's interface", _UAPI_PACKAGE)
        asm = self._find_asm(architecture, notes)
        more = [folder for folder in self._libc() if folder.is_dir()]
        return Headers(tuple(dict.fromkeys((uapi, asm, libbpf, *more))), known, tuple(notes))

    def _libbpf(self) -> Iterator[Path]:
        if self.develop:
            yield self.develop.root / _INCLUDE
        yield from (self.system / "usr/local/include", self.system / _INCLUDE)

    def _uapi(self, release: str | None, notes: list[str]) -> Iterator[Path]:
        if release:
            yield from self._of_release(release, notes)
        if self.develop:
            yield self.develop.root / _INCLUDE
        yield self.system / _INCLUDE
        yield from self._built("")

    def _of_release(self, release: str, notes: list[str]) -> Iterator[Path]:
        package = self._package(release, notes) if self.develop else None
        if package:
            yield package / _INCLUDE
            return
        yield from (built := list(self._built(release.removeprefix("v"))))
        if not built:
            notes.append(f"no headers of {release} here: those of another release stand in")

    def _built(self, release: str) -> Iterator[Path]:
        """The interface in trees that modules are built with, of releases that begin so."""
        for pattern in _BUILDS:
            for tree in sorted(self.system.glob(pattern), reverse=True):
                name = tree.parent.name if tree.name == "build" else tree.name.removeprefix("linux-headers-")
                if name.startswith(release):
                    yield tree / "include/uapi"

    def _find_asm(self, architecture: str, notes: list[str]) -> Path:
        tried = list(self._asm(architecture))
        for folder in tried:
            if (folder / _ASM).is_file():
                return folder
        if architecture != _INSTEAD:
            notes.append(f"no asm headers of {architecture} here: those of {_INSTEAD} stand in")
            return self._find_asm(_INSTEAD, notes)
        return _first(tried, _ASM, f"{architecture}'s asm", _UAPI_PACKAGE)

    def _asm(self, architecture: str) -> Iterator[Path]:
        for root in (self.develop.root if self.develop else None, self.system):
            if root:
                yield root / _BY_ARCHITECTURE / architecture
        for pattern in _BUILDS:
            for tree in sorted(self.system.glob(pattern), reverse=True):
                yield tree / f"arch/{architecture}/include/uapi"
        if architecture == _INSTEAD:  # older packages of this machine have no folder for each
            for pattern in _MACHINE:
                yield from sorted((self.system / _INCLUDE).glob(pattern))

    def _libc(self) -> Iterator[Path]:
        """C's library, which some programs include; its folder of the machine's kind, and a file that it asks for."""
        if self.develop:
            yield self.develop.root / _INCLUDE
            yield self.develop.root / _INCLUDE / Path(LIBRARIES).name
        else:
            yield self.system / _INCLUDE
            yield from sorted((self.system / _INCLUDE).glob(_MACHINE[0]))
        # Without the macro of a 64-bit machine the library asks for the stubs of a 32-bit one.
        stubs = self.cache / "compile/stubs"
        write_text(
            stubs / "gnu/stubs-32.h", "/* No function of C's library is missing for a BPF program: it has none. */\n"
        )
        yield stubs

    def _package(self, release: str, notes: list[str]) -> Path | None:
        """The unpacked package of a release or, if the archive has none, of the next newer one."""
        shelf = self.cache / "compile/uapi"
        chosen = shelf / f"{release}.version"
        with hold_lock(shelf):
            version = chosen.read_text().strip() if chosen.is_file() else ""
            try:
                if not (version and (shelf / version).is_dir()):
                    version = self._fetch_package(shelf, release) or ""
                    write_text(chosen, f"{version}\n")
            except MachineError as error:
                log.warning("no headers of %s from Debian's archive: %s", release, error)
        if not version:
            return None
        if not is_of(version, release):
            notes.append(f"the archive has no headers of {release}: those of {version} stand in")
        return shelf / version

    def _fetch_package(self, shelf: Path, release: str) -> str | None:
        archive = Archive(self.cache)
        archive.update()
        best = choose_version(archive.versions(_UAPI_PACKAGE), release)
        if best is None:
            return None
        folder = shelf / best.version
        if not folder.is_dir():
            deb = archive.fetch(_UAPI_PACKAGE, best.version)
            temporary = folder.with_name(f".{folder.name}{TEMPORARY}")
            shutil.rmtree(temporary, ignore_errors=True)
            run_extract_tree(deb, temporary, (f"{_INCLUDE}/",))
            temporary.rename(folder)
            deb.unlink(missing_ok=True)
        return best.version


def is_of(version: str, release: str) -> bool:
    """Whether a package's version (`6.1.176-1`) is of a release (`v6.1`)."""
    return _numbers(version)[:2] == _numbers(release.removeprefix("v"))[:2]


def choose_version(versions: Sequence[PackageVersion], release: str) -> PackageVersion | None:
    """The first version of a release in a list that begins with the newest, else of the next newer one, else None."""
    wanted = _numbers(release.removeprefix("v"))[:2]
    newer = [each for each in versions if _numbers(each.version)[:2] >= wanted]
    return min(newer, key=lambda each: _numbers(each.version)[:2]) if newer else None


def read_architectures(header: Path) -> tuple[str, ...]:
    """The architectures that libbpf's `bpf_tracing.h` knows, by what it asks for in `__TARGET_ARCH_…`."""
    try:
        found = _ARCHITECTURE.findall(header.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MachineError(f"cannot be read ({error}): install the package libbpf-dev anew", header) from error
    return tuple(dict.fromkeys(found))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _first(folders: Sequence[Path], wanted: str, what: str, package: str) -> Path:
    for folder in folders:
        if (folder / wanted).is_file():
            return folder
    tried = ", ".join(str(folder) for folder in dict.fromkeys(folders)) or "none"
    raise MachineError(
        f"no headers of {what}: {wanted} is in none of the folders tried ({tried}); install the package {package}, or "
        "let the archive be reached"
    )
