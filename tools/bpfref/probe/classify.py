"""What an answer means: errno and log to a verdict. Pure, a table, standard library only.

A call is available if the kernel loads the program, or complains of an argument: it looks at
arguments only after it has let the call pass. A wording that no row knows is `UNKNOWN`: whoever
asked must say so and believe nothing.

Wordings are of kernel/bpf/verifier.c (check_helper_call, check_kfunc_call, check_func_arg,
check_map_prog_compatibility) in v5.10, v6.1, v6.12, v7.2 and v7.3.
"""

from __future__ import annotations

import errno as numbers
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

ENOTSUPP = 524  # include/linux/errno.h of Linux: for use within the kernel, and yet programs see it


class Outcome(StrEnum):
    """What a kernel says of a question."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"
    INCONCLUSIVE = "inconclusive"
    UNKNOWN = "unknown wording"


class Reason(StrEnum):
    """Why, as far as the wording tells."""

    LOADED = "loaded"
    ARGUMENT = "argument"  # passed, and stopped at an argument or its use
    PROTOTYPE = "prototype"  # stopped at the function's own prototype: see `asks_first`
    TYPE = "program-type"
    SLEEPABLE = "not-sleepable"
    HOOK = "hook"
    LICENCE = "licence"
    RIGHTS = "rights"
    MAP = "map"
    NO_SUCH = "no-such"
    DEVICE = "device-bound"
    ADDRESS = "no-address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`line` is the first telling line of the log, empty where there was none."""

    outcome: Outcome
    reason: Reason
    errno: int = 0
    line: str = ""


_REJECTED, _ACCEPTED, _UNSUPPORTED = Outcome.REJECTED, Outcome.ACCEPTED, Outcome.UNSUPPORTED
_INCONCLUSIVE = Outcome.INCONCLUSIVE

