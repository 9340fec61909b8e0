"""The part of a kernel's source that speaks of BPF, unpacked beside the archive that it came in."""

from __future__ import annotations

import lzma
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bpfref.errors import MachineError, SourceError
from bpfref.files import TEMPORARY
from bpfref.kernels.lock import hold_lock
from bpfref.model.kernel import Kernel

_BUILD = frozenset({"Makefile", "Kbuild", "Kconfig"})
_CODE = frozenset({".c", ".h", ".S"})
_SPEAKS = re.compile(rb"bpf|btf", re.I)
_MOST = 4 << 20  # bytes: what is longer is a table that a program wrote
_BAD = (tarfile.TarError, lzma.LZMAError, EOFError)


def extract_source(kernel: Kernel) -> Path:
    """The folder with every C file that mentions BPF or BTF, and every file that says how to build.

    Paths below it are those of the kernel's tree (`kernel/bpf/btf.c`). Unpacked when first asked
    for: half a minute. MachineError for a kernel without source, SourceError for a broken archive.
    """
    if kernel.source is None:
        raise MachineError(f"the source of {kernel.series} is not in the cache: Debian has none, or it was not fetched")
    folder = kernel.folder / "source"
    if not folder.is_dir():
        with hold_lock(kernel.folder / "unpacking"):
            if not folder.is_dir():
                _unpack(kernel.source, folder)
    return folder


def _unpack(archive: Path, folder: Path) -> None:
    temporary = folder.with_name(f".{folder.name}{TEMPORARY}")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        for path, content in _wanted(archive):
            target = temporary / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        temporary.replace(folder)
    except _BAD as error:
        raise SourceError(f"it cannot be unpacked ({error}); remove its folder and fetch it again", archive) from error
    except OSError as error:
        raise MachineError(f"cannot be written ({error.strerror})", temporary) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _wanted(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Paths without the archive's top folder, and contents; one pass over the stream."""
    with tarfile.open(archive, "r|xz") as stream:
        for member in stream:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not parts or ".." in parts or member.size > _MOST:
                continue
            path = PurePosixPath(*parts)
            if path.name not in _BUILD and path.suffix not in _CODE:
                continue
            found = stream.extractfile(member)
            content = found.read() if found else b""
            if path.name in _BUILD or _SPEAKS.search(content):
                yield path, content
