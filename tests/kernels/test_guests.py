"""Guests on real kernels: what a job finds there, and each way to lose one, provoked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from bpfref.cli import main
from bpfref.errors import BpfrefError, MachineError
from bpfref.kernels import images, lab
from bpfref.kernels.cpio import file, write_archive
from bpfref.kernels.initramfs import RECIPE, build_base
from bpfref.kernels.lab import run_job, run_jobs
from bpfref.kernels.outcome import (
    GuestError,
    Job,
    KernelOopsError,
    NotPreparedError,
    NotStartedError,
    Outcome,
    SilentGuestError,
    StoppedHalfwayError,
    judge,
)
from bpfref.kernels.trouble import Trouble
from bpfref.kernels.userland import read_userland
from bpfref.kernels.vm import TCG, Machine, parameters, run_guest
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel

pytestmark = pytest.mark.kernel

KernelOf = Callable[[str], Kernel]

LOOK = b"""
import ctypes, os, platform, resource, sys
from bpfref.kernels.guest import report
libbpf = ctypes.CDLL("libbpf.so.1")
report({"libbpf": [libbpf.libbpf_major_version(), libbpf.libbpf_minor_version()]})
report({"release": platform.release(), "host": platform.node(), "python": list(sys.version_info[:2])})
report({"memlock": resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY})
report({"lsm": open("/sys/kernel/security/lsm").read().split(",")})
report({"mounts": sorted({line.split()[1] for line in open("/proc/mounts")})})
report({"here": os.getcwd(), "data": open("inner/data", "rb").read().hex()})
print("printed")
print("complained", file=sys.stderr)
sys.exit(5)
"""
MOUNTS = {
    "/proc",
    "/sys",
    "/dev",
    "/dev/pts",
    "/sys/fs/bpf",
    "/sys/fs/cgroup",
    "/sys/kernel/tracing",
    "/sys/kernel/debug",
}


@pytest.mark.parametrize("series", ["v5.10", "v6.1", "v6.12", "v7.0", "v7.3"])
def test_a_job_finds_its_kernel_and_its_tools(series: str, kernel_of: KernelOf, layout: Layout) -> None:
    kernel = kernel_of(series)
    job = Job(("python3", "look.py"), {"look.py": LOOK, "inner/data": bytes(range(256))})
    outcome = run_job(kernel, job, layout.cache)
    found = {key: value for result in outcome.results for key, value in result.items()}
    assert (outcome.exit, outcome.release, found["release"]) == (5, kernel.release, kernel.release)
    assert sorted(outcome.output.splitlines()) == ["complained", "printed"]
    assert found["libbpf"] >= [1, 7]
    assert (found["memlock"], found["host"], found["here"]) == (True, "bpfref", "/job")
    assert found["data"] == bytes(range(256)).hex()
    assert set(found["mounts"]) >= MOUNTS
    assert "bpf" in found["lsm"]
    assert f"Linux version {kernel.release}" in outcome.kernel_log
    assert outcome.complaints == []
    assert outcome.seconds > 0


@pytest.mark.parametrize("series", ["v5.10", "v6.12"])
def test_nothing_of_many_results_is_lost(series: str, kernel_of: KernelOf, layout: Layout) -> None:
    code = b"from bpfref.kernels.guest import report\nfor n in range(5000): report({'n': n, 'text': 'x' * (n % 300)})"
    outcome = run_job(kernel_of(series), Job(("python3", "many.py"), {"many.py": code}), layout.cache)
    assert outcome.results == [{"n": n, "text": "x" * (n % 300)} for n in range(5000)]


def test_modules_come_before_the_job_each_after_those_that_it_needs(kernel_of: KernelOf, layout: Layout) -> None:
    outcome = run_job(kernel_of("v6.12"), Job(("lsmod",), modules=("nf-conntrack",)), layout.cache)
    names = [line.split()[0] for line in outcome.output.splitlines()[1:]]
    # The last is what libcrc32c wants loaded before and only hints at.
    assert {"nf_conntrack", "nf_defrag_ipv4", "nf_defrag_ipv6", "libcrc32c", "crc32c_generic"} <= set(names)


def test_a_module_that_is_not_there_and_a_kernel_without_any(kernel_of: KernelOf, layout: Layout) -> None:
    with pytest.raises(MachineError, match=r"nf_contrack is no module of v6\.12.*nf_conntrack"):
        run_job(kernel_of("v6.12"), Job(("true",), modules=("nf_contrack",)), layout.cache)
    with pytest.raises(MachineError, match="has no modules"):
        run_job(kernel_of("v7.0"), Job(("true",), modules=("nf_conntrack",)), layout.cache)


# A command, its limit, the error, and words of it.
LOST: list[tuple[str, float, type[GuestError], str]] = [
    ("echo '{\"n\":1}' >&3; echo c > /proc/sysrq-trigger", 60, KernelOopsError, "Kernel panic - not syncing"),
    ("echo '{\"n\":1}' >&3; while :; do :; done", 2, StoppedHalfwayError, "1 results in 8 s, the limit"),
    ("echo '{\"n\":1}' >&3; reboot -f", 60, StoppedHalfwayError, "switched itself off after 1 results"),
    ("echo '{\"n\":1}' >&3; printf '{\"n\":' >&3", 60, StoppedHalfwayError, "is no JSON object"),
]


@pytest.mark.parametrize(("command", "timeout", "kind", "words"), LOST)
def test_a_job_that_loses_its_guest(
    command: str, timeout: float, kind: type[GuestError], words: str, kernel_of: KernelOf, layout: Layout
) -> None:
    with pytest.raises(GuestError) as caught:
        run_job(kernel_of("v6.12"), Job(("sh", "-c", command), timeout=timeout), layout.cache)
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert caught.value.came == [{"n": 1}]


@pytest.fixture
def machine(kernel_of: KernelOf, layout: Layout) -> Machine:
    """A v6.12 that starts a file system without a job."""
    kernel = kernel_of("v6.12")
    base = lab.prepare(layout.cache).base.read_bytes()
    return Machine("v6.12", images.extract_vmlinux(kernel), base, 256, parameters(None))


FIRST = [
    (b"exit 3", KernelOopsError, "Attempted to kill init"),
    (b"while :; do sleep 1; done", SilentGuestError, "did not start within 10 s"),
    (b"mount -t proc p /proc; reboot -f", SilentGuestError, "switched itself off before our first process"),
]


@pytest.mark.parametrize(("first", "kind", "words"), FIRST)
def test_a_first_process_that_does_not_do_its_duty(
    first: bytes, kind: type[GuestError], words: str, machine: Machine, layout: Layout
) -> None:
    script = b"#!/usr/bin/busybox sh\nexport PATH=/usr/bin\n" + first + b"\n"
    later = write_archive([file("init", script, executable=True)])
    spoilt = replace(machine, initramfs=machine.initramfs + later)
    limited = replace(TCG, boot=10.0) if b"while" in first else TCG
    run = run_guest(lab.prepare(layout.cache).qemu, limited, spoilt, 5)
    with pytest.raises(GuestError) as caught:
        judge(run)
    assert type(caught.value) is kind
    assert words in caught.value.message


def test_a_module_of_another_kernel(machine: Machine, layout: Layout) -> None:
    later = write_archive([file("lab/modules/000-made.ko", b"no module"), file("lab/command", b"true\n")])
    run = run_guest(lab.prepare(layout.cache).qemu, TCG, replace(machine, initramfs=machine.initramfs + later), 5)
    with pytest.raises(NotPreparedError, match=r"the module 000-made\.ko cannot be loaded"):
        judge(run)


def test_a_qemu_that_refuses(machine: Machine, layout: Layout, tmp_path: Path) -> None:
    qemu = lab.prepare(layout.cache).qemu
    (tmp_path / "image").write_bytes(b"no kernel")
    with pytest.raises(NotStartedError, match="QEMU did not start: it ended with status 1 and said"):
        judge(run_guest(qemu, TCG, replace(machine, image=tmp_path / "image"), 5))
    with pytest.raises(NotStartedError, match="no-such-option"):
        judge(run_guest(replace(qemu, command=(*qemu.command, "-no-such-option")), TCG, machine, 5))


def test_memory_that_runs_out_is_told(kernel_of: KernelOf, layout: Layout) -> None:
    job = Job(("python3", "-c", "bytearray(1 << 30)[:] = b'x' * (1 << 30)"), memory=256)
    outcome = run_job(kernel_of("v6.12"), job, layout.cache)
    assert outcome.exit in {1, 137}  # the interpreter's MemoryError, or the kernel's killer
    if outcome.exit == 137:
        assert Trouble.MEMORY in {complaint.trouble for complaint in outcome.complaints}


def test_what_the_kernel_complains_of_is_told(kernel_of: KernelOf, layout: Layout) -> None:
    command = "echo '<4>WARNING: made for a test' > /dev/kmsg"
    outcome = run_job(kernel_of("v6.12"), Job(("sh", "-c", command)), layout.cache)
    assert [(c.trouble, c.text) for c in outcome.complaints] == [(Trouble.WARNING, "WARNING: made for a test")]
    assert "WARNING: made for a test" in outcome.console


def test_many_at_once_and_one_of_them_lost(kernel_of: KernelOf, layout: Layout) -> None:
    heard: dict[int, Outcome | BpfrefError] = {}
    commands = ["echo first", "reboot -f", "echo third"]
    tasks = [(kernel_of(series), Job(("sh", "-c", command))) for series, command in
             zip(("v5.10", "v6.12", "v7.3"), commands, strict=True)]  # fmt: skip
    first, second, third = run_jobs(tasks, layout.cache, heard.__setitem__)
    assert heard == {0: first, 1: second, 2: third}
    assert isinstance(first, Outcome)
    assert isinstance(second, StoppedHalfwayError)
    assert isinstance(third, Outcome)
    assert (first.output, third.output) == ("first\n", "third\n")
    assert (first.kernel.split()[0], third.kernel.split()[0]) == ("v5.10", "v7.3")
    assert run_jobs([], layout.cache) == []


def test_a_guest_can_be_stopped(machine: Machine, layout: Layout) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(GuestError):
        judge(run_guest(lab.prepare(layout.cache).qemu, TCG, machine, 60, stop))


def test_a_guest_dies_with_its_parent(kernel_of: KernelOf, layout: Layout) -> None:
    kernel = kernel_of("v6.12")
    code = (
        "import sys; from pathlib import Path; from bpfref.kernels import images, lab\n"
        "cache = Path(sys.argv[1]); kernel = images.find(cache, sys.argv[2])\n"
        "lab.run_job(kernel, lab.Job(('sleep', '1000'), timeout=1000), cache)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(layout.cache), kernel.series])
    try:
        qemu = wait_for(lambda: child_of(parent.pid))
        assert "qemu" in Path(f"/proc/{qemu}/cmdline").read_text()
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        wait_for(lambda: not Path(f"/proc/{qemu}").exists())
    finally:
        parent.kill()
        parent.wait()


def child_of(pid: int) -> str | None:
    """The QEMU that a process has started; its starter has another name at first."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_text()
            if "-initrd" in words and "tether.py" not in words:
                return child
    return None


