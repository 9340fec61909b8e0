"""Facts from the BTF of every kernel of the lab: which become which YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bpfref import catalogue, store
from bpfref.errors import MachineError
from bpfref.files import Result
from bpfref.kernels import images
from bpfref.layout import Layout
from bpfref.model.btf import BtfStructsFile, HooksFile, IteratorsFile, StructOpsFile, TracepointsFile
from bpfref.model.files import ContextsFile, StructOpsNotesFile, StructsFile
from bpfref.model.kernel import Kernel, KernelsFile, Series
from bpfref.model.uapi import Struct
from bpfref.scrape import btf_merge
from bpfref.scrape.btf_survey import Questions, Survey, survey

_COMMENT = "Written by `bpfref scrape btf`: do not edit."


def scrape_btf(layout: Layout, note: Callable[[str], None]) -> list[Result]:
    """Ask every kernel that `kernels.yaml` names, some ten seconds each.

    MachineError for a kernel that the cache has not got, SourceError for what is not understood.
    """
    kernels = _kernels(layout)
    structs = store.read(layout.scraped / catalogue.STRUCTS, StructsFile).structs
    questions = Questions(structs, _contexts(layout, structs), _stubs(layout))
    surveys: list[Survey] = []
    for kernel in kernels:
        note(f"reading the BTF of {kernel.series} ({kernel.release})")
        with images.use(kernel):
            surveys.append(survey(kernel, questions))
    return _results(layout, surveys, questions)


def _kernels(layout: Layout) -> list[Kernel]:
    series = store.read(layout.authored / catalogue.KERNELS, KernelsFile).kernels
    return [_find(layout, each) for each in series]


def _find(layout: Layout, series: Series) -> Kernel:
    """The kernel of a series, with its source where there is one: without it the facts would be others."""
    kernel = images.find(layout.cache, series.series)
    if series.source and kernel.source is None:
        advice = f"bring it with: bpfref kernels fetch --source {series.series}"
        raise MachineError(f"the source of {series.series} ({series.source}) is not in the cache; {advice}")
    return kernel


def _contexts(layout: Layout, structs: Sequence[Struct]) -> tuple[str, ...]:
    """The contexts that are not in `linux/bpf.h`, each once."""
    known = {f"{struct.kind} {struct.name}" for struct in structs}
    contexts = store.read(layout.authored / catalogue.CONTEXTS, ContextsFile).contexts.values()
    return tuple(dict.fromkeys(context.type for context in contexts if context.type not in known))


def _stubs(layout: Layout) -> dict[str, tuple[str, ...]]:
    notes = store.read(layout.authored / catalogue.STRUCT_OPS_NOTES, StructOpsNotesFile).types
    return {name: each.stubs for name, each in notes.items()}


def _results(layout: Layout, surveys: Sequence[Survey], questions: Questions) -> list[Result]:
    asked = tuple(survey.asked for survey in surveys)
    types, unbuilt = btf_merge.struct_ops(surveys)
    files = {
        catalogue.BTF_STRUCTS: BtfStructsFile(
            asked,
            btf_merge.structs(surveys, questions.structs),
            btf_merge.contexts(surveys, questions.contexts),
        ),
        catalogue.STRUCT_OPS: StructOpsFile(asked, types, unbuilt),
        catalogue.ITERATORS: IteratorsFile(asked, btf_merge.targets(surveys)),
        catalogue.HOOKS: HooksFile(asked, btf_merge.hooks(surveys)),
        catalogue.TRACEPOINTS: TracepointsFile(asked, btf_merge.tracepoints(surveys)),
    }
    return [Result(layout.scraped / name, store.dump(facts, _COMMENT)) for name, facts in files.items()]
