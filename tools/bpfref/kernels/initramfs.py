"""The file system of a guest: a base out of Debian packages, and on it a second archive for a job.

The base holds busybox, Python with its library as one archive, libbpf and `ip`. It is built once
for a set of packages. Nothing in it comes from the machine that it is built on.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shlex
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path, PurePosixPath

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from bpfref.errors import MachineError
from bpfref.files import TEMPORARY
from bpfref.kernels.cpio import Entry, file, link, write_archive
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.process import run_command
from bpfref.kernels.userland import LIBRARIES, LOADER, Note, Recipe, Userland, fetch_userland, shelf_of

# sid, because the newest libbpf enters there, and needs its C library.
RECIPE = Recipe(
    "userland",
    "sid",
    ("python3-minimal", "libpython3-stdlib", "libbpf1", "busybox-static", "dash", "iproute2"),
    ("usr/",),
)
# The shell is dash: busybox's takes its own small `ip` and `tc` before the whole ones.
_SHELL = "usr/bin/dash"
_PROGRAMS = ("usr/bin/ip", "usr/sbin/tc")
_LIBBPF = "libbpf.so.1"
_BUSYBOX = "usr/bin/busybox"
# Parts of Python's library that a guest never needs; the extensions among them would bring libraries of 15 MB.
_LEFT_OUT = re.compile(
    r"(test|idlelib|tkinter|turtledemo|ensurepip|venv|pydoc_data|unittest|_pyrepl|sqlite3|dbm|curses|__phello__)/.*"
    r"|turtle\.py|.*__pycache__/.*|lib-dynload/(_ssl|_hashlib|_sqlite3|_curses|_curses_panel|_dbm|_gdbm|readline|_test\w*|xx\w+)\..*"
)
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP archive can say
_STAYS = 7 * 24 * 60 * 60  # seconds
_BUILDERS = ("init.sh", "guest.py", "initramfs.py", "cpio.py")


def find_base(cache: Path, note: Note) -> Path:
    """The archive of the base, built when there is none of these packages and this code yet."""
    userland = fetch_userland(cache, RECIPE, note)
    here = resources.files(__package__)
    sources = b"".join((here / name).read_bytes() for name in _BUILDERS)
    digest = hashlib.sha256(userland.digest.encode() + sources).hexdigest()
    path = shelf_of(cache) / f"base-{digest[:16]}.cpio"
    with hold_lock(shelf_of(cache) / "base-lock"):
        if not path.exists():
            content = build_base(userland)
            temporary = path.with_name(f".{path.name}{TEMPORARY}")
            temporary.write_bytes(content)
            temporary.replace(path)
            note(f"base of the guests: {len(content) / (1 << 20):.1f} MiB")
            _sweep(path.parent)
        os.utime(path)
    return path


def _sweep(folder: Path) -> None:
    """Remove bases that nobody has used for long: each change of packages or code makes a new one."""
    for old in folder.glob("base-*.cpio"):
        if time.time() - old.stat().st_mtime > _STAYS:
            old.unlink(missing_ok=True)


def build_base(userland: Userland) -> bytes:
    """Build the base's archive out of unpacked packages; MachineError when something it needs is not there."""
    here = resources.files(__package__)
    python = find_python(userland)
    library = userland.root / "usr/lib" / python
    extensions = [path for path in sorted((library / "lib-dynload").glob("*.so")) if not _is_left_out(path, library)]
    binaries = [
        _file(userland, f"usr/bin/{python}"),
        *(_file(userland, name) for name in (_SHELL, *_PROGRAMS)),
        *extensions,
    ]
    entries = [
        *(link(name, f"usr/{name}") for name in ("bin", "sbin", "lib", "lib64")),
        link("usr/lib64/ld-linux-x86-64.so.2", f"/{LOADER}"),
        link("usr/bin/python3", python),
        link("usr/bin/sh", PurePosixPath(_SHELL).name),
        file("etc/profile", "".join(f"alias {PurePosixPath(name).name}=/{name}\n" for name in _PROGRAMS).encode()),
        file("init", (here / "init.sh").read_bytes(), executable=True),
        file(f"usr/lib/{python.replace('.', '')}.zip", build_library(userland, python)),
        file("job/bpfref/__init__.py", b""),
        file("job/bpfref/kernels/__init__.py", b""),
        file("job/bpfref/kernels/guest.py", (here / "guest.py").read_bytes()),
        *(_copy(userland, path) for path in [*binaries, _file(userland, _BUSYBOX)]),
        *(_copy(userland, path) for path in find_libraries(userland, binaries)),
        *(Entry(name, 0o40755) for name in ("dev", "proc", "sys", "tmp", "run", "lab/modules")),
    ]
    return write_archive([*entries, *_applets(userland, {entry.path for entry in entries})])


