"""`bpfref index`: the search index that the built site carries."""

from __future__ import annotations

import argparse

from bpfref import catalogue
from bpfref.commands import Subparsers, layout
from bpfref.files import write_text
from bpfref.generate.run import read_pages
from bpfref.generate.search.files import FOLDER, files
from bpfref.output import FINE, Output


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("index", help="write the search index, which is no part of the repository")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Write what changed, and delete shards of an earlier index."""
    here = layout(options)
    facts, texts = read_pages(catalogue.read(here), here.docs)
    wanted = files(facts, texts)
    written = sum(write_text(here.docs / path, text) for path, text in wanted.items())
    for old in (here.docs / FOLDER).glob("*.js"):
        if old.relative_to(here.docs).as_posix() not in wanted:
            old.unlink()
    output.report(f"search index: {len(wanted)} files, {sum(map(len, wanted.values())) // 1000} kB, {written} written")
    return FINE
