"""`probe.classify`: what kernels from v5.10 to v7.3 really said, and what it means."""

from __future__ import annotations

import errno

import pytest

from bpfref.probe.ask.texts import telling
from bpfref.probe.classify import (
    ENOTSUPP,
    Outcome,
    Reason,
    asks_first,
    errno_name,
    judge_call,
    judge_map_call,
    judge_map_command,
    settle,
)

EINVAL, EACCES = errno.EINVAL, errno.EACCES
MEMORY = "R1 type=ctx expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_"

CALLS = [
    ("v5.10", EINVAL, "invalid func unknown#212", Outcome.UNSUPPORTED, Reason.NO_SUCH),
    ("v7.3", EINVAL, "invalid func unknown#100000", Outcome.UNSUPPORTED, Reason.NO_SUCH),
    ("v5.10", EINVAL, "BPF_CALL uses reserved fields", Outcome.UNSUPPORTED, Reason.NO_SUCH),
    ("v5.10", EINVAL, "unknown func bpf_probe_read#4", Outcome.REJECTED, Reason.TYPE),
    ("v6.12", EINVAL, "program of this type cannot use helper bpf_probe_read#4", Outcome.REJECTED, Reason.TYPE),
    ("v6.1", EACCES, "calling kernel function vfs_read is not allowed", Outcome.REJECTED, Reason.TYPE),
    ("v5.10", EINVAL, "helper call is not allowed in probe", Outcome.REJECTED, Reason.HOOK),
    ("v6.12", EINVAL, "helper call might sleep in a non-sleepable prog", Outcome.REJECTED, Reason.SLEEPABLE),
    (
        "v7.3",
        EINVAL,
        "sleepable helper bpf_copy_from_user#148 in non-sleepable prog",
        Outcome.REJECTED,
        Reason.SLEEPABLE,
    ),
    (
        "v6.12",
        EACCES,
        "program must be sleepable to call sleepable kfunc bpf_arena_alloc_pages",
        Outcome.REJECTED,
        Reason.SLEEPABLE,
    ),
    ("v6.1", ENOTSUPP, "func bpf_get_func_ip#173 not supported for program type 5", Outcome.REJECTED, Reason.HOOK),
    (
        "v7.3",
        ENOTSUPP,
        "func bpf_get_func_ip#173 supported only for fentry/fexit/fsession/fmod_ret programs",
        Outcome.REJECTED,
        Reason.HOOK,
    ),
    ("v6.12", EINVAL, "metadata kfuncs require device-bound program", Outcome.REJECTED, Reason.DEVICE),
    (
        "v6.12",
        EINVAL,
        "css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs",
        Outcome.REJECTED,
        Reason.HOOK,
    ),
    (
        "v6.12",
        EINVAL,
        "Extension program changes packet data, while original does not",
        Outcome.REJECTED,
        Reason.HOOK,
    ),
    (
        "v7.3",
        EINVAL,
        "Extension program may sleep, while original does not",
        Outcome.REJECTED,
        Reason.SLEEPABLE,
    ),
    (
        "v5.10",
        EINVAL,
        "cannot call GPL-restricted function from non-GPL compatible program",
        Outcome.REJECTED,
        Reason.LICENCE,
    ),
    ("v5.10", EINVAL, "tracing progs cannot use bpf_spin_lock yet", Outcome.REJECTED, Reason.MAP),
    ("v6.1", EINVAL, "socket filter progs cannot use bpf_spin_lock yet", Outcome.REJECTED, Reason.MAP),
    ("v5.10", EACCES, "R1 type=ctx expected=map_ptr", Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v6.18", EACCES, MEMORY, Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v7.3", EACCES, "R2 invalid zero-sized read: u64=[0,0]", Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v6.12", EINVAL, "arg#0 expected pointer to an iterator on stack", Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v7.3", EINVAL, "R1 expected pointer to an iterator on stack", Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v6.18", EACCES, "func 'tcp_v4_connect' size 1 must be 8", Outcome.ACCEPTED, Reason.ARGUMENT),
    ("v6.12", EINVAL, "Unreleased reference id=2 alloc_insn=4", Outcome.ACCEPTED, Reason.ARGUMENT),
    # Says nothing of the helper: v7.2 looks at registers first.
    ("v7.2", EACCES, "R2 !read_ok", Outcome.INCONCLUSIVE, Reason.OTHER),
    ("v6.1", EINVAL, "cannot find address for kernel function bpf_key_put", Outcome.INCONCLUSIVE, Reason.ADDRESS),
    # A wording that nobody has seen is never an answer, however much it looks like one.
    ("", EINVAL, "helper bpf_loop needs a permission that does not exist yet", Outcome.UNKNOWN, Reason.OTHER),
    ("", EINVAL, "R1 has gone out for lunch", Outcome.UNKNOWN, Reason.OTHER),
    ("", EINVAL, "program of this type cannot use helper bpf_probe_read#4 on Mondays", Outcome.UNKNOWN, Reason.OTHER),
    ("", EINVAL, "", Outcome.UNKNOWN, Reason.OTHER),
]


@pytest.mark.parametrize(("kernel", "number", "line", "outcome", "reason"), CALLS)
def test_calls(kernel: str, number: int, line: str, outcome: Outcome, reason: Reason) -> None:
    del kernel
    verdict = judge_call(number, line)
    assert (verdict.outcome, verdict.reason, verdict.errno) == (outcome, reason, number)


def test_a_program_that_loads_is_accepted_whatever_the_log_says() -> None:
    assert judge_call(0, "").outcome is Outcome.ACCEPTED


def test_no_right_is_no_answer() -> None:
    assert judge_call(errno.EPERM, "").outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("log", "first"),
    [
        (
            "0: R1=ctx() R10=fp0\n0: (85) call bpf_probe_read#4\nunknown func bpf_probe_read#4\nprocessed 1 insns\n",
            "unknown func bpf_probe_read#4",
        ),
        # v7.3 explains itself after the error.
        (
            "4: (85) call bpf_bind#64\nprogram of this type cannot use helper bpf_bind#64\nReason: policy\n",
            "program of this type cannot use helper bpf_bind#64",
        ),
        # v6.12 speaks of functions first that it validates on their own.
        ("Validating replaced() func#0...\n0: R1=ctx()\nR1 type=ctx expected=map_ptr", "R1 type=ctx expected=map_ptr"),
        # and this one lacks its end of line
        (
            "expected prog array map for tail callprocessed 5 insns (limit 1000000)",
            "expected prog array map for tail call",
        ),
        ("verification time 12 usec\nstack depth 0\nprocessed 2 insns (limit 1000000)", ""),
        # v7.3 counts the instructions of each function among its figures.
        (
            "verification time 12 usec\nsubprog 0 (<unknown>) main insns_self 2 insns_total 2 stack 0\nprocessed 2",
            "",
        ),
        ("; a line of source\n\nfunc#0 @0\n", ""),
    ],
)
def test_the_telling_line_of_a_whole_log(log: str, first: str) -> None:
    assert telling(log).split("\n")[0] == first


