"""Arguments, dispatch, printing and exit codes; nothing else prints or exits.

Exit 0: fine. 1: a check found something. 2: the usage was wrong, or the run itself failed.
Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import shtab

from bpfref.errors import BpfrefError
from bpfref.output import FAILED, Output

_INTERRUPTED = 130
_COMMANDS = (
    "scrape",
    "history",
    "kernels",
    "probe",
    "verify",
    "generate",
    "finish",
    "offline",
    "index",
    "check",
    "show",
    "requires",
    "explain",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(_needed(words)).parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    output = Output(sys.stdout, sys.stderr, colour=not os.environ.get("NO_COLOR"))
    try:
        code: int = options.run(options, output)
        sys.stdout.flush()
    except BpfrefError as error:
        output.error(str(error))
        return FAILED
    except KeyboardInterrupt:
        output.error("interrupted: every file has its old text or its new text; run the same command again")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        output.error(f"{error.filename or 'the system'}: {error.strerror}")
        return FAILED
    return code


def _needed(words: Sequence[str]) -> Sequence[str]:
    """The one command whose code a run needs; all of them for help, completion and usage errors.

    Importing all takes longer than what most commands do.
    """
    rest = words[2:] if words[:1] == ["-C"] else words
    return rest[:1] if rest and rest[0] in _COMMANDS else _COMMANDS


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """The parser with these commands."""
    parser = argparse.ArgumentParser(prog="bpfref", description="The eBPF reference that takes no fact on trust.")
    shtab.add_argument_to(parser, "--print-completion", help="print the completion script of a shell")
    parser.add_argument("-C", dest="root", type=Path, default=Path(), metavar="DIR", help="run as if started in DIR")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in names:
        importlib.import_module(f"bpfref.commands.{name}").add_to(commands)
    return parser
