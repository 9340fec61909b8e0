"""What a complaint is about: its line, the instruction, and what the log knows of registers there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bpfref.explain import trail, words
from bpfref.formats.verifier_log import Action, Does, Log, Step, Value, parse_action, parse_value

_REGISTER = re.compile(r"\bR(\d{1,2})\b")
_HELD = re.compile(r"\bR(\d{1,2})\((?P<facts>[^)]*(?:\([^)]*\)[^)]*)?)\)")

_PLAIN = {"scalar", "bytes"}


@dataclass(frozen=True)
class Scene:
    """A log and the line of it that complains."""

    log: Log
    line: str

    @cached_property
    def step(self) -> Step | None:
        """The instruction that the complaint is about; None when the line is none of the log's behind it."""
        failing = self.log.failing
        if failing is None or self.line == self.log.heading:
            return failing
        behind = self.log.lines[failing.line + 1 :]
        return failing if self.line and any(self.line in each for each in behind) else None

    @cached_property
    def action(self) -> Action:
        """What that instruction does."""
        return parse_action(self.step.text) if self.step else Action(Does.OTHER)

    @cached_property
    def register(self) -> str:
        """The register that the line names, else the one that the access goes through."""
        found = _REGISTER.search(self.line)
        return f"R{found[1]}" if found else self.action.base

    def value(self, register: str) -> Value | None:
        """What a register held when the instruction was reached; None where the log does not say."""
        if not register or not self.step:
            return None
        if (known := self.step.before.get(register)) is not None:
            return known
        links = trail.follow(self.log, register)
        return links[0].value if links else None

    def printed(self, kind: str) -> Value | None:
        """The register's figures in the line itself: `R2(id=0,off=12,r=12)`."""
        found = _HELD.search(self.line)
        return parse_value(f"{kind}({found['facts']})") if found else None

    @property
    def place(self) -> str:
        """`Instruction 12 (`r1 += r2`)`, empty for a log without its instruction."""
        if not self.step:
            return ""
        text = words.place(self.step)
        return text[0].upper() + text[1:]

    @property
    def caller(self) -> str:
        """The instruction as the subject of a call, also for a log without it."""
        return f"{self.place} calls" if self.step else "The program calls"

    def lost(self, register: str) -> str:
        """A sentence on the pointer that a register held before something other than a write took it; or nothing."""
        if not self.step:
            return ""
        links = trail.follow(self.log, register)
        since = links[0].at if links else -1
        for at in trail.walk_back(self.log, len(self.log.steps) - 1):
            step = self.log.steps[at]
            held = step.before.get(register)
            if at <= since or step.frame != self.step.frame:
                return ""
            if held and held.kind not in _PLAIN:
                called = parse_action(step.text)
                if called.does != Does.CALL:
                    return f"The log last has {register} as {words.describe(held)}, at {words.place(step, self.step)}."
                return (
                    f"Until instruction {step.index} called {words.call(called)}, {register} was "
                    f"{words.describe(held)}: that call made it invalid."
                )
        return ""

    def origin(self, register: str) -> str:
        """A sentence on where a register's value came from; empty where the log does not tell."""
        links = trail.follow(self.log, register) if self.step else []
        if not links:
            return ""
        first, last = links[0], links[-1]
        if first.action.does == Does.CALL:
            return f"{register} is {self._beginning(first)}." if register == "R0" else ""
        text = f"{register} was last written by {words.place(first.step, self.step)}"
        if added := self._added(links):
            return f"{text}{added}."
        if last is not first:
            return f"{text}; its value goes back to {self._beginning(last)}."
        return f"{text}{self._loaded(first)}."

    def _added(self, links: list[trail.Link]) -> str:
        """What was added to a pointer on the way, and where that came from: that is what has no limit."""
        for link in links:
            source = link.action.source
            if link.action.does != Does.COMPUTE or not source:
                continue
            held = link.step.before.get(source)
            back = trail.follow(self.log, source, link.at)
            if not back or (held and not held.is_scalar) or (link.value and link.value.is_scalar):
                return ""
            where = "" if link is links[0] else f" after {words.place(link.step, self.step)}"
            what = f" ({words.describe(held)})" if held else ""
            return f"{where}; added is {source}{what}, which goes back to {self._beginning(back[-1])}"
        return ""

    def _beginning(self, link: trail.Link) -> str:
        if link.action.does == Does.CALL:
            return f"what {words.call(link.action)} returned at instruction {link.step.index}"
        return f"{words.place(link.step, self.step)}{self._loaded(link)}"

    def _loaded(self, link: trail.Link) -> str:
        """What a load takes its value from."""
        action = link.action
        if action.does != Does.LOAD or not action.base:
            return ""
        size = words.plural(action.size, "byte")
        if action.base == "R10":
            return f", which loads {size} from the stack"
        if self._is_context(link):
            return f", which loads {size} at offset {action.offset} of the context"
        held = link.step.before.get(action.base)
        of = f"what {action.base} points to: {words.describe(held)}" if held and held.kind not in _PLAIN else "memory"
        return f", which loads {size} from {of}"

    def _is_context(self, link: trail.Link) -> bool:
        held = link.step.before.get(link.action.base)
        if held is not None:
            return held.kind == "ctx"
        links = trail.follow(self.log, link.action.base, link.at)
        moved = all(each.action.does == Does.MOVE for each in links)
        began = links[-1].action.source if links else link.action.base
        return moved and began == "R1" and self.log.steps[0].index == 0 and link.step.frame == 0


Rule = tuple[re.Pattern[str], Callable[[Scene, re.Match[str]], Iterator[str]]]


def rule(pattern: str, tell: Callable[[Scene, re.Match[str]], Iterator[str]]) -> Rule:
    """What tells of the complaints that have a pattern in them."""
    return re.compile(pattern), tell
