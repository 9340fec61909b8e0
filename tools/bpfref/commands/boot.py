"""`bpfref kernels boot`: a kernel of the cache in QEMU, with a shell or a command; the loader is there too."""

from __future__ import annotations

import argparse
from pathlib import Path

from bpfref.commands import Subparsers, layout
from bpfref.errors import DataError
from bpfref.kernels import images, lab
from bpfref.kernels.outcome import Job
from bpfref.loader.pack import pack_runtime
from bpfref.output import Output

_LEAVE = "exit leaves the shell and stops the kernel; Ctrl-A X stops it at once"


def add_below(actions: Subparsers) -> None:
    """Declare the action and what it does."""
    parser = actions.add_parser(
        "boot",
        help="start a kernel: a shell in it, or the output and the exit status of a command",
        usage="bpfref kernels boot -k SERIES [-m MODULE] [-f FILE] [--timeout S] [--memory M] [-- COMMAND …]",
    )
    parser.add_argument("-k", "--kernel", required=True, metavar="SERIES", help="such as v6.12")
    parser.add_argument("-m", "--module", action="append", default=[], help="a module to load; may be repeated")
    parser.add_argument(
        "-f", "--file", action="append", default=[], type=Path, help="a file to put into /job, where COMMAND starts"
    )
    parser.add_argument("--timeout", type=float, default=Job.timeout, metavar="S", help="seconds for COMMAND")
    parser.add_argument("--memory", type=int, default=Job.memory, metavar="M", help="MiB of memory")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="without it: a shell")
    parser.set_defaults(run=run_boot)


def run_boot(options: argparse.Namespace, output: Output) -> int:
    """Give a shell, or run a command: its output, and its exit status as ours."""
    cache = layout(options).cache
    kernel = images.find(cache, options.kernel)
    files = pack_runtime() | {path.name: _read(path) for path in options.file}
    job = Job(tuple(options.command), files, tuple(options.module), options.timeout, options.memory)
    if not job.command:
        output.report(f"{kernel.series} ({kernel.release}): {_LEAVE}")
        return lab.run_shell(kernel, job, cache, output.report)
    outcome = lab.run_job(kernel, job, cache, output.report)
    output.results.write(outcome.output)
    for complaint in outcome.complaints:
        output.report(f"kernel: {complaint.text}")
    return outcome.exit


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}): name another file", path) from error
