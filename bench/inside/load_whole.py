"""Runs in a guest, for `requires.py`: each object opened and loaded by libbpf as it is, and what was said.

`load_whole.py FOLDER`: for each file a record with `file`, `open` and `load` (0, an errno, or None where it
did not come to that) and `said`, the end of libbpf's and the kernel's words. A child process does it, so that
a crash is that object's alone. The first record has libbpf's version.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

from bpfref.kernels.guest import report

PINS = Path("/sys/fs/bpf")
MOST = 6000
PRINT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


def main(folder: Path) -> None:
    """Load each and hand over."""
    libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
    report({"libbpf": f"{libbpf.libbpf_major_version()}.{libbpf.libbpf_minor_version()}"})
    for path in sorted(folder.iterdir()):
        report({"file": path.name, **in_child(path)})
        for pin in PINS.iterdir():
            pin.unlink(missing_ok=True)


def in_child(path: Path) -> dict[str, Any]:
    """What a child process found out about one object."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "wb") as out:
            out.write(json.dumps(load(path)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as found:
        text = found.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if text else {"open": None, "load": None, "said": f"the loader ended with status {status}"}


def load(path: Path) -> dict[str, Any]:
    """Open and load; nothing is attached."""
    libbpf, libc = ctypes.CDLL("libbpf.so.1", use_errno=True), ctypes.CDLL(None)
    said: list[str] = []

    def hear(level: int, form: bytes, values: int) -> int:
        buffer = ctypes.create_string_buffer(1 << 20)
        libc.vsnprintf(buffer, len(buffer), form, ctypes.c_void_p(values))
        if level < 2:  # noqa: PLR2004 - 2 is for debugging
            said.append(buffer.value.decode(errors="replace"))
        return 0

    listener = PRINT(hear)
    libbpf.libbpf_set_print(listener)
    libbpf.bpf_object__open_file.restype = ctypes.c_void_p
    opened = libbpf.bpf_object__open_file(str(path).encode(), None)
    if not opened:
        return {"open": ctypes.get_errno(), "load": None, "said": "".join(said)[-MOST:]}
    result = libbpf.bpf_object__load(ctypes.c_void_p(opened))
    return {"open": 0, "load": -result, "said": "".join(said)[-MOST:]}


main(Path(sys.argv[1]))
