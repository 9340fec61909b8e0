"""Which line of the verifier's log says why a program is refused. Pure, standard library only: guests have it too.

The log is a trace of the program (instructions, states, source lines), then the complaint, then
figures. Since v7.3 an explanation of several paragraphs follows the complaint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

_EXPLANATION = "Verification failed: "
_PART = re.compile(r"\s*(Reason|At|Causal path|Instruction context|Suggestion):$")
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
    | R\d+(_\w+)?=                        # a state
    | fp-\d+(_\w+)?=
    | (func\#\d+\ @\d+|Func\#\d+)
    | Validating\ \S+\(\)\ func\#\d+
    | (arg\#\d+\ reference\ type\('UNKNOWN)
    | (last_idx|regs=|parent\ (didn't\ have|already\ had|state)\ |mark_precise|propagating|frame\d+:)
    | (caller:|callee:|returning\ from|to\ caller)
    | (Live\ regs\ before|\d+:\ [.\d]{10})
    | (BPF\ program\ load\ failed|--\ (BEGIN|END))
    )""",
    re.VERBOSE,
)
# What kernels before v6.8 print of types before or while they try another way: the reason only when nothing follows.
_ASIDE = re.compile(
    r"""(
      R\d+\ type=\S+\ expected=
    | R\d+\ is\ not\ a\ (scalar|pointer)
    | (reg\ type\ unsupported\ for\ arg\#|Unrecognized\ arg\#|Global\ function\ \S+\ doesn't)
    | func\ '\S+'\ arg\d+\ (has|type)
    | (btf_vmlinux|in-kernel\ BTF)\ is\ malformed
    )""",
    re.VERBOSE,
)
_POISONED = "<invalid CO-RE relocation>"
# Where a person left lines out.
_GAP = re.compile(r"([\[(<]\s*)?(\.{2,}|…|snip|cut|omitted)(\s*[\])>])?\s*$", re.IGNORECASE)


def find_telling_line(log: str) -> str:
    """The line that names the reason; empty for a log without any.

    Of several lines of complaint it is the first: the others go into details.
    """
    lines = [line.rstrip() for line in log.splitlines()]
    before, heading = cut_explanation(lines)
    found = find_complaint(before)
    return lines[found[0]].strip() if found else heading


def find_complaint(lines: Sequence[str]) -> list[int]:
    """The numbers, from 0, of the lines that complain, the telling one first; none for a log without.

    They are the last run of lines that are neither trace nor figures.
    """
    end = len(lines)
    while end and (not may_complain(lines, end - 1)):
        end -= 1
    start = end
    while start and may_complain(lines, start - 1):
        start -= 1
    run = list(range(start, end))
    return sorted(run, key=lambda at: is_aside(lines[at]))


def may_complain(lines: Sequence[str], at: int) -> bool:
    """Whether a line is neither trace nor figures, nor an aside behind which the verifier went on."""
    line = lines[at]
    if not line or is_trace(line) or is_figures(line) or is_gap(line):
        return False
    if not is_aside(line):
        return True
    follows = next((each for each in islice(lines, at + 1, None) if each and not is_aside(each)), "")
    return not is_trace(follows)


def is_trace(line: str) -> bool:
    """Whether a line tells what the verifier went through, and complains of nothing."""
    return bool(_TRACE.match(line))


def is_gap(line: str) -> bool:
    """Whether a line says that others were left out here."""
    return bool(_GAP.match(line))


def is_figures(line: str) -> bool:
    """Whether a line has the figures that end a log."""
    return bool(_FIGURES.match(line))


def is_aside(line: str) -> bool:
    """Whether a line is a finding that alone refuses no program when a complaint follows it."""
    return bool(_ASIDE.match(line.lstrip())) or line.endswith(_POISONED)


def cut_explanation(lines: Sequence[str]) -> tuple[list[str], str]:
    """The lines before the explanation, and its heading; a part of one that is cut off goes too."""
    for at, line in enumerate(lines):
        if line.startswith(_EXPLANATION):
            return list(lines[:at]), line.removeprefix(_EXPLANATION)
        if _PART.match(line):
            return list(lines[:at]), ""
    return list(lines), ""
