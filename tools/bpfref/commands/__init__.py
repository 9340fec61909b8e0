"""The commands: each adds its arguments and runs what the layers below give."""

from __future__ import annotations

import argparse
from typing import Any

from bpfref.layout import Layout, find_root

Subparsers = Any  # argparse keeps the class of add_subparsers() to itself


def layout(options: argparse.Namespace) -> Layout:
    """The checkout that a command works on."""
    return find_root(options.root.resolve())
