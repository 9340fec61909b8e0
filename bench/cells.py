"""Cells of `data/verified/probes`, chosen at random, confirmed by real programs.

A cell is a kernel, a variant and a helper or kernel function, and says yes or no. For each a C program that makes
the call is compiled with clang and loaded with libbpf in a guest of that kernel, half of them yes and half no:

    python bench/cells.py [--count 50] [--seed N] [--series v6.12 …] [--source DIR] [--json]

A yes is confirmed by a program that loads, a no by a refusal at that very call. A cell whose program is refused for
another reason, or for which no program can be written, is told, counted and replaced by the next one. It fails for a
cell that is contradicted. CLANG names the compiler; else the newest one is taken, or the one in the wheel `ziglang`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bpfref
from bpfref import catalogue, store
from bpfref.catalogue import Catalogue
from bpfref.kernels import images
from bpfref.kernels.lab import Job, run_jobs
from bpfref.kernels.modules import Modules
from bpfref.kernels.outcome import Outcome
from bpfref.layout import Layout, find_root
from bpfref.model.kernel import Kernel
from bpfref.model.kfunc import Form, Origin
from bpfref.model.probe import ProbeFile
from bpfref.probe.recipes import MODULES_BEFORE, SLEEPABLE
from bpfref.probe.run import pack_sources
from cells_in_c.compiler import Compiler
from cells_in_c.sections import Way, find_way
from cells_in_c.source import Body, OutOfReachError, Subject, write_extended, write_program
from cells_in_c.verdict import Cell, Found, judge, replaced, table

INSIDE = Path(__file__).resolve().parent / "inside" / "load_objects.py"
GUEST = ("kernels/__init__.py", "kernels/guest.py")
RETURNS = (0, 1)
MORE = 4  # times as many cells are prepared as are wanted
KFUNCS = 0.25  # the share of kernel functions
CONTEXTS = {"BPF_PROG_TYPE_EXT/xdp": "struct xdp_md", "BPF_PROG_TYPE_EXT/sched_cls": "struct __sk_buff"}
EXTENDED = {"xdp_md": "bpf_xdp_adjust_head", "__sk_buff": "bpf_skb_pull_data"}


def main() -> None:
    """Choose, load, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50, help="how many cells, half yes and half no (default 50)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other cells (default 1)")
    parser.add_argument("--series", nargs="+", help="such as v6.12 (default: all that there are data for)")
    parser.add_argument("--source", type=Path, help="a folder to keep the programs in")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    here = find_root(Path(__file__).resolve().parent)
    names = options.series or [path.stem for path in sorted(here.probes.glob("*.yaml"))]
    files = {name: store.read(here.probes / f"{name}.yaml", ProbeFile) for name in names}
    facts = catalogue.read(here)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(here, facts, files, options.source or Path(folder))
        found = bench.run(options.seed, options.count)
    print(json.dumps([asdict(each) for each in found], indent=2) if options.json else table(found, options.count))
    confirmed = sum(each.result == "confirmed" for each in found)
    if confirmed < options.count or any(each.result == "contradicted" for each in found):
        sys.exit(1)


def choose(random_: random.Random, files: dict[str, ProbeFile], *, accepted: bool) -> Iterator[Cell]:
    """Cells without end: a kernel, helpers or kernel functions, then any cell of that answer."""
    while True:
        file = files[random_.choice(sorted(files))]
        functions = bool(file.kfuncs) and random_.random() < KFUNCS
        calls = file.kfuncs if functions else file.helpers
        others = file.unused_kfuncs if functions else file.unused_helpers
        name = random_.choice(sorted({*calls, *(() if accepted else others)}))
        taken = set(file.programs_of(calls[name], calls)) if name in calls else set()
        variants = [v for v in file.variants.loads if (v in taken) is accepted]
        if variants:
            yield Cell(file.kernel.series, random_.choice(variants), name, accepted, functions)


