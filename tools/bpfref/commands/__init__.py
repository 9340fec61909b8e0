"""The commands: each adds its arguments and runs what the layers below give."""

from __future__ import annotations

import argparse
from typing import Any

from bpfref.layout import Layout, find_root

Subparsers = Any  # argparse keeps the class of add_subparsers() to itself


def layout(options: argparse.Namespace) -> Layout:
    """The checkout that a command works on."""
    return find_root(options.root.resolve())


def add_write_options(parser: argparse.ArgumentParser) -> None:
    """What every command that writes can do instead."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change, exit 1 if so")
