"""`bpfref finish`: what belongs beside the built pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpfref import catalogue, store
from bpfref.commands import Subparsers, layout, writing
from bpfref.files import write_text
from bpfref.generate.site.finish import finish, packed
from bpfref.model.files import MovedFile
from bpfref.output import FINE, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("finish", help="write data, Markdown and short addresses beside a built site")
    parser.add_argument("--package", action="store_true", help="only what the wheel of the data holds, into SITE")
    parser.add_argument("site", nargs="?", type=Path, metavar="SITE", help="the folder of the built site")
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Write all files, or show them."""
    here = layout(options)
    site = options.site or here.root / "site"
    facts = catalogue.read(here)
    if options.package:
        results = list(packed(facts, here.docs, site))
    else:
        moved = store.read(here.authored / catalogue.MOVED, MovedFile).pages
        results = list(finish(facts, here.docs, site, moved))
    if not writing.writes(options):
        changes = {each.path: each.text for each in results if writing.read_old(each.path) != each.text}
        return writing.show(changes, site, f"bpfref finish {site}", options, output)
    written = sum(write_text(each.path, each.text) for each in results)
    weight = sum(len(each.text.encode()) for each in results)
    output.report(f"{site}: {len(results)} files beside the pages, {weight / 1e6:.1f} MB; {written} written")
    return FINE
