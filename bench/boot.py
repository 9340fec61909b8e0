"""Seconds from the start of QEMU to the first result of a Python program, for each kernel of the cache.

Without SERIES all of them; `--jobs` also measures that many guests on one kernel, as many at once as there are cores:

    python bench/boot.py [SERIES …] [--runs N] [--jobs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from bpfref.kernels import images
from bpfref.kernels.lab import GuestError, Job, Outcome, prepare, run_job, run_jobs
from bpfref.layout import find_root
from bpfref.model.kernel import Kernel

PROGRAM = b"from bpfref.kernels.guest import report\nreport({'answer': 42})\n"
JOB = Job(("python3", "first.py"), {"first.py": PROGRAM}, memory=384)


def main() -> None:
    """Measure and print; a guest that was lost makes the run fail."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="*", help="such as v6.12")
    parser.add_argument("--runs", type=int, default=1, help="how often each is started (default 1)")
    parser.add_argument("--jobs", type=int, default=0, help="also so many guests of the last kernel, at once")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    cache = find_root(Path(__file__).resolve().parent).cache
    kernels = [images.find(cache, name) for name in options.series] or images.installed(cache)
    prepare(cache, lambda text: print(text, file=sys.stderr))
    figures: dict[str, object] = {}
    lost = 0
    for kernel in kernels:
        seconds, failures = measure(kernel, cache, options.runs)
        lost += len(failures)
        figures[kernel.series] = {"seconds": seconds, "lost": len(failures)}
        if not options.json:
            print(line(kernel, seconds, failures), flush=True)
    if options.jobs and kernels:
        start = time.monotonic()
        came = run_jobs([(kernels[-1], JOB)] * options.jobs, cache)
        lost += sum(isinstance(each, GuestError) for each in came)
        figures["together"] = {"guests": options.jobs, "seconds": time.monotonic() - start}
        if not options.json:
            print(f"{options.jobs} guests of {kernels[-1].series}: {time.monotonic() - start:.1f} s in all")
    if options.json:
        print(json.dumps(figures, indent=2))
    sys.exit(1 if lost else 0)


def measure(kernel: Kernel, cache: Path, runs: int) -> tuple[list[float], list[GuestError]]:
    """The seconds of each run that came to its end, and how the others were lost."""
    seconds, lost = [], []
    for _ in range(runs):
        try:
            outcome: Outcome = run_job(kernel, JOB, cache)
        except GuestError as error:
            lost.append(error)
            continue
        if outcome.results != [{"answer": 42}] or outcome.exit or outcome.complaints:
            raise SystemExit(f"{kernel.series}: ended, but gave {outcome}")
        seconds.append(outcome.seconds)
    return seconds, lost


def line(kernel: Kernel, seconds: list[float], lost: list[GuestError]) -> str:
    """A kernel's figures in words."""
    if not seconds:
        return f"{kernel.series:<6} lost {len(lost)} of {len(lost)}: {lost[-1]}"
    spread = f" ({min(seconds):.1f} to {max(seconds):.1f} in {len(seconds)} runs)" if len(seconds) > 1 else ""
    failures = f", lost {len(lost)}: {lost[-1]}" if lost else ""
    return f"{kernel.series:<6} {statistics.median(seconds):.1f} s{spread}{failures}"


if __name__ == "__main__":
    main()