_CALLS: tuple[tuple[str, Outcome, Reason], ...] = (
    # The kernel does not know the number.
    (r"invalid func \S+#\d+$", _UNSUPPORTED, Reason.NO_SUCH),
    (r"BPF_CALL uses reserved fields$", _UNSUPPORTED, Reason.NO_SUCH),  # before v5.13: there are no such calls
    # Refusals that come before any argument is looked at.
    (r"unknown func \S+#\d+$", _REJECTED, Reason.TYPE),  # to v6.8
    (r"program of this type cannot use helper \S+#\d+$", _REJECTED, Reason.TYPE),
    (r"calling kernel function \S+ is not allowed$", _REJECTED, Reason.TYPE),
    (r"cannot call GPL-restricted function from non-GPL compatible program$", _REJECTED, Reason.LICENCE),
    (r"cannot call kernel function from non-GPL compatible program$", _REJECTED, Reason.LICENCE),
    (r"helper call is not allowed in probe$", _REJECTED, Reason.HOOK),
    (r"helper call might sleep in a non-sleepable prog$", _REJECTED, Reason.SLEEPABLE),
    (r"sleepable helper \S+#\d+ in non-sleepable \w+$", _REJECTED, Reason.SLEEPABLE),
    (r"program must be sleepable to call sleepable kfunc \S+$", _REJECTED, Reason.SLEEPABLE),
    (r"kernel func \S+ is sleepable within .*$", _REJECTED, Reason.SLEEPABLE),
    (r"func \S+#\d+ not supported for program type \d+$", _REJECTED, Reason.HOOK),
    (r"func \S+#\d+ supported only for .* programs$", _REJECTED, Reason.HOOK),
    (r"BPF_LSM_CGROUP that attach to void LSM hooks can't modify return value!$", _REJECTED, Reason.HOOK),
    (r"Extension program changes packet data, while original does not$", _REJECTED, Reason.HOOK),
    (r"Extension program may sleep, while original does not$", _REJECTED, Reason.SLEEPABLE),
    (r"metadata kfuncs require device-bound program$", _REJECTED, Reason.DEVICE),
    (r"\S+ is only allowed in .*$", _REJECTED, Reason.HOOK),
    (r"\S+ is allowed only to CAP_PERFMON and CAP_SYS_ADMIN$", _REJECTED, Reason.RIGHTS),
    (r"destructive kfunc calls require CAP_SYS_BOOT capabilit(y|ies)$", _REJECTED, Reason.RIGHTS),
    (r"tracing progs cannot use \S+ yet$", _REJECTED, Reason.MAP),
    (r"socket filter progs cannot use \S+ yet$", _REJECTED, Reason.MAP),
    (r"sleepable progs? cannot use \S+ yet$", _REJECTED, Reason.MAP),
    (r"bpf_struct_ops map cannot be used in prog$", _REJECTED, Reason.MAP),
    (r"Sleepable programs can only use .* maps?$", _REJECTED, Reason.MAP),
    (r"cannot pass map_type \d+ into func \S+#\d+$", _REJECTED, Reason.MAP),
    (r"kern ctx type id \d+ is not a struct$", _REJECTED, Reason.HOOK),
    (r"(struct ops|LSM) programs must have a GPL compatible license$", _REJECTED, Reason.LICENCE),
    # Not a matter of the release.
    (r"cannot find address for kernel function \S+$", _INCONCLUSIVE, Reason.ADDRESS),
    # v7.1: a function with implicit arguments, whose real prototype the build left out of BTF.
    (r"cannot find function \S+ in BTF$", _INCONCLUSIVE, Reason.ADDRESS),
    (r"address of kernel function \S+ is out of range$", _INCONCLUSIVE, Reason.ADDRESS),
    (r"kernel btf_id \d+ is not a function$", _INCONCLUSIVE, Reason.OTHER),
    (r"JIT (is required for|does not support) calling (kernel function|kfunc \S+)$", _INCONCLUSIVE, Reason.OTHER),
    # v7.2 looks at whether a register can be read before it looks at whether the call may be made.
    (r"R\d+ !read_ok$", _INCONCLUSIVE, Reason.OTHER),
    # Complaints of what comes after the call has passed: of an argument, or of what the call gave.
    (r"R\d+ type=\S+ expected=.*$", _ACCEPTED, Reason.ARGUMENT),
    (r"R\d+ (is \S+ )?expected .*$", _ACCEPTED, Reason.ARGUMENT),
    (r"R\d+ is not a (scalar|const)$", _ACCEPTED, Reason.ARGUMENT),
    (r"R\d+ must be (a known constant|referenced|a rcu pointer).*$", _ACCEPTED, Reason.ARGUMENT),
    (r"R\d+ (doesn't point|is neither owning or) .*$", _ACCEPTED, Reason.ARGUMENT),
    (r"R\d+ invalid zero-sized read.*$", _ACCEPTED, Reason.ARGUMENT),
    (r"arg#\d+ (pointer type|expected pointer|doesn't point|is neither owning or) .*$", _ACCEPTED, Reason.ARGUMENT),
    (r"pointer in R\d+ isn't map pointer$", _ACCEPTED, Reason.ARGUMENT),
    (r"Possibly NULL pointer passed to trusted \S+$", _ACCEPTED, Reason.ARGUMENT),
    (r"func '\S+' (offset \d+ is not multiple of|size \d+ must be) \d+$", _ACCEPTED, Reason.ARGUMENT),
    (r"invalid bpf_context access off=\d+ size=\d+$", _ACCEPTED, Reason.ARGUMENT),
    (r"release kernel function \S+ expects refcounted PTR_TO_BTF_ID$", _ACCEPTED, Reason.ARGUMENT),
    (r"release kfunc \S+ expects referenced PTR_TO_BTF_ID passed to R\d+$", _ACCEPTED, Reason.ARGUMENT),
    (r"kfunc \S+ type ID argument must be of a struct$", _ACCEPTED, Reason.ARGUMENT),
    (r"Unreleased reference id=\d+ alloc_insn=\d+$", _ACCEPTED, Reason.ARGUMENT),
    (r"unmatched (attempt to enable preemption|rcu read unlock) .*$", _ACCEPTED, Reason.ARGUMENT),
    (r"(\d+ )?bpf_(preempt_enable|rcu_read_unlock) is missing$", _ACCEPTED, Reason.ARGUMENT),
    (r"BPF_EXIT instruction in main prog cannot be used inside \S+ region$", _ACCEPTED, Reason.ARGUMENT),
    (r"unexpected __bpf_trap\(\) due to uninitialized variable\?$", _ACCEPTED, Reason.ARGUMENT),
    # Linux v7.3 looks at a function's prototype (gen_kfunc_arg_proto()) before it looks at whether the
    # program may call it, earlier releases after that.
    (r"R\d+ pointer type .* must point to .*$", _ACCEPTED, Reason.PROTOTYPE),
    (r"R\d+ arena pointer requires a program with an associated arena$", _ACCEPTED, Reason.PROTOTYPE),
)
_NOISE = "max struct nesting depth exceeded"  # of a prototype, whatever the verdict on the call
_ROWS = tuple((re.compile(pattern), outcome, reason) for pattern, outcome, reason in _CALLS)


def first_line(log: str) -> str:
    """The first telling line of a log that has none but those; advice that newer kernels add comes later."""
    lines = [line.strip() for line in log.split("\n")]
    return next((line for line in lines if line and line != _NOISE), lines[0])


