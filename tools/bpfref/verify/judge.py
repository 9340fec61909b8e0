"""What came of an example held against what it promises. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpfref.model.example import Element, ExampleFolder, Record, Run
from bpfref.model.version import Version

Found = Mapping[str, Any]
Constant = Callable[[str], int | None]

_UNSIGNED = (1 << 32) - 1
_LINES = 12  # of an output that is not as promised
_TAIL = 30  # lines of a log that nobody foresaw
_ADDRESS = re.compile(r"\b0x(ffff[0-9a-f]{12})\b")
_HIDDEN = "0xffff…"
_TIME = "verification time "


@dataclass(frozen=True)
class Judged:
    """The record of an example, or why it has none; `seconds` that it took; the `log` of a refusal that it promises."""

    name: str
    record: Record | None
    problems: tuple[str, ...]
    seconds: float = 0.0
    log: str | None = None


def judge(folder: ExampleFolder, found: Found, series: str, constant: Constant, lacking: Sequence[str] = ()) -> Judged:
    """Compare; on a kernel older than its `since` an example must not pass.

    `constant` gives the value of a name of `linux/bpf.h`, None for another; `lacking` are modules that
    the example asks for and the kernel's packages do not have.
    """
    seconds = float(found.get("seconds", 0.0))
    broken = tuple(_broken(found))
    if broken or "verdict" not in found:
        return Judged(folder.name, None, broken or ("nothing came of it",), seconds)
    problems = tuple(_compare(folder, found, series, constant))
    release, definition = Version.parse(series), folder.definition
    if release < Version.parse(definition.since):
        return _judge_older(folder, found, problems, seconds)
    if definition.until is not None and release >= Version.parse(definition.until):
        return _judge_lifted(folder, found, seconds)
    if problems and lacking:
        words = f"{', '.join(lacking)}: no package of this kernel has the module"
        return Judged(folder.name, Record(folder.digest, "untried", found["verdict"], words), (), seconds)
    if problems:
        return Judged(folder.name, None, problems, seconds)
    log = clean_log(found["log"] or found["message"]) if found["verdict"] == "rejected" else None
    return Judged(folder.name, _passed(folder, found), (), seconds, log)


def _judge_older(folder: ExampleFolder, found: Found, problems: Sequence[str], seconds: float) -> Judged:
    since = folder.definition.since
    if not problems:
        return Judged(folder.name, None, (f"it passes, and since says that {since} is the first: correct it",), seconds)
    words = found["message"] if found["verdict"] == "rejected" else _last_line(found) or problems[0]
    return Judged(folder.name, Record(folder.digest, "unsupported", found["verdict"], words), (), seconds)


def _judge_lifted(folder: ExampleFolder, found: Found, seconds: float) -> Judged:
    until = folder.definition.until
    if found["verdict"] == "accepted":
        return Judged(folder.name, Record(folder.digest, "lifted", "accepted"), (), seconds)
    problem = f"it is rejected, and until says that {until} takes it: {found['message']}"
    return Judged(folder.name, None, (problem,), seconds)


def clean_log(log: str) -> str:
    """A log without what differs from boot to boot: addresses of the kernel, and the time that it took."""
    lines = [_ADDRESS.sub(_HIDDEN, line.rstrip()) for line in log.splitlines() if not line.startswith(_TIME)]
    return "".join(f"{line}\n" for line in lines)


def _broken(found: Found) -> Iterator[str]:
    """What no promise covers: the example did not end, troubled the kernel, or left something behind."""
    if found.get("trouble"):
        yield f"{found['trouble']}{_shown(found)}"
    yield from (f"the kernel complains: {text}" for text in found.get("complaints", ()))
    if found.get("left"):
        yield f"it left behind: {', '.join(found['left'])}"


def _passed(folder: ExampleFolder, found: Found) -> Record:
    output = folder.definition.expect.match_output(found.get("output", "")) or []
    if found["verdict"] == "rejected":
        return Record(folder.digest, "passed", "rejected", _ADDRESS.sub(_HIDDEN, found["message"]))
    return Record(folder.digest, "passed", "accepted", None, found.get("instructions", {}), tuple(output))


def _compare(folder: ExampleFolder, found: Found, series: str, constant: Constant) -> Iterator[str]:
    expect = folder.definition.expect
    verdict = found.get("verdict")
    if verdict != expect.verdict:
        log = "\n".join(str(found.get("log", "")).splitlines()[-_TAIL:])
        because = f": {found.get('message')}\n{log}".rstrip() if verdict == "rejected" else ""
        yield f"it was {verdict} and should be {expect.verdict}{because}"
    elif verdict == "rejected":
        pattern = expect.message_on(series)
        if pattern is None:
            yield f"message says nothing of {series}, which says: {found['message']}"
        elif not re.fullmatch(pattern, found["message"]):
            yield f"it was rejected with {found['message']!r}, and should be with {pattern!r}"
    elif found.get("failed"):
        yield str(found["failed"])
    else:
        yield from _compare_runs(folder, found, constant)
        yield from _compare_output(folder, found)


def _compare_runs(folder: ExampleFolder, found: Found, constant: Constant) -> Iterator[str]:
    definition = folder.definition
    came = found.get("runs", [])
    if len(came) != len(definition.runs):
        yield f"{len(came)} of {len(definition.runs)} runs came to an end"
        return
    for number, (run, got) in enumerate(zip(definition.runs, came, strict=True), 1):
        yield from (f"run {number} of {run.program}: {text}" for text in _compare_run(run, got, constant))
    for name, elements in definition.expect.maps.items():
        values = dict(found.get("maps", {}).get(name, ()))
        for element in elements:
            yield from _compare_element(name, element, values.get(element.key))
    for name, value in definition.expect.variables.items():
        if (got := found.get("variables", {}).get(name)) != value:
            yield f"variable {name} is {got}, and should be {value}"


def _compare_run(run: Run, got: Found, constant: Constant) -> Iterator[str]:
    wanted = constant(run.returns) if isinstance(run.returns, str) else run.returns
    if wanted is None:
        yield f"{run.returns} is no constant of linux/bpf.h"
    elif got["returns"] != wanted & _UNSIGNED:
        yield f"it returned {got['returns']}, and should return {run.returns}"
    if run.out is not None and not got["out"].startswith(bytes.fromhex(run.out).hex()):
        yield f"the packet is {got['out']} afterwards, and should begin with {run.out}"


def _compare_element(name: str, element: Element, value: object) -> Iterator[str]:
    if element.sum is not None:
        total = sum(value) if isinstance(value, list) else value
        if total != element.sum:
            yield f"{name}[{element.key}] is {total} in sum, and should be {element.sum}"
    elif value != element.value:
        yield f"{name}[{element.key}] is {json.dumps(value)}, and should be {json.dumps(element.value)}"


def _compare_output(folder: ExampleFolder, found: Found) -> Iterator[str]:
    expect = folder.definition.expect
    if expect.output and found.get("exit") != expect.exit:
        yield f"the user side ended with {found.get('exit')}, and should with {expect.exit}{_shown(found)}"
    elif expect.match_output(found.get("output", "")) is None:
        wanted = "\n".join(f"  > {line}" for line in expect.output)
        yield f"the output is not as promised, which is:\n{wanted}{_shown(found)}"


def _shown(found: Found) -> str:
    lines = str(found.get("output", "")).splitlines()
    return "".join(f"\n  | {line}" for line in lines[-_LINES:])


def _last_line(found: Found) -> str:
    lines = [line for line in str(found.get("output", "")).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
