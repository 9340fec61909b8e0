"""Sentences for complaints on control flow, limits, calls and references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bpfref.explain import words
from bpfref.explain.scene import Scene, rule
from bpfref.formats.verifier_log import Does, Step, parse_action

_STACK = 512  # MAX_BPF_STACK of include/linux/filter.h, in every kernel
_MANY = 3


def _reference(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    made = _step_at(scene, int(found["insn"]))
    call = parse_action(made.text) if made else None
    what = (
        f"what {words.call(call)} returned at instruction {found['insn']}"
        if call and call.does == Does.CALL
        else (f"the reference that instruction {found['insn']} took")
    )
    said = words.source(made) if made else ""
    where = f"At {words.place(scene.step)}" if scene.step else "At the end"
    yield f"{where} the program still holds {what}{f' (source line {said})' if said else ''} and never released it."
    if scene.step and (jump := _last_jump(scene)):
        yield f"The path that forgets it goes through {words.place(jump, scene.step)}."


def _leak(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    if scene.step:
        yield f"{scene.place} leaves the program while a reference is held."


def _step_at(scene: Scene, index: int) -> Step | None:
    return next((step for step in reversed(scene.log.steps) if step.index == index), None)


def _last_jump(scene: Scene) -> Step | None:
    """The branch that the path took last."""
    last = next((step for step in reversed(scene.log.steps) if step.came_from is not None), None)
    if last:
        return _step_at(scene, last.came_from or 0)
    return next((step for step in reversed(scene.log.steps) if step.text.startswith("if ")), None)


def _return(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    begin = f"At {words.place(scene.step)} " if scene.step else ""
    yield f"{begin}R{found['reg']} {found['has']}; allowed is {found['wants']}."
    yield scene.origin(f"R{found['reg']}")


def _combined(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    size = int(found["size"])
    yield (
        f"A chain of {found['calls']} functions needs {size} bytes of stack together, {size - _STACK} more than the "
        f"{_STACK} there are."
    )
    if depth := next((line for line in scene.log.lines if line.startswith("stack depth")), ""):
        yield f"The functions need, in turn: {depth.removeprefix('stack depth ').replace('+', ', ')} bytes."


def _size(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    figures = scene.log.figures
    if "processed" in figures:
        limit = f" of {figures['limit']}" if "limit" in figures else ""
        yield (
            f"The verifier gave up after {figures['processed']} instructions{limit}, with "
            f"{figures.get('total_states', 0)} states kept."
        )
    yield _loop(scene)


def _loop(scene: Scene) -> str:
    """The instruction that the log passes most often, a loop's head perhaps."""
    counted = Counter(step.index for step in scene.log.steps)
    jumps = {step.index: step for step in scene.log.steps if step.text.startswith(("if ", "goto", "may_goto"))}
    index = max(jumps, key=lambda each: counted[each], default=None)
    if index is None or counted[index] < _MANY:
        return ""
    step = jumps[index]
    return f"Most often the part of the log at hand passes {words.place(step)}: {counted[index]} times."


def _edge(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    yield (
        f"Instruction {found['from']} jumps back to instruction {found['to']}: that is a loop, and the kernel that "
        "wrote this log takes none here."
    )
    yield from (
        f"The jump is in source line {words.source(step)}."
        for step in [_step_at(scene, int(found["from"]))]
        if step and step.source
    )


def _infinite(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    head = _step_at(scene, int(found["insn"]))
    name = words.place(head).removeprefix("instruction ") if head else found["insn"]
    yield f"Instruction {name} is reached again with nothing changed that the verifier tracks: a loop without end."


def _range(_: Scene, found: re.Match[str]) -> Iterator[str]:
    yield f"Instruction {found['from']} jumps to instruction {found['to']}, which is outside of its function."


def _unknown(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    name = found["name"]
    what = f"helper number {found['number']}" if name == "unknown" else f"{name}() (number {found['number']})"
    how = (
        "which this kernel does not have"
        if name == "unknown"
        else "which this program type may not call, or this kernel does not have"
    )
    yield f"{scene.caller} {what}, {how}."


def _poisoned(scene: Scene, _: re.Match[str]) -> Iterator[str]:
    text = "\n".join([scene.line, *scene.log.lines])
    found = re.search(r"CO-RE relocation <(?P<kind>\w+)> \[\d+\] (?P<what>.*?) \(", text)
    if found:
        yield (
            f"The kernel's BTF has no match for `{found['what']}` ({found['kind']}), and the program uses it without "
            "asking first."
        )
    else:
        yield (
            "The loader put this call in place of an instruction whose type, field or value the kernel's BTF does not "
            "have."
        )
    own = [step for step in scene.log.steps if step.source and "CO-RE" not in step.source.text]
    if own:
        yield f"The last source line before it is {words.source(own[-1])}."


def _kernel_function(scene: Scene, found: re.Match[str]) -> Iterator[str]:
    yield f"{scene.caller} {found['name']}(), which this program type may not call."


RULES = (
    rule(r"Unreleased reference id=\d+ alloc_insn=(?P<insn>\d+)", _reference),
    rule(r"would lead to reference leak", _leak),
    rule(r"register R(?P<reg>\d+) (?P<has>(?:has|is) .*?)\s+should have been in (?P<wants>.*)", _return),
    rule(r"combined stack size of (?P<calls>\d+) calls is (?P<size>\d+)", _combined),
    rule(r"BPF program is too large|jumps is too complex|too complex", _size),
    rule(r"back-edge from insn (?P<from>\d+) to (?P<to>\d+)", _edge),
    rule(r"infinite loop detected at insn (?P<insn>\d+)", _infinite),
    rule(r"jump out of range from insn (?P<from>\d+) to (?P<to>-?\d+)", _range),
    rule(r"unknown#195896080|CO-RE relocation", _poisoned),
    rule(r"(?:unknown|invalid) func (?P<name>\w+)#(?P<number>\d+)", _unknown),
    rule(r"cannot use helper (?P<name>\w+)#(?P<number>\d+)", _unknown),
    rule(r"calling kernel function (?P<name>\S+) is not allowed", _kernel_function),
)