T = TypeVar("T")


def wait_for(look: Callable[[], T | None]) -> T:
    for _ in range(600):
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen within a minute")


def test_the_base_is_the_same_each_time(kernel_of: KernelOf, layout: Layout) -> None:
    kernel_of("v6.12")
    userland = read_userland(layout.cache, RECIPE)
    assert userland is not None
    there = lab.prepare(layout.cache).base.read_bytes()
    for _ in range(2):  # digests: 30 MB that differ are nothing to read
        assert sha256(build_base(userland)).hexdigest() == sha256(there).hexdigest()


class TestCommand:
    def test_output_and_status_of_a_command(
        self, kernel_of: KernelOf, layout: Layout, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        kernel = kernel_of("v6.12")
        (tmp_path / "words").write_text("out of a file\n")
        root = ["-C", str(layout.root), "kernels", "boot", "-k", "v6.12", "-f", str(tmp_path / "words")]
        assert main([*root, "--", "sh", "-c", "uname -r; cat words; exit 9"]) == 9
        assert capsys.readouterr().out == f"{kernel.release}\nout of a file\n"
        assert main([*root, "--", "sh", "-c", "ip -V && tc -V"]) == 0  # busybox has an `ip` too, a small one
        assert capsys.readouterr().out.count("iproute2-") == 2

    def test_a_lost_guest_and_a_kernel_that_is_not_there(
        self, kernel_of: KernelOf, layout: Layout, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kernel_of("v6.12")
        root = ["-C", str(layout.root), "kernels", "boot", "-k"]
        assert main([*root, "v6.12", "--", "reboot", "-f"]) == 2
        assert "the guest stopped half-way" in capsys.readouterr().err
        assert main([*root, "v4.4"]) == 2
        assert "no kernel v4.4 in the cache" in capsys.readouterr().err

    def test_a_shell(self, kernel_of: KernelOf, layout: Layout) -> None:
        kernel = kernel_of("v6.12")
        command = [sys.executable, "-m", "bpfref", "-C", str(layout.root), "kernels", "boot", "-k", "v6.12"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            said = ""
            while "/job # " not in said:
                letter = process.stdout.read(1)
                assert letter, said
                said += letter
            said += process.communicate("uname -r; ip -V\nexit\n", timeout=60)[0]
        assert kernel.release in said
        assert "iproute2-" in said
        assert process.returncode == 0
