"""Where a value came from: the instructions that wrote it, walked back through the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.formats.verifier_log import Action, Does, Log, Step, Value, parse_action

_MOST_LINKS = 8
_MOST_STEPS = 200_000
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
    return None


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
    """The places of the steps before one, on the path that led to it, newest first."""
    for _ in range(_MOST_STEPS):
        if place < 0:
            return
        came = log.steps[place].came_from
        place -= 1
        if came is not None:
            while place >= 0 and log.steps[place].index != came:
                place -= 1
        if place >= 0:
            yield place
