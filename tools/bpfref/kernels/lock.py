"""One process at a time in a folder of the cache."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bpfref.errors import MachineError

log = logging.getLogger("bpfref")


@contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Keep other processes of bpfref out of `folder`; waits for the one inside.

    The lock goes with the process: one that was killed leaves nothing to clean up.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise MachineError(
            f"the cache cannot be written ({error.strerror}): name another in BPFREF_CACHE", folder
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("waiting for another process that uses %s", folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
