"""Jobs on kernels: `run_job` gives the outcome of one, `run_jobs` of many, as many at once as there are cores.

What a guest needs (QEMU, the packages of its user land) comes from the archive when it is first
wanted; `prepare` brings it before. Hardware virtualization is used where a guest has really come
to its end with it since the machine started.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from bpfref.errors import BpfrefError
from bpfref.files import write_text
from bpfref.kernels import images, initramfs, qemu
from bpfref.kernels.config import read_config
from bpfref.kernels.initramfs import find_base, write_job
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.modules import Modules
from bpfref.kernels.outcome import GuestError, Job, Outcome, judge
from bpfref.kernels.qemu import Qemu, find_qemu
from bpfref.kernels.userland import Note, fetch_userland, read_userland, shelf_of
from bpfref.kernels.vm import KVM, TCG, Accelerator, Machine, parameters, run_console, run_guest
from bpfref.model.kernel import Kernel

log = logging.getLogger("bpfref")

__all__ = ["GuestError", "Job", "Outcome", "Tools", "prepare", "read_tools", "run_job", "run_jobs", "run_shell"]

Came = Outcome | BpfrefError
Heard = Callable[[int, Came], None]

_KVM = Path("/dev/kvm")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Tools:
    """What every guest of this machine is started with."""

    qemu: Qemu
    base: Path


def prepare(cache: Path, note: Note = log.info, *, newest: bool = False) -> Tools:
    """Bring what guests need, if it is not there; `newest` asks the archive for newer packages of it."""
    if newest:
        if not qemu.find_installed():
            fetch_userland(cache, qemu.RECIPE, note, newest=True)
        fetch_userland(cache, initramfs.RECIPE, note, newest=True)
    return Tools(find_qemu(cache, note), find_base(cache, note))


def read_tools(cache: Path) -> dict[str, str | None]:
    """What is there of what guests need, in words; asks nobody."""
    found = qemu.read_qemu(cache)
    userland = read_userland(cache, initramfs.RECIPE)
    parts = (f"{name} {userland.version(name)}" for name in initramfs.RECIPE.packages) if userland else ()
    return {"qemu": found.identity if found else None, "userland": ", ".join(parts) or None}


def run_job(kernel: Kernel, job: Job, cache: Path, note: Note = log.info) -> Outcome:
    """Run a job on a kernel of the cache; GuestError when the guest was lost, with its console's end."""
    tools = prepare(cache, note)
    return _run(kernel, job, tools, find_accelerator(cache, tools, kernel), Event())


def run_jobs(
    tasks: Sequence[tuple[Kernel, Job]], cache: Path, heard: Heard = lambda *_: None, note: Note = log.info
) -> list[Came]:
    """Run jobs, as many at once as there are cores: the outcome of each, or why there is none.

    That is a GuestError for a guest that was lost, another one for a job that its kernel cannot
    have (a module that is not there). One does not stop the others.
    `heard` gets the number of a task and what came of it, from this thread, in the order in which
    they end. An interrupt ends all guests. MachineError when no guest can be started at all.
    """
    if not tasks:
        return []
    tools = prepare(cache, note)
    accelerator = find_accelerator(cache, tools, tasks[0][0])
    stop = Event()
    came: dict[int, Came] = {}
    with ThreadPoolExecutor(min(len(tasks), count_cores())) as pool:
        try:
            running = {
                pool.submit(_run, kernel, job, tools, accelerator, stop): number
                for number, (kernel, job) in enumerate(tasks)
            }
            while running:
                for each in wait(running, return_when=FIRST_COMPLETED).done:
                    number = running.pop(each)
                    came[number] = _came(each)
                    heard(number, came[number])
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return [came[number] for number in range(len(tasks))]


def run_shell(kernel: Kernel, job: Job, cache: Path, note: Note = log.info) -> int:
    """Give a shell in a kernel, on this terminal, with a job's files and modules; QEMU's exit code."""
    tools = prepare(cache, note)
    accelerator = find_accelerator(cache, tools, kernel)
    with images.use(kernel):
        return run_console(tools.qemu, accelerator, _machine(kernel, replace(job, command=()), tools))


def count_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def find_accelerator(cache: Path, tools: Tools, kernel: Kernel) -> Accelerator:
    """KVM if a guest came to its end with it, else emulation; the answer holds until the machine starts anew."""
    if not os.access(_KVM, os.R_OK | os.W_OK):
        return TCG
    asked = {"boot": _BOOT_ID.read_text().strip(), "qemu": tools.qemu.identity}
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
    record = shelf_of(cache) / "kvm.json"
    with hold_lock(shelf_of(cache) / "kvm-lock"):
        try:
            known = json.loads(record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = None
        if not isinstance(known, dict) or known.get("asked") != digest:
            known = {"asked": digest, **_try_kvm(kernel, tools)}
            write_text(record, json.dumps(known, indent=1) + "\n")
    return KVM if known.get("works") is True else TCG


def _try_kvm(kernel: Kernel, tools: Tools) -> dict[str, object]:
    try:
        _run(kernel, Job(("true",), timeout=10), tools, KVM, Event())
    except GuestError as error:
        log.info("hardware virtualization does not work here: guests are emulated")
        return {"works": False, "why": str(error)}
    return {"works": True}


def _run(kernel: Kernel, job: Job, tools: Tools, accelerator: Accelerator, stop: Event) -> Outcome:
    with images.use(kernel):
        return judge(run_guest(tools.qemu, accelerator, _machine(kernel, job, tools), job.timeout, stop))


def _machine(kernel: Kernel, job: Job, tools: Tools) -> Machine:
    archive = write_job(job.files, job.command, _modules(kernel, job.modules))
    lsm = read_config(kernel).get("LSM") if kernel.has_config else None
    return Machine(
        f"{kernel.series} ({kernel.release})",
        images.extract_vmlinux(kernel),
        tools.base.read_bytes() + archive,
        job.memory,
        parameters(lsm if isinstance(lsm, str) else None),
    )


def _modules(kernel: Kernel, names: Sequence[str]) -> list[tuple[str, bytes]]:
    if not names:
        return []
    modules = Modules(kernel)
    return [(name, modules.read(name)) for name in modules.load_order(names)]


def _came(future: Future[Outcome]) -> Came:
    error = future.exception()
    return error if isinstance(error, BpfrefError) else future.result()
