"""Examples as Markdown: code with the kernels that it was seen to pass on, output as a kernel gave it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from bpfref.formats.regions import Shown, parse_regions
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, link
from bpfref.layout import EXAMPLES
from bpfref.model.example import DEFINITION, ExampleFolder, ExamplesFile, Record

_MODULE = "bpfref.loader.errors."  # where an error is defined says nothing to readers
_LANGUAGES = {".c": "c", ".h": "c", ".py": "python", ".yaml": "yaml"}


@lru_cache
def shown(folder: str, file: str, text: str) -> Shown:
    """The regions of a file of an example; SourceError for crossed marks."""
    return parse_regions(text, f"{EXAMPLES}/{folder}/{file}")


def find_code(folder: ExampleFolder, file: str, region: str) -> str | None:
    """The text that a page shows: a region, or a whole file without its marks; None when there is none."""
    if file not in folder.files:
        return None
    found = shown(folder.name, file, folder.files[file].decode())
    return found.regions.get(region) if region else found.whole


def find_regions(folder: ExampleFolder) -> list[str]:
    """What may stand in a block, in the form that it takes there."""
    names = []
    for file, data in folder.files.items():
        if file != DEFINITION:
            place = folder.name if file == folder.kernel_side else f"{folder.name}/{file}"
            names += [place, *(f"{place}#{name}" for name in shown(folder.name, file, data.decode()).regions)]
    return names


@dataclass(frozen=True)
class Part:
    """What is shown of a file."""

    file: str
    text: str


def example(folder: ExampleFolder, parts: Sequence[Part], verified: Sequence[ExamplesFile], page: str) -> str:
    """The code, the kernels it was verified on, and links to the whole. Parts of several files have their names."""
    several = len({part.file for part in parts}) > 1
    fences = [_fence(part, several) for part in parts]
    badge = f"{_badge(folder, verified)} {_files(folder, page)}\n{{ .verified }}"
    return "\n\n".join([*fences, badge])


def output(folder: ExampleFolder, verified: Sequence[ExamplesFile]) -> str:
    """What it printed, or with which words a kernel refused it; kernels with the same are told together."""
    there = _records(folder, verified)
    said: dict[tuple[str, ...], list[str]] = {}
    for series, record in there.items():
        if record.outcome == "passed":
            said.setdefault(record.output or (record.message or "",), []).append(series)
    parts = []
    for lines, kernels in said.items():
        parts.append("\n".join([f'```text title="Linux {span(list(there), kernels)}"', *lines, "```"]))
    names = [code(f"<{name}>") for name in folder.definition.expect.varying]
    if names:
        what = "varies" if len(names) == 1 else "vary"
        parts.append(f"{_listed(names)} {what} from run to run.")
    return "\n\n".join(parts) or "No kernel has run it yet."


def ran(folders: Sequence[ExampleFolder], verified: Sequence[ExamplesFile]) -> str:
    """How examples were run, with the compilers of the verdicts that stand beside their code; empty if none was."""
    series = {each for folder in folders for each in _records(folder, verified)}
    compilers = dict.fromkeys(file.kernel.compiler for file in verified if file.kernel.series in series)
    if not series:
        return ""
    return (
        f"Compiled with {' and '.join(compilers)} and run in a guest with each kernel. What came was held against "
        f"{code(DEFINITION)}; the verdicts are in {code('data/verified/examples')}."
    )


def _records(folder: ExampleFolder, verified: Sequence[ExamplesFile]) -> Mapping[str, Record]:
    """The verdicts on what the example is now, oldest kernel first."""
    found = {file.kernel.series: file.examples.get(folder.name) for file in verified}
    return {series: record for series, record in found.items() if record and record.source == folder.digest}


def _badge(folder: ExampleFolder, verified: Sequence[ExamplesFile]) -> str:
    there = _records(folder, verified)
    if not there:
        return "Not verified on any kernel yet."
    order = [file.kernel.series for file in verified]
    passed = [series for series, record in there.items() if record.outcome == "passed"]
    rejected = folder.definition.expect.verdict == "rejected"
    text = f"{'Seen to be refused' if rejected else 'Verified'} on Linux {span(order, passed)}." if passed else ""
    whys = [f"Not on {span(order, series)}: {code(why)}." for why, series in _by_message(there, "unsupported")]
    lifted = [series for series, record in there.items() if record.outcome == "lifted"]
    newer = [f"Accepted on {span(order, lifted)}."] if lifted else []
    untried = [f"Not tried on {span(order, series)}: {why}." for why, series in _by_message(there, "untried")]
    missing = [series for series in order if series not in there]
    left = [f"Not tried on {span(order, missing)}."] if missing else []
    return " ".join(filter(None, [text, *whys, *newer, *untried, *left]))


def _by_message(there: Mapping[str, Record], outcome: str) -> Iterable[tuple[str, list[str]]]:
    """The messages of the records with an outcome, each with its series."""
    found: dict[str, list[str]] = {}
    for series, record in there.items():
        if record.outcome == outcome:
            found.setdefault((record.message or "").removeprefix(_MODULE), []).append(series)
    return found.items()


def _files(folder: ExampleFolder, page: str) -> str:
    """Links to all that the example is made of."""
    names = sorted(folder.files, key=lambda name: (name == DEFINITION, name != folder.kernel_side, name))
    links = [link(code(name), page, f"{EXAMPLES}/{folder.name}/{name}") for name in names]
    return f"Whole example: {', '.join(links)}."


def _fence(part: Part, named: bool) -> str:  # noqa: FBT001
    language = _LANGUAGES.get(PurePosixPath(part.file).suffix, "text")
    title = f' title="{part.file}"' if named else ""
    return f"```{language}{title}\n{part.text.rstrip()}\n```"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
