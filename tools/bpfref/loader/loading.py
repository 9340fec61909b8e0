"""One load of an object: into the kernel with all changes, or an error that says why not. Standard library only."""

from __future__ import annotations

import ctypes
import errno as numbers
import mmap
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bpfref.formats.verifier_log.telling import find_telling_line
from bpfref.loader import uapi
from bpfref.loader.errors import AttachTypeError, IncompatibleMapError, LoadError
from bpfref.loader.libbpf import Library

if TYPE_CHECKING:
    from bpfref.loader.collection import Collection
    from bpfref.loader.object import Object

KERNEL_BTF = Path("/sys/kernel/btf/vmlinux")
# The largest that kernels before v5.13 take, and the largest that newer ones do. Memory that no
# log is written to costs nothing.
_LOG_SIZES = ((1 << 24) - 1, (1 << 30) - 1)
_NO_RESERVE = 0x4000  # MAP_NORESERVE of asm-generic/mman.h; Python 3.11 does not name it

# What these name is what kernels did before they had the name, and still do for a program without it.
_IMPLIED = {"BPF_XDP", "BPF_SK_REUSEPORT_SELECT"}

_REFUSED = re.compile(r"prog '(?P<name>.*?)': (?:-- BEGIN|BPF program load failed)")
_MISMATCH = re.compile(r"couldn't reuse pinned map at '(?P<path>.*?)'")


class _Opener(Protocol):
    @property
    def name(self) -> str:
        """The object's."""

    def open(self, lib: Library, data: bytes, log: tuple[int, int] = (0, 0)) -> int:
        """A handle."""


@dataclass(frozen=True)
class Request:
    """What to load: an object's bytes, how it is opened, the changes to it, the level of the log."""

    lib: Library
    content: bytes
    options: _Opener
    edits: tuple[Callable[[int], None], ...]
    level: int


class LogMemory:
    """Memory for the verifier's log, taken from the system only as far as it is written to."""

    def __init__(self, size: int):
        self._memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
        self._first = ctypes.c_char.from_buffer(self._memory)
        self.size = size
        self.address = ctypes.addressof(self._first)

    def read(self) -> str:
        """The log in it."""
        return ctypes.string_at(self.address).decode(errors="replace")

    def close(self) -> None:
        """Give it back."""
        del self._first
        self._memory.close()


def load(request: Request, declared: Object) -> Collection:
    """Load it; `declared` knows what the parts are called. LoadError, IncompatibleMapError."""
    for size in _LOG_SIZES:
        try:
            return _load(request, declared, size)
        except LoadError as error:
            # A log of the second level may not fit; for a log of failure libbpf asks once more itself.
            if error.errno != numbers.ENOSPC or size == _LOG_SIZES[-1]:
                raise
    raise AssertionError  # the last size raises or returns


def _load(request: Request, declared: Object, size: int) -> Collection:
    from bpfref.loader.collection import Collection  # noqa: PLC0415 - a collection is what loading makes

    lib, memories = request.lib, {"": LogMemory(size)}
    handle = 0
    try:
        handle = request.options.open(lib, request.content, (memories[""].address, size))
        for change in request.edits:
            change(handle)
        if request.level:
            memories.update(_give_logs(lib, handle, request.level, size))
        with lib.listening() as said:
            try:
                lib.number("bpf_object__load", handle)
            except OSError as error:
                logs = {name: memory.read() for name, memory in memories.items()}
                raise _explain(request, error.errno or 0, said, logs) from error
        logs = {name: memory.read() for name, memory in memories.items() if name}
        made = Collection(declared, handle, logs)
        handle = 0
        return made
    finally:
        if handle:
            lib.bpf_object__close(handle)
        for memory in memories.values():
            memory.close()


def _give_logs(lib: Library, handle: int, level: int, size: int) -> Iterator[tuple[str, LogMemory]]:
    """A log for each program that will be loaded."""
    at = None
    while at := lib.bpf_object__next_program(handle, at):
        if lib.bpf_program__autoload(at):
            memory = LogMemory(size)
            lib.number("bpf_program__set_log_level", at, level)
            lib.number("bpf_program__set_log_buf", at, ctypes.cast(memory.address, ctypes.c_char_p), size)
            yield lib.bpf_program__name(at).decode(), memory


def _explain(
    request: Request, errno: int, said: list[str], logs: Mapping[str, str]
) -> LoadError | IncompatibleMapError:
    name, words = request.options.name, "\n".join(said)
    if found := _MISMATCH.search(words):
        return IncompatibleMapError(f"{name}: the map pinned at {found['path']} is of another form: {said[-1]}")
    if found := _REFUSED.search(words):
        program = found["name"]
        log = logs.get(program) or logs[""]
        return LoadError(
            f"{name}: program {program} was refused",
            errno,
            find_telling_line(log),
            log=log,
            program=program,
            said=words,
        )
    why = next((line for line in said if not line.startswith("libbpf: failed to load object")), "")
    return LoadError(
        f"{name} cannot be loaded", errno, "" if errno == numbers.EPERM else why.removeprefix("libbpf: "), said=words
    )


def check_attach_types(declared: Object) -> None:
    """AttachTypeError for a program whose attach type the running kernel does not know.

    Kernels ignore the attach type of some program types on loading; only attaching fails then.
    The names of the kernel's enumerators are in its BTF; without it nothing can be said.
    """
    for program in declared.programs.values():
        attach = program.expected_attach_type
        if attach in _IMPLIED or not uapi.has_constant(attach) or not uapi.constant(attach) or not program.autoload:
            continue
        if knows(attach) is False:
            raise AttachTypeError(
                f"{declared.name}: the running kernel does not know {attach} of program {program.name} "
                f"({program.section}): it would load and could not be attached; leave it out, or run a newer kernel"
            )


@cache
def knows(enumerator: str) -> bool | None:
    """Whether the running kernel has an enumerator of `linux/bpf.h`; None without its BTF."""
    names = _kernel_names()
    return f"\0{enumerator}\0".encode() in names if names else None


@cache
def _kernel_names() -> bytes:
    try:
        raw = KERNEL_BTF.read_bytes()
    except OSError:
        return b""
    start = raw.find(b"\0BPF_CGROUP_INET_INGRESS\0")  # the first attach type: a BTF without it would say nothing
    return raw if start >= 0 else b""
