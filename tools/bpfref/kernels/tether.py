"""Starts a program that dies when its parent does, also when that is killed.

    python tether.py PARENT PROGRAM [ARGUMENT …]

The kernel sends the signal (`PR_SET_PDEATHSIG`) when the thread that started this ends, so that
thread has to stay. Standard library only: it runs as a file.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1


def main(parent: int, command: list[str]) -> None:
    """Become `command`, tied to the process `parent`; ends at once if that is gone already."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL):
        raise OSError(ctypes.get_errno(), "cannot be tied to its parent")
    if os.getppid() == parent:  # else it died before the line above
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
