"""Unpacked Debian packages with all that they depend on: a user land in the cache, never installed.

Two live here: the one that guests run in, and QEMU's. Each has its own C library and dynamic
loader, so neither depends on the machine's, and programs of both run on any Linux for x86-64.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY, write_text
from bpfref.kernels.archive import Archive
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.machine import Sources, find_keyring, find_mirror

LIBRARIES = "usr/lib/x86_64-linux-gnu"
LOADER = f"{LIBRARIES}/ld-linux-x86-64.so.2"
_RECORD = "packages.json"
_DOCUMENTS = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/", "usr/share/zoneinfo/", "var/")

Note = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """What a user land is made of: packages from a suite; the rest follows from their dependencies.

    `keep` are beginnings of paths; nothing else is unpacked.
    """

    name: str
    suite: str
    packages: tuple[str, ...]
    keep: tuple[str, ...] = ("usr/",)

    @property
    def folder(self) -> str:
        """The name of its folder: two checkouts with different recipes share a cache in peace."""
        text = json.dumps([self.suite, self.packages, self.keep])
        return f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Userland:
    """A user land in the cache: its files below `root`, and the packages with their versions."""

    root: Path
    packages: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """Names the packages and versions."""
        return _digest(self.packages)

    def version(self, package: str) -> str | None:
        """The version of a package that is in it."""
        return dict(self.packages).get(package)

    def command(self, program: str) -> list[str]:
        """How this machine starts one of its programs (`usr/bin/…`): through its own dynamic loader."""
        return [
            str(self.root / LOADER),
            "--library-path",
            str(self.root / LIBRARIES),
            "--argv0",
            PurePosixPath(program).name,
            str(self.root / program),
        ]


def shelf_of(cache: Path) -> Path:
    """The folder of the cache for all that guests need, apart from kernels."""
    return cache.resolve() / "guest"


def read_userland(cache: Path, recipe: Recipe) -> Userland | None:
    """The user land that an earlier run unpacked; None if there is none of this recipe."""
    folder = shelf_of(cache) / recipe.folder
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        packages = tuple((str(package), str(version)) for package, version in record["packages"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Userland(folder / "root", packages)


def fetch_userland(
    cache: Path, recipe: Recipe, note: Note, *, newest: bool = False, archive: Archive | None = None
) -> Userland:
    """The user land of a recipe; from the archive when it is not there, or newer ones are wanted.

    MachineError when the archive cannot be reached or has not all of it; what was there stays.
    """
    with hold_lock(shelf_of(cache) / f"{recipe.folder}-lock"):
        there = read_userland(cache, recipe)
        if there and not newest:
            return there
        archive = archive or open_archive(cache, recipe.suite)
        archive.update(force=newest)
        packages = tuple(archive.closure(recipe.packages))
        if there and there.packages == packages:
            return there
        note(f"{recipe.name}: fetching {len(packages)} packages of {recipe.suite}")
        debs = archive.fetch_all(packages)
        made = _unpack(cache, recipe, packages, debs)
        for deb in debs:
            deb.unlink(missing_ok=True)
        note(f"{recipe.name}: {', '.join(f'{name} {made.version(name)}' for name in recipe.packages)}")
        return made


def open_archive(cache: Path, suite: str) -> Archive:
    """Debian's archive with this suite alone: a user land is never mixed of two."""
    return Archive(shelf_of(cache) / suite, Sources(find_mirror(), (suite,), find_keyring()))


def _unpack(cache: Path, recipe: Recipe, packages: tuple[tuple[str, str], ...], debs: Iterable[Path]) -> Userland:
    folder = shelf_of(cache) / recipe.folder
    temporary = folder.with_name(f".{recipe.folder}{TEMPORARY}")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        for deb in debs:
            run_extract_tree(deb, temporary / "root", recipe.keep)
        write_text(temporary / _RECORD, json.dumps({"packages": packages}, indent=1) + "\n")
        # A guest that runs meanwhile keeps what it has open; the old tree goes last.
        old = folder.with_name(f".{recipe.folder}-old{TEMPORARY}")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        temporary.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Userland(folder / "root", packages)


def run_extract_tree(deb: Path, root: Path, keep: tuple[str, ...]) -> None:
    """Unpack files and links of a `.deb` whose paths begin so into `root`; documentation stays behind.

    MachineError for a damaged package, which is deleted, and for a path that leads out of `root`.
    """
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        with tarfile.open(fileobj=process.stdout, mode="r|", bufsize=1 << 20) as tar:
            for entry in tar:
                name = entry.name.removeprefix("./")
                if name.startswith(keep) and not name.startswith(_DOCUMENTS):
                    _place(tar, entry, name, root)
        damaged = process.wait() != 0
    except tarfile.TarError:
        damaged = True
    except OSError as error:
        raise MachineError(f"cannot be unpacked to ({error.strerror}): see to disk space and rights", root) from error
    finally:
        process.kill()
        process.communicate()
    if damaged:
        deb.unlink(missing_ok=True)
        raise MachineError(f"{deb.name} is damaged: it has been deleted; run the same command again")


def _place(tar: tarfile.TarFile, entry: tarfile.TarInfo, name: str, root: Path) -> None:
    if ".." in PurePosixPath(name).parts:
        raise MachineError(f"a package has a file {name!r}, which leads out of its folder: do not trust it")
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise MachineError(f"a package has a file {name!r} behind a link that leads out: do not trust it")
    if entry.issym():
        target.unlink(missing_ok=True)
        target.symlink_to(entry.linkname)
    elif entry.islnk():
        target.unlink(missing_ok=True)
        target.hardlink_to(root / entry.linkname.removeprefix("./"))
    elif entry.isreg() and (stream := tar.extractfile(entry)):
        target.unlink(missing_ok=True)
        with target.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
        target.chmod(0o755 if entry.mode & 0o100 else 0o644)


def _digest(packages: Iterable[tuple[str, str]]) -> str:
    text = "".join(f"{package} {version}\n" for package, version in packages)
    return hashlib.sha256(text.encode()).hexdigest()
