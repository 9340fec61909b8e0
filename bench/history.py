"""Seconds that the history of the UAPI header takes over a repository's releases, cold and warm.

Also CPU seconds against the straightforward method, one `git grep` for each name and release, and
whether both give the same answers:

    python bench/history.py DIR [--greps N] [--everywhere] [--json]

The greps read the header alone, which takes knowing where it is; with `--everywhere` they read the
whole tree, as a person would who does not know. Ours finds commits, values and changes besides.

The straightforward method knows nothing of macros, so it is asked for `FN(name` as well as for
the name. Of all its runs, N are measured (default: 2000, evenly spread) and the sum is estimated;
`--greps 0` runs them all. Answers are compared for each name whose runs were all made.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bpfref.history.repository import Repository
from bpfref.history.survey import Survey
from bpfref.layout import find_root
from bpfref.model.history import Source, Witness
from bpfref.scrape.since import described, identify, uapi_reader

GOALS = {"cold": 10.0, "warm": 1.0}
TIMES = 50.0


@dataclass(frozen=True)
class Straight:
    """The straightforward method: runs in all, CPU seconds of those made and of all, wrong names."""

    runs: int
    made: int
    cpu: float
    compared: int
    different: list[str]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="DIR", help="a clone of the kernel or of a copy of its header")
    parser.add_argument("--greps", type=int, default=2000, metavar="N", help="how many greps are made (0: all)")
    parser.add_argument("--everywhere", action="store_true", help="grep the whole tree and not the header alone")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    known = described(find_root(Path(__file__).resolve()))
    name, repository = identify(options.directory, known)
    source = known.repositories[name]
    with tempfile.TemporaryDirectory() as folder:
        cold = measure(options.directory, Path(folder))
        warm = measure(options.directory, Path(folder))
        witness = Survey(repository, source, uapi_reader(), Path(folder)).witness()
    straight = grep(repository, source, witness, options.greps, [] if options.everywhere else source.headers)
    figures = {
        "names": len(witness.features),
        "releases": len(witness.releases),
        "seconds": {"cold": cold[0], "warm": warm[0]},
        "cpu": {"cold": cold[1], "warm": warm[1], "greps": straight.cpu},
        "greps": {"all": straight.runs, "made": straight.made},
        "times less": straight.cpu / cold[1],
        "compared": straight.compared,
        "different": straight.different,
    }
    print(json.dumps(figures, indent=2) if options.json else text(figures, straight))


def text(figures: dict[str, object], straight: Straight) -> str:
    """The figures for a person."""
    seconds, cpu = figures["seconds"], figures["cpu"]
    lines = [f"{figures['names']} names over {figures['releases']} releases"]
    for name, goal in GOALS.items():
        lines.append(f"{name}: {seconds[name]:.2f} s, {cpu[name]:.2f} s of CPU (goal: {goal:.0f} s)")  # type: ignore[index]
    made = "all made" if straight.made == straight.runs else f"estimated from {straight.made}"
    lines += [
        f"{straight.runs} greps: {straight.cpu:.0f} s of CPU ({made}): {figures['times less']:.0f} times as much",
        f"answers compared: {straight.compared}, different: {', '.join(straight.different) or 'none'}",
    ]
    return "\n".join(lines)


def measure(directory: Path, cache: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a whole process, git's included."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import history; history.survey()"
    start, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-c", code, str(directory), str(cache)], check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cpu


def survey() -> None:
    """What is measured."""
    directory, cache = map(Path, sys.argv[1:3])
    known = described(find_root(Path(__file__).resolve()))
    name, repository = identify(directory, known)
    Survey(repository, known.repositories[name], uapi_reader(), cache).witness()
    repository.close()


def grep(repository: Repository, source: Source, witness: Witness, wanted: int, paths: Sequence[str]) -> Straight:
    """The straightforward method, over the releases that have the header."""
    releases = [
        r
        for r in Survey(repository, source, uapi_reader(), Path()).releases(source.headers)
        if str(r.version) in witness.releases
    ]
    names = [name for name in witness.features if not name.startswith(("struct ", "union "))]
    step = max(1, len(names) * len(releases) // wanted) if wanted else 1
    chosen = names[::step]
    before, different = os.times(), []
    for name in chosen:
        first = next((r for r in releases if has(repository, r.commit, name, paths)), None)
        for release in releases if first is None else releases[releases.index(first) + 1 :]:
            has(repository, release.commit, name, paths)
        if first is None or str(first.version) != witness.features[name].since:
            different.append(name)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    runs, made = len(names) * len(releases), len(chosen) * len(releases)
    return Straight(runs, made, cpu * runs / made, len(chosen), different)


def has(repository: Repository, commit: str, name: str, paths: Sequence[str]) -> bool:
    """One `git grep`."""
    pattern = rf"\b{name}\b"
    if name.startswith("bpf_"):
        pattern = rf"\bBPF_FUNC_{name[4:]}\b|\bFN\({name[4:]}\b"
    command = ["git", "--git-dir", str(repository.folder), "grep", "-qP", pattern, commit, "--", *paths]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    main()
