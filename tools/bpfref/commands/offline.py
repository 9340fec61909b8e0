"""`bpfref offline`: the built site as an archive that opens from a disk, and as a docset."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpfref import catalogue
from bpfref.commands import Subparsers, layout
from bpfref.files import read_text, write_bytes, write_text
from bpfref.generate.site.offline import FOLDER, offline, with_files
from bpfref.output import FINE, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("offline", help="pack a finished site for readers without a network")
    parser.add_argument("site", nargs="?", type=Path, metavar="SITE", help="the folder of the built site")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--into", type=Path, metavar="DIR", help="where the files go; dist without it")
    where.add_argument("--publish", action="store_true", help="into the site, with links on its own page for them")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Write the archive, the docset and its feed."""
    here = layout(options)
    site = options.site or here.root / "site"
    packed = offline(catalogue.read(here), here.docs, site)
    folder = site / FOLDER if options.publish else options.into or here.root / "dist"
    for each in packed:
        written = write_bytes(folder / each.name, each.data)
        output.report(f"{folder / each.name}: {len(each.data) / 1e6:.1f} MB{'' if written else ', as it was'}")
    if options.publish and (folder / "index.html").is_file():
        write_text(folder / "index.html", with_files(read_text(folder / "index.html"), packed))
    return FINE
