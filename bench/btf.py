"""Seconds and memory that BTF takes: decoding a file, every type in it, and looking up every function by name.

Raw BTF or an ELF file with it; a module needs its kernel's BTF too:

    python bench/btf.py [FILE] [--base FILE] [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

from bpfref.formats.btf import Btf, Kind, declare, parse_file

SECONDS, MEGABYTES = 1.5, 300


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=Path("/sys/kernel/btf/vmlinux"), help="what to decode")
    parser.add_argument("--base", type=Path, help="the BTF that a module's continues")
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    data = options.file.read_bytes()
    base = parse_file(options.base.read_bytes(), options.base) if options.base else None
    before = peak()
    figures = measure(data, options.file, base, options.runs)
    figures["megabytes in all"] = peak()
    figures["megabytes more than to start with"] = peak() - before
    found = parse_file(data, options.file, base)
    counts = {"bytes": len(data), "types": len(found.own), "functions": len(list(found.ids(Kind.FUNC)))}
    if options.json:
        print(json.dumps({**counts, "figures": figures}))
        return
    print(f"{options.file}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    for name, figure in figures.items():
        print(f"{name}: {figure:.2f}")
    print(f"goals for an image of 5 MB: parse and decode every type in {SECONDS} s, {MEGABYTES} MB in all")


def measure(data: bytes, file: Path, base: Btf | None, runs: int) -> dict[str, float]:
    """The median seconds of each step; each run starts from the bytes."""
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        start = time.perf_counter()
        btf = parse_file(data, file, base)
        found.setdefault("parse and check", []).append(time.perf_counter() - start)
        for type_id in btf.own:
            btf[type_id]
        found.setdefault("parse and decode every type", []).append(time.perf_counter() - start)
        names = [btf.name(type_id) or "" for type_id in btf.ids(Kind.FUNC)]
        start = time.perf_counter()
        ids = [btf.find(name, Kind.FUNC)[0] for name in names]
        found.setdefault("look every function up by name", []).append(time.perf_counter() - start)
        start = time.perf_counter()
        for type_id in ids:
            declare(btf, type_id)
        found.setdefault("declare every function", []).append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def peak() -> float:
    """The most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