def write_job(files: Mapping[str, bytes], command: Sequence[str], modules: Iterable[tuple[str, bytes]]) -> bytes:
    """Write the archive of a job: files below `/job`, modules in the order to load them, the command.

    Without a command the guest gives a shell on its console. ValueError for a path that leads out.
    """
    entries = [file(f"job/{path}", content, executable=content.startswith(b"#!")) for path, content in files.items()]
    entries += [file(f"lab/modules/{number:03}-{name}.ko", content) for number, (name, content) in enumerate(modules)]
    entries.append(file("lab/command", f"{shlex.join(command)}\n".encode()))
    if not command:
        entries.append(file("lab/shell", b""))
    return write_archive(entries)


def find_python(userland: Userland) -> str:
    """The name of the user land's Python: `python3.14`."""
    target = userland.root / "usr/bin/python3"
    if not target.is_symlink():
        raise MachineError("the packages hold no python3: delete this folder to have them brought again", userland.root)
    return target.readlink().name


def build_library(userland: Userland, python: str) -> bytes:
    """Python's library as a ZIP archive of compiled modules, compiled by the user land's own Python.

    Compiled before, because a guest without hardware virtualization is ten times slower.
    """
    library = userland.root / "usr/lib" / python
    with tempfile.TemporaryDirectory(prefix="bpfref-library-") as name:
        copy = Path(name) / python
        _copy_library(library, copy)
        # What Python writes of a module depends on whether it has loaded that module from a cache itself.
        without_cache = ("-B", "-X", f"pycache_prefix={name}/none")
        command = [*userland.command(f"usr/bin/{python}"), "-s", "-S", *without_cache, "-m", "compileall", "-q", "-b"]
        command += ["-s", name, "-p", "/usr/lib", "--invalidation-mode", "unchecked-hash", str(copy)]
        done = run_command(command, {"PYTHONHOME": str(userland.root / "usr"), "PYTHONPATH": "", "PYTHONHASHSEED": "0"})
        if done.returncode != 0:
            raise MachineError(f"Python's library cannot be compiled: {done.stdout.strip()} {done.stderr.strip()}")
        return _zip(copy)


def _zip(folder: Path) -> bytes:
    """Everything but sources, stored as it is: unpacking costs a guest more than memory does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py"):
            info = zipfile.ZipInfo(str(path.relative_to(folder)), _STAMP)
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return out.getvalue()


def _copy_library(library: Path, copy: Path) -> None:
    """Copy what guests need of Python's library, but for its extensions."""
    for path in sorted(library.rglob("*")):
        name = path.relative_to(library)
        if path.is_file() and name.parts[0] != "lib-dynload" and not _is_left_out(path, library):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / name)


def _is_left_out(path: Path, library: Path) -> bool:
    return _LEFT_OUT.fullmatch(str(path.relative_to(library))) is not None


def find_libraries(userland: Userland, binaries: Iterable[Path]) -> list[Path]:
    """The libraries that these need, and theirs, and the dynamic loader; MachineError for one that is missing."""
    folder = userland.root / LIBRARIES
    todo = [_LIBBPF, *(name for path in binaries for name in read_needed(path))]
    found: dict[str, Path] = {PurePosixPath(LOADER).name: userland.root / LOADER}
    while todo:
        name = todo.pop()
        if name in found:
            continue
        if not (folder / name).is_file():
            raise MachineError(
                f"no package brings {name}: delete this folder to have them brought again", userland.root
            )
        found[name] = folder / name
        todo += read_needed(folder / name)
    return [found[name] for name in sorted(found)]


def read_needed(path: Path) -> Iterator[str]:
    """The names of the libraries that an ELF file asks for; MachineError for another kind of file."""
    try:
        with path.open("rb") as stream:
            section = ELFFile(stream).get_section_by_name(".dynamic")
            if isinstance(section, DynamicSection):
                yield from [str(vars(tag)["needed"]) for tag in section.iter_tags("DT_NEEDED")]
    except ELFError as error:
        raise MachineError(f"is no ELF file ({error}): the package is not what it was", path) from error


def _applets(userland: Userland, taken: set[str]) -> list[Entry]:
    """A link for each thing that busybox can be, where no other program has the name."""
    done = run_command([str(userland.root / _BUSYBOX), "--list"])
    names = sorted(set(done.stdout.split()) - {"busybox"})
    if "insmod" not in names:
        raise MachineError(f"busybox of the packages cannot load modules: {done.stderr.strip()}", userland.root)
    own = {PurePosixPath(path).name for path in taken if path.startswith(("usr/bin/", "usr/sbin/"))}
    return [link(f"usr/bin/{name}", "busybox") for name in names if name not in own]


def _copy(userland: Userland, path: Path) -> Entry:
    """A file under the name that it is asked for by, without its links."""
    name = str(path.relative_to(userland.root))
    return file(name, path.read_bytes(), executable=True)


def _file(userland: Userland, name: str) -> Path:
    path = userland.root / name
    if not path.is_file():
        raise MachineError(f"the packages hold no {name}: delete this folder to have them brought again", userland.root)
    return path
