"""Which clang compiles for BPF: the one that is named, else the newest that this machine has."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.kernels.process import run_command

VARIABLE = "BPFREF_CLANG"
_NAME = re.compile(r"clang(?:-(?P<version>\d+))?")
_VERSION = re.compile(r"\bclang version (?P<version>\d+(?:\.\d+)*)")
_CPU = re.compile(r"^\s+(?P<name>v\d+)\s*$", re.M)
_TARGET = re.compile(r"^\s+(?P<name>bpf\w*)\s+- ", re.M)
# Not on the search path of everybody: where LLVM's packages put each version as a whole.
_FOLDERS = "/usr/lib/llvm-*/bin"
HOW_TO_GET = (
    "install one (apt-get install clang, or the newest clang-N that `apt-cache search --names-only '^clang-[0-9]+$'` "
    f"lists), or name one with --clang or in {VARIABLE}"
)


@dataclass(frozen=True)
class Clang:
    """A clang that knows BPF: its program, and what it says of its version."""

    path: Path
    version: str
    banner: str

    @property
    def major(self) -> int:
        """22 of 22.1.8."""
        return int(self.version.partition(".")[0])

    @cached_property
    def cpus(self) -> tuple[str, ...]:
        """The levels of the instruction set that it can write (`v3`), lowest first."""
        result = run_command([str(self.path), "--target=bpf", "--print-supported-cpus"])
        return tuple(_CPU.findall(result.stdout + result.stderr))

    @property
    def identity(self) -> str:
        """What compiled objects depend on: another build of the same version says so in its banner."""
        return self.banner


def find_clang(named: str | Path | None = None) -> Clang:
    """The clang that is named (a path, or a name on the search path), else in BPFREF_CLANG, else the newest here.

    MachineError when there is none, or the named one is no clang or was built without BPF.
    """
    named = named or os.environ.get(VARIABLE)
    if named:
        program = shutil.which(str(named))
        if program is None:
            raise MachineError(f"there is no program {named}: {HOW_TO_GET}")
        return read_clang(Path(program))
    refused: list[str] = []
    for path in find_candidates():
        try:
            return read_clang(path)
        except MachineError as error:
            refused.append(str(error))
    said = f" ({'; '.join(refused)})" if refused else ""
    raise MachineError(f"no clang that compiles for BPF{said}: {HOW_TO_GET}")


def read_clang(path: Path) -> Clang:
    """Ask a clang who it is; MachineError for another program, and for one that cannot write BPF."""
    try:
        result = run_command([str(path), "--version"])
        banner = result.stdout.partition("\n")[0].strip()
        found = _VERSION.search(banner)
        if result.returncode != 0 or found is None:
            raise MachineError(f"{path} is no clang: it says {(banner or result.stderr.strip())[:200]!r}")
        targets = _TARGET.findall(run_command([str(path), "--print-targets"]).stdout)
    except OSError as error:
        raise MachineError(f"{path} cannot be run ({error.strerror}): {HOW_TO_GET}") from error
    if not {"bpfel", "bpfeb"} <= set(targets):
        raise MachineError(f"{path} ({banner}) was built without BPF")
    return Clang(path, found["version"], banner)


def find_candidates() -> list[Path]:
    """Programs that are clang by their name, the newest version first; plain `clang` is read for its own."""
    found: dict[Path, int] = {}
    for folder in _folders():
        for path in folder.glob("clang*"):
            name = _NAME.fullmatch(path.name)
            if name and os.access(path, os.X_OK):
                found.setdefault(path.resolve(), int(name["version"] or _version_in(path.resolve())))
    return sorted(found, key=lambda path: (-found[path], str(path)))


def _version_in(path: Path) -> int:
    """The version that a link's target tells (`/usr/lib/llvm-14/bin/clang`); 0 where nothing does."""
    numbers = re.findall(r"(?:clang|llvm)-(\d+)", str(path))
    return int(numbers[-1]) if numbers else 0


def _folders() -> Iterator[Path]:
    yield from (Path(name) for name in os.environ.get("PATH", "").split(os.pathsep) if name)
    yield from Path("/").glob(_FOLDERS.removeprefix("/"))
