"""`bpfref scrape`: headers into `data/scraped`."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from bpfref.commands import Subparsers, add_write_options, layout
from bpfref.errors import MachineError
from bpfref.files import read_text, write_text
from bpfref.kernels import headers
from bpfref.layout import Layout
from bpfref.output import FINE, FOUND, Output
from bpfref.scrape.headers import Input, Result, scrape_helpers, scrape_uapi

KINDS = ("helpers", "uapi")


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("scrape", help="read the newest headers and write data/scraped")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"what to read: {', '.join(KINDS)} (default: all)")
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
    add_write_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Fetch, parse, write."""
    here = layout(options)
    kinds = _kinds(options)
    if options.download_only:
        for kind in kinds:
            _report_input(_fetch(here, kind), output)
        return FINE
    results = [result for kind in kinds for result in _scrape(here, kind, options.header, output)]
    return _finish(results, options, output)


def _kinds(options: argparse.Namespace) -> list[str]:
    unknown = [kind for kind in options.kinds if kind not in KINDS]
    if unknown:
        raise MachineError(f"{unknown[0]!r} is nothing that can be scraped: use {' or '.join(KINDS)}")
    if options.header and len(options.kinds) != 1:
        raise MachineError(f"--header needs the kind that the file is: {' or '.join(KINDS)}")
    return options.kinds or list(KINDS)


def _scrape(here: Layout, kind: str, header: Path | None, output: Output) -> list[Result]:
    found = Input(header) if header else _fetch(here, kind)
    _report_input(found, output)
    if kind == "uapi":
        return scrape_uapi(here, found)
    reference = None if header else _fetch(here, "uapi")
    results, missing = scrape_helpers(here, found, reference)
    for name in missing:
        output.report(f"{name}: numbered by the kernel's header, not in libbpf's yet")
    return results


def _fetch(here: Layout, kind: str) -> Input:
    header = headers.fetch_header("libbpf" if kind == "helpers" else "uapi", here.cache)
    return Input(header.path, header.package, header.version)


def _report_input(found: Input, output: Output) -> None:
    origin = f" of {found.package} {found.version}" if found.package else ""
    output.report(f"reading {found.path.name}{origin}")


def _finish(results: list[Result], options: argparse.Namespace, output: Output) -> int:
    """Write what changed, or show it."""
    changed = [result for result in results if _old(result.path) != result.text]
    for result in changed if options.diff else ():
        before, after = (text.splitlines(keepends=True) for text in (_old(result.path), result.text))
        output.results.writelines(difflib.unified_diff(before, after, f"a/{result.path.name}", f"b/{result.path.name}"))
    if options.check or options.diff:
        for result in changed:
            output.report(f"{result.path}: would change; to repair: bpfref scrape")
        return FOUND if changed else FINE
    for result in changed:
        write_text(result.path, result.text)
        output.report(f"{result.path.name}: written")
    output.report(f"{len(changed)} of {len(results)} files changed")
    return FINE


def _old(path: Path) -> str:
    return read_text(path) if path.exists() else ""
