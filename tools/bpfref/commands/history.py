"""`bpfref history`: repositories and headers into `data/scraped`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress as Bar

from bpfref.commands import Subparsers, layout, writing
from bpfref.errors import MachineError
from bpfref.files import Result
from bpfref.history.survey import Progress
from bpfref.layout import Layout
from bpfref.model.history import Witness
from bpfref.model.version import Version
from bpfref.output import Output
from bpfref.scrape import since
from bpfref.scrape.libbpf import scrape_libbpf, scrape_sections

_STEPS = 20  # how often, at least, a run without a terminal says that it goes on


def add_to(commands: Subparsers) -> None:
    """Declare the command."""
    parser = commands.add_parser("history", help="first releases from git repositories with the header's history")
    parser.add_argument(
        "--repository",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="a clone, also bare, shared or partial; may be given again (default: those in the cache)",
    )
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="RELEASE:ORIGIN=FILE",
        help="a release's linux/bpf.h, such as v7.2:linux-source-7.2.13=bpf.h; may be given again",
    )
    parser.add_argument(
        "--fetch",
        action="store_true",
        help="let a partial clone's missing objects be fetched, into the cache and not into the clone",
    )
    writing.add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, output: Output) -> int:
    """Ask each repository, then write what they say."""
    here = layout(options)
    headers = [_header(text) for text in options.header]
    repositories = options.repository or ([] if headers else sorted((here.cache / "repositories").glob("*")))
    if not repositories and not headers:
        advice = f"name one with --repository, or put clones into {here.cache / 'repositories'}"
        raise MachineError(f"no repository to ask: {advice}")
    fields = since.fields_reader()
    asked = Asked()
    if headers:
        asked.names["headers"], asked.fields["headers"] = since.ask_headers(headers), since.ask_headers(headers, fields)
    results = [result for path in repositories for result in _ask(here, path, options, output, asked)]
    if asked.names:
        results.append(since.scrape_since(here, asked.names))
        results.append(since.scrape_since(here, asked.fields, since.FIELDS))
    return writing.finish(results, here.root, "bpfref history", options, output)


@dataclass(frozen=True)
class Asked:
    """Testimonies by witness: on the header's names, and on the fields of its `union bpf_attr`."""

    names: dict[str, Witness] = field(default_factory=dict)
    fields: dict[str, Witness] = field(default_factory=dict)


def _ask(here: Layout, path: Path, options: argparse.Namespace, output: Output, asked: Asked) -> list[Result]:
    """One repository: its testimonies go to `asked`, and what it has a file of its own for is given."""
    known = since.described(here)
    objects = here.cache / "objects" / path.resolve().name if options.fetch else None
    name, repository = since.identify(path, known, objects)
    source = known.repositories[name]
    results = []
    try:
        with _progress(name, output) as progress:
            if source.symbols:
                results.append(scrape_libbpf(here, repository, source, progress))
            if source.sections:
                results.append(scrape_sections(here, repository, source))
            if source.headers:
                asked.names[name] = since.ask_repository(here, repository, source, progress)
                reader = since.fields_reader()
                asked.fields[name] = since.ask_repository(here, repository, source, progress, reader)
    finally:
        repository.close()
    if name in asked.names:
        _report(name, asked.names[name], output)
    return results


def _header(text: str) -> tuple[str, str, Path]:
    """`v7.2:origin=file`, taken apart."""
    place, _, file = text.partition("=")
    release, _, origin = place.partition(":")
    try:
        Version.parse(release)
    except ValueError as error:
        raise MachineError(f"--header {text}: {error}") from error
    if not origin or not file:
        raise MachineError(f"--header {text}: write it as RELEASE:ORIGIN=FILE, v7.2:linux-source-7.2.13=bpf.h")
    return release, origin, Path(file)


def _report(name: str, witness: Witness, output: Output) -> None:
    """What was found, and each release that could not be read."""
    for release, reason in witness.unknown.items():
        output.report(f"{name}: {release} is unknown: {reason}")
    if witness.candidates:
        output.report(f"{name}: only in release candidates: {', '.join(witness.candidates)}")
    span = f"{witness.releases[0]} to {witness.releases[-1]}" if witness.releases else "no release"
    output.report(f"{name}: {len(witness.features)} names in {len(witness.releases)} releases, {span}")


@contextmanager
def _progress(name: str, output: Output) -> Iterator[Progress]:
    """A bar on a terminal, else a line now and then."""
    if output.reports.isatty():
        with Bar(console=Console(file=output.reports, no_color=not output.colour), transient=True) as bar:
            task = bar.add_task(name)
            yield lambda label, done, of: bar.update(task, description=f"{name} {label}", completed=done, total=of)
        return
    said = {"step": 0}

    def say(label: str, done: int, of: int) -> None:
        step = done * _STEPS // max(of, 1)
        if step > said["step"]:
            output.report(f"{name}: {label} ({done} of {of})")
        said["step"] = step  # a new round begins lower

    yield say
