"""`bpfref probe`: kernels asked what works where, answers into `data/verified/probes`."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpfref import catalogue, store
from bpfref.catalogue import KERNELS
from bpfref.commands import Subparsers, layout, writing
from bpfref.commands.kernels import choose_series
from bpfref.errors import MachineError
from bpfref.files import write_text
from bpfref.kernels import images
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile
from bpfref.output import FAILED, FINE, Output
from bpfref.probe.run import HOST, Result, ask_host, ask_kernels, make_plan

_EVERY = "all"


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("probe", help="ask kernels what works where")
    parser.add_argument(
        "-k",
        dest="kernels",
        nargs="+",
        default=[_EVERY],
        metavar="KERNEL",
        help="series such as v6.12, all (default), or host: the kernel that runs here, of which nothing is written",
    )
    parser.add_argument("--all", action="store_true", help="also kernels whose data answer just these questions")
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Ask each kernel; one that is lost or not believed is reported, and the others go on."""
    here = layout(options)
    facts = catalogue.read(here)
    if HOST in options.kernels:
        return _run_host(facts, output)
    plans = [make_plan(here, facts, kernel) for kernel in _choose(here, options.kernels)]
    wanted = [plan for plan in plans if options.all or not plan.current]
    for plan in plans:
        if plan not in wanted:
            output.report(f"{plan.kernel.series}: current")
    for name in dict.fromkeys(name for plan in wanted for name in plan.questions.open):
        output.report(f"{name} has no recipe in probe/recipes.py: nobody asks for it")
    outcomes = _Outcomes(options, output, here)
    ask_kernels(wanted, here.cache, outcomes.hear)
    return outcomes.code()


def _choose(here: Layout, names: list[str]) -> list[Kernel]:
    file = store.read(here.authored / KERNELS, KernelsFile)
    series = choose_series(file, [] if _EVERY in names else names)
    return [images.find(here.cache, each.series) for each in series]


def _run_host(facts: catalogue.Catalogue, output: Output) -> int:
    output.report(f"{HOST}: programs are loaded into the running kernel and dropped again; none is attached")
    result = ask_host(facts)
    if result.file is None:
        raise MachineError("; ".join(result.problems))
    for problem in result.problems:
        output.error(f"{HOST}: {problem}")
    output.result(result.text)
    return FINE if result.believed else FAILED


class _Outcomes:
    """Writes or compares each result as it comes, and knows the exit code."""

    def __init__(self, options: argparse.Namespace, output: Output, here: Layout):
        self._options = options
        self._output = output
        self._here = here
        self._lost: list[str] = []
        self._texts: dict[Path, str] = {}

    def hear(self, result: Result) -> None:
        """Take one kernel's result."""
        if not result.believed:
            self._lost.append(result.name)
            for problem in result.problems:
                self._output.error(f"{result.name}: {problem}")
        elif writing.writes(self._options):
            written = write_text(result.path, result.text)
            self._output.report(f"{result.name}: {'written' if written else 'unchanged'}, {result.seconds:.0f} s")
        elif writing.read_old(result.path) != result.text:
            self._texts[result.path] = result.text

    def code(self) -> int:
        """2 if a kernel was lost or not believed, 1 if something would change."""
        found = writing.show(self._texts, self._here.root, "bpfref probe --all", self._options, self._output)
        for name in self._lost:
            self._output.error(f"{name}: not believed, nothing written; again: bpfref probe -k {name}")
        return FAILED if self._lost else found
