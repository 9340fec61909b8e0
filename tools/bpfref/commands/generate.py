"""`bpfref generate`: data into pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpfref import catalogue
from bpfref.commands import Subparsers, layout, writing
from bpfref.errors import MachineError
from bpfref.generate.blocks import LEFT_ALONE
from bpfref.generate.run import Plan, plan, stubs
from bpfref.output import FAILED, FINE, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("generate", help="fill the blocks of pages, write navigation and name table")
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="only these pages")
    parser.add_argument(
        "--docs",
        type=Path,
        metavar="DIR",
        help="another documentation folder with the same markers",
    )
    parser.add_argument("--stubs", action="store_true", help="create the pages that entries lack, then fill them")
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Plan, then write, or show what would be written."""
    here = layout(options)
    facts = catalogue.read(here)
    docs = options.docs or here.docs
    _refuse_missing(docs, *options.pages)
    if options.stubs and writing.writes(options):
        created = stubs(facts, docs).write()
        output.report(f"{created} pages created")
    result = plan(facts, docs, options.pages, foreign=options.docs is not None)
    if options.stubs and not writing.writes(options):
        result.changes |= stubs(facts, docs).changes
    for fault in result.faults:
        output.error(str(fault))
    code = FINE
    if writing.writes(options):
        _report(result, result.write(), output)
    else:
        code = writing.show(result.changes, docs, _repair(options), options, output)
    return FAILED if result.faults else code


def _refuse_missing(docs: Path, *pages: Path) -> None:
    if not docs.is_dir():
        raise MachineError("no folder of this name: name a documentation folder", docs)
    for page in pages:
        if not page.is_file():
            raise MachineError("no page of this name: name a Markdown file below the documentation folder", page)


def _repair(options: argparse.Namespace) -> str:
    """The command that writes what this one only showed."""
    return f"bpfref generate{f' --docs {options.docs}' if options.docs else ''}{' --stubs' if options.stubs else ''}"


def _report(result: Plan, written: int, output: Output) -> None:
    output.report(f"{result.pages} pages: {written} files written, {result.unknown} answers not known yet")
    for name, count in sorted(result.left.items()):
        output.report(f"{count} blocks {name} left as they are: {LEFT_ALONE[name]}")
