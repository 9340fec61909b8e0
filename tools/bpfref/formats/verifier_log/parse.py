"""A verifier log into steps, states, complaints and figures. Pure; lenient, for logs come cut and wrapped."""

from __future__ import annotations

import errno as numbers
import os
import re
from collections.abc import Sequence
from dataclasses import replace

from bpfref.formats.verifier_log.instruction import Does, parse_action
from bpfref.formats.verifier_log.model import Log, Source, State, Step, Value
from bpfref.formats.verifier_log.states import parse_state
from bpfref.formats.verifier_log.telling import cut_explanation, find_complaint, is_trace
from bpfref.formats.verifier_log.wrappers import clean

_STEP = re.compile(
    r"(?P<index>\d{1,7}): \((?P<code>[0-9a-f]{2})\) (?P<text>.*?)"
    r"(?:\s+; ?(?P<after>.*)|\s(?P<next>\d+): (?P<jump>(?:frame\d+: ?)?R\d+(?:_\w+)?=.*))?$"
)
_STATE = re.compile(r"(?:(?P<index>\d+): )?(?:frame(?P<frame>\d+): ?)?(?P<state>R\d+(?:_\w+)?=.*)$")
_PATH = re.compile(r"(?:from )?(?P<from>\d{1,7}) to (?P<to>\d{1,7})(?: \([^)]*\))?:\s*(?P<rest>.*)$")
_SOURCE = re.compile(r";\s?(?P<text>.*?)(?: @ (?P<file>[^\s@]*):(?P<number>\d{1,7}))?$")
_FRAME = re.compile(r"frame(\d+):")
_PROGRAM = re.compile(r"prog(?:ram)? '?(?P<name>[\w.-]+)'?: (?:--|BPF program load|load program|failed to load)")
_FIGURE = re.compile(r"(processed|limit|max_states_per_insn|total_states|peak_states|mark_read) (\d{1,18})\b")
_NUMBER = re.compile(
    r"(?:[(\s:](-524)\b|(?:Unknown|unknown) error (\d{1,3})\b|"
    r"\((-?\d{1,3})\)|err(?:no)?[=: ]+(-?\d{1,3})\b|os error (\d{1,3})|failed to load: -(\d{1,3})\b|"
    r"kernel: -(\d{1,3})\b)"
)
_ARGUMENTS = ("R1", "R2", "R3", "R4", "R5")
_WORDS = {
    os.strerror(number).lower(): numbers.errorcode[number]
    for number in (
        numbers.EPERM,
        numbers.EACCES,
        numbers.EINVAL,
        numbers.E2BIG,
        numbers.ENOSPC,
        numbers.ENOENT,
        numbers.ENOMEM,
        numbers.EFAULT,
        numbers.ESRCH,
        numbers.EBUSY,
        numbers.EOPNOTSUPP,
    )
} | {"argument list too long": "E2BIG"}
_ENOTSUPP = 524  # the kernel's own, which libc has no name for
_NAME = re.compile(r"\bE[A-Z0-9]{3,}\b")
_NAMES = {*numbers.errorcode.values(), "ENOTSUPP"}


def parse_log(text: str) -> Log:
    """Read a log as it was pasted; one with no step and no complaint for text that is none."""
    cleaned = clean(text)
    lines, heading = cut_explanation(cleaned.lines)
    complaint = find_complaint(lines)
    reader = _Reader()
    reader.read(lines[: min(complaint)] if complaint and _has_steps(lines[: min(complaint)]) else lines)
    told = cleaned.loader if reader.steps else [*cleaned.loader, *(line for line in lines if not is_trace(line))]
    return Log(
        lines=tuple(lines),
        steps=tuple(reader.steps),
        complaints=tuple(lines[at].strip() for at in complaint),
        complaint_line=complaint[0] if complaint else None,
        loader=cleaned.loader,
        program=_find_program([*cleaned.loader, *lines]),
        errno=find_errno(told)[0],
        errno_line=find_errno(told)[1],
        heading=heading,
        figures=_find_figures(cleaned.lines),
    )


def find_errno(lines: Sequence[str]) -> tuple[str, str]:
    """The name of the errno that a loader tells of, and its line: in words, by name, or as a number; else empty."""
    own = [line for line in lines if "BTF" not in line]  # that a program's types were refused stops no load
    for asked in (own, lines):
        for read in (_errno_in_words, _errno_by_name, _errno_by_number):
            for line in asked:
                if name := read(line):
                    return name, line
    return "", ""


