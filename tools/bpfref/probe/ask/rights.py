"""Questions with fewer capabilities, in a child process that gives them up."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

# include/uapi/linux/capability.h of Linux: its third version, of two times 32 bits.
_VERSION = 0x20080522
_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21, "CAP_PERFMON": 38, "CAP_BPF": 39}
SWITCH = Path("/proc/sys/kernel/unprivileged_bpf_disabled")


def allow_unprivileged() -> None:
    """Let everybody use bpf(2), as far as the kernel can still be told to."""
    with contextlib.suppress(OSError):
        SWITCH.write_text("0")


def read_switch() -> str:
    """What keeps programs without rights from bpf(2): `0` nothing, else the switch's number."""
    return SWITCH.read_text().strip() if SWITCH.exists() else "absent"


def give_up(keep: Sequence[str]) -> None:
    """Keep these capabilities and no others. OSError when the kernel refuses."""
    low = high = 0
    for name in keep:
        number = _CAPABILITIES[name]
        low |= 1 << number if number < 32 else 0  # noqa: PLR2004 - two words of 32 bits
        high |= 1 << number - 32 if number >= 32 else 0  # noqa: PLR2004
    header = ctypes.create_string_buffer(struct.pack("<Ii", _VERSION, 0))
    data = ctypes.create_string_buffer(struct.pack("<6I", low, low, 0, high, high, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")


def ask_with(keep: Sequence[str], ask: Callable[[], object]) -> object:
    """What `ask` gives (as JSON can carry it) in a child that has only these capabilities."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            give_up(keep)
            with os.fdopen(writer, "w") as out:
                json.dump(ask(), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answers:
        text = answers.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None
