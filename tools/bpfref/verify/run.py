"""Guests for examples: all of a kernel in one boot, and another for those behind one that took the guest with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpfref.errors import BpfrefError
from bpfref.kernels import lab
from bpfref.kernels.lab import GuestError, Outcome
from bpfref.kernels.trouble import Complaint, Trouble
from bpfref.model.kernel import Kernel
from bpfref.verify.plan import Made, make_job

Result = dict[str, Any]


@dataclass
class Came:
    """What came of a kernel's examples by name; `lost` says why there is no more.

    What the kernel complained of while an example ran is with that example's result; `complaints`
    holds what it complained of before the first, and lockups.
    """

    results: dict[str, Result] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    release: str = ""
    seconds: float = 0.0
    boots: int = 0
    lost: str | None = None


def run_all(tasks: Sequence[tuple[Kernel, Sequence[Made]]], cache: Path, heard: Callable[[int, Came], None]) -> None:
    """Run the examples of each kernel; `heard` gets the number of a task when it is done.

    A guest that is lost costs the example that ran then: it is noted, and the others go into
    another guest. A guest that is lost with none running ends the kernel's part.
    """
    came = [Came() for _ in tasks]
    todo = [number for number, (_, made) in enumerate(tasks) if made]
    for number in set(range(len(tasks))) - set(todo):
        heard(number, came[number])
    while todo:
        jobs = [(tasks[n][0], make_job(tasks[n][0], _rest(tasks[n][1], came[n].results))) for n in todo]
        again: list[int] = []

        def listen(index: int, outcome: Outcome | BpfrefError, now: Sequence[int] = tuple(todo)) -> None:
            number = now[index]
            _take(came[number], outcome)
            if came[number].lost is None and _rest(tasks[number][1], came[number].results):
                again.append(number)  # noqa: B023 - used within this turn alone
            else:
                heard(number, came[number])

        lab.run_jobs(jobs, cache, listen)
        todo = sorted(again)


def _rest(made: Sequence[Made], results: Mapping[str, Result]) -> list[Made]:
    return [each for each in made if each.name not in results]


def _take(came: Came, outcome: Outcome | BpfrefError) -> None:
    """Add what a guest reported."""
    came.boots += 1
    before = len(came.results)
    if isinstance(outcome, Outcome):
        came.release, came.seconds = outcome.release, came.seconds + outcome.seconds
        _read(came, outcome.results, "the runner ended with it")
        _blame(came, outcome.complaints)
        if outcome.exit and len(came.results) == before:
            came.lost = f"the runner ended with {outcome.exit}: {outcome.output[-800:]}"
    elif isinstance(outcome, GuestError):
        came.seconds += outcome.run.seconds
        _read(came, outcome.came, f"the guest was lost with it: {str(outcome).partition(' To go on:')[0]}")
    if len(came.results) == before and came.lost is None:
        came.lost = str(outcome) if isinstance(outcome, BpfrefError) else "the guest ran no example"


def _blame(came: Came, complaints: Sequence[Complaint]) -> None:
    """Give each complaint to the example that ran; a lockup is the machine's, which was too busy for its guest."""
    for each in complaints:
        result = came.results.get(each.during or "")
        if result is None or each.trouble is Trouble.LOCKUP:
            came.complaints.append(f"{each.text} (during {each.during})" if each.during else each.text)
        else:
            result.setdefault("complaints", []).append(each.text)


def _read(came: Came, reports: Sequence[Result], why: str) -> None:
    """Take each example's result; one that was started and not done is to blame for the end."""
    started: str | None = None
    for each in reports:
        if each["state"] == "started":
            started = each["example"]
        else:
            came.results[each["example"]] = each
            started = None
    if started is not None:
        came.results[started] = {"trouble": why}
