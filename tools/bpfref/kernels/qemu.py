"""QEMU: the one that is installed, if it is new enough, else one unpacked into the cache.

The unpacked one comes with its own C library, so the same QEMU serves on Debian 12, 13 and
elsewhere. Version 7.2 (Debian 12) lost one boot in two of a v6.12 kernel under TCG.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.kernels.process import run_command
from bpfref.kernels.userland import Note, Recipe, Userland, fetch_userland, read_userland

PROGRAM = "qemu-system-x86_64"
OLDEST = (10, 0)  # older ones are not to be trusted with a guest under TCG
RECIPE = Recipe(
    "qemu",
    "trixie",
    ("qemu-system-x86",),
    (f"usr/bin/{PROGRAM}", "usr/lib/", "usr/lib64/", "usr/share/qemu/", "usr/share/seabios/", "usr/lib/ipxe/"),
)
_VERSION = re.compile(r"QEMU emulator version (\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True)
class Qemu:
    """How to start QEMU, and which one it is: version in numbers, and a text that names the build."""

    command: tuple[str, ...]
    version: tuple[int, ...]
    identity: str


def find_qemu(cache: Path, note: Note) -> Qemu:
    """The QEMU for guests; brought from the archive when none is there. MachineError says what stops it."""
    installed = find_installed()
    if installed:
        return installed
    return _unpacked(fetch_userland(cache, RECIPE, note))


def read_qemu(cache: Path) -> Qemu | None:
    """The QEMU for guests if one is there already; asks nobody."""
    there = read_userland(cache, RECIPE)
    return find_installed() or (_unpacked(there) if there else None)


def find_installed() -> Qemu | None:
    """The system's own QEMU, unless it is missing or too old."""
    path = shutil.which(PROGRAM)
    if path is None:
        return None
    version = parse_version(run_command([path, "--version"]).stdout)
    if version is None or version < OLDEST:
        return None
    return Qemu((path,), version, f"{path} {'.'.join(map(str, version))}")


def parse_version(text: str) -> tuple[int, ...] | None:
    """The version that `qemu --version` prints; None when it prints something else."""
    found = _VERSION.match(text)
    return tuple(int(part) for part in found.groups() if part) if found else None


def _unpacked(userland: Userland) -> Qemu:
    root = userland.root
    command = userland.command(f"usr/bin/{PROGRAM}")
    for firmware in ("usr/share/qemu", "usr/share/seabios", "usr/lib/ipxe/qemu"):
        command += ["-L", str(root / firmware)]
    said = run_command([*command, "--version"])
    version = parse_version(said.stdout)
    if version is None:
        raise MachineError(
            f"the unpacked QEMU does not run here: {said.stderr.strip() or said.stdout.strip()}; "
            f"delete {root.parent} to have it brought again, or install QEMU {OLDEST[0]} or newer",
            root / "usr/bin" / PROGRAM,
        )
    return Qemu(tuple(command), version, f"qemu-system-x86 {userland.version('qemu-system-x86')}")