def judge_call(errno: int, log: str) -> Verdict:
    """The verdict on a program that calls one helper or kernel function."""
    if errno == 0:
        return Verdict(_ACCEPTED, Reason.LOADED)
    line = first_line(log)
    for pattern, outcome, reason in _ROWS:
        if line and pattern.match(line):
            return Verdict(outcome, reason, errno, line)
    if errno == numbers.EPERM and not line:
        return Verdict(_INCONCLUSIVE, Reason.RIGHTS, errno)
    return Verdict(Outcome.UNKNOWN, Reason.OTHER, errno, line)


_AFTER_ASKING = frozenset({Reason.TYPE, Reason.SLEEPABLE, Reason.HOOK})


def asks_first(functions: Iterable[Sequence[Verdict]]) -> bool:
    """Whether a kernel asks if a function may be called before it looks at the function's prototype.

    It does if one function, whose prototype it dislikes, was refused to some program as not for it.
    """
    return any(
        any(v.reason is Reason.PROTOTYPE for v in verdicts)
        and any(v.outcome is _REJECTED and v.reason in _AFTER_ASKING for v in verdicts)
        for verdicts in functions
    )


def settle(verdicts: Sequence[Verdict], *, asked_first: bool) -> list[Verdict]:
    """The verdicts on one kernel function in all variants; a complaint of its prototype is a pass only then."""
    if asked_first:
        return list(verdicts)
    return [replace(v, outcome=_INCONCLUSIVE) if v.reason is Reason.PROTOTYPE else v for v in verdicts]


_MAPS: tuple[tuple[str, Outcome], ...] = (
    (r"cannot pass map_type \d+ into func \S+#\d+", _REJECTED),
    (r"expected prog array map for tail call", _REJECTED),
    (r"kernel subsystem misconfigured verifier", _REJECTED),  # so did record_func_key() call it up to v6.12
    (r"callback function not allowed for map", _REJECTED),
    (r"write into map forbidden", _REJECTED),  # programs may only read such a map
    (r"read from map forbidden", _REJECTED),
    (r"(R\d+ )?invalid zero-sized read", _REJECTED),  # the map has no keys, and the call names one
    (r"invalid access to (map|packet).*size.*=0", _REJECTED),
    (r"invalid arg_type for sockmap/sockhash", _REJECTED),
    (r"Sleepable programs can only use", _REJECTED),
    (r"(tracing|socket filter|sleepable) progs? cannot use \S+ yet", _REJECTED),
    (r"bpf_struct_ops map cannot be used in prog", _REJECTED),
    (r"Unreleased reference", _ACCEPTED),  # the call gave something, which a short program keeps
    (r"R\d+ (type=|pointer|must|is|min|invalid|expected)", _INCONCLUSIVE),  # our argument was not good enough
    (r"arena's user address must be set", _INCONCLUSIVE),
    (r"Failed to properly initialize insn array", _INCONCLUSIVE),  # it wants to describe this very program
    (r"cannot update sockmap in this context", _INCONCLUSIVE),  # of a program type, not of the helper
)
_MAP_ROWS = tuple((re.compile(pattern), outcome) for pattern, outcome in _MAPS)


def judge_map_call(errno: int, log: str) -> Verdict:
    """The verdict on a call with right arguments and a map: whether the helper may have a map of this type."""
    if errno == 0:
        return Verdict(_ACCEPTED, Reason.LOADED)
    line = first_line(log)
    for pattern, outcome in _MAP_ROWS:
        if pattern.match(line):
            return Verdict(outcome, Reason.MAP, errno, line)
    return Verdict(Outcome.UNKNOWN, Reason.OTHER, errno, line)


# Errnos of a command on a map that show that the map's type has the operation: it was carried out, or
# would have been for another element.
_DONE = frozenset({0, numbers.ENOENT, numbers.EEXIST, numbers.E2BIG, numbers.EBUSY, numbers.EAGAIN})
_REFUSED = frozenset({ENOTSUPP, numbers.EOPNOTSUPP, numbers.EINVAL, numbers.EPERM, numbers.EACCES, numbers.ENODEV})


def judge_map_command(errno: int, *, picky: bool = False) -> Verdict:
    """The verdict on a command on a map, or on mapping one into memory.

    `picky`: the command takes values of one sort only, so EINVAL may speak of ours and not of the command.
    """
    if errno in _DONE:
        return Verdict(_ACCEPTED, Reason.LOADED, errno)
    if errno in _REFUSED and not (picky and errno == numbers.EINVAL):
        return Verdict(_REJECTED, Reason.MAP, errno)
    return Verdict(_INCONCLUSIVE, Reason.ARGUMENT, errno)  # what the key or value named was not right


def errno_name(errno: int) -> str:
    """`EINVAL`; the kernel's own 524 has no name in C libraries."""
    return "ENOTSUPP" if errno == ENOTSUPP else numbers.errorcode.get(errno, str(errno))
