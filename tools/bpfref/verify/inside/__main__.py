"""`python3 -m bpfref.verify.inside plan.json`: run each example of the plan and report what came of it.

Each has a process of its own, made by a fork, which needs no second start of Python. What was
started is reported before it runs: a guest that does not survive it says so by its silence.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bpfref.errors import BpfrefError
from bpfref.kernels.guest import mark, report
from bpfref.loader import bpf
from bpfref.verify.inside import lesson, rest, room

_MOST = 1 << 16  # bytes of output; an example prints a few lines
_POLL = 0.01


def main(path: str) -> None:
    """Run all; after one that leaves something behind the others are left to another guest."""
    bpf.library()  # each child has it then
    rest.adopt_orphans()
    for each in json.loads(Path(path).read_text(encoding="utf-8")):
        report({"example": each["name"], "state": "started"})
        mark(each["name"])
        result = run(each)
        report({"example": each["name"], "state": "done", **result})
        if result["left"]:
            return


def run(each: dict[str, Any]) -> dict[str, Any]:
    """Run one in a process of its own and clean up behind it."""
    before, began = rest.read_ids(), time.monotonic()
    said, output = os.memfd_create("said"), os.memfd_create("output")
    group = room.make_group()
    child = os.fork()
    if not child:
        _child(each, group, said, output)
    trouble = _wait(child, began + each["seconds"])
    rest.kill_all(group)
    result: dict[str, Any] = {"trouble": trouble, **_read_said(said)}
    result["output"] = _read(output, _MOST)
    result["seconds"] = time.monotonic() - began
    result["left"] = [*rest.remove_group(group), *rest.find_left(before)]
    os.close(said)
    os.close(output)
    return result


def _child(each: dict[str, Any], group: Path, said: int, output: int) -> None:
    """Never returns: what it finds out goes into the file `said`, what is printed into `output`."""
    code = 1
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        room.shut_in(group)
        lesson.learn(each, lambda found: _say(said, found))
        code = 0
    except BpfrefError as error:
        _say(said, {"failed": str(error)})
    except BaseException as error:  # noqa: BLE001 - whatever it is, it ends here and is told
        _say(said, {"trouble": f"{type(error).__name__}: {error}"})
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say(said: int, found: dict[str, Any]) -> None:
    os.write(said, json.dumps(found).encode() + b"\n")


def _wait(child: int, end: float) -> str | None:
    """Wait for a child, and kill it at the end of its time; what is wrong with how it ended."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "it did not end in its time"
        time.sleep(_POLL)
    if os.WIFSIGNALED(status):
        return f"it was killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return None


def _read_said(said: int) -> dict[str, Any]:
    """What a child found out, the later over the earlier; a line that its death cut is left out."""
    found: dict[str, Any] = {}
    for line in _read(said, os.fstat(said).st_size).splitlines(keepends=True):
        if line.endswith("\n"):
            found |= json.loads(line)
    return found


def _read(file: int, most: int) -> str:
    return os.pread(file, most, 0).decode(errors="replace")


if __name__ == "__main__":
    main(sys.argv[1])
