"""Logs without what only traces: instructions, register states, statistics. The rest stays as it is."""

from __future__ import annotations

import re

from bpfref.probe.ask.kernel import STATISTICS

_TRACE = re.compile(
    r"\s*$"
    r"|\d+: "  # an instruction, or the state before it
    r"|; "  # a source line
    r"|R\d+(_\w+)?=|\s+R\d+(_\w+)?="  # a state
    r"|func#\d+ @|Validating \S+ func#\d+|Func#\d+ "
    r"|(stack depth|insns processed|processed) "
    r"|(Func|Live regs|frame\d+: )"
    r"|arg#\d+ reference type\(|Unrecognized arg#"  # v5.10 says so of every program and goes on
    r"|from \d+ to \d+"
    r"|mark_precise: |last_idx|parent didn't|regs=|propagating"
)
_STATISTICS = re.compile(r"processed \d+ insns .*")
_MOST_LINES = 6
_MOST = 400


def telling(log: str) -> str:
    """The lines that say something, at most a few, in their order; figures end a log and say nothing."""
    lines = (line.rstrip() for line in log.partition(STATISTICS.decode())[0].split("\n"))
    # "expected prog array map for tail call" comes without an end of line.
    kept = [_STATISTICS.sub("", line) for line in lines if not _TRACE.match(line)][:_MOST_LINES]
    return "\n".join(kept)[:_MOST]
