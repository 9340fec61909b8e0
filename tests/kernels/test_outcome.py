"""What is made of a guest's run: an outcome, or the one error that fits; and what its log complains of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpfref.errors import MachineError
from bpfref.kernels.outcome import (
    Ending,
    GuestError,
    KernelOopsError,
    NotPreparedError,
    NotStartedError,
    Run,
    SilentGuestError,
    StoppedHalfwayError,
    judge,
    parse_results,
)
from bpfref.kernels.trouble import Trouble, parse_complaints
from bpfref.kernels.vm import parameters

BEGIN = b'{"bpfref":"begin","release":"6.1.0-9-amd64"}\n'
END = b'{"bpfref":"end","exit":3}\n'
GOOD = Run(
    kernel="v6.1 (6.1.0-9-amd64)",
    accelerator="tcg",
    ending=Ending.STOPPED,
    exit=0,
    error="",
    console="[    0.1] some hardware is not there\n[    3.2] reboot: Restarting system\n",
    results=BEGIN + b'{"a":1}\n{"a":2}\n' + END,
    output="printed\n",
    log="[    0.0] Linux version 6.1.0-9-amd64\n",
    seconds=3.5,
    limit=240.0,
)


def test_a_job_that_came_to_its_end() -> None:
    outcome = judge(GOOD)
    assert (outcome.release, outcome.exit, outcome.output) == ("6.1.0-9-amd64", 3, "printed\n")
    assert outcome.results == [{"a": 1}, {"a": 2}]
    assert (outcome.complaints, outcome.kernel_log, outcome.seconds) == ([], GOOD.log, 3.5)


def test_complaints_of_log_and_console_each_once() -> None:
    twice, late = "[    1.0] WARNING: in both\n", "[    3.0] WARNING: at the end\n"
    outcome = judge(replace(GOOD, log=GOOD.log + twice, console=twice + late))
    assert [complaint.text for complaint in outcome.complaints] == ["WARNING: in both", "WARNING: at the end"]


CRASH = "[    2.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
LOST: list[tuple[type[GuestError], dict[str, object], str]] = [
    (NotStartedError, {"results": b"", "console": "", "exit": 1, "error": "no such machine"}, "no such machine"),
    (NotStartedError, {"results": b"", "console": "", "exit": -6, "error": ""}, "status -6"),
    (NotStartedError, {"results": b"", "console": "", "exit": 0, "error": ""}, "status 0"),
    (SilentGuestError, {"results": b"", "ending": Ending.NO_BOOT, "exit": None}, "did not start within 240 s with tcg"),
    (SilentGuestError, {"results": b""}, "switched itself off before"),
    (StoppedHalfwayError, {"results": BEGIN, "ending": Ending.NO_END, "exit": None}, "0 results in 240 s, the limit"),
    (StoppedHalfwayError, {"results": BEGIN + b'{"a":1}\n'}, "switched itself off after 1 results"),
    (StoppedHalfwayError, {"results": BEGIN, "exit": -9, "error": "killed"}, "status -9: killed after 0 results"),
    (StoppedHalfwayError, {"results": BEGIN + b'{"a":1}\n{"a"\n' + END}, "line 3 of its results is no JSON object"),
    (StoppedHalfwayError, {"results": BEGIN + b"[1]\n" + END}, "line 2 of its results is no JSON object"),
    (StoppedHalfwayError, {"results": BEGIN + b'{"a":\n' + END}, "line 2 of its results is no JSON object"),
    (KernelOopsError, {"console": CRASH, "results": BEGIN}, "NULL pointer dereference"),
    (KernelOopsError, {"log": CRASH}, "NULL pointer dereference"),
    (KernelOopsError, {"console": CRASH}, "NULL pointer dereference"),
    (KernelOopsError, {"console": CRASH, "results": b"", "ending": Ending.NO_BOOT}, "NULL pointer dereference"),
    (NotPreparedError, {"results": BEGIN + b'{"bpfref":"refused","why":"no module"}\n'}, "no module"),
]


@pytest.mark.parametrize(("kind", "changes", "words"), LOST)
def test_a_guest_that_was_lost(kind: type[GuestError], changes: dict[str, object], words: str) -> None:
    run = replace(GOOD, **changes)  # type: ignore[arg-type]
    with pytest.raises(MachineError) as caught:
        judge(run)
    assert type(caught.value) is kind
    text = str(caught.value)
    assert text.startswith(f"{GOOD.kernel}: {kind.what}: ")
    assert words in text
    assert "To go on: " in text
    assert all(line in text for line in run.console.splitlines())


def test_the_end_of_a_long_console_is_told_and_what_came_is_kept() -> None:
    console = "".join(f"line {number}\r\n\r\n" for number in range(100))
    with pytest.raises(StoppedHalfwayError) as caught:
        judge(replace(GOOD, console=console, results=BEGIN + b'{"a":1}\n'))
    assert caught.value.came == [{"a": 1}]
    assert caught.value.message.count("    | ") == 15
    assert caught.value.message.endswith("| line 99")


def test_no_two_ways_to_be_lost_are_called_the_same() -> None:
    kinds = GuestError.__subclasses__()
    assert len({kind.what for kind in kinds}) == len(kinds) == 5
    assert {kind for kind, _, _ in LOST} == set(kinds)


def test_lines_of_the_first_process_and_of_the_job_are_told_apart() -> None:
    assert parse_results(b'{"bpfref":"begin"}\n\n{"a":1}\n') == ([{"bpfref": "begin"}], [{"a": 1}], None)


# Shapes of real messages, in words and figures of our own.
COMPLAINTS = [
    (Trouble.CRASH, "[    5.120000] BUG: kernel NULL pointer dereference, address: 0000000000000010"),
    (Trouble.CRASH, "[    5.120000] BUG: unable to handle page fault for address: ffffc90000123000"),
    (Trouble.CRASH, "[    5.1] Oops: 0000 [#1] PREEMPT SMP NOPTI"),
    (Trouble.CRASH, "[    5.1] Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1]"),
    (Trouble.CRASH, "[    5.1] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP"),
    (Trouble.CRASH, "[    5.1] general protection fault: 0000 [#1] SMP"),
    (Trouble.CRASH, "[    5.1] kernel BUG at kernel/bpf/made_up.c:42!"),
    (Trouble.CRASH, "[    5.1] invalid opcode: 0000 [#1] SMP"),
    (Trouble.CRASH, "[    5.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000000"),
    (Trouble.CRASH, "[    5.1][  T123] BUG: KASAN: slab-out-of-bounds in made_up+0x10/0x20"),
    (Trouble.LOCKUP, "[   60.0] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [python3:77]"),
    (Trouble.LOCKUP, "[   60.0] watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 0"),
    (Trouble.LOCKUP, "[   60.0] rcu: INFO: rcu_preempt self-detected stall on CPU"),
    (Trouble.LOCKUP, "[   60.0] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:"),
    (Trouble.LOCKUP, "[  180.0] INFO: task python3:77 blocked for more than 120 seconds."),
    (Trouble.MEMORY, "[    9.0] python3 invoked oom-killer: gfp_mask=0x1, order=0, oom_score_adj=0"),
    (Trouble.MEMORY, "[    9.0] Out of memory: Killed process 77 (python3) total-vm:1kB"),
    (Trouble.WARNING, "[    7.0] WARNING: CPU: 0 PID: 77 at kernel/bpf/made_up.c:7 made_up+0x1/0x2"),
    (Trouble.WARNING, "<4>[    7.0] WARNING: kernel/bpf/made_up.c:7 at made_up+0x1/0x2, CPU#0: python3/77"),
    (Trouble.WARNING, "[    7.0] BUG: sleeping function called from invalid context at made_up.c:9"),
    (Trouble.WARNING, "[    7.0] BUG: scheduling while atomic: python3/77/0x00000002"),
    (Trouble.WARNING, "[    7.0] WARNING: possible circular locking dependency detected"),
    (Trouble.WARNING, "[    7.0] WARNING: suspicious RCU usage"),
    (Trouble.WARNING, "[    7.0] UBSAN: shift-out-of-bounds in made_up.c:1:2"),
    (Trouble.WARNING, "[    7.0] refcount_t: underflow; use-after-free."),
    (Trouble.WARNING, "WARNING: made on a console without times"),
]


@pytest.mark.parametrize(("trouble", "line"), COMPLAINTS)
def test_a_complaint(trouble: Trouble, line: str) -> None:
    [found] = parse_complaints(f"[    0.0] quiet\n{line}\r\n[    9.9] Call Trace:\n")
    assert (found.trouble, found.line) == (trouble, 2)
    assert line.endswith(found.text)
    assert not found.text.startswith("[")


def test_a_complaint_belongs_to_the_mark_before_it() -> None:
    log = (
        "[    1.0] WARNING: early\n[    2.0] bpfref: now one\n[    2.1] WARNING: first\n[    2.2] Call Trace:\n"
        "<12>[    3.0][ T77] bpfref: now two-more\n[    3.1] quiet\n"
        "[    3.2] WARNING: second\n[    3.3] WARNING: second\n"
        "[    4.0] he said bpfref: now three\n[    4.1] WARNING: third\n"
    )
    found = [(each.during, each.text.removeprefix("WARNING: ")) for each in parse_complaints(log)]
    assert found == [(None, "early"), ("one", "first"), *[("two-more", "second")] * 2, ("two-more", "third")]


@pytest.mark.parametrize(
    "line",
    [
        "[    5.1] traps: python3[77] general protection fault ip:1 sp:2 error:0 in libc.so.6[3+4]",
        "[    5.1] python3[77]: segfault at 0 ip 1 sp 2 error 4 in libc.so.6[3+4]",
        "[    5.1] debug: the word BUG: in the middle says nothing",
        "[    0.1] Kernel command line: console=ttyS0 oops=panic panic=-1",
        "[    0.1] rcu: Hierarchical RCU implementation.",
        "[    0.1] NMI watchdog: Perf NMI watchdog permanently disabled",
        "[    0.1] PM: RTC time: 12:00:00, date: 2030-01-01",
        "[    0.1] acpi PNP0A03:00: fail to add something",
        "",
    ],
)
def test_no_complaint(line: str) -> None:
    assert parse_complaints(line) == []


@pytest.mark.parametrize(
    ("configured", "given"),
    [
        (None, None),
        ("lockdown,yama", "lsm=lockdown,yama,bpf"),
        ("landlock,bpf,ipe", "lsm=landlock,bpf,ipe"),
        ("", "lsm=bpf"),
    ],
)
def test_security_modules_stay_and_bpf_joins_them(configured: str | None, given: str | None) -> None:
    assert next((word for word in parameters(configured) if word.startswith("lsm=")), None) == given
