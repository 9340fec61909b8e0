"""The file of a series: verdicts that still hold, and those of this run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.kernels.modules import Modules
from bpfref.layout import Layout
from bpfref.model.example import ExampleFolder, ExamplesFile, Record, VerifiedKernel
from bpfref.model.kernel import Kernel
from bpfref.verify.judge import Judged, judge
from bpfref.verify.run import Came

_AND = "; "  # between compilers, where verdicts of an older one still hold
COMMENT = "Written by `bpfref verify`, from what the kernel that it names made of the examples: do not edit."


@dataclass(frozen=True)
class Verdicts:
    """What a run of a kernel came to: each example's judgement, and the texts of the files; None for one to remove."""

    path: Path
    texts: dict[Path, str | None]
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

    there = Modules(kernel) if kernel.has_modules else ()
    judged = tuple(
        judge(
            folder,
            came.results[folder.name],
            kernel.series,
            constant,
            [name for name in folder.definition.modules if name not in there],
        )
        for folder in folders
    )
    old = read_verified(layout, kernel.series)
    records: dict[str, Record] = {}
    if old and old.kernel.image == kernel.digest:
        records = {name: each for name, each in old.examples.items() if _holds(facts, name, each)}
    for each in judged:
        records.pop(each.name, None)
    if old and records:  # what stays was made by the compiler of then, and both are named
        before = old.kernel.compiler.split(_AND)
        compiler = _AND.join(dict.fromkeys([*before, compiler] if judged else before))
    for each in judged:
        if each.record:
            records[each.name] = each.record
    asked = VerifiedKernel(kernel.series, kernel.release, kernel.package, kernel.version, kernel.digest, compiler)
    file = ExamplesFile(asked, dict(sorted(records.items())))
    path = layout.verified(kernel.series)
    logs = _place_logs(layout.verified_logs(kernel.series), records, judged)
    return Verdicts(path, {**logs, path: store.dump(file, COMMENT)}, judged)


def _place_logs(folder: Path, records: Mapping[str, Record], judged: Sequence[Judged]) -> dict[Path, str | None]:
    """The logs of refusals: those of this run, and None for what no verdict belongs to any more."""
    told = {each.name: each.log for each in judged if each.log}
    kept = {name for name, each in records.items() if (each.outcome, each.verdict) == ("passed", "rejected")}
    gone = [path for path in sorted(folder.glob("*.txt")) if path.stem not in kept]
    return {**{folder / f"{name}.txt": log for name, log in told.items()}, **dict.fromkeys(gone)}


def _holds(facts: Catalogue, name: str, record: Record) -> bool:
    folder = facts.examples.get(name)
    return folder is not None and folder.digest == record.source
