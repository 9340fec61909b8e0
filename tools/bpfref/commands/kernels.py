"""`bpfref kernels`: which kernels the lab has, bringing them, and starting one."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bpfref import store
from bpfref.catalogue import KERNELS
from bpfref.commands import Subparsers, boot, layout
from bpfref.errors import MachineError
from bpfref.kernels import images, lab
from bpfref.kernels.images import BUDGET, Listener, Wanted
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile, Series
from bpfref.output import FINE, Output

_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT])(?:i?B)?", re.IGNORECASE)
_STEP = 25  # per cent between two lines about a download, without a terminal


def add_to(commands: Subparsers) -> None:
    """Declare the command and what it does."""
    parser = commands.add_parser("kernels", help="kernels to ask: list, fetch from Debian's archive, start one")
    actions = parser.add_subparsers(title="actions", required=True, metavar="list|fetch|boot")
    listing = actions.add_parser("list", help="the series, and what the cache has of them; asks nobody")
    listing.set_defaults(run=run_list)
    fetching = actions.add_parser("fetch", help="bring kernels into the cache, and what starts them")
    fetching.add_argument("series", nargs="*", metavar="SERIES", help="such as v6.1 (default: all)")
    fetching.add_argument("--source", action="store_true", help="the kernel's source too, where Debian has it")
    fetching.add_argument("--newest", action="store_true", help="the newest builds, not those that the data name")
    fetching.add_argument(
        "--budget",
        type=parse_size,
        default=BUDGET,
        metavar="SIZE",
        help=f"disk space that kernels may take (default: {BUDGET >> 30}G)",
    )
    fetching.set_defaults(run=run_fetch)
    for action in (listing, fetching):
        action.add_argument("--json", action="store_true", help="print JSON, for a matrix of CI")
    boot.add_below(actions)


def run_list(options: argparse.Namespace, output: Output) -> int:
    """Print each series and the kernel that the cache has of it."""
    here = layout(options)
    there: dict[str, Kernel] = {}
    for kernel in images.installed(here.cache):
        there.setdefault(kernel.series, kernel)
    series = _read(here).kernels
    if options.json:
        output.data([_record(each, there.get(each.series)) for each in series])
        return FINE
    for each in series:
        output.result(_line(each, there.get(each.series)))
    for name, found in lab.read_tools(here.cache).items():
        output.result(f"{name}: {found or 'not here; bpfref kernels fetch brings it'}")
    return FINE


def run_fetch(options: argparse.Namespace, output: Output) -> int:
    """Bring the series that are named, or all."""
    here = layout(options)
    series = choose_series(_read(here), options.series)
    wanted = Wanted(options.source, options.newest, options.budget)
    with _listener(output) as listener:
        kernels = images.fetch(here.cache, series, wanted, listener)
        lab.prepare(here.cache, listener.note, newest=wanted.newest)
    if options.json:
        output.data([_record(each, kernel) for each, kernel in zip(series, kernels, strict=True)])
        return FINE
    for each, kernel in zip(series, kernels, strict=True):
        output.result(_line(each, kernel))
    return FINE


def parse_size(text: str) -> int:
    """Read `800M` or `1.5G` as bytes; ValueError's kin for argparse when it is neither."""
    found = _SIZE.fullmatch(text.strip())
    if not found or not float(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write it as 800M or 6G")
    return int(float(found[1]) * (1 << _UNITS[found[2].upper()]))


def choose_series(file: KernelsFile, names: list[str]) -> list[Series]:
    """Choose the series with these names (`v6.1`, `6.1`), each once, in the file's order; all without names."""
    known = {each.series for each in file.kernels}
    wanted = {name if name.startswith("v") else f"v{name}" for name in names}
    if unknown := sorted(wanted - known):
        have = ", ".join(each.series for each in file.kernels)
        raise MachineError(f"no series {', '.join(unknown)}: there are {have}; data/authored/{KERNELS} has them")
    return [each for each in file.kernels if not wanted or each.series in wanted]


def _read(here: Layout) -> KernelsFile:
    return store.read(here.authored / KERNELS, KernelsFile)


def _record(series: Series, kernel: Kernel | None) -> dict[str, object]:
    """A series for machines; `kernel` is null when the cache has none."""
    record: dict[str, object] = {"series": series.series, "suites": list(series.suites), "named": series.version}
    record["kernel"] = kernel and {
        "release": kernel.release,
        "package": kernel.package,
        "version": kernel.version,
        "suite": kernel.suite,
        "candidate": kernel.candidate,
        "digest": kernel.digest,
        "config": kernel.has_config,
        "modules": kernel.has_modules,
        "source": kernel.source_package,
        "lacks": list(kernel.lacks),
    }
    return record


def _line(series: Series, kernel: Kernel | None) -> str:
    if kernel is None:
        return f"{series.series:<6} not in the cache; bpfref kernels fetch {series.series}"
    marks = ["release candidate"] if kernel.candidate else []
    marks += [] if kernel.has_modules else ["no modules"]
    marks += [] if kernel.has_config else ["no configuration"]
    marks += ["with source"] if kernel.source else []
    note = f"  ({', '.join(marks)})" if marks else ""
    return f"{series.series:<6} {kernel.release:<22} {kernel.version:<20} {kernel.digest[:12]}{note}"


@contextmanager
def _listener(output: Output) -> Iterator[Listener]:
    """A bar on a terminal, else a line at each quarter of a package."""
    if not output.reports.isatty():
        yield _Lines(output).listener
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(file=output.reports, no_color=not output.colour)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield Listener(
            lambda text: console.print(text, markup=False, highlight=False),
            lambda label, done, of: bar.update(task, description=label, completed=done, total=of),
        )


class _Lines:
    """Says how far downloads are, in plain lines."""

    def __init__(self, output: Output):
        self._output = output
        self._said: dict[str, int] = {}
        self.listener = Listener(output.report, self._progress)

    def _progress(self, label: str, done: int, of: int) -> None:
        step = done * 100 // of // _STEP if of else 0
        if step > self._said.get(label, -1):
            self._said[label] = step
            self._output.report(f"{label}: {step * _STEP} % of {of / (1 << 20):.1f} MiB")
