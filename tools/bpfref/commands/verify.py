"""`bpfref verify`: examples on kernels, verdicts into `data/verified/examples`."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from bpfref import catalogue
from bpfref.catalogue import Catalogue
from bpfref.commands import Subparsers, layout, trial, writing
from bpfref.commands.kernels import choose_series
from bpfref.errors import BpfrefError, DataError
from bpfref.files import write_text
from bpfref.kernels import images
from bpfref.layout import Layout
from bpfref.loader.compile import Compiler
from bpfref.model.example import ExampleFolder
from bpfref.model.kernel import Kernel
from bpfref.output import FAILED, FINE, FOUND, Output
from bpfref.requires.facts import Knowledge
from bpfref.verify.claim import find_contradictions
from bpfref.verify.files import Verdicts, make_verdicts, read_verified
from bpfref.verify.plan import Made, compile_examples, find_changed
from bpfref.verify.run import Came, run_all

EVERY, HOST = "all", "host"
_SERIES = re.compile(r"v?\d+\.\d+")


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("verify", help="run the examples on kernels and compare with what they promise")
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", help="only these folders of docs/examples")
    parser.add_argument(
        "-k",
        dest="kernels",
        action="extend",
        nargs="+",
        metavar="KERNEL",
        help="series such as v6.12, all (default), or host: load on the kernel that runs here, attach nothing",
    )
    parser.add_argument("--all", action="store_true", help="also examples that did not change since their verdict")
    parser.add_argument("--file", type=Path, metavar="FILE", help="try one file of C, for the kernel or for libbpf")
    parser.add_argument("--clang", metavar="PROGRAM", help="the clang to compile with (default: the newest here)")
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Compile, run, compare; what failed is told and gets no verdict, and the others go on."""
    here = layout(options)
    facts = catalogue.read(here)
    compiler = Compiler(options.clang, cache=here.cache, note=output.report)
    names, examples = split_words(options.kernels or [EVERY], options.examples)
    if options.file:
        return trial.run_file(options.file, compiler, _choose(here, facts, names), here.cache, output)
    folders = choose_examples(facts, examples)
    made = compile_examples(compiler, here.examples, folders)
    session = Session(options, output, here, facts, compiler.clang.banner)
    session.note_compiled(made)
    ready = {name: each for name, each in made.items() if isinstance(each, Made)}
    if HOST in names:
        return trial.run_host(list(ready.values()), output, here.cache)
    session.run(_choose(here, facts, names), folders, ready)
    return session.code()


def split_words(kernels: list[str], examples: list[str]) -> tuple[list[str], list[str]]:
    """Kernels and examples: what stands behind -k and is no kernel by its form is an example."""
    named = [word for word in kernels if word in {EVERY, HOST} or _SERIES.fullmatch(word)]
    return named or [EVERY], [*examples, *(word for word in kernels if word not in named)]


def choose_examples(facts: Catalogue, names: list[str]) -> list[ExampleFolder]:
    """The examples with these names, or all; DataError for a name that there is not."""
    if unknown := sorted(set(names) - facts.examples.keys()):
        near = [name for each in unknown for name in difflib.get_close_matches(each, facts.examples, n=2)]
        advice = f"did you mean {' or '.join(near)}?" if near else "their folders are in docs/examples"
        raise DataError(f"no example {', '.join(unknown)}: {advice}")
    return [folder for name, folder in facts.examples.items() if not names or name in names]


def _choose(here: Layout, facts: Catalogue, names: list[str]) -> list[Kernel]:
    series = choose_series(facts.kernels, [] if EVERY in names else [name for name in names if name != HOST])
    return [images.find(here.cache, each.series) for each in series]


class Session:
    """Runs the examples, reports what comes of them, and writes or compares the files."""

    def __init__(self, options: argparse.Namespace, output: Output, here: Layout, facts: Catalogue, compiler: str):
        self._options = options
        self._output = output
        self._here = here
        self._facts = facts
        self._compiler = compiler
        self._failed = 0
        self._lost: list[str] = []
        self._texts: dict[Path, str] = {}

    def note_compiled(self, made: dict[str, Made | BpfrefError]) -> None:
        """Tell what does not compile, and what promises something that is not so."""
        known = Knowledge(self._facts)
        for name, each in made.items():
            for problem in self._find_faults(each, known):
                self._fail(name, problem)

    def _find_faults(self, made: Made | BpfrefError, known: Knowledge) -> Iterator[str]:
        if isinstance(made, BpfrefError):
            yield str(made)
            return
        yield from made.folder.definition.find_idle(made.folder.files)
        yield from find_contradictions(made, known)

    def run(self, kernels: list[Kernel], folders: list[ExampleFolder], ready: dict[str, Made]) -> None:
        """Run what changed on each kernel."""
        tasks = []
        for kernel in kernels:
            known = None if self._options.all else read_verified(self._here, kernel.series)
            changed = find_changed(folders, kernel, known)
            tasks.append((kernel, [ready[folder.name] for folder in changed if folder.name in ready]))

        def hear(number: int, came: Came) -> None:
            kernel, made = tasks[number]
            self._take(kernel, [each.folder for each in made], came)

        run_all(tasks, self._here.cache, hear)

    def _take(self, kernel: Kernel, folders: list[ExampleFolder], came: Came) -> None:
        if came.lost:
            self._lost.append(kernel.series)
            self._output.error(f"{kernel.series}: {came.lost}")
            return
        verdicts = make_verdicts(self._here, self._facts, kernel, folders, came, self._compiler)
        for judged in verdicts.judged:
            for problem in judged.problems:
                self._fail(f"{kernel.series}: {judged.name}", problem)
        for complaint in came.complaints:
            self._output.error(f"{kernel.series}: the kernel complains: {complaint}")
        self._write(kernel, verdicts, came)

    def _write(self, kernel: Kernel, verdicts: Verdicts, came: Came) -> None:
        good = sum(judged.record is not None for judged in verdicts.judged)
        for path, text in verdicts.texts.items():
            if not writing.writes(self._options):
                if writing.read_old(path) != (text or ""):
                    self._texts[path] = text or ""
            elif text is None:
                path.unlink()
            else:
                write_text(path, text)
        what = f"{good} of {len(verdicts.judged)} as promised" if verdicts.judged else "current"
        self._output.report(f"{kernel.series}: {what}, {came.boots} boots, {came.seconds:.0f} s")
        slow = sorted(verdicts.judged, key=lambda judged: -judged.seconds)
        for judged in slow[:3]:
            self._output.report(f"  {judged.name}: {judged.seconds:.1f} s")

    def _fail(self, where: str, problem: str) -> None:
        self._failed += 1
        self._output.error(f"{where}: {problem}")

    def code(self) -> int:
        """2 if a kernel was lost, 1 if an example failed or a file would change."""
        found = writing.show(self._texts, self._here.root, "bpfref verify", self._options, self._output)
        if self._lost:
            self._output.error(f"again: bpfref verify {' '.join(f'-k {name}' for name in self._lost)}")
            return FAILED
        if self._failed:
            self._output.error(f"{self._failed} faults; examples with a fault have no verdict")
            return FOUND
        return found if found else FINE
