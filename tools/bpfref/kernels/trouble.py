"""What a kernel's log complains of: crashes, lockups, warnings. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Time, and on some kernels the thread or CPU that spoke; on a console a level may come first.
_STAMP = re.compile(r"(?:<\d+>)?(?:\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?)?")
# What `kernels.guest.mark` writes there.
_MARK = re.compile(r"bpfref: now (\S+)")


class Trouble(StrEnum):
    """How bad it is. After a crash nothing that the kernel said is to be trusted."""

    CRASH = "crash"
    LOCKUP = "lockup"
    MEMORY = "out of memory"
    WARNING = "warning"


@dataclass(frozen=True)
class Complaint:
    """A line of the log, without its time, and its number from 1; `during` is the last mark before it."""

    trouble: Trouble
    text: str
    line: int
    during: str | None = None


# How the kernel begins such lines (kernel/panic.c, lib/bug.c, mm/oom_kill.c, kernel/watchdog.c,
# kernel/rcu/tree_stall.h, arch/x86/kernel/{dumpstack,traps}.c and arch/x86/mm/fault.c). Beginnings,
# because a program's fault that the kernel notes has the same words after "traps: NAME[PID]".
_BEGINNINGS = (
    (
        Trouble.LOCKUP,
        r"watchdog: (CPU\d+: )?(BUG: (soft|hard) lockup|Watchdog detected hard LOCKUP)|NMI watchdog: .*LOCKUP",
    ),
    (Trouble.LOCKUP, r"(rcu: )?INFO: (rcu\w*|task \S+) .*(stall|blocked for more than)|BUG: workqueue lockup"),
    (Trouble.LOCKUP, r"rcu: INFO: .*stall"),
    (
        Trouble.WARNING,
        r"BUG: (sleeping function|scheduling while atomic|Bad page|Bad rss|spinlock|using \w+\(\)|Invalid wait)",
    ),
    (Trouble.CRASH, r"Kernel panic - not syncing|kernel BUG at |BUG: |Oops\b|PANIC: |Internal error: "),
    (Trouble.CRASH, r"(general protection fault|invalid opcode|double fault|divide error|stack segment)[:,]"),
    (Trouble.CRASH, r"traps: (PANIC|double fault)|Corrupted page table|corrupted stack end|unchecked MSR access error"),
    (Trouble.MEMORY, r"Out of memory: |Memory cgroup out of memory: |\S+ invoked oom-killer"),
    (Trouble.WARNING, r"WARNING: |UBSAN: |refcount_t: |list_(add|del) corruption|usercopy: |INFO: trying to register"),
    (Trouble.WARNING, r"irq \d+: nobody cared|\S+: page allocation failure"),
)
_KNOWN = [(trouble, re.compile(beginning)) for trouble, beginning in _BEGINNINGS]


def parse_complaints(log: str) -> list[Complaint]:
    """The lines of a kernel's log that complain, in their order; lines of a trace below them are not listed."""
    found = []
    during = None
    for number, raw in enumerate(log.split("\n"), 1):
        text = raw.strip("\r\n ")
        text = text[stamp.end() :] if (stamp := _STAMP.match(text)) else text
        if mark := _MARK.fullmatch(text):
            during = mark[1]
        trouble = next((trouble for trouble, beginning in _KNOWN if beginning.match(text)), None)
        if trouble:
            found.append(Complaint(trouble, text, number, during))
    return found
