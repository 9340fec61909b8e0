"""How fast the loader is, and whether it leaves something behind: loads and map operations a second.

    bench/load.py OBJECT [PROGRAM]

It loads an object, or one program of it, and works on a hash of its own making. It attaches nothing.
Needs root.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bpfref.errors import BpfrefError
from bpfref.kernels.libbpf import fetch_libbpf
from bpfref.layout import find_root
from bpfref.loader import bpf

ELEMENTS = 20_000


def measure(count: int, run: Callable[[], object]) -> float:
    """How many a second, of `count` that `run` does."""
    start = time.perf_counter()
    run()
    return count / (time.perf_counter() - start)


def load_often(path: Path, programs: list[str] | None, count: int) -> None:
    """Open, load and release."""
    for _ in range(count):
        with bpf.open(path) as obj, obj.load(programs):
            pass


def update_all(table: bpf.Map, pairs: list[tuple[bytes, bytes]]) -> None:
    """One at a time."""
    for key, value in pairs:
        table.update(key, value)


def bench(path: Path, program: str | None) -> dict[str, float]:
    """The figures."""
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    figures = {"loads a second": measure(200, lambda: load_often(path, [program] if program else None, 200))}
    pairs = [(number.to_bytes(4, "little"), number.to_bytes(8, "little")) for number in range(ELEMENTS)]
    sizes = (4, 8, ELEMENTS)
    with bpf.create_map("BPF_MAP_TYPE_HASH", key_size=sizes[0], value_size=sizes[1], max_entries=sizes[2]) as table:
        figures["updates a second"] = measure(ELEMENTS, lambda: update_all(table, pairs))
        figures["lookups a second"] = measure(ELEMENTS, lambda: [table.lookup(key) for key, _ in pairs])
        figures["elements walked over a second"] = measure(ELEMENTS, lambda: list(table.items()))
        figures["elements updated in a batch a second"] = measure(ELEMENTS, lambda: table.update_batch(pairs))
    figures["descriptors left"] = len(list(descriptors.iterdir())) - before
    return figures


def main() -> int:
    """Print the figures; 1 when descriptors are left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("object", type=Path)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        bpf.use(fetch_libbpf(find_root(Path(__file__).resolve()).cache, lambda _: None))
        figures = bench(options.object, options.program)
    except BpfrefError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:40} {value:12,.0f}")
    return 1 if figures["descriptors left"] else 0


if __name__ == "__main__":
    sys.exit(main())
