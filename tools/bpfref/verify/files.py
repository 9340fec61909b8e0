"""The file of a series: verdicts that still hold, and those of this run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.layout import Layout
from bpfref.model.example import ExampleFolder, ExamplesFile, Record, VerifiedKernel
from bpfref.model.kernel import Kernel
from bpfref.verify.judge import Judged, judge
from bpfref.verify.run import Came

COMMENT = "Written by `bpfref verify`, from what the kernel that it names made of the examples: do not edit."


@dataclass(frozen=True)
class Verdicts:
    """What a run of a kernel came to: each example's judgement, the file and its new text."""

    path: Path
    text: str
    judged: tuple[Judged, ...]


def read_verified(layout: Layout, series: str) -> ExamplesFile | None:
    """The verdicts of a series; None when there are none yet."""
    path = layout.verified(series)
    return store.read(path, ExamplesFile) if path.is_file() else None


def make_verdicts(  # noqa: PLR0913, PLR0917 - a file is made of all of it
    layout: Layout, facts: Catalogue, kernel: Kernel, folders: Sequence[ExampleFolder], came: Came, compiler: str
) -> Verdicts:
    """Judge what came, and put it beside the verdicts that still hold: of the same sources, by the same kernel."""

    def constant(name: str) -> int | None:
        found = facts.constants.get(name)
        return found.value if found else None

    judged = tuple(judge(folder, came.results[folder.name], kernel.series, constant) for folder in folders)
    old = read_verified(layout, kernel.series)
    records: dict[str, Record] = {}
    if old and old.kernel.image == kernel.digest:
        records = {name: each for name, each in old.examples.items() if _holds(facts, name, each)}
        compiler = compiler if judged else old.kernel.compiler
    for each in judged:
        records.pop(each.name, None)
        if each.record:
            records[each.name] = each.record
    asked = VerifiedKernel(kernel.series, kernel.release, kernel.package, kernel.version, kernel.digest, compiler)
    file = ExamplesFile(asked, dict(sorted(records.items())))
    return Verdicts(layout.verified(kernel.series), store.dump(file, COMMENT), judged)


def _holds(facts: Catalogue, name: str, record: Record) -> bool:
    folder = facts.examples.get(name)
    return folder is not None and folder.digest == record.source
