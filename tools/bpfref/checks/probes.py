"""Checks that the answers of kernels are complete, of the kernels that the data name, and to all names of today."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.catalogue import Catalogue, probe_files
from bpfref.checks.problem import Problem
from bpfref.lab import states
from bpfref.layout import Layout
from bpfref.model.numbered import KIND_OF_ENUM, entries
from bpfref.model.probe import ProbeFile
from bpfref.store import Lines

_KERNELS = "data/authored/kernels.yaml"


def problems(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Series without answers, answers of other kernels, and names that nobody asked for."""
    wanted = {kernel.series: kernel for kernel in facts.kernels.kernels}
    asked = {path.stem: file for path, file in zip(probe_files(layout), facts.probes, strict=True)}
    for place, series in enumerate(wanted):
        if series not in asked:
            line = Lines(layout.root / _KERNELS).of("kernels", place)
            yield Problem(_KERNELS, line, f"{series} was never asked: bpfref probe -k {series}")
    images = {kernel.series: kernel.digest for kernel in facts.kfuncs_file.kernels}
    for stem, file in asked.items():
        path = layout.probe(stem)
        name, lines = path.relative_to(layout.root).as_posix(), Lines(path)
        if stem != file.kernel.series:
            message = f"these are answers of {file.kernel.series}: bpfref probe -k {stem}"
            yield Problem(name, lines.of("kernel", "series"), message)
        elif stem not in wanted:
            yield Problem(name, None, f"{_KERNELS} has no series {stem}: remove this file or add the series")
        else:
            for key, message in _kernel(file, wanted[stem].version, images.get(stem)):
                yield Problem(name, lines.of("kernel", key), message)
            yield from (Problem(name, None, message) for message in _unasked(facts, file))


def _kernel(file: ProbeFile, version: str | None, image: str | None) -> Iterator[tuple[str, str]]:
    """Keys of the file that name another kernel than the rest of the data does."""
    kernel = file.kernel
    again = f"bpfref kernels fetch, then bpfref probe -k {kernel.series}"
    if version and kernel.version != version:
        yield "version", f"the answers are of {kernel.version}, but {_KERNELS} names {version}: {again}"
    if image is None:
        yield "image", f"data/scraped/kfuncs.yaml does not know {kernel.series}: bpfref scrape kfuncs"
    elif kernel.image != image:
        message = f"the answers are of image {kernel.image[:12]}, data/scraped/kfuncs.yaml of {image[:12]}"
        yield "image", f"{message}: {again}, and bpfref scrape kfuncs"


def _unasked(facts: Catalogue, file: ProbeFile) -> Iterator[str]:
    """Names of the header without a state, unless they are known to have no recipe; and names with two."""
    seen: dict[str, str] = {}
    for place, state in states(file):
        name = place[-1]
        if name in seen:
            yield f"{name} is both {seen[name]} and {state}: bpfref probe -k {file.kernel.series}"
        seen[name] = state
    numbered = (member.name for enum in KIND_OF_ENUM for member in entries(facts.groups[enum]))
    for name in (*numbered, *facts.helpers):
        if name not in seen and name not in file.open:
            yield f"{name} was not asked for: bpfref probe -k {file.kernel.series}"
