"""One QEMU process: its command line, its channels, its limits, and its end.

The file system and the channels lie in memory that has no name (`memfd`), so a run that is killed
leaves nothing behind, neither a guest nor a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from bpfref.errors import MachineError
from bpfref.kernels import tether
from bpfref.kernels.outcome import Ending, Run
from bpfref.kernels.qemu import Qemu

# In this order after the console: the guest's first process falls back on serial ports.
CHANNELS = ("results", "output", "log")
PATIENCE = 4.0  # how much longer a guest may take that is emulated
_LOOK_EVERY = 0.02  # seconds
_AFTER_END = 10.0  # seconds to switch off in, after the last word
_BEGIN = b'{"bpfref":"begin"'
_LAST_WORDS = (b'{"bpfref":"end"', b'{"bpfref":"refused"')
_LINE = 4096  # bytes; our own lines are shorter
_CONSOLE_LEVEL = 5  # warnings and worse: each line costs a millisecond, and the whole log comes at the end


@dataclass(frozen=True)
class Accelerator:
    """How QEMU runs the guest's instructions.

    A guest may take `boot` seconds until its first process speaks; `slower` multiplies a job's limit.
    """

    name: str
    cpu: str
    boot: float
    slower: float


KVM = Accelerator("kvm", "host", 30.0, 1.0)
# Five levels of page tables cost an emulated guest time and bring nothing.
TCG = Accelerator("tcg", "max,-la57", 120.0, PATIENCE)


@dataclass(frozen=True)
class Machine:
    """What QEMU is started with: image, whole file system in memory, MiB of memory, kernel parameters."""

    kernel: str
    image: Path
    initramfs: bytes
    memory: int
    parameters: tuple[str, ...]


def parameters(lsm: str | None) -> tuple[str, ...]:
    """The kernel's command line. `lsm` is the configured list; the `bpf` module joins it if it is not there."""
    # An emulated timer that comes late on a busy machine is no broken one: Linux would panic at the start.
    words = ["console=ttyS0", f"loglevel={_CONSOLE_LEVEL}", "panic=-1", "oops=panic", "no_timer_check"]
    if lsm is not None:
        names = [name for name in lsm.split(",") if name]
        words.append("lsm=" + ",".join(names if "bpf" in names else [*names, "bpf"]))
    return tuple(words)


def run_guest(qemu: Qemu, accelerator: Accelerator, machine: Machine, timeout: float, stop: Event | None = None) -> Run:
    """Run a guest to its end, or until a limit passes or `stop` is set; what is known of it then.

    MachineError when the program cannot be started at all. The guest dies with this thread.
    """
    with ExitStack() as stack:
        initramfs = stack.enter_context(_memory("initramfs", machine.initramfs))
        files = {name: stack.enter_context(_memory(name)) for name in ("console", "error", *CHANNELS)}
        console = [
            "-chardev",
            f"file,id=console,path=/dev/fd/{files['console']},append=on",
            "-serial",
            "chardev:console",
        ]
        command = make_command(qemu, accelerator, machine, f"/dev/fd/{initramfs}") + console + _channels(files)
        start = time.monotonic()
        process = stack.enter_context(_started(command, [initramfs, *files.values()], files["error"]))
        ending, limit = _watch(process, files["results"], accelerator, timeout, stop or Event())
        seconds = time.monotonic() - start
        _end(process, ending)
        said = {name: _read(handle) for name, handle in files.items()}
    texts = {name: data.decode(errors="replace").replace("\r\n", "\n") for name, data in said.items()}
    return Run(
        machine.kernel,
        accelerator.name,
        ending,
        process.returncode if ending is Ending.STOPPED else None,
        texts["error"],
        texts["console"],
        said["results"],
        texts["output"],
        texts["log"],
        seconds,
        limit,
    )