def _errno_in_words(line: str) -> str:
    low = line.lower()
    return next((name for words, name in _WORDS.items() if words in low), "")


def _errno_by_name(line: str) -> str:
    return next((word for word in _NAME.findall(line) if word in _NAMES), "")


def _errno_by_number(line: str) -> str:
    found = _NUMBER.search(line)
    number = abs(int(next(group for group in found.groups() if group))) if found else 0
    return "ENOTSUPP" if number == _ENOTSUPP else numbers.errorcode.get(number, "")


def _has_steps(lines: Sequence[str]) -> bool:
    return any(_STEP.match(line) for line in lines)


def _find_program(lines: Sequence[str]) -> str:
    return next((found["name"] for line in lines if (found := _PROGRAM.search(line))), "")


def _find_figures(lines: Sequence[str]) -> dict[str, int]:
    for line in reversed(lines):
        if line.startswith("processed "):
            return {name: int(value) for name, value in _FIGURE.findall(line)}
    return {}


class _Reader:
    """Goes through the lines; keeps what is known of the registers of the path that the log is on."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._known: dict[int, State] = {}
        self._frame = 0
        self._source: Source | None = None
        self._came: int | None = None

    def read(self, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines):
            if found := _STEP.match(line):
                self._step(found, number)
            elif found := _PATH.match(line):
                self._path(found)
            elif line.startswith(";"):
                self._note_source(line)
            elif found := _STATE.match(line):
                self._state(found["state"], found["frame"], number)

    def _note_source(self, line: str) -> None:
        found = _SOURCE.match(line)
        if found and (found["text"].strip() or found["file"]):
            number = int(found["number"]) if found["number"] else None
            self._source = Source(found["text"].strip(), found["file"] or "", number)

    def _path(self, found: re.Match[str]) -> None:
        self._known.clear()
        self._came = int(found["from"])
        self._source = None
        frame = _FRAME.search(found["rest"])
        self._frame = int(frame[1]) if frame else 0
        self._learn(parse_state(found["rest"]), whole=True)

    def _state(self, text: str, frame: str | None, number: int) -> None:
        if frame is not None:
            self._frame = int(frame)
        elif "R10=fp" in text:
            self._frame = 0
        state = parse_state(text)
        self._learn(state, whole="R10=fp" in text)
        if self.steps and self.steps[-1].line == number - 1:
            self._amend(state)

    def _amend(self, state: State) -> None:
        """Kernels before v5.16 print the state on which an access or a call is judged below it."""
        step = self.steps[-1]
        action = parse_action(step.text)
        if action.does in {Does.LOAD, Does.STORE, Does.CALL}:
            self.steps[-1] = replace(step, before={**step.before, **state})
            _forget(self._known[self._frame], action.does, action.target, None)

    def _learn(self, state: State, *, whole: bool) -> None:
        """Old kernels print all that a path knows: what is not in it is not readable."""
        if whole:
            self._known[self._frame] = dict(state)
        else:
            self._known.setdefault(self._frame, {}).update(state)

    def _step(self, found: re.Match[str], number: int) -> None:
        after_text = found["after"] or ""
        if frame := _FRAME.match(after_text):
            self._frame = int(frame[1])
        known = self._known.setdefault(self._frame, {})
        before = dict(known)
        after = parse_state(after_text)
        action = parse_action(found["text"])
        _forget(known, action.does, action.target, before.get(action.source))
        known.update(after)
        index = int(found["index"])
        self.steps.append(
            Step(
                index,
                int(found["code"], 16),
                found["text"],
                number,
                self._frame,
                self._source,
                before,
                after,
                self._came,
            )
        )
        self._came = None
        if found["jump"]:
            self._learn(parse_state(found["jump"]), whole="R10=fp" in found["jump"])


def _forget(known: State, does: Does, target: str, moved: Value | None) -> None:
    """What an instruction makes unknown of what was known before it."""
    if does == Does.CALL:
        for name in ("R0", *_ARGUMENTS):
            known.pop(name, None)
    elif target:
        known.pop(target, None)
        if does == Does.MOVE and moved is not None:
            known[target] = moved
