"""What came of a guest: its outcome, or why there is none. Pure.

A guest that was lost says nothing about the kernel's answer to any question. So each way to lose
one is an error, and nothing that an error carries is a result.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from bpfref.errors import MachineError
from bpfref.kernels.trouble import Complaint, Trouble, parse_complaints

_OURS = "bpfref"  # the key of what the guest's first process says itself
_TAIL = 15  # lines of the console in an error


@dataclass(frozen=True)
class Job:
    """What a guest is to do.

    `files` go below `/job`, where `command` starts, with that folder on Python's path; `modules`
    are loaded before, with what they depend on. `timeout` is in seconds from the command's start,
    for a machine with hardware virtualization; without it a guest may take `PATIENCE` times as
    long. `memory` is in MiB.
    """

    command: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    timeout: float = 60.0
    memory: int = 512


class Ending(Enum):
    """How the run of a guest ended, seen from outside."""

    STOPPED = auto()  # the machine switched itself off
    NO_BOOT = auto()  # the limit for starting passed
    NO_END = auto()  # the job's limit passed


@dataclass(frozen=True)
class Run:
    """All that is known of a guest once it is gone. `error` is what QEMU printed; times in seconds."""

    kernel: str
    accelerator: str
    ending: Ending
    exit: int | None
    error: str
    console: str
    results: bytes
    output: str
    log: str
    seconds: float
    limit: float


@dataclass(frozen=True)
class Outcome:
    """A job that ran to its end on a kernel that stayed whole.

    `exit` is the command's status and `output` what it printed; `complaints` hold no crash;
    `seconds` go from the start of QEMU to the last result.
    """

    kernel: str
    release: str
    results: list[dict[str, Any]]
    exit: int
    output: str
    console: str
    kernel_log: str
    complaints: list[Complaint]
    seconds: float
    accelerator: str


class GuestError(MachineError):
    """A guest was lost. `run` is what is known of it, `came` what it had reported until then."""

    what = "the guest was lost"
    repair = "run it again"

    def __init__(self, run: Run, why: str, came: list[dict[str, Any]] | None = None):
        self.run = run
        self.came = came or []
        lines = [line for line in run.console.replace("\r", "").split("\n") if line.strip()]
        tail = "".join(f"\n    | {line}" for line in lines[-_TAIL:]) or " nothing"
        super().__init__(f"{run.kernel}: {self.what}: {why}. To go on: {self.repair}. Its console said:{tail}")


class NotStartedError(GuestError):
    """QEMU itself refused, or died before the kernel said a word."""

    what = "QEMU did not start"
    repair = "see what it says; bpfref kernels fetch brings a QEMU that works unless one is installed"


class SilentGuestError(GuestError):
    """The kernel did not come as far as our first process."""

    what = "the guest said nothing"
    repair = "run it again, with less load on the machine if the limit passed; bpfref kernels boot shows the console"


class StoppedHalfwayError(GuestError):
    """The guest ended or had to be ended before the job did, or its results are cut."""

    what = "the guest stopped half-way"
    repair = "raise the job's timeout or memory if those ran out, else run it again"


class KernelOopsError(GuestError):
    """The kernel crashed; nothing it said before counts either."""

    what = "the kernel oopsed"
    repair = "find what the job asked last; a crash that comes again is worth a report to the kernel's maintainers"


class NotPreparedError(GuestError):
    """Our first process could not set the guest up for the job."""

    what = "the guest could not be prepared"
    repair = "name modules that this kernel can load, and see its log"


def judge(run: Run) -> Outcome:
    """Make the outcome of a run; one of the errors above when there is none."""
    ours, results, broken = parse_results(run.results)
    complaints = _complaints(run)
    crash = next((each for each in complaints if each.trouble is Trouble.CRASH), None)
    if crash:
        raise KernelOopsError(run, crash.text, results)
    if refused := _said(ours, "refused"):
        said = run.output.strip().rpartition("\n")[2]
        raise NotPreparedError(run, f"{refused.get('why')}{said and f' ({said})'}")
    begin, end = _said(ours, "begin"), _said(ours, "end")
    if not begin:
        raise _without_begin(run)
    if not end:
        raise StoppedHalfwayError(run, _explain(run, len(results)), results)
    if broken:
        raise StoppedHalfwayError(run, f"line {broken} of its results is no JSON object", results)
    return Outcome(
        run.kernel,
        str(begin["release"]),
        results,
        int(end["exit"]),
        run.output,
        run.console,
        run.log,
        complaints,
        run.seconds,
        run.accelerator,
    )


def _complaints(run: Run) -> list[Complaint]:
    """Those of the log, and those that the console alone has: of the end, or what a full log has dropped."""
    logged = parse_complaints(run.log)
    known = {each.text for each in logged}
    return [*logged, *(each for each in parse_complaints(run.console) if each.text not in known)]


def parse_results(data: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int | None]:
    """Split what came into our own lines and the job's; and the number of the first line that is broken.

    A line is a JSON object; the job's may not have the key that marks ours.
    """
    ours: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    broken = None
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            broken = broken or number
        elif _OURS in value:
            ours.append(value)
        else:
            results.append(value)
    return ours, results, broken


def _said(ours: list[dict[str, Any]], word: str) -> dict[str, Any] | None:
    return next((each for each in ours if each[_OURS] == word), None)


def _without_begin(run: Run) -> GuestError:
    if run.ending is Ending.NO_BOOT:
        return SilentGuestError(run, f"it did not start within {run.limit:.0f} s with {run.accelerator}")
    said = run.error.strip()
    if run.exit or not run.console.strip():
        return NotStartedError(run, f"it ended with status {run.exit} and said: {said or 'nothing'}")
    return SilentGuestError(run, f"the machine switched itself off before our first process ran {said}".strip())


def _explain(run: Run, count: int) -> str:
    if run.ending is Ending.NO_END:
        return f"{count} results in {run.limit:.0f} s, the limit of the job with {run.accelerator}"
    how = f"QEMU ended with status {run.exit}: {run.error.strip()}" if run.exit else "the machine switched itself off"
    return f"{how} after {count} results, before the job's end"
