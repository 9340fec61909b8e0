"""Seconds that asking a kernel everything takes: one boot, all questions, verdicts made of the answers.

Without SERIES the oldest kernel of the cache and the newest, which have the fewest and the most to say. CPU seconds
are QEMU's and ours: on a busy machine they alone compare. The steps inside the guest are told too, so that one that
grows is seen. It fails for a kernel that is lost or not believed:

    python bench/probe.py [SERIES …] [--runs N] [--check] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

from bpfref import catalogue
from bpfref.kernels import images
from bpfref.kernels.lab import GuestError, Outcome, prepare, run_job
from bpfref.layout import Layout, find_root
from bpfref.model.kernel import Kernel
from bpfref.probe.run import Plan, make_job, make_plan, make_result

GOAL = 90  # seconds of CPU
FIGURES = ("seconds", "cpu", "guest")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="*", help="such as v6.12")
    parser.add_argument("--runs", type=int, default=1, help="how often each is asked (default 1)")
    parser.add_argument("--check", action="store_true", help=f"fail if one takes more than {GOAL} s of CPU")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    here = find_root(Path(__file__).resolve().parent)
    installed = images.installed(here.cache)
    kernels = [images.find(here.cache, name) for name in options.series] or [installed[0], installed[-1]]
    prepare(here.cache)
    facts = catalogue.read(here)
    figures = {}
    for kernel in kernels:
        runs = [measure(here, make_plan(here, facts, kernel)) for _ in range(options.runs)]
        figures[kernel.series] = found = merge(runs)
        if not options.json:
            print(line(kernel, found), flush=True)
    if options.json:
        print(json.dumps(figures, indent=2))
    if options.check and any(found["cpu"] > GOAL for found in figures.values()):
        sys.exit(1)


def measure(here: Layout, plan: Plan) -> dict[str, float]:
    """The seconds of one run: in all, of the guest, of its steps."""
    began, used = time.monotonic(), cpu_seconds()
    try:
        outcome: Outcome = run_job(plan.kernel, make_job(plan.kernel, plan.questions), here.cache)
    except GuestError as error:
        sys.exit(str(error))
    if outcome.exit:
        sys.exit(f"{plan.kernel.series}: the asking part ended with {outcome.exit}: {outcome.output}")
    result = make_result(plan, outcome.results, lambda _: None, outcome.seconds)
    if not result.believed:
        sys.exit(f"{plan.kernel.series} is not believed: {'; '.join(result.problems)}")
    figures = {"seconds": time.monotonic() - began, "cpu": cpu_seconds() - used, "guest": outcome.seconds}
    before = 0.0
    for record in outcome.results:
        if record.get("section") == "time":
            figures[record["step"]] = round(record["seconds"] - before, 2)
            before = record["seconds"]
    return figures


def cpu_seconds() -> float:
    """What this process and those that it waited for have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def merge(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}


def line(kernel: Kernel, found: dict[str, float]) -> str:
    """A kernel's figures in words."""
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in found.items() if name not in FIGURES)
    whole = f"{found['seconds']:.1f} s, {found['cpu']:.1f} s of CPU, the guest {found['guest']:.1f} s"
    return f"{kernel.series:<6} {whole} ({steps})"


if __name__ == "__main__":
    main()