MAPS = [
    (0, "", Outcome.ACCEPTED),
    (EINVAL, "Unreleased reference id=2 alloc_insn=5", Outcome.ACCEPTED),
    (EINVAL, "cannot pass map_type 1 into func bpf_redirect_map#51", Outcome.REJECTED),
    (EINVAL, "expected prog array map for tail call", Outcome.REJECTED),
    (EINVAL, "kernel subsystem misconfigured verifier", Outcome.REJECTED),
    (ENOTSUPP, "callback function not allowed for map", Outcome.REJECTED),
    (EACCES, "invalid zero-sized read", Outcome.REJECTED),
    (EACCES, "R2 invalid zero-sized read: u64=[0,0]", Outcome.REJECTED),
    (EACCES, "R3 type=fp expected=sock_common, sock, tcp_sock, xdp_sock, ptr_, trusted_ptr_", Outcome.INCONCLUSIVE),
    (EINVAL, "cannot update sockmap in this context", Outcome.INCONCLUSIVE),
    (EINVAL, "", Outcome.UNKNOWN),
    (EINVAL, "maps of this colour are out", Outcome.UNKNOWN),
]


@pytest.mark.parametrize(("number", "line", "outcome"), MAPS)
def test_calls_with_maps(number: int, line: str, outcome: Outcome) -> None:
    assert judge_map_call(number, line).outcome is outcome


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (0, Outcome.ACCEPTED),
        (errno.ENOENT, Outcome.ACCEPTED),
        (errno.E2BIG, Outcome.ACCEPTED),
        (ENOTSUPP, Outcome.REJECTED),
        (errno.EOPNOTSUPP, Outcome.REJECTED),
        (errno.EINVAL, Outcome.REJECTED),
        (errno.EBADF, Outcome.INCONCLUSIVE),
        (errno.EFAULT, Outcome.INCONCLUSIVE),
    ],
)
def test_commands_on_maps(number: int, outcome: Outcome) -> None:
    assert judge_map_command(number).outcome is outcome


def test_a_value_that_is_not_good_enough_is_no_refusal_of_the_command() -> None:
    assert judge_map_command(errno.EINVAL, picky=True).outcome is Outcome.INCONCLUSIVE
    assert judge_map_command(ENOTSUPP, picky=True).outcome is Outcome.REJECTED


def test_the_kernel_s_own_errno_has_a_name() -> None:
    assert [errno_name(n) for n in (ENOTSUPP, errno.EINVAL, 9999)] == ["ENOTSUPP", "EINVAL", "9999"]


SHAPE = "R5 pointer type UNKNOWN  must point to scalar, or struct with scalar"
NO_TYPE = "calling kernel function bpf_modify_return_test2 is not allowed"


def test_a_complaint_of_the_prototype_alone_proves_nothing() -> None:
    row = [judge_call(22, SHAPE), judge_call(22, SHAPE)]
    assert not asks_first([row, [judge_call(22, NO_TYPE)]])
    assert {v.outcome for v in settle(row, asked_first=False)} == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("refusal", [NO_TYPE, "program must be sleepable to call sleepable kfunc bpf_x"])
def test_a_kernel_that_asks_first_whether_a_call_is_allowed_has_let_it_pass(refusal: str) -> None:
    row = [judge_call(22, SHAPE), judge_call(22, refusal)]
    assert asks_first([[judge_call(22, SHAPE)], row])
    assert [v.outcome for v in settle(row, asked_first=True)] == [Outcome.ACCEPTED, Outcome.REJECTED]


@pytest.mark.parametrize(
    ("then", "outcome"),
    [(NO_TYPE, Outcome.REJECTED), ("R1 is ctx expected STRUCT file", Outcome.ACCEPTED)],
)
def test_what_follows_a_remark_on_depth_is_the_verdict(then: str, outcome: Outcome) -> None:
    assert judge_call(22, f"max struct nesting depth exceeded\n{then}").outcome is outcome
    assert judge_call(22, "max struct nesting depth exceeded").outcome is Outcome.UNKNOWN
