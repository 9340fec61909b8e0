"""`bpfref finish`: what belongs beside the built pages, and in each of them before it is published."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bpfref import catalogue, store
from bpfref.commands import Subparsers, layout, writing
from bpfref.files import write_text
from bpfref.generate.site.built import Publishing
from bpfref.generate.site.finish import finish, packed
from bpfref.model.files import MovedFile
from bpfref.output import FINE, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("finish", help="publish a built site: policy, data, Markdown, short addresses")
    parser.add_argument("--package", action="store_true", help="only what the wheel of the data holds, into SITE")
    parser.add_argument(
        "--no-policy", action="store_true", help="pages without a content security policy: for a copy on a disk"
    )
    parser.add_argument(
        "--report",
        default=os.environ.get("REPORT_URL", ""),
        metavar="ADDRESS",
        help="where readers report a wrong fact: the repository's page for a new issue (default: $REPORT_URL, or none)",
    )
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
        publishing = Publishing(not options.no_policy, options.report)
        moved = store.read(here.authored / catalogue.MOVED, MovedFile).pages
        results = list(finish(facts, here.docs, site, moved, publishing))
    if not writing.writes(options):
        changes = {each.path: each.text for each in results if writing.read_old(each.path) != each.text}
        return writing.show(changes, site, f"bpfref finish {site}", options, output)
    written = sum(write_text(each.path, each.text) for each in results)
    weight = sum(len(each.text.encode()) for each in results)
    output.report(f"{site}: {len(results)} files, {weight / 1e6:.1f} MB; {written} written")
    return FINE
