"""How every command that writes does it: only what changed, or with --check and --diff nothing."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bpfref.files import Result, read_text, write_text
from bpfref.output import FINE, FOUND, Output


def add_options(parser: argparse.ArgumentParser) -> None:
    """What every command that writes can do instead."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change, exit 1 if so")


def writes(options: argparse.Namespace) -> bool:
    """Whether this run may write."""
    return not (options.check or options.diff)


def finish(results: Sequence[Result], root: Path, repair: str, options: argparse.Namespace, output: Output) -> int:
    """Write the files whose text changes, or show them; the exit code.

    `repair` is the command that would write them, `root` the folder below which a diff names them.
    """
    changes = {result.path: result.text for result in results if read_old(result.path) != result.text}
    if not writes(options):
        return show(changes, root, repair, options, output)
    for path, text in changes.items():
        write_text(path, text)
        output.report(f"{path.name}: written")
    output.report(f"{len(changes)} of {len(results)} files changed")
    return FINE


def show(changes: Mapping[Path, str], root: Path, repair: str, options: argparse.Namespace, output: Output) -> int:
    """Name the files that would get these texts, with --diff also how they change; the exit code."""
    if options.diff:
        output.results.writelines(_diff(changes, root))
    for path in changes:
        output.report(f"{path}: would change")
    if changes:
        output.report(f"{len(changes)} files would change; to repair: {repair}")
    return FOUND if changes else FINE


def read_old(path: Path) -> str:
    """The text that a file has now; empty when there is none."""
    return read_text(path) if path.exists() else ""


def _diff(changes: Mapping[Path, str], root: Path) -> Iterator[str]:
    for path, text in changes.items():
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        before, after = (side.splitlines(keepends=True) for side in (read_old(path), text))
        yield from difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
