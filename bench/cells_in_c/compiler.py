"""clang and the headers that programs are compiled with."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bpfref
from bpfref.kernels import headers

_CLANGS = tuple(f"clang-{release}" for release in range(30, 13, -1))
_FLAGS = ("-target", "bpf", "-mcpu=v2", "-O2", "-g", "-nostdinc", "-w")


class Compiler:
    """Compiles programs into a folder, which it makes, with the newest headers of the cache."""

    def __init__(self, folder: Path, cache: Path):
        self.folder = folder
        self._clang = find_clang()
        self._include = folder / "include"
        write_include(self._include, cache)

    def run(self, name: str, text: str) -> str:
        """Compile a program; the object's name in the folder. A program that does not compile is the end."""
        source, target = self.folder / f"{name}.bpf.c", self.folder / f"{name}.bpf.o"
        source.write_text(text)
        command = [*self._clang, *_FLAGS, f"-I{self._include}", "-c", str(source), "-o", str(target)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            sys.exit(f"{source.name} does not compile: {ran.stderr.strip()}\n{text}")
        return target.name


def find_clang() -> list[str]:
    """The compiler's command; a message and the end if there is none."""
    if os.environ.get("CLANG"):
        return [os.environ["CLANG"]]
    if found := next(filter(None, map(shutil.which, _CLANGS)), None):
        return [found]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    sys.exit("no clang here: install Debian's clang-19, or the wheel ziglang, or name one with CLANG")


def write_include(folder: Path, cache: Path) -> None:
    """The newest headers, where programs look for them."""
    shutil.copytree(Path(bpfref.__file__).parent / "formats" / "include", folder, dirs_exist_ok=True)
    shutil.copy(Path(__file__).with_name("program.h"), folder)
    for kind, name in (("uapi", "linux/bpf.h"), ("libbpf", "bpf_helper_defs.h")):
        header = headers.read_cached(kind, cache) or headers.fetch_header(kind, cache)  # type: ignore[arg-type]
        shutil.copy(header.path, folder / name)
