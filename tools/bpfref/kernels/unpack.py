"""A kernel's packages into a folder of the cache: only what bpfref reads, as shipped."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from bpfref.errors import MachineError

_REPAIR = "it has been deleted; run the same command again"
_IN_MODULES = re.compile(r"vmlinuz|config|modules\.(?:builtin|builtin\.modinfo|order)")
_IN_BOOT = re.compile(r"vmlinuz|config")
_SOURCE = re.compile(r"usr/src/linux-source-[\w.]+\.tar\.xz")


def place_of(member: str, release: str) -> str | None:
    """Where a package's file goes below the kernel's folder; None for what is not kept."""
    path = PurePosixPath(member)
    if ".." in path.parts:
        raise MachineError(f"the package has a file {member!r}, which leads out of its folder: do not trust it")
    name = str(path).removeprefix("usr/") if str(path).startswith("usr/lib/") else str(path)
    if _SOURCE.fullmatch(name):
        return "source.tar.xz"
    if name.startswith("boot/"):
        kind = name.removeprefix("boot/").removesuffix(f"-{release}")
        return kind if name.endswith(f"-{release}") and _IN_BOOT.fullmatch(kind) else None
    inside = name.removeprefix(f"lib/modules/{release}/")
    if inside == name:
        return None
    if inside.startswith("kernel/") and ".ko" in PurePosixPath(inside).name:
        return f"modules/{inside}"
    return inside if _IN_MODULES.fullmatch(inside) else None


def run_unpack(deb: Path, release: str, folder: Path) -> None:
    """Unpack what is kept of a `.deb` into `folder`.

    MachineError for a package that is damaged (it is deleted, so that the next run fetches it
    again) and for a disk that is full.
    """
    with _open(deb) as process:
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|", bufsize=1 << 20) as tar:
                _copy(tar, release, folder)
            process.communicate()
            damage = "" if process.returncode == 0 else "dpkg-deb does not like it"
        except tarfile.TarError as error:
            damage = str(error)
        except OSError as error:
            why = f"cannot be unpacked to ({error.strerror}): see to disk space and rights"
            raise MachineError(why, folder) from error
        finally:
            process.kill()
    if damage:
        deb.unlink(missing_ok=True)
        raise MachineError(f"{deb.name} is damaged ({damage}): {_REPAIR}")


def _copy(tar: tarfile.TarFile, release: str, folder: Path) -> None:
    for entry in tar:
        stream = tar.extractfile(entry) if entry.isreg() else None
        place = place_of(entry.name.removeprefix("./"), release) if stream else None
        if stream and place:
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(stream, file, 1 << 20)


def _open(deb: Path) -> subprocess.Popen[bytes]:
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    try:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise MachineError("dpkg-deb is not installed: install the package dpkg", deb) from error
