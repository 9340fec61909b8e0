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
from bpfref.kernels import headers, images, libbpf_headers
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile
from bpfref.output import FINE, Output
from bpfref.scrape.btf import scrape_btf
from bpfref.scrape.headers import Input, scrape_helpers, scrape_uapi
from bpfref.scrape.kfuncs import scrape_kfuncs
from bpfref.scrape.libbpf_api import scrape_libbpf_api
from bpfref.scrape.verifier_messages import scrape_messages


@dataclass(frozen=True)
class Job:
    """What a kind is scraped for: the checkout, the header to read instead of the newest, and where to report."""

    layout: Layout
    header: Path | None
    output: Output


@dataclass(frozen=True)
class Kind:
    """How one kind is scraped; `fetch` brings the header, or folder of headers, that it reads.

    Without it the kind reads kernels of the cache.
    """

    scrape: Callable[[Job], list[Result]]
    fetch: Callable[[Layout], Input] | None = None


def _scrape_helpers(job: Job) -> list[Result]:
    found = _input(job, _libbpf)
    reference = None if job.header else _uapi(job.layout)
    results, missing = scrape_helpers(job.layout, found, reference)
    for name in missing:
        job.output.report(f"{name}: numbered by the kernel's header, not in libbpf's yet")
    return results


def _scrape_uapi(job: Job) -> list[Result]:
    return scrape_uapi(job.layout, _input(job, _uapi))


def _scrape_libbpf_api(job: Job) -> list[Result]:
    return [scrape_libbpf_api(job.layout, _input(job, _all_of_libbpf), _uapi(job.layout).path)]


def _scrape_kfuncs(job: Job) -> list[Result]:
    result, differences = scrape_kfuncs(job.layout, _kernels(job), job.output.report)
    for difference in differences:
        job.output.report(difference)
    return [result]


def _kernels(job: Job) -> list[Kernel]:
    """The kernels that `data/authored/kernels.yaml` names, oldest first; MachineError names what is missing."""
    named = store.read(job.layout.authored / KERNELS, KernelsFile).kernels
    return [images.find(job.layout.cache, series.series) for series in named]


def _libbpf(here: Layout) -> Input:
    return _as_input(headers.fetch_header("libbpf", here.cache))


def _uapi(here: Layout) -> Input:
    return _as_input(headers.fetch_header("uapi", here.cache))


def _all_of_libbpf(here: Layout) -> Input:
    return _as_input(libbpf_headers.fetch_headers(here.cache))


def _as_input(header: headers.Header) -> Input:
    return Input(header.path, header.package, header.version)


KINDS = {
    "helpers": Kind(_scrape_helpers, _libbpf),
    "uapi": Kind(_scrape_uapi, _uapi),
    "libbpf-api": Kind(_scrape_libbpf_api, _all_of_libbpf),
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
        help="this header (for libbpf-api: this folder of headers) instead of the newest; needs one KIND",
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
        for fetch in [found for name in names if (found := KINDS[name].fetch)]:
            _report_input(fetch(job.layout), output)
        return FINE
    results = [result for name in names for result in KINDS[name].scrape(job)]
    return writing.finish(results, job.layout.root, _repair(options), options, output)


def _names(options: argparse.Namespace) -> list[str]:
    """The kinds that were asked for; without a name those that need no kernel."""
    unknown = [name for name in options.kinds if name not in KINDS]
    if unknown:
        raise MachineError(f"{unknown[0]!r} is nothing that can be scraped: use {' or '.join(KINDS)}")
    with_header = [name for name, kind in KINDS.items() if kind.fetch]
    if options.header and not (len(options.kinds) == 1 and options.kinds[0] in with_header):
        raise MachineError(f"--header needs the kind that the file is: {' or '.join(with_header)}")
    return options.kinds or with_header


def _repair(options: argparse.Namespace) -> str:
    """The command that writes what this one only showed."""
    header = ["--header", str(options.header)] if options.header else []
    return " ".join(["bpfref scrape", *options.kinds, *header])


def _input(job: Job, fetch: Callable[[Layout], Input]) -> Input:
    found = Input(job.header) if job.header else fetch(job.layout)
    _report_input(found, job.output)
    return found


def _report_input(found: Input, output: Output) -> None:
    origin = f" of {found.package} {found.version}" if found.package else ""
    output.report(f"reading {found.path.name}{origin}")
