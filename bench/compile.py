"""Seconds to compile 150 programs: for the first time, with nothing changed, and with one header changed.

The programs are made for it, in a folder of their own, with a cache of their own; headers come from the
shared one. Half of them include `vmlinux.h` of the newest kernel of the cache:

    python bench/compile.py [--sources N] [--jobs N] [--clang CLANG] [--json] [--check]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from bpfref.errors import BpfrefError
from bpfref.layout import find_root
from bpfref.loader.compile import Compiled, Compiler, Source
from bpfref.loader.compile.headers import Search

LIMIT = 0.5
PROGRAM = """\
#include {types}
#include <bpf/bpf_helpers.h>
#include "shared.h"

struct {{
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, {number} + SHARED);
	__type(key, __u32);
	__type(value, __u64);
}} map SEC(".maps");

SEC("socket")
int program(void *ctx)
{{
	__u32 key = {number};
	__u64 *value = bpf_map_lookup_elem(&map, &key);

	return value ? *value : 0;
}}

char LICENSE[] SEC("license") = "GPL";
"""


def main() -> None:
    """Measure and print; with `--check` a limit that is broken makes the run fail."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=150, help="how many programs (default 150)")
    parser.add_argument("--jobs", type=int, help="how many at once (default: as many as there are cores)")
    parser.add_argument("--clang", help="which clang (default: the newest here)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--check", action="store_true", help=f"fail if nothing changed takes over {LIMIT} s")
    options = parser.parse_args()
    cache = find_root(Path(__file__).resolve().parent).cache.absolute()
    with tempfile.TemporaryDirectory(prefix="bpfref-bench-") as name:
        folder = Path(name)
        (folder / "shared.h").write_text("#define SHARED 1\n")
        sources = [write(folder, number) for number in range(options.sources)]
        figures: dict[str, float] = {}
        for step in ("first time", "nothing changed", "nothing changed, again", "shared header changed"):
            if step.startswith("shared"):
                (folder / "shared.h").write_text("#define SHARED 2\n")
            began = time.perf_counter()
            # A process of its own would also find clang anew.
            compiler = Compiler(options.clang, cache=cache, made=folder / "made", search=Search(cache))
            made = compiler.compile_all(sources, options.jobs)
            figures[step] = time.perf_counter() - began
            stop = next((each for each in made if isinstance(each, BpfrefError)), None)
            if stop:
                raise SystemExit(str(stop))
            wanted = step.startswith("nothing")
            if any(isinstance(each, Compiled) and each.cached is not wanted for each in made):
                raise SystemExit(f"{step}: not all of it was {'kept' if wanted else 'compiled'}")
    if options.json:
        print(json.dumps({"sources": options.sources, "clang": compiler.clang.version, "seconds": figures}, indent=2))
    else:
        print(f"{options.sources} programs, clang {compiler.clang.version}")
        for step, seconds in figures.items():
            print(f"{step}: {seconds:.2f} s")
        print(f"limit for nothing changed: {LIMIT} s")
    sys.exit(1 if options.check and figures["nothing changed, again"] > LIMIT else 0)


def write(folder: Path, number: int) -> Source:
    """A program of its own number."""
    types = '"vmlinux.h"' if number % 2 else "<linux/bpf.h>"
    path = folder / f"program{number}.bpf.c"
    path.write_text(PROGRAM.format(types=types, number=number))
    return Source(path, strip=True)


if __name__ == "__main__":
    main()
