"""Runs in a guest, for `cells.py`: loads BPF objects with libbpf and tells what came of each.

`load_objects.py CELLS.json`: a list of cells, each with `objects` (files, the first that loads counts), `number`,
`prog_type`, `attach` (both numbers) and `flags`, and `target`, an object with the function that an extension replaces.
Each result has the cell's number, what libbpf returned, its words, and the kernel's log.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bpfref.kernels.guest import report

LOG = 1 << 20
LINES = 12
PROGRAM, REPLACED = b"program", b"replaced"

libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)
pointer = ctypes.c_void_p
for name in ("bpf_object__open_mem", "bpf_object__find_program_by_name"):
    getattr(libbpf, name).restype = pointer
for name in ("type", "expected_attach_type", "flags", "fd"):
    getattr(libbpf, f"bpf_program__{name}").argtypes = [pointer]
for name in ("type", "expected_attach_type", "flags", "log_level"):
    getattr(libbpf, f"bpf_program__set_{name}").argtypes = [pointer, ctypes.c_uint]
libbpf.bpf_object__open_mem.argtypes = [ctypes.c_char_p, ctypes.c_size_t, pointer]
libbpf.bpf_object__find_program_by_name.argtypes = [pointer, ctypes.c_char_p]
libbpf.bpf_program__set_log_buf.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t]
libbpf.bpf_program__set_attach_target.argtypes = [pointer, ctypes.c_int, ctypes.c_char_p]
libbpf.bpf_object__load.argtypes = libbpf.bpf_object__close.argtypes = [pointer]


def main(cells: list[dict[str, Any]]) -> None:
    """Load each cell's objects until one loads."""
    for cell in cells:
        tries = []
        for file in cell["objects"]:
            tries.append(load(Path(file).read_bytes(), cell))
            if tries[-1]["error"] == 0:
                break
        report({"number": cell["number"], "tries": tries})


def load(data: bytes, cell: Mapping[str, Any]) -> dict[str, object]:
    """One object: what libbpf returned, whether its section said all, libbpf's words and the kernel's last lines."""
    log = ctypes.create_string_buffer(LOG)
    with tempfile.TemporaryFile() as words:
        before = os.dup(2)
        os.dup2(words.fileno(), 2)
        try:
            error, by_section = _load(data, cell, log)
        finally:
            os.dup2(before, 2)
            os.close(before)
        words.seek(0)
        said = words.read().decode(errors="replace").splitlines()
    lines = log.value.decode(errors="replace").splitlines()
    return {"error": error, "by_section": by_section, "said": said[-LINES:], "log": lines[-4 * LINES :]}


def _load(data: bytes, cell: Mapping[str, Any], log: ctypes.Array[ctypes.c_char]) -> tuple[int, bool]:
    opened = libbpf.bpf_object__open_mem(data, len(data), None)
    if not opened:
        return ctypes.get_errno() or -1, False
    target = None
    try:
        program = libbpf.bpf_object__find_program_by_name(opened, PROGRAM)
        libbpf.bpf_program__set_log_buf(program, log, LOG)
        libbpf.bpf_program__set_log_level(program, 1)
        by_section = _set(program, cell)
        if cell.get("target"):
            whole = Path(cell["target"]).read_bytes()
            target = libbpf.bpf_object__open_mem(whole, len(whole), None)
            error = libbpf.bpf_object__load(target)
            if error:
                return error, by_section
            descriptor = libbpf.bpf_program__fd(libbpf.bpf_object__find_program_by_name(target, PROGRAM))
            libbpf.bpf_program__set_attach_target(program, descriptor, REPLACED)
        return libbpf.bpf_object__load(opened), by_section
    finally:
        libbpf.bpf_object__close(opened)
        if target:
            libbpf.bpf_object__close(target)


def _set(program: int, cell: Mapping[str, Any]) -> bool:
    """Set what the section did not say of type and attach type, and the flags; whether it said all."""
    by_section = True
    for name, key in (("type", "prog_type"), ("expected_attach_type", "attach")):
        value = cell[key]
        if value is not None and getattr(libbpf, f"bpf_program__{name}")(program) != value:
            by_section = False
            getattr(libbpf, f"bpf_program__set_{name}")(program, value)
    libbpf.bpf_program__set_flags(program, cell["flags"])
    return by_section


main(json.loads(Path(sys.argv[1]).read_text()))
