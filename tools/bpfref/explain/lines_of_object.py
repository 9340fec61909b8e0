"""Source lines out of the object that a log is about, for logs without them."""

from __future__ import annotations

from dataclasses import replace

from bpfref.errors import SourceError
from bpfref.formats.bpf_object import BpfObject, Function
from bpfref.formats.verifier_log import Log, Source, Step


def add_sources(log: Log, found: BpfObject) -> Log:
    """The log with the source line of each instruction; SourceError when the object cannot be that of the log."""
    program = _choose(log, found)
    layout = _layout(program, found)
    return replace(log, steps=tuple(_with_source(step, layout) for step in log.steps))


def _choose(log: Log, found: BpfObject) -> Function:
    """The program that was loaded: the one that the log names, else the only one."""
    if log.program in found.programs:
        return found.programs[log.program]
    if log.program:
        there = ", ".join(found.programs) or "none"
        raise SourceError(f"the log is of program {log.program}, and this object has: {there}", found.file)
    if len(found.programs) != 1:
        there = ", ".join(found.programs) or "none"
        raise SourceError(
            f"the log names no program and this object has several: paste the line with `prog '…'` too ({there})",
            found.file,
        )
    return next(iter(found.programs.values()))


def _layout(program: Function, found: BpfObject) -> list[tuple[int, Function]]:
    """Where each function begins in what the loader hands over: the program, then what it calls, as met."""
    layout: list[tuple[int, Function]] = []
    at = 0
    for function in found.closure(program):
        layout.append((at, function))
        at += function.slots
    return layout


def _with_source(step: Step, layout: list[tuple[int, Function]]) -> Step:
    start, function = next(((at, each) for at, each in reversed(layout) if at <= step.index))
    line = function.line(step.index - start)
    if line is None:
        return step
    return replace(step, source=Source(line.text, line.file.rsplit("/", 1)[-1], line.number))