class Bench:
    """Compiles and loads the programs of cells."""

    def __init__(self, here: Layout, facts: Catalogue, files: dict[str, ProbeFile], folder: Path):
        self._here = here
        self._facts = facts
        self._files = files
        self._numbers = {n: c.value for g in facts.constants_file.groups for c in g.members if (n := c.name)}
        self._compiler = Compiler(folder, here.cache)

    def run(self, seed: int, count: int) -> list[Found]:
        """Results in the order of choice, up to as many yes and no as are wanted."""
        found: list[Found] = []
        prepared: list[tuple[Cell, dict[str, Any] | str]] = []
        for accepted, wanted in ((True, count - count // 2), (False, count // 2)):
            cells = choose(random.Random(f"{seed} {accepted}"), self._files, accepted=accepted)  # noqa: S311
            some = list(dict.fromkeys(next(cells) for _ in range(wanted * MORE)))
            prepared += [(cell, self._prepare(len(prepared) + n, cell)) for n, cell in enumerate(some)]
        tries = self._load([entry for _, entry in prepared if isinstance(entry, dict)])
        for accepted, wanted in ((True, count - count // 2), (False, count // 2)):
            decided = 0
            for cell, entry in prepared:
                if cell.accepted is not accepted or decided >= wanted:
                    continue
                found.append(replaced(cell, entry) if isinstance(entry, str) else judge(cell, entry, tries))
                decided += found[-1].result != "replaced"
        return found

    def _prepare(self, number: int, cell: Cell) -> dict[str, Any] | str:
        """What the guest gets of a cell, or why there is no program."""
        file = self._files[cell.series]
        way = find_way(cell.variant, file.variants.targets.get(cell.variant))
        if way is None:
            return "no section for this variant"
        program = cell.variant.split("/")[0]
        known = self._facts.contexts.contexts.get(program)
        context = CONTEXTS.get(cell.variant) or (known.type if known else "void")
        try:
            objects = [self._compiler.run(f"{number}-{r}", self._text(cell, way, context, r)) for r in RETURNS]
        except OutOfReachError as error:
            return f"no program makes {error}"
        extended = context.removeprefix("struct ") if program.endswith("_EXT") else None
        attach = self._numbers[way.attach] if way.attach else None if way.struct or extended else 0
        return {
            "number": number,
            "series": cell.series,
            "section": way.section,
            "module": self._module(cell),
            "objects": objects,
            "prog_type": self._numbers[program],
            "attach": attach,
            "flags": self._numbers[SLEEPABLE] if way.sleepable else 0,
            "target": self._compiler.run(f"{number}-target", write_extended(extended, EXTENDED[extended]))
            if extended
            else None,
        }

    def _text(self, cell: Cell, way: Way, context: str, returns: int) -> str:
        flags = {name: value for name, value in self._numbers.items() if value is not None}
        body = Body(context.removeprefix("struct "), way, flags, good=cell.accepted)
        return write_program(self._subject(cell), body, self._facts.structs, returns)

    def _subject(self, cell: Cell) -> Subject:
        file = self._files[cell.series]
        if not cell.kernel_function:
            helper = next(h for h in self._facts.helpers_file.helpers if h.name == cell.name)
            call = file.helpers.get(cell.name)
            return Subject(cell.name, helper.returns, helper.parameters, call.maps if call else ())
        form = self._form(cell)
        if form is None:
            raise OutOfReachError(f"a prototype of {cell.name}")
        return Subject(cell.name, form.returns, form.parameters, kernel_function=True)

    def _module(self, cell: Cell) -> str | None:
        """The module of a kernel function."""
        form = self._form(cell) if cell.kernel_function else None
        return form.module if form else None

    def _form(self, cell: Cell) -> Form | None:
        forms = self._facts.kfuncs[cell.name].forms if cell.name in self._facts.kfuncs else ()
        return next((f for f in forms if cell.series in f.series and f.origin is Origin.IMAGE), None)

    def _load(self, entries: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
        """All objects in guests, one for each series; what came of them by number."""
        series = sorted({entry["series"] for entry in entries})
        kernels = [images.find(self._here.cache, name) for name in series]
        jobs = [(k, self._job(k, [e for e in entries if e["series"] == k.series])) for k in kernels]
        found: dict[int, list[dict[str, Any]]] = {}
        for kernel, outcome in zip(kernels, run_jobs(jobs, self._here.cache), strict=True):
            if not isinstance(outcome, Outcome) or outcome.exit:
                sys.exit(f"{kernel.series}: {outcome.output if isinstance(outcome, Outcome) else outcome}")
            found |= {result["number"]: result["tries"] for result in outcome.results}
        return found

    def _job(self, kernel: Kernel, entries: list[dict[str, Any]]) -> Job:
        package = Path(bpfref.__file__).parent
        files = {f"bpfref/{name}": (package / name).read_bytes() for name in GUEST} | dict(pack_sources())
        files |= {"load.py": INSIDE.read_bytes(), "cells.json": json.dumps(entries).encode()}
        names = {name for entry in entries for name in (*entry["objects"], entry["target"]) if name}
        files |= {name: (self._compiler.folder / name).read_bytes() for name in names}
        modules = sorted({entry["module"] for entry in entries if entry["module"]})
        before = tuple(name for name in MODULES_BEFORE if modules and name in Modules(kernel).files)
        return Job(("python3", "load.py", "cells.json"), files, (*before, *modules), timeout=120, memory=768)


if __name__ == "__main__":
    main()
