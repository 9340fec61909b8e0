"""A kernel of the lab as the product's `Kernel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpfref.generate.api.seen import seen_in
from bpfref.generate.facts import Facts
from bpfref.lab import HELPERS, KFUNCS, Answer, Reach, family_of
from bpfref.model.probe import ProbeFile, expand
from bpfref.model.product import Calls, Kernel, MapType, ProgramType


def kernel(facts: Facts, file: ProbeFile) -> Kernel:
    """All that one kernel answered."""
    asked = file.kernel
    return Kernel(
        series=asked.series,
        release=asked.release,
        package=asked.package,
        version=asked.version,
        architecture=asked.architecture,
        image=asked.image,
        questions=asked.questions,
        has=seen_in(facts, asked.series),
        program_types={
            name: _program_type(facts, file, name, by[asked.series])
            for name, by in facts.lab.loads.items()
            if asked.series in by
        },
        map_types={name: MapType(m.flags, m.operations, m.refused, m.needs) for name, m in file.maps.items()},
    )


def _program_type(facts: Facts, file: ProbeFile, name: str, ways: tuple[str, ...]) -> ProgramType:
    series = file.kernel.series
    rights = {needs: _mine(expand(short, ways), name) for needs, short in file.variants.needs.items()}
    return ProgramType(
        ways=ways,
        helpers=_calls(facts.lab.callable_in(HELPERS, name), series),
        kfuncs=_calls(facts.lab.callable_in(KFUNCS, name), series),
        gpl=_mine(expand(file.variants.gpl, ways), name),
        rights={needs: those for needs, those in rights.items() if those},
    )


def _mine(variants: Iterable[str], program_type: str) -> tuple[str, ...]:
    return tuple(each for each in variants if family_of(each) == program_type)


def _calls(found: Mapping[str, Mapping[str, Answer]], series: str) -> Calls:
    here = {name: by[series] for name, by in found.items() if series in by}
    return Calls(
        tuple(name for name, answer in here.items() if answer.reach is Reach.ALL),
        {name: answer.accepts for name, answer in here.items() if answer.reach is Reach.SOME},
    )
