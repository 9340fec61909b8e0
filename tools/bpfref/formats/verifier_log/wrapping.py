"""Joins lines of a log that a terminal or a mail program broke at its width. Pure, and never raises."""

from __future__ import annotations

import re

from bpfref.formats.verifier_log.telling import is_aside, is_figures, is_trace

# Widths that people's terminals and mail programs have.
WIDTHS = (72, 74, 76, 78, 79, 80, 90, 98, 100, 110, 118, 120, 130, 132, 140, 158, 160, 180, 200, 237, 238, 239, 240)
_SLACK = 1  # a blank at the end of a line is lost on the way
_FEW = 3
_NARROWEST, _LONGEST = 60, 10_000  # columns of a terminal; characters of a line that was broken
# Words that a complaint of the kernel begins with; what goes on with a state or an instruction begins otherwise.
_COMPLAINT = re.compile(
    r"(R\d+ (?!\d)|[a-z]+ed? |invalid |math |the |The |BPF |At |in |cannot |unknown |calling |func|[A-Z][a-z]+ |"
    r"back-edge |jump |last |program |processed |libbpf|misaligned |variable |!|failed )"
)
_LOADER = re.compile(r"(libbpf: |Error: |ERROR: |Traceback |File \"|Verification failed: )")


def unwrap(lines: list[str]) -> list[str]:
    """The lines with those joined that were one; as they are when nothing tells that they were broken."""
    width = _width(lines)
    if not width:
        return lines
    found: list[str] = []
    last = ""
    for line in lines:
        glue = _glue(found[-1], last, line, width) if found else None
        if glue is None:
            found.append(line)
        else:
            found[-1] += glue + line
        last = line
    return found


def _width(lines: list[str]) -> int:
    """Where lines were broken; 0 for nowhere."""
    longest = max(map(len, lines), default=0)
    if longest < _NARROWEST:
        return 0
    exact = sum(len(line) == longest for line in lines)
    width = longest if longest in WIDTHS else longest + _SLACK if exact == 1 and longest + _SLACK in WIDTHS else 0
    full = [at for at, line in enumerate(lines[:-1]) if len(line) >= longest - _SLACK]
    if not width and len(full) < _FEW:
        return 0
    broken = sum(not _starts(lines[at + 1]) for at in full)
    return (width or longest) if broken and 2 * broken >= len(full) else 0


def _glue(whole: str, last: str, line: str, width: int) -> str | None:
    """What stands between a line and the one that goes on with it; None when it does not."""
    if len(whole) > _LONGEST or not line.strip() or not last.strip() or _starts(line):
        return None
    word = line.split(maxsplit=1)[0]
    hard, soft = len(last) >= width - _SLACK, len(last) + 1 + len(word) > width
    if not hard and not soft:
        return None
    if is_trace(whole) and not whole.lstrip().startswith(";") and _COMPLAINT.match(line.lstrip()):
        return None
    if line.startswith(" "):
        return ""
    return " " * (width - len(last)) if hard else " "


def _starts(line: str) -> bool:
    """Whether a line begins something: it is none that goes on."""
    line = line.lstrip()
    return is_trace(line) or is_figures(line) or is_aside(line) or bool(_LOADER.match(line))
