"""What loading and using programs can be refused for. Standard library only.

Every refusal of the kernel has its `errno`; the message says what was asked, what came, and, where
one is known, the way out.
"""

from __future__ import annotations

import errno as numbers
import os

from bpfref.errors import BpfrefError

_LIBBPF = 4000  # from here on numbers are libbpf's own: __LIBBPF_ERRNO__START of libbpf.h
ENOTSUPP = 524  # include/linux/errno.h of Linux: for use within the kernel, and yet programs see it
_OWN = {ENOTSUPP: "Operation not supported (within the kernel)"}
_REPAIRS = {
    numbers.EPERM: "run it as root, or with CAP_BPF and what the program type needs besides; before Linux v5.11 "
    "a low limit on locked memory (ulimit -l) says the same",
    numbers.ENOMEM: "make the map smaller, or raise the memory limit of the control group",
}


class LoaderError(BpfrefError):
    """Something that the loader itself refuses, before the kernel is asked."""


class ClosedError(LoaderError):
    """A thing is used after its end: its `with` block is over, or it was closed."""


class ConversionError(LoaderError, ValueError):
    """A Python value does not fit its C type, or bytes do not."""


class SymbolError(LoaderError):
    """A name that the object does not have in the way it is asked for."""


class MissingSymbolError(SymbolError):
    """The object has no such program, map or variable."""


class UnreferencedSymbolError(SymbolError):
    """The variable is there, but no program reads or writes it: setting it would change nothing."""


class IncompatibleMapError(LoaderError):
    """A map that is there already is not what the object declares."""


class AttachTypeError(LoaderError):
    """The running kernel does not know an attach type: the program would load without it and never run."""


class KernelError(LoaderError):
    """The kernel, or libbpf, refused; `errno` says with which number."""

    def __init__(self, what: str, errno: int, detail: str = ""):
        self.errno = errno
        self.what = what
        words = [f"{what}: {describe(errno)}", detail or _REPAIRS.get(errno, "")]
        super().__init__("; ".join(word for word in words if word))


class OpenError(KernelError):
    """The file is no object that libbpf can read."""


class LoadError(KernelError):
    """The kernel did not take an object.

    `program` is the one that it refused, None when it was no program; `telling` is the line of the
    verifier's log that says why, `log` the whole log; `said` what libbpf said meanwhile.
    """

    def __init__(  # noqa: PLR0913 - what is known of a refusal
        self, what: str, errno: int, telling: str = "", *, log: str = "", program: str | None = None, said: str = ""
    ):
        super().__init__(what, errno, telling)
        self.telling = telling
        self.log = log
        self.program = program
        self.said = said


class RunError(KernelError):
    """A test run was refused."""


class AttachError(KernelError):
    """A program could not be attached, or a link not changed."""


class PinError(KernelError):
    """Something could not be pinned, or what is pinned not opened."""


class MapError(KernelError):
    """An operation on a map was refused."""


class MissingKeyError(MapError, KeyError):
    """The map has no such key."""


class KeyExistsError(MapError):
    """The map has the key already."""


class MapFullError(MapError):
    """The map has as many entries as it may, or the key lies beyond its end."""


class MapEmptyError(MapError, IndexError):
    """The queue or stack has nothing in it."""


class IterationError(MapError):
    """A map changed so fast that walking over it came to no end."""


def describe(errno: int) -> str:
    """The text of an error number, with its name."""
    if errno >= _LIBBPF:
        from bpfref.loader.libbpf import library  # noqa: PLC0415 - that module uses this one

        return f"{library().describe(errno)} (libbpf's {errno})"
    name = numbers.errorcode.get(errno, str(errno))
    return f"{_OWN.get(errno) or os.strerror(errno)} ({'ENOTSUPP' if errno in _OWN else name})"
