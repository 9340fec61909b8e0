"""Compiles programs for BPF with clang, once for each change of anything that they are made of."""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from bpfref.errors import BpfrefError, MachineError, SourceError
from bpfref.kernels import images
from bpfref.kernels.lab import count_cores
from bpfref.kernels.process import run_command
from bpfref.kernels.userland import Note
from bpfref.loader.compile.clang import Clang, find_clang
from bpfref.loader.compile.depfile import find_shadows, parse_rule
from bpfref.loader.compile.headers import Headers, Search
from bpfref.loader.compile.messages import fail, parse_messages
from bpfref.loader.compile.shelf import Kept, Made, Shelf
from bpfref.loader.compile.source import Compiled, Source, UserSource
from bpfref.loader.compile.strip import strip_debug
from bpfref.loader.compile.user import UserTools, find_user_tools
from bpfref.loader.compile.vmlinux import NAME, find_vmlinux
from bpfref.model.kernel import Kernel

log = logging.getLogger("bpfref")

_TARGETS = {"little": "bpfel", "big": "bpfeb"}
# A vmlinux.h that somebody brings may be written in the kernel's dialect; ours is not.
_DIALECT = ("-fms-extensions", "-Wno-microsoft-anon-tag")
_ALWAYS = ("-g", "-O2", "-Wall", "-nostdlibinc", "-fno-color-diagnostics", "-std=gnu17")
_INCLUDES_VMLINUX = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]vmlinux\.h[">]', re.M)
_NO_KFUNCS = "BPF_NO_KFUNC_PROTOTYPES"


class Compiler:
    """Compiles for BPF, and for the user land of guests.

    `clang` is a path or a name (else BPFREF_CLANG, else the newest here), `cache` the folder that
    everything is kept in, `made` another place for what is compiled; `search` finds headers and libraries.
    One compiler may be used from several threads. MachineError when there is no clang, when headers
    cannot be had, or an option is one that clang or libbpf does not know.
    """

    def __init__(
        self,
        clang: str | Path | None = None,
        *,
        cache: Path,
        made: Path | None = None,
        note: Note = log.info,
        search: Search | None = None,
    ):
        self.clang: Clang = find_clang(clang)
        self._cache = cache.absolute()
        self._search = search or Search(self._cache, note=note)
        self._shelf = Shelf((made or self._cache / "compile/made").absolute())
        self._lock = Lock()
        self._headers: dict[tuple[str, str | None], Headers] = {}
        self._vmlinux: dict[str | None, Path] = {}

    def compile(self, source: Source) -> Compiled:
        """Compile one file, or take what an earlier run made of the same; CompileError with clang's own words."""
        plan = self._plan(source)
        command = [self.clang.identity, str(self.clang.path), *plan.command, str(source.strip)]
        return self._make(command, source.path, lambda: self._run(source, plan))

    def compile_all(self, sources: Sequence[Source], jobs: int | None = None) -> list[Compiled | BpfrefError]:
        """Compile many, `jobs` at once (as many as there are cores): for each what came of it, or its error."""

        def attempt(source: Source) -> Compiled | BpfrefError:
            try:
                return self.compile(source)
            except BpfrefError as error:
                return error

        with ThreadPoolExecutor(jobs or count_cores()) as pool:
            return list(pool.map(attempt, sources))

    def compile_user(self, source: UserSource) -> Compiled:
        """Compile and link a program of user space against the guests' libraries.

        It runs in guests, and here through their dynamic loader (`Userland.command`). MachineError
        without a compiler for this machine, CompileError with its own words.
        """
        tools = self._user
        libraries = (str(tools.library(name)) for name in source.libraries)
        command = [*tools.identity, *tools.options(source), *libraries, *map(str, source.paths)]
        return self._make(command, source.paths[0], lambda: tools.run(source))

    @cached_property
    def _user(self) -> UserTools:
        return find_user_tools(self._search)

    def _make(self, command: Sequence[str], path: Path, run: Callable[[], Made]) -> Compiled:
        if not path.is_file():
            raise SourceError("there is no such file: name a file of C", path)
        kept = self._shelf.find(command)
        if kept:
            return _compiled(kept, path, cached=True)
        began = time.time_ns()
        made = run()
        # A file that was saved meanwhile may not be what the compiler read.
        settled = all(file.stat().st_mtime_ns < began for file in made.files)
        return _compiled(self._shelf.keep(command, made, settled=settled), path, cached=False)

    def _plan(self, source: Source) -> Plan:
        """The options for a source, which do not depend on what is in it but for `vmlinux.h`."""
        if source.cpu not in self.clang.cpus:
            known = ", ".join(self.clang.cpus)
            raise MachineError(f"clang {self.clang.version} does not know -mcpu={source.cpu}: take one of {known}")
        headers = self._find_headers(source)
        path = source.path.absolute()
        own = tuple(folder.absolute() for folder in source.include)
        vmlinux = self._find_vmlinux(source)
        folders = (*((vmlinux,) if vmlinux else ()), *headers.folders)
        foreign = any((folder / NAME).is_file() for folder in (source.path.parent, *own))
        defines = [f"__TARGET_ARCH_{source.arch}", *(() if source.kfuncs else (_NO_KFUNCS,)), *source.defines]
        return Plan(
            (
                *(f"--target={_TARGETS[source.endian]}", f"-mcpu={source.cpu}", *_ALWAYS),
                *(_DIALECT if foreign else ()),
                *(f"-D{define}" for define in defines),
                *(word for folder in own for word in ("-I", str(folder))),
                *(word for folder in folders for word in ("-isystem", str(folder))),
                *_map_paths(path),
                str(path),
            ),
            (path.parent, *own),
            folders,
        )

    def _find_headers(self, source: Source) -> Headers:
        with self._lock:
            asked = (source.arch, source.release)
            if asked not in self._headers:
                self._headers[asked] = self._search.find(*asked)
                for note in self._headers[asked].notes:
                    log.warning("%s", note)
            return self._headers[asked]

    def _find_vmlinux(self, source: Source) -> Path | None:
        series = source.series
        if series is None and not _wants_vmlinux(source.path):
            return None
        with self._lock:
            if series not in self._vmlinux:
                kernel = images.find(self._cache, series) if series else _newest(self._cache)
                self._vmlinux[series] = find_vmlinux(self._cache, kernel)
            return self._vmlinux[series]

    def _run(self, source: Source, plan: Plan) -> Made:
        with tempfile.TemporaryDirectory(prefix="bpfref-compile-") as name:
            out, rule = Path(name, "out.o"), Path(name, "out.d")
            words = ["-MD", "-MF", str(rule), "-MT", "out", "-c", "-o", str(out)]
            # In the source's folder: only by the name that the object gets does clang find the lines of C for it.
            result = run_command([str(self.clang.path), *plan.command, *words], cwd=source.path.parent)
            said = result.stderr.replace(f"{source.path.absolute()}:", f"{source.path}:")
            if result.returncode != 0 or not out.is_file():
                raise fail(said, source.path, plan.folders)
            data = out.read_bytes()
            files = parse_rule(rule.read_text(encoding="utf-8"))
        if source.strip:
            data = strip_debug(data, source.path)
        return Made(data, said, files, find_shadows(files, plan.own, plan.folders))


@dataclass(frozen=True)
class Plan:
    """A command for clang without its output, the folders where files may appear, and the others that it searches."""

    command: tuple[str, ...]
    own: tuple[Path, ...]
    folders: tuple[Path, ...]


def _map_paths(path: Path) -> tuple[str, ...]:
    """Objects say where a line comes from: by the name beside the source, whatever folder it is in."""
    return ("-fdebug-compilation-dir=.", f"-ffile-prefix-map={path.parent}/=")


def _wants_vmlinux(path: Path) -> bool:
    try:
        return _INCLUDES_VMLINUX.search(path.read_bytes()) is not None and not (path.parent / NAME).is_file()
    except OSError:
        return False


def _newest(cache: Path) -> Kernel:
    there = images.installed(cache)
    if not there:
        raise MachineError(f"no kernel in the cache that {NAME} could be of: bring one with bpfref kernels fetch v6.12")
    return there[-1]


def _compiled(kept: Kept, path: Path, *, cached: bool) -> Compiled:
    return Compiled(kept.path, kept.data, tuple(parse_messages(kept.said, path)), kept.files, cached)
