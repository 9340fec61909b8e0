"""Where a value came from: the instructions that wrote it, walked back through the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.formats.verifier_log import Action, Does, Log, Step, Value, parse_action

_MOST_LINKS = 8
_MOST_STEPS = 200_000
_WIDE = 0x18  # the code of the one instruction that has two places: a constant of 64 bits
_CLOBBERED = {"R1", "R2", "R3", "R4", "R5"}


@dataclass(frozen=True)
class Link:
    """One instruction that a value went through: `register` is what it wrote, `value` what that then held.

    `at` is its place among the steps of the log.
    """

    at: int
    step: Step
    action: Action
    register: str
    value: Value | None = None


def follow(log: Log, register: str, at: int | None = None) -> list[Link]:
    """What wrote a register before a step (the last, or that in place `at`), then what wrote that, newest first."""
    place = len(log.steps) - 1 if at is None else at
    links: list[Link] = []
    wanted = register
    while wanted and len(links) < _MOST_LINKS:
        found = _find_write(log, wanted, place)
        if found is None:
            break
        place, link = found
        links.append(link)
        wanted = _next(link)
    return links


def _next(link: Link) -> str:
    """What to follow after a link; empty when its value began there."""
    action = link.action
    if action.does == Does.MOVE or (action.does == Does.STORE and action.source):
        return action.source
    if action.does == Does.COMPUTE and action.operator != "=":
        return action.target
    if action.does == Does.LOAD and action.base == "R10":
        return f"fp{action.offset}"
    return ""


def _find_write(log: Log, wanted: str, place: int) -> tuple[int, Link] | None:
    for at in walk_back(log, place):
        step = log.steps[at]
        if step.frame != log.steps[place].frame:
            continue
        action = parse_action(step.text)
        if _writes(action, wanted):
            return at, Link(at, step, action, wanted, step.after.get(wanted) or _learnt(log, at, wanted))
        if wanted.startswith("fp") and _may_touch(log, at, action, int(wanted[2:])):
            return None
    return None


def _may_touch(log: Log, at: int, action: Action, place: int) -> bool:
    """Whether a slot of the stack may have been written in part, or by a call that was given its memory."""
    if action.does == Does.STORE:
        return action.base == "R10" and action.offset <= place < action.offset + action.size
    if action.does != Does.CALL:
        return False
    begins = [(_on_stack(log, f"R{number}", at), _constant(log, f"R{number + 1}", at)) for number in range(1, 5)]
    return any(begin is not None and size and begin <= place < begin + size for begin, size in begins)


def _on_stack(log: Log, register: str, at: int) -> int | None:
    """The offset from the frame pointer that a register holds; None when it holds no such pointer."""
    held, moved = log.steps[at].before.get(register), 0
    if held is not None:
        return (held.number or 0) if held.kind == "fp" else None
    for _ in range(_MOST_LINKS):
        if register == "R10":
            return moved
        found = _find_write(log, register, at)
        if found is None:
            return None
        at, action = found[0], found[1].action
        if action.does == Does.COMPUTE and action.operator == "+=" and action.constant:
            moved += int(action.constant, 0)
        elif action.does == Does.MOVE:
            register = action.source
        else:
            return None
    return None


def _constant(log: Log, register: str, at: int) -> int | None:
    held = log.steps[at].before.get(register)
    if held is not None:
        return held.number if held.is_scalar else None
    found = _find_write(log, register, at)
    is_set = found is not None and found[1].action.does == Does.SET
    return int(found[1].action.constant, 0) if found and is_set else None


def _writes(action: Action, wanted: str) -> bool:
    if action.does == Does.CALL:
        return wanted == "R0" or wanted in _CLOBBERED
    if action.does == Does.STORE:
        return action.base == "R10" and f"fp{action.offset}" == wanted
    return action.target == wanted and wanted != ""


def _learnt(log: Log, at: int, wanted: str) -> Value | None:
    """What the log says below an instruction of the old style."""
    return log.steps[at + 1].before.get(wanted) if at + 1 < len(log.steps) else None


def walk_back(log: Log, place: int) -> Iterator[int]:
    """The places of the steps before one, on the path that led to it, newest first; as far as none is left out."""
    for _ in range(_MOST_STEPS):
        if place < 0 or _is_behind_gap(log, place):
            return
        came = log.steps[place].came_from
        place -= 1
        if came is not None:
            while place >= 0 and log.steps[place].index != came:
                place -= 1
        if place >= 0:
            yield place


def _is_behind_gap(log: Log, place: int) -> bool:
    """Whether the step before is another than the one that the verifier went through: the log lacks some."""
    step = log.steps[place]
    if not place or step.came_from is not None:
        return False
    before = log.steps[place - 1]
    if before.frame != step.frame or parse_action(before.text).does in {Does.JUMP, Does.CALL, Does.EXIT}:
        return False
    return step.index != before.index + (2 if before.code == _WIDE else 1)
