"""Checks that what kernels answered of kfuncs is what their images, modules and source hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bpfref.catalogue import Catalogue
from bpfref.checks.problem import Problem
from bpfref.lab import judged_as
from bpfref.layout import Layout
from bpfref.model.kfunc import ANY, Form, Kfunc, Looked, Origin, callers
from bpfref.model.probe import Call, ProbeFile, expand
from bpfref.store import Lines

FILE = "data/authored/corrections.yaml"
# Kernels say this of a function for network devices before they look at the program's type.
_SAID_FIRST = frozenset({"device-bound"})


def problems(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Kfuncs of a kernel without an answer, answers of kfuncs that it has not, and answers against its source."""
    looked = {kernel.series: kernel for kernel in facts.kfuncs_file.kernels}
    for file in facts.probes:
        series = file.kernel.series
        path = layout.probe(series)
        name, lines = path.relative_to(layout.root).as_posix(), Lines(path)
        for kfunc, fault in _of_kernel(facts, file, looked.get(series)):
            line = lines.of("kfuncs", kfunc) or lines.of("unused_kfuncs", kfunc)
            yield Problem(name, line, f"{kfunc} {fault}")


def _of_kernel(facts: Catalogue, file: ProbeFile, looked: Looked | None) -> Iterator[tuple[str, str]]:
    """Names and what is wrong with them."""
    series = file.kernel.series
    if looked is None:
        return
    again = f"ask again: bpfref probe -k {series}"
    unclear = {name for names in file.unclear_kfuncs.values() for name in names}
    judge = _Judge(file, looked)
    answered = {*file.kfuncs, *file.unused_kfuncs, *unclear}
    for name, kfunc in facts.kfuncs.items():
        form = _form(kfunc, series)
        if form is None:
            continue
        if name not in answered:
            yield name, f"is in {series} and has no answer: {again}"
        elif name not in unclear:
            yield from ((name, fault) for fault in _judged(file, name, kfunc, form, judge))
    for name in file.kfuncs:
        if name not in facts.kfuncs or _form(facts.kfuncs[name], series) is None:
            yield name, f"has an answer, but data/scraped/kfuncs.yaml has none in {series}: bpfref scrape kfuncs"


def _form(kfunc: Kfunc, series: str) -> Form | None:
    """The form that an image or module of the series has."""
    return next((form for form in kfunc.forms if series in form.series and form.origin is Origin.IMAGE), None)


def _judged(file: ProbeFile, name: str, kfunc: Kfunc, form: Form, judge: _Judge) -> Iterator[str]:
    call = file.kfuncs.get(name, Call())
    if name in file.kfuncs and call.module != form.module:
        yield f"is in {call.module or 'the image'} by its answer, but in {form.module or 'the image'} by BTF"
    if not judge.looked.source:
        return  # nobody knows what it is registered for
    wrong, missing = judge.differences(call, _admitted(kfunc, judge.looked))
    if wrong:
        where = f"the source of {judge.looked.series} does not register it for"
        yield f"{_told('is let pass in', wrong)}, which {where}: {_ADVICE}"
    if missing:
        where = f"the source of {judge.looked.series} registers it for without a filter"
        yield f"{_told('is refused in', missing)}, which {where}: {_ADVICE}"


Admitted = dict[str, tuple[str | None, ...]]
"""Program types that a kfunc is registered for, each with the filters of the registrations."""


class _Judge:
    """Compares what one kernel let pass with what its source registers; equal questions are answered once."""

    def __init__(self, file: ProbeFile, looked: Looked):
        self.looked = looked
        self._file = file
        self._types = [(variant, judged_as(variant)) for variant in file.variants.loads]
        self._known: dict[object, tuple[list[str], list[str]]] = {}

    def differences(self, call: Call, admitted: Admitted) -> tuple[list[str], list[str]]:
        """Variants that were let pass though not registered, and that were refused though nothing filters them."""
        while call.like:
            call = replace(self._file.kfuncs[call.like], refused=call.refused)
        key = (call.programs, tuple(call.refused.items()), tuple(admitted.items()))
        if key not in self._known:
            self._known[key] = self._compare(call, admitted)
        return self._known[key]

    def _compare(self, call: Call, admitted: Admitted) -> tuple[list[str], list[str]]:
        accepted = frozenset(expand(call.programs, self._file.variants.loads))
        reasons = {v: why for why, short in call.refused.items() for v in expand(short, self._file.variants.loads)}
        wrong: list[str] = []
        missing: list[str] = []
        for variant, program in self._types:
            registered = admitted.get(ANY, ()) + admitted.get(program, ())
            passed = variant in accepted or reasons.get(variant, "") not in {"", *_SAID_FIRST}
            if passed and not registered:
                wrong.append(variant)
            elif variant not in accepted and variant not in reasons and not all(registered):
                missing.append(variant)
        return wrong, missing


_ADVICE = (
    "does a wording in probe/classify.py come before the kernel asks whether it may be called, "
    f"or does the filter of another set cover it (filters in {FILE})?"
)


def _admitted(kfunc: Kfunc, looked: Looked) -> Admitted:
    found: Admitted = {}
    for each in kfunc.registrations:
        for program in callers(each.hooks, looked.hooks) if looked.series in each.series else ():
            found[program] = (*found.get(program, ()), each.filter)
    return found


def _told(words: str, variants: Sequence[str]) -> str:
    return f"{words} {variants[0]}" + (f" and {len(variants) - 1} more variants" if len(variants) > 1 else "")
