"""Programs of user space for guests: this machine's compiler, the guests' libraries.

A guest has a C library of its own, newer than many a machine's. So headers and start files come
from the packages that libbpf's headers come from, and the libraries from the guests' user land.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bpfref.errors import MachineError
from bpfref.kernels import initramfs
from bpfref.kernels.process import run_command
from bpfref.kernels.userland import LIBRARIES, LOADER, Userland, fetch_userland
from bpfref.loader.compile.depfile import find_shadows, parse_rule
from bpfref.loader.compile.headers import RECIPE, Search
from bpfref.loader.compile.messages import fail, fail_link
from bpfref.loader.compile.shelf import Made
from bpfref.loader.compile.source import UserSource

_COMPILERS = ("gcc", "cc", "clang")
_FLAGS = ("-g", "-O2", "-Wall", "-nostdinc", "-fno-stack-protector")
_LIBBPF, _LIBC = "libbpf.so.1", "libc.so.6"
_PATH_IN_GUEST = f"/lib64/{PurePosixPath(LOADER).name}"


@dataclass(frozen=True)
class UserTools:
    """A compiler for this machine, packages to develop with, and the user land that the program is for."""

    compiler: str
    banner: str
    own_headers: str
    builtins: str
    develop: Userland
    userland: Userland

    @property
    def identity(self) -> tuple[str, ...]:
        """What a program depends on besides the files that it includes."""
        return (self.compiler, self.banner, self.develop.digest, self.userland.digest)

    def options(self, source: UserSource) -> tuple[str, ...]:
        """The options for compiling."""
        include = self.develop.root / "usr/include"
        folders = (self.own_headers, str(include / PurePosixPath(LIBRARIES).name), str(include))
        return (
            *_FLAGS,
            *(f"-D{define}" for define in source.defines),
            *(word for folder in source.include for word in ("-I", str(folder.absolute()))),
            *(word for folder in folders for word in ("-isystem", folder)),
        )

    def library(self, name: str) -> Path:
        """A library of the guests' user land by the name that linkers use (`m`)."""
        found = sorted((self.userland.root / LIBRARIES).glob(f"lib{name}.so.*"), key=lambda path: len(path.name))
        if not found:
            raise MachineError(f"guests have no library {name}: their user land is {self.userland.root}")
        return found[0]

    def run(self, source: UserSource) -> Made:
        """Compile each file and link them; CompileError with the compiler's words."""
        options = self.options(source)
        said, files = "", dict[Path, None]()
        with tempfile.TemporaryDirectory(prefix="bpfref-compile-") as name:
            objects = []
            for number, path in enumerate(source.paths):
                out, rule = Path(name, f"{number}.o"), Path(name, f"{number}.d")
                mapped = (f"-ffile-prefix-map={path.parent}/=", "-fdebug-prefix-map=" + str(Path.cwd()) + "=.")
                words = [*options, *mapped, "-MD", "-MF", str(rule), "-MT", "out", "-c", "-o", str(out), str(path)]
                result = run_command([self.compiler, *words])
                if result.returncode != 0:
                    raise fail(result.stderr, path, [Path(word) for word in options if word.startswith("/")])
                said += result.stderr
                files |= dict.fromkeys(parse_rule(rule.read_text(encoding="utf-8")))
                objects.append(str(out))
            program = Path(name, "program")
            result = run_command([self.compiler, *self._link(source, objects), "-o", str(program)])
            if result.returncode != 0:
                raise fail_link(result.stderr, source.paths[0])
            own = [*dict.fromkeys(path.parent for path in source.paths), *source.include]
            absent = find_shadows(files, own, [Path(self.own_headers), self.develop.root / "usr/include"])
            return Made(program.read_bytes(), said + result.stderr, list(files), absent)

    def _link(self, source: UserSource, objects: list[str]) -> list[str]:
        start, libraries = self.develop.root / LIBRARIES, self.userland.root / LIBRARIES
        return [
            *("-nostdlib", "-no-pie", f"-Wl,--dynamic-linker={_PATH_IN_GUEST}", f"-Wl,-rpath-link={libraries}"),
            "-Wl,--build-id=sha1",
            *(str(start / name) for name in ("crt1.o", "crti.o")),
            *objects,
            *(str(self.library(name)) for name in source.libraries),
            *(str(libraries / name) for name in (_LIBBPF, _LIBC)),
            str(start / "libc_nonshared.a"),
            self.builtins,
            str(start / "crtn.o"),
        ]


def find_user_tools(search: Search) -> UserTools:
    """What is needed for programs of user space; MachineError for what cannot be had."""
    compiler = next((path for name in _COMPILERS if (path := shutil.which(name))), None)
    if compiler is None:
        raise MachineError(f"no compiler for this machine ({', '.join(_COMPILERS)}): install the package gcc")
    develop = search.develop
    if develop is None:
        raise MachineError(f"programs for guests need the packages {', '.join(RECIPE.packages)}: see the warning above")
    banner = run_command([compiler, "--version"]).stdout.partition("\n")[0]
    own_headers = run_command([compiler, "-print-file-name=include"]).stdout.strip()
    builtins = run_command([compiler, "-print-libgcc-file-name"]).stdout.strip()
    if not Path(builtins).is_file() or not Path(own_headers).is_dir():
        raise MachineError(f"{compiler} lacks its own headers or library ({builtins}): install the package gcc anew")
    return UserTools(
        compiler, banner, own_headers, builtins, develop, fetch_userland(search.cache, initramfs.RECIPE, search.note)
    )
