"""Cells and what came of them: confirmed, contradicted, or replaced; the table of a run. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bpfref.probe.ask.texts import telling
from bpfref.probe.classify import Outcome, first_line, judge_call

_CALL = re.compile(r"\d+: \(85\) call .*?(\w+)#-?\d+")
_INSTRUCTION = re.compile(r"\d+: \([0-9a-f]{2}\)")
_AT_END = re.compile(r"(At program exit|At callback return|In the function|R0 .*exit)")


@dataclass(frozen=True)
class Cell:
    """One statement of the data."""

    series: str
    variant: str
    name: str
    accepted: bool
    kernel_function: bool


@dataclass(frozen=True)
class Found:
    """What came of a cell: `confirmed`, `contradicted`, or `replaced` with the reason."""

    cell: Cell
    result: str
    section: str
    said: str


def replaced(cell: Cell, reason: str) -> Found:
    """A cell without a program."""
    return Found(cell, "replaced", "", reason)


def judge(cell: Cell, entry: dict[str, Any], tries: dict[int, list[dict[str, Any]]]) -> Found:
    """A cell's result by the tries of its programs, which differ in what they return."""
    came = tries[entry["number"]]
    section = entry["section"] + ("" if came[0]["by_section"] else " (type set)")
    if any(each["error"] == 0 for each in came):
        return Found(cell, "confirmed" if cell.accepted else "contradicted", section, "loaded")
    logs = [each["log"] for each in came]
    log = next((lines for lines in logs if not _AT_END.search("\n".join(lines))), logs[0])
    line, at_call = last_words(log, cell.name)
    refused = at_call and judge_call(-came[0]["error"], line).outcome in {Outcome.REJECTED, Outcome.UNSUPPORTED}
    if refused:
        return Found(cell, "contradicted" if cell.accepted else "confirmed", section, line)
    return Found(cell, "replaced", section, line or "; ".join(came[0]["said"][-2:]) or "no words")


def last_words(log: Sequence[str], name: str) -> tuple[str, bool]:
    """The line that refuses, and whether it comes right after the call of this name or names it."""
    calls = [place for place, line in enumerate(log) if _INSTRUCTION.match(line)]
    after = list(log[calls[-1] + 1 :]) if calls else list(log)
    made = _CALL.match(log[calls[-1]]) if calls else None
    line = first_line(telling("\n".join(after)))
    named = re.search(rf"\b{re.escape(name)}\b", line) is not None
    return line, named or (made is not None and made[1] == name)


def table(found: list[Found], count: int) -> str:
    """The results in words: each cell on a line, what was replaced after them, then the sum."""
    decided = [each for each in found if each.result != "replaced"]
    lines = [_line(each) for each in decided]
    others = [each for each in found if each.result == "replaced"]
    lines += ["", f"Replaced, {len(others)}:", *map(_line, others)]
    confirmed = sum(each.result == "confirmed" for each in decided)
    series = len({each.cell.series for each in decided})
    functions = sum(each.cell.kernel_function for each in decided)
    accepted = sum(each.cell.accepted for each in decided)
    kinds = f"{accepted} yes, {len(decided) - accepted} no; {functions} kernel functions; {series} series"
    counts = f"{len(decided) - confirmed} contradicted, {len(others)} replaced"
    lines += ["", f"{confirmed} of {count} confirmed ({kinds}), {counts}"]
    return "\n".join(lines)


def _line(each: Found) -> str:
    cell = each.cell
    answer = "yes" if cell.accepted else "no"
    return f"{each.result:<12} {cell.series:<6} {answer:<3} {cell.name} in {cell.variant} [{each.section}]: {each.said}"
