"""`bpfref explain [LOGFILE]`: what a verifier log complains of, where it comes from, and what repairs it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bpfref import catalogue
from bpfref.commands import Subparsers, layout
from bpfref.errors import SourceError
from bpfref.explain import report
from bpfref.explain.find import Finder
from bpfref.explain.lines_of_object import add_sources
from bpfref.formats.bpf_object import parse_object
from bpfref.formats.verifier_log import Log, parse_log
from bpfref.output import FINE, FOUND, Output

_PASTE = (
    "paste what the loader printed from `BPF program load failed` (libbpf), `load program:` (Go) or `Verifier output:` "
    "(Rust) to its end; docs/verifier/explain.md says how to get it"
)


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "explain",
        help="what a log of the verifier complains of, and what repairs it",
        epilog="Exit code: 0 when an entry explains the complaint, 1 when none does, 2 when there is no log to read.",
    )
    parser.add_argument(
        "log", nargs="?", type=Path, metavar="LOGFILE", help="a file with the log (default: standard input)"
    )
    parser.add_argument("--object", type=Path, metavar="FILE", help="the object of the log, for source lines")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Explain one log."""
    text = _read(options.log)
    log = parse_log(text)
    facts = catalogue.read_verifier(layout(options))
    if options.object:
        log = _with_sources(log, options.object)
    answer = report.explain(log, Finder(facts), facts)
    if answer.entry is None and not report.is_log(log) and (answer.found is None or not answer.found.format):
        raise SourceError(f"there is no verifier log in this: {_PASTE}", options.log or "standard input")
    _show(answer, options, output)
    return FINE if answer.entry else FOUND


def _read(path: Path | None) -> str:
    data = path.read_bytes() if path else sys.stdin.buffer.read()
    text = data.decode("utf-8", "replace")
    if not text.strip():
        raise SourceError(f"nothing to read: {_PASTE}", path or "standard input")
    return text


def _with_sources(log: Log, path: Path) -> Log:
    return add_sources(log, parse_object(path.read_bytes(), path))


def _show(answer: report.Explanation, options: argparse.Namespace, output: Output) -> None:
    if options.json:
        output.data(report.record(answer))
        return
    for number, line in enumerate(report.lines(answer)):
        output.result(output.paint(line, "bold") if not number else line)
