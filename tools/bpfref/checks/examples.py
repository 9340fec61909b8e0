"""Checks of examples: shown somewhere, verified as they are now, with promises that can be broken; and no other C."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bpfref import markers
from bpfref.catalogue import Catalogue
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.errors import SourceError
from bpfref.files import read_text
from bpfref.formats.regions import parse_regions
from bpfref.layout import EXAMPLES, Layout
from bpfref.model.example import DEFINITION, ExampleFolder, ExamplesFile, is_name

BLOCK = "EXAMPLE"

_OPENS = re.compile(r"(?P<indent>[ \t]*(?:>[ \t]*)*)(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t.]*(?P<language>[\w+]*)")
_C = {"c", "h", "cpp", "c++"}


def problems(facts: Catalogue, layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """All of them."""
    place = f"docs/{EXAMPLES}"
    named = set(_find_named(pages))
    for name, folder in facts.examples.items():
        file = f"{place}/{name}/{DEFINITION}"
        yield from (Problem(file, None, message) for message in _folder(facts, folder))
        if name not in named:
            yield Problem(file, None, f"no page shows it: add <!-- [{BLOCK}]({name}) --> to one, or remove the folder")
    for path in sorted(layout.examples.glob("*/*.bpf.c")):
        if path.parent.name not in facts.examples:
            yield Problem(path.relative_to(layout.root).as_posix(), None, f"has no {DEFINITION} beside it: add one")
    yield from _verdicts(facts, layout)
    for page in pages:
        for number in find_loose_c(page.text):
            message = "C that no kernel has seen: make it an example and show it with a block"
            yield Problem(page.report, number, f"{message}, <!-- [{BLOCK}](name) -->")


def _folder(facts: Catalogue, folder: ExampleFolder) -> Iterator[str]:
    if not is_name(folder.name):
        yield "a folder is named in lower case, with digits and hyphens: rename it"
    if folder.kernel_side not in folder.files:
        yield f"{folder.kernel_side} is missing: the kernel side is called as its folder"
    for subject in folder.definition.subjects:
        if subject not in facts.entries:
            near = " or ".join(facts.nearest(subject, 2))
            yield f"subject {subject} is no known name: {f'did you mean {near}?' if near else 'correct it'}"
    yield from folder.definition.find_idle(folder.files)
    for name, data in folder.files.items():
        try:
            parse_regions(data.decode(), name)
        except (SourceError, UnicodeDecodeError) as error:
            yield f"{name}: {error}"


def _find_named(pages: Sequence[Page]) -> Iterator[str]:
    """The examples that blocks show."""
    for page in pages:
        for block in markers.scan(page.text, page.report)[0]:
            if block.name == BLOCK and block.argument:
                yield re.split("[/#]", block.argument)[0]


def _verdicts(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Each series has a file, of the kernel that was asked, with a verdict on each example as it is now."""
    there = {file.kernel.series: file for file in facts.verified}
    images = {file.kernel.series: file.kernel.image for file in facts.probes}
    for kernel in facts.kernels.kernels if facts.examples else ():
        path = layout.verified(kernel.series).relative_to(layout.root).as_posix()
        again = f"bpfref verify -k {kernel.series}"
        file = there.get(kernel.series)
        if file is None:
            yield Problem(path, None, f"{kernel.series} has run no example: {again}")
        elif images.get(kernel.series, file.kernel.image) != file.kernel.image:
            yield Problem(path, None, f"these verdicts are of another kernel than its answers are: {again}")
        else:
            yield from (Problem(path, None, f"{message}: {again}") for message in _stale(facts, file))
            yield from (Problem(path, None, f"{message}: {again} --all") for message in _logs(layout, file))


def _stale(facts: Catalogue, file: ExamplesFile) -> Iterator[str]:
    for name, folder in facts.examples.items():
        record = file.examples.get(name)
        if record is None:
            yield f"{name} has no verdict"
        elif record.source != folder.digest:
            yield f"the verdict on {name} is older than its files"
    for name in file.examples.keys() - facts.examples.keys():
        yield f"there is no example {name}"


def _logs(layout: Layout, file: ExamplesFile) -> Iterator[str]:
    """Each refusal that was promised has its log, with the telling line in it; no other example has one."""
    there = {path.stem: path for path in layout.verified_logs(file.kernel.series).glob("*.txt")}
    for name, record in file.examples.items():
        path = there.pop(name, None)
        if (record.outcome, record.verdict) != ("passed", "rejected"):
            if path:
                yield f"{path.name} is the log of an example that was not refused"
        elif path is None:
            yield f"the log of the refusal of {name} is missing"
        elif (record.message or "") not in read_text(path):
            yield f"{path.name} has not the line that its verdict names"
    yield from (f"{name}.txt is the log of no example" for name in there)


def find_loose_c(text: str) -> Iterator[int]:
    """The lines where a fence of C begins that is in no block: what blocks hold, `generate` answers for."""
    inside = [(block.line, block.line + block.body.count("\n")) for block in markers.scan(text, "")[0]]
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        found = _OPENS.match(line)
        if fence:
            closes = found and found["fence"].startswith(fence) and not line[found.end("fence") :].strip()
            fence = "" if closes else fence
        elif found:
            fence = found["fence"]
            is_c = found["language"].lower() in _C
            if is_c and not any(first <= number <= last for first, last in inside):
                yield number
