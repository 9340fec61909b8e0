"""What an example leaves behind: processes are ended, and programs, maps and links counted. Standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import errno as numbers
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from bpfref.loader.libbpf import library

Ids = dict[str, set[int]]

_NEXT = {"program": "bpf_prog_get_next_id", "map": "bpf_map_get_next_id", "link": "bpf_link_get_next_id"}
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
# The kernel frees what nobody holds some time later, and takes down a network namespace slowly.
_PATIENCE = 10.0
_POLL = 0.02


def adopt_orphans() -> None:
    """Become the parent of all that examples start and leave."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def read_ids() -> Ids:
    """The programs, maps and links of the kernel."""
    return {kind: set(_walk(function)) for kind, function in _NEXT.items()}


def find_left(before: Ids) -> list[str]:
    """What is there that was not there before, once the kernel had time to free it."""
    end = time.monotonic() + _PATIENCE
    while True:
        left = [f"{kind} {number}" for kind, ids in read_ids().items() for number in sorted(ids - before[kind])]
        if not left or time.monotonic() > end:
            return left
        time.sleep(_POLL)


def kill_all(group: Path) -> None:
    """End every process of a control group and of those in it."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = [int(pid) for file in group.rglob("cgroup.procs") for pid in file.read_text().split()]
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        if not found:
            return
        time.sleep(_POLL)


def remove_group(group: Path) -> list[str]:
    """Remove a control group with those in it; those that stay."""
    folders = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True)
    end = time.monotonic() + _PATIENCE
    left: list[str] = []
    for folder in (*folders, group):
        while folder.exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            if time.monotonic() > end:
                left.append(f"control group {folder.name}")
                break
            time.sleep(_POLL)
    return left


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _walk(function: str) -> Iterator[int]:
    at = ctypes.c_uint32(0)
    while True:
        following = ctypes.c_uint32()
        try:
            library().number(function, at.value, ctypes.addressof(following))
        except OSError as error:
            if error.errno == numbers.ENOENT:
                return
            raise
        at = following
        yield at.value
