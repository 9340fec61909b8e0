"""Which line of the verifier's log says why a program is refused. Pure, standard library only.

The log is a trace of the program (instructions, states, source lines), then the complaint, then
figures. Since v7.3 an explanation of several paragraphs follows the complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_EXPLANATION = "Verification failed: "
_FIGURES = re.compile(
    r"(processed \d+ insns|verification time \d+|stack depth \d|insns_not_cached|max_states_per_insn)"
)
# What the trace is made of; none of it is a complaint.
_TRACE = re.compile(
    r"""\s*(
      ;                                   # a source line
    | \d+:(?!\ <invalid)                  # an instruction, a state, or the line of C behind one
    | (from\ )?\d+\ (to|->)\ \d+:         # another path
    | from\ \d+\ to\ \d+
    | R\d+(_w|_r|_rw)?=                   # a state
    | (func\#\d+\ @\d+|Func\#\d+)
    | Validating\ \S+\(\)\ func\#\d+
    | (arg\#\d+\ reference\ type\('UNKNOWN)
    | (last_idx|regs=|parent\ |mark_precise|propagating|frame\d+:|caller:|callee:|returning\ from|to\ caller)
    | (Live\ regs\ before|\d+:\ [.\d]{10})
    | (BPF\ program\ load\ failed|--\ (BEGIN|END))
    )""",
    re.VERBOSE,
)
_POISONED = "<invalid CO-RE relocation>"


def find_telling_line(log: str) -> str:
    """The line that names the reason; empty for a log without any.

    Of several lines of complaint it is the first: the others go into details.
    """
    lines = [line.rstrip() for line in log.splitlines()]
    before, heading = _cut_explanation(lines)
    complaint = list(_last_complaint(before))
    if complaint:
        first, *rest = complaint
        return (rest[0] if first.endswith(_POISONED) and rest else first).strip()
    return heading


def _cut_explanation(lines: list[str]) -> tuple[list[str], str]:
    """The lines before the explanation, and its heading."""
    for at, line in enumerate(lines):
        if line.startswith(_EXPLANATION):
            return lines[:at], line.removeprefix(_EXPLANATION)
    return lines, ""


def _last_complaint(lines: list[str]) -> Iterator[str]:
    """The last run of lines that are neither trace nor figures."""
    end = len(lines)
    while end and (not lines[end - 1] or _FIGURES.match(lines[end - 1]) or _TRACE.match(lines[end - 1])):
        end -= 1
    start = end
    while start and lines[start - 1] and not _TRACE.match(lines[start - 1]):
        start -= 1
    yield from lines[start:end]