def run_console(qemu: Qemu, accelerator: Accelerator, machine: Machine) -> int:
    """Run a guest with its console on this terminal until it switches off; QEMU's exit code."""
    with ExitStack() as stack:
        initramfs = stack.enter_context(_memory("initramfs", machine.initramfs))
        files = {name: stack.enter_context(_memory(name)) for name in CHANNELS}
        terminal = [
            "-chardev",
            "stdio,id=console,mux=on,signal=off",
            "-serial",
            "chardev:console",
            "-mon",
            "chardev=console",
        ]
        command = make_command(qemu, accelerator, machine, f"/dev/fd/{initramfs}") + terminal + _channels(files)
        process = subprocess.Popen(_tethered(command), pass_fds=[initramfs, *files.values()])
        try:
            return process.wait()
        finally:
            process.kill()
            process.wait()


def make_command(qemu: Qemu, accelerator: Accelerator, machine: Machine, initramfs: str) -> list[str]:
    """The command line but for console and channels."""
    return [
        *qemu.command,
        *("-accel", accelerator.name, "-cpu", accelerator.cpu, "-m", str(machine.memory), "-smp", "1"),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"),
        *("-kernel", str(machine.image), "-initrd", initramfs),
        *("-append", " ".join(machine.parameters)),
    ]


def _channels(files: dict[str, int]) -> list[str]:
    """Each channel twice, into the same file: the guest takes the fast port where it has the driver."""
    words = ["-device", "virtio-serial-pci"]
    for name in CHANNELS:
        for kind in ("serial", "port"):
            words += ["-chardev", f"file,id={kind}-{name},path=/dev/fd/{files[name]},append=on"]
        words += ["-serial", f"chardev:serial-{name}"]
        words += ["-device", f"virtserialport,chardev=port-{name},name=bpfref.{name}"]
    return words


@contextmanager
def _memory(name: str, content: bytes = b"") -> Iterator[int]:
    handle = os.memfd_create(f"bpfref-{name}")
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        yield handle
    finally:
        os.close(handle)


def _tethered(command: list[str]) -> list[str]:
    return [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *command]


@contextmanager
def _started(command: list[str], handles: list[int], error: int) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(
            _tethered(command),
            pass_fds=handles,
            stdin=subprocess.DEVNULL,
            stdout=error,
            stderr=error,
            start_new_session=True,  # an interrupt is ours to handle
        )
    except OSError as error_:
        raise MachineError(f"QEMU cannot be started ({error_.strerror})", command[0]) from error_
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _watch(
    process: subprocess.Popen[bytes], results: int, accelerator: Accelerator, timeout: float, stop: Event
) -> tuple[Ending, float]:
    """Wait for the guest's last word or its end; how it ended, and the limit in seconds that counted last."""
    limit, ending = accelerator.boot, Ending.NO_BOOT
    deadline = time.monotonic() + limit
    seen = 0
    while process.poll() is None:
        if (size := os.fstat(results).st_size) != seen:
            seen = size
            if ending is Ending.NO_BOOT and _BEGIN in os.pread(results, _LINE, 0):
                limit, ending = timeout * accelerator.slower, Ending.NO_END
                deadline = time.monotonic() + limit
            last = os.pread(results, _LINE, max(0, size - _LINE)).rstrip().rpartition(b"\n")[2]
            if last.startswith(_LAST_WORDS):
                return Ending.STOPPED, limit
        if time.monotonic() > deadline or stop.wait(_LOOK_EVERY):
            return ending, limit
    return Ending.STOPPED, limit


def _end(process: subprocess.Popen[bytes], ending: Ending) -> None:
    """Let a guest that has ended switch off; end any other."""
    if ending is Ending.STOPPED:
        try:
            process.wait(_AFTER_END)
            return
        except subprocess.TimeoutExpired:
            pass
    process.kill()
    process.wait()


def _read(handle: int) -> bytes:
    """All of a file in memory, whatever the position that others have in it."""
    return os.pread(handle, os.fstat(handle).st_size, 0)
