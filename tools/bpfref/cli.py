"""Arguments, dispatch, printing and exit codes; nothing else prints or exits.

Exit 0: fine. 1: a check found something. 2: the usage was wrong, or the run itself failed.
Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import shtab

from bpfref.commands import check, generate, history, kernels, scrape, show
from bpfref.errors import BpfrefError
from bpfref.output import FAILED, Output

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bpfref", description="The eBPF reference that takes no fact on trust.")
    shtab.add_argument_to(parser, "--print-completion", help="print the completion script of a shell")
    parser.add_argument("-C", dest="root", type=Path, default=Path(), metavar="DIR", help="run as if started in DIR")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (scrape, history, kernels, generate, check, show):
        module.add_to(commands)
    return parser
