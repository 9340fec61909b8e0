"""`bpfref check`: every check, all problems, one exit code."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bpfref import catalogue, store
from bpfref.catalogue import Catalogue
from bpfref.checks import Problem, data, external, run_all, site
from bpfref.commands import Subparsers, layout
from bpfref.errors import DataError
from bpfref.generate.run import plan
from bpfref.layout import Layout
from bpfref.model.files import ExternalFile
from bpfref.output import FINE, FOUND, Output
from bpfref.probe.questions import find_outdated
from bpfref.store import Lines


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("check", help="all checks: data, coverage, links, language, generated text")
    parser.add_argument("--json", action="store_true", help="print the problems as JSON")
    parser.add_argument("--site", type=Path, metavar="DIR", help="check the links of a built site instead")
    parser.add_argument("--external", action="store_true", help="with --site: list the addresses outside the site")
    parser.add_argument("--ask", action="store_true", help="with --external: ask every one over the network, slowly")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Data first: the other checks need data that can be read, and reading them is to find them valid."""
    if options.site:
        return _run_site(options, output)
    here = layout(options)
    try:
        facts = catalogue.read(here)
    except DataError:
        # Reading stops at the first fault; the schema names all, and is asked only then: it reads all again.
        problems = list(data.schema(here))
        if not problems:
            raise
    else:
        problems = [*run_all(facts, here), *_outdated(here, facts), *_stale(here, facts)]
    return _tell(problems, options, output)


def _run_site(options: argparse.Namespace, output: Output) -> int:
    """The links of a built site; those that lead outside are for a check that may use the network."""
    built = site.read_site(options.site)
    if options.external and options.ask:
        return _run_external(options, site.external(built), output)
    if options.external:
        for address, page in site.external(built).items():
            output.result(f"{address} {page}")
        return FINE
    return _tell(list(site.problems(built)), options, output)


def _run_external(options: argparse.Namespace, pages: dict[str, str], output: Output) -> int:
    """What is broken is a problem; what has moved, and what gave no clear answer, is only told."""
    file = layout(options).authored / catalogue.EXTERNAL
    wanted, unused = external.left_out(pages, store.read(file, ExternalFile).ignore)
    answers = list(external.fetch_answers(wanted))
    for answer in answers:
        if answer.state in {external.State.MOVED, external.State.UNCLEAR}:
            output.report(f"{answer.state}: {answer.address} {answer.reason} ({pages[answer.address]})")
    counts = Counter(answer.state for answer in answers)
    output.report(", ".join(f"{counts[state]} {state}" for state in external.State))
    problems = [
        Problem(pages[answer.address], None, f"{answer.address} is broken ({answer.reason}): correct the link")
        for answer in answers
        if answer.state is external.State.BROKEN
    ]
    problems += [Problem(str(file), None, f"no link begins with {start}: remove this entry") for start in unused]
    return _tell(problems, options, output)


def _tell(problems: list[Problem], options: argparse.Namespace, output: Output) -> int:
    if options.json:
        output.data([{"file": p.file, "line": p.line, "message": p.message} for p in problems])
    else:
        for problem in problems:
            output.result(str(problem))
    output.report(f"{len(problems)} problems" if problems else "no problems")
    return FOUND if problems else FINE


def _outdated(here: Layout, facts: Catalogue) -> list[Problem]:
    """Kernels whose answers are older than the questions."""
    return [
        Problem(
            here.probe(series).relative_to(here.root).as_posix(),
            Lines(here.probe(series)).of("kernel", "questions"),
            f"the answers are older than the questions; to repair: bpfref probe -k {series}",
        )
        for series in find_outdated(facts)
    ]


def _stale(here: Layout, facts: Catalogue) -> list[Problem]:
    """Pages whose markers are faulty, or whose generated text is not what the data say."""
    result = plan(facts, here.docs)
    faults = [Problem(str(fault.file), fault.line, fault.message) for fault in result.faults]
    return faults + [
        Problem(
            path.relative_to(here.root).as_posix(),
            None,
            "not as the data say; to repair: bpfref generate",
        )
        for path in result.changes
    ]
