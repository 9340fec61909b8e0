"""`bpfref requires FILE.bpf.o`: what an object needs of a kernel, and which releases have it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from bpfref import catalogue
from bpfref.commands import Subparsers, layout
from bpfref.errors import BpfrefError, MachineError, SourceError
from bpfref.formats.bpf_object import parse_object
from bpfref.formats.btf import Btf, parse_file
from bpfref.kernels import images
from bpfref.layout import Layout
from bpfref.model.version import Version
from bpfref.output import FAILED, FINE, FOUND, Output
from bpfref.requires import report
from bpfref.requires.facts import Knowledge
from bpfref.requires.judge import judge
from bpfref.requires.kernel import look
from bpfref.requires.libbpf import judge_loader
from bpfref.requires.needs import find_needs, level_of, read_subject
from bpfref.requires.report import Findings
from bpfref.requires.span import Verdict

UNKNOWN = 3
_CODES = {Verdict.YES: FINE, Verdict.NO: FOUND, Verdict.UNKNOWN: UNKNOWN}
_RELEASE = re.compile(r"v?(\d+)\.(\d+)\b.*")
_CAVEAT = "What the verifier makes of a program's logic, only a kernel can tell: this is what it must have."


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "requires",
        help="what a compiled BPF object needs of a kernel, without loading it",
        epilog=(
            "Exit code without --on: 0. With --on: 0 when the release has all that every object needs, 1 when one "
            "needs what it lacks, 3 when one cannot be decided. 2 when a file could not be read."
        ),
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="an object file, as clang writes it")
    parser.add_argument("--on", metavar="RELEASE", help="answer for this kernel release, such as v6.1")
    parser.add_argument("--btf", type=Path, metavar="FILE", help="the BTF of that kernel (or its vmlinux)")
    parser.add_argument("--all", action="store_true", help="list every need")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Judge each file; a file that cannot be read does not stop the others."""
    here = layout(options)
    release = parse_release(options.on)
    if options.btf and release is None:
        raise MachineError("--btf says what one kernel has: name its release with --on")
    known = Knowledge(catalogue.read(here))
    kernel = _kernel(options.btf, release, here, known)
    found: list[Findings] = []
    failed = False
    for path in options.files:
        try:
            found.append(_findings(path, known, release, kernel))
        except (BpfrefError, OSError) as error:
            failed = True
            output.error(str(error) if isinstance(error, BpfrefError) else f"{path}: {error.strerror}")
    _show(found, options, output)
    if failed:
        return FAILED
    return exit_code(found) if release else FINE


def _show(found: list[Findings], options: argparse.Namespace, output: Output) -> None:
    if options.json:
        output.data([report.record(each) for each in found])
        return
    for each in found:
        for number, line in enumerate(report.lines(each, every=options.all)):
            output.result(output.paint(line, "bold") if not number else line)
    if found:
        output.report(output.paint(_CAVEAT, "faint", output.reports))


def exit_code(found: list[Findings]) -> int:
    """The weightiest answer for the release asked for: no before unknown before yes; 0 where none was asked for."""
    verdicts = [judge(each.needs, each.release).verdict for each in found if each.release]
    return _CODES[max(verdicts, default=Verdict.YES)]


def parse_release(text: str | None) -> Version | None:
    """`v6.1`, `6.1.176` or what `uname -r` prints, as a release without its patches; MachineError for other words."""
    if text is None:
        return None
    found = _RELEASE.fullmatch(text)
    if not found:
        raise MachineError(f"--on {text}: write a kernel release, such as v6.1 or 6.1.0-13-amd64")
    return Version(int(found[1]), int(found[2]))


def _findings(path: Path, known: Knowledge, release: Version | None, kernel: tuple[Btf, str] | None) -> Findings:
    found = parse_object(path.read_bytes(), path)
    subject = read_subject(found, known)
    needs = find_needs(subject, known)
    if kernel and release:
        needs = look(needs, subject, kernel[0], release)
    loader = judge_loader(subject, known)
    looked = kernel[1] if kernel else None
    return Findings(str(path), subject, needs, loader, level_of(subject, known), known.releases, release, looked)


def _kernel(given: Path | None, release: Version | None, here: Layout, known: Knowledge) -> tuple[Btf, str] | None:
    """The BTF that was given, else that of the lab's kernel of the release, where the cache has it."""
    if given:
        return parse_file(given.read_bytes(), given), f"{given}"
    if release is None or release not in known.series:
        return None
    series = str(release)
    if not any(kernel.series == series for kernel in images.installed(here.cache)):
        return None
    kernel = images.find(here.cache, series)
    path = images.extract_vmlinux(kernel)
    try:
        return parse_file(path.read_bytes(), path), f"the BTF of {kernel.release}"
    except SourceError:
        return None
