"""`bpfref scrape`: the outside world into `data/scraped`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bpfref import store
from bpfref.catalogue import KERNELS
from bpfref.commands import Subparsers, layout, writing
from bpfref.errors import MachineError
from bpfref.files import Result
from bpfref.kernels import headers, images
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile
from bpfref.output import FINE, Output
from bpfref.scrape.btf import scrape_btf
from bpfref.scrape.headers import Input, scrape_helpers, scrape_uapi
from bpfref.scrape.kfuncs import scrape_kfuncs
from bpfref.scrape.verifier_messages import scrape_messages


@dataclass(frozen=True)
class Job:
    """What a kind is scraped for: the checkout, the header to read instead of the newest, and where to report."""

    layout: Layout
    header: Path | None
    output: Output


@dataclass(frozen=True)
class Kind:
    """How one kind is scraped; `header` is the one that it reads, None if it reads kernels of the cache."""

    scrape: Callable[[Job], list[Result]]
    header: headers.Kind | None = None


def _scrape_helpers(job: Job) -> list[Result]:
    found = _input(job, "libbpf")
    reference = None if job.header else _fetch(job.layout, "uapi")
    results, missing = scrape_helpers(job.layout, found, reference)
    for name in missing:
        job.output.report(f"{name}: numbered by the kernel's header, not in libbpf's yet")
    return results


def _scrape_uapi(job: Job) -> list[Result]:
    return scrape_uapi(job.layout, _input(job, "uapi"))


def _scrape_kfuncs(job: Job) -> list[Result]:
    result, differences = scrape_kfuncs(job.layout, _kernels(job), job.output.report)
    for difference in differences:
        job.output.report(difference)
    return [result]


def _kernels(job: Job) -> list[Kernel]:
    """The kernels that `data/authored/kernels.yaml` names, oldest first; MachineError names what is missing."""
    named = store.read(job.layout.authored / KERNELS, KernelsFile).kernels
    return [images.find(job.layout.cache, series.series) for series in named]


KINDS = {
    "helpers": Kind(_scrape_helpers, "libbpf"),
    "uapi": Kind(_scrape_uapi, "uapi"),
    "kfuncs": Kind(_scrape_kfuncs),
    "btf": Kind(lambda job: scrape_btf(job.layout, job.output.report)),
    "verifier-messages": Kind(lambda job: [scrape_messages(job.layout, _kernels(job), job.output.report)]),
}


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("scrape", help="read the newest headers and write data/scraped")
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"what to read: {', '.join(KINDS)} (default: those of headers)"
    )
    parser.add_argument(
        "--header",
        type=Path,
        metavar="FILE",
        help="this header instead of the newest; needs one KIND",
    )
    parser.add_argument(
        "--download-only",
        action="store_true",
        help="bring the headers into the cache, read nothing",
    )
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Fetch, parse, write."""
    job = Job(layout(options), options.header, output)
    names = _names(options)
    if options.download_only:
        for kind in [found for name in names if (found := KINDS[name].header)]:
            _report_input(_fetch(job.layout, kind), output)
        return FINE
    results = [result for name in names for result in KINDS[name].scrape(job)]
    return writing.finish(results, job.layout.root, _repair(options), options, output)


def _names(options: argparse.Namespace) -> list[str]:
    """The kinds that were asked for; without a name those that need no kernel."""
    unknown = [name for name in options.kinds if name not in KINDS]
    if unknown:
        raise MachineError(f"{unknown[0]!r} is nothing that can be scraped: use {' or '.join(KINDS)}")
    with_header = [name for name, kind in KINDS.items() if kind.header]
    if options.header and not (len(options.kinds) == 1 and options.kinds[0] in with_header):
        raise MachineError(f"--header needs the kind that the file is: {' or '.join(with_header)}")
    return options.kinds or with_header


def _repair(options: argparse.Namespace) -> str:
    """The command that writes what this one only showed."""
    header = ["--header", str(options.header)] if options.header else []
    return " ".join(["bpfref scrape", *options.kinds, *header])


def _input(job: Job, kind: headers.Kind) -> Input:
    found = Input(job.header) if job.header else _fetch(job.layout, kind)
    _report_input(found, job.output)
    return found


def _fetch(here: Layout, kind: headers.Kind) -> Input:
    header = headers.fetch_header(kind, here.cache)
    return Input(header.path, header.package, header.version)


def _report_input(found: Input, output: Output) -> None:
    origin = f" of {found.package} {found.version}" if found.package else ""
    output.report(f"reading {found.path.name}{origin}")
