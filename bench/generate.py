"""Seconds that `bpfref generate` takes over all pages: with nothing to do, and writing every page anew.

Works on a copy of the checkout, whole processes, the median of some runs:

    python bench/generate.py [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bpfref import markers

ROOT = Path(__file__).resolve().parent.parent
GOALS = {"nothing to do": 1.0, "every page anew": 3.0}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = copy_checkout(Path(folder))
        pages = len(list((root / "docs").rglob("*.md")))
        figures = {
            "nothing to do": median(options.runs, root, prepare=lambda _: None),
            "every page anew": median(options.runs, root, prepare=empty_blocks),
        }
    if options.json:
        print(json.dumps({"pages": pages, "seconds": figures}))
        return
    for name, seconds in figures.items():
        print(f"{name}: {seconds:.2f} s for {pages} pages (goal: {GOALS[name]:.0f} s)")


def copy_checkout(folder: Path) -> Path:
    """Data and pages alone."""
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in ("data", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def empty_blocks(root: Path) -> None:
    """Take every generated body out of every page."""
    for path in (root / "docs").rglob("*.md"):
        path.write_text(markers.fill(path.read_text(), path, lambda _: ""))


def median(runs: int, root: Path, prepare: Callable[[Path], None]) -> float:
    """The median wall time of a whole process, imports included."""
    seconds = []
    for _ in range(runs):
        prepare(root)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bpfref", "-C", str(root), "generate"], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
