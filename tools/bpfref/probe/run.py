"""Kernels asked and their answers made into files: guests for the lab's kernels, a process for this machine's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpfref
from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.errors import BpfrefError, MachineError, SourceError
from bpfref.kernels import lab
from bpfref.kernels.config import read_config
from bpfref.kernels.lab import Job, Outcome
from bpfref.kernels.modules import Modules
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel
from bpfref.model.probe import Asked, ProbeFile
from bpfref.probe.answers import Record, Records, parse_records
from bpfref.probe.assemble import Assembler, Assembly
from bpfref.probe.classify import Outcome as Said
from bpfref.probe.classify import judge_call
from bpfref.probe.controls import FALSE_KFUNC, find_contradictions
from bpfref.probe.questions import KERNEL, Questions, find_kfuncs, make_questions
from bpfref.probe.recipes import MODULES_BEFORE

COMMENT = "Written by `bpfref probe`, from the answers of the kernel that it names: do not edit."
HOST = "host"
_QUESTIONS = "questions.json"
_SECONDS = 240  # an idle machine needs a fraction; without virtualization the lab multiplies it, for busy ones too
_PACKED = ("__init__.py", "loader/__init__.py", "loader/assembler.py", "probe/__init__.py", "probe/classify.py")


@dataclass(frozen=True)
class Result:
    """What came of a kernel: the file and its text, or why it cannot be believed; `seconds` in all."""

    name: str
    path: Path
    file: ProbeFile | None
    text: str
    problems: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def believed(self) -> bool:
        """Whether every wording is known and no known answer is contradicted."""
        return not self.problems and self.file is not None


@dataclass(frozen=True)
class Plan:
    """A kernel with its questions, and whether the data answer just these already."""

    kernel: Kernel
    questions: Questions
    path: Path
    current: bool


def make_plan(layout: Layout, facts: Catalogue, kernel: Kernel) -> Plan:
    """The questions to a kernel."""
    questions = make_questions(facts, find_kfuncs(facts, kernel.series, modules=kernel.has_modules))
    path = layout.probe(kernel.series)
    return Plan(kernel, questions, path, _is_current(path, kernel, questions))


def _is_current(path: Path, kernel: Kernel, questions: Questions) -> bool:
    if not path.is_file():
        return False
    asked = store.read(path, ProbeFile).kernel
    return (asked.image, asked.questions) == (kernel.digest, questions.digest)


def ask_kernels(plans: Sequence[Plan], cache: Path, heard: Callable[[Result], None]) -> None:
    """Ask kernels in guests, as many at once as there are cores; `heard` gets each result as it comes."""
    tasks = [(plan.kernel, make_job(plan.kernel, plan.questions)) for plan in plans]

    def listen(number: int, came: Outcome | BpfrefError) -> None:
        heard(_result(plans[number], came))

    lab.run_jobs(tasks, cache, listen)


def make_job(kernel: Kernel, questions: Questions) -> Job:
    """The asking part with its questions, for a guest."""
    wanted = tuple(_asked_modules(questions))
    before = tuple(name for name in MODULES_BEFORE if wanted and name in Modules(kernel).files)
    values = {**questions.values, "may_change": True, "cgroup": "/sys/fs/cgroup/probe"}
    files = {**dict(pack_sources()), _QUESTIONS: json.dumps(values).encode()}
    return Job(("python3", "-m", "bpfref.probe.ask", _QUESTIONS), files, before + wanted, timeout=_SECONDS)


def _asked_modules(questions: Questions) -> Iterable[str]:
    kfuncs = questions.values["kfuncs"]
    return (name for name in kfuncs if name != KERNEL) if isinstance(kfuncs, Mapping) else ()


def pack_sources() -> Iterator[tuple[str, bytes]]:
    """The modules that run in a guest, by their path below Python's."""
    root = Path(bpfref.__file__).parent
    for path in (*(root / name for name in _PACKED), *sorted((root / "probe" / "ask").glob("*.py"))):
        yield f"bpfref/{path.relative_to(root).as_posix()}", path.read_bytes()


def _result(plan: Plan, came: Outcome | BpfrefError) -> Result:
    kernel = plan.kernel
    if isinstance(came, BpfrefError):
        return Result(kernel.series, plan.path, None, "", (str(came),))
    if came.exit:
        tail = "\n".join(came.output.strip().splitlines()[-8:])
        return Result(kernel.series, plan.path, None, "", (f"the asking part ended with {came.exit}: {tail}",))
    config = read_config(kernel) if kernel.has_config else None
    return make_result(plan, came.results, config.enabled if config else lambda _: None, came.seconds)


def make_result(
    plan: Plan, records: Iterable[Record], option: Callable[[str], bool | None], seconds: float = 0.0
) -> Result:
    """Verdicts out of records, and what speaks against believing them.

    `option` says whether an option of the kernel's configuration is on, None where that is not known.
    """
    kernel, path, questions = plan.kernel, plan.path, plan.questions
    try:
        read = parse_records(records)
        machine = read.one("machine")
        asked = Asked(
            series=kernel.series,
            release=machine["release"],
            package=kernel.package,
            version=kernel.version,
            architecture=machine["architecture"],
            image=kernel.digest,
            btf=machine["btf"],
            questions=questions.digest,
        )
        made = Assembler(read, questions, option).assemble(asked)
    except SourceError as error:
        return Result(kernel.series, path, None, "", (str(error),), seconds)
    problems = tuple(_problems(made, read, kernel))
    return Result(kernel.series, path, made.file, store.dump(made.file, COMMENT), problems, seconds)


def _problems(made: Assembly, records: Records, kernel: Kernel) -> Iterator[str]:
    if made.file.kernel.release != kernel.release:
        yield f"the guest ran {made.file.kernel.release} and not {kernel.release}"
    if made.file.kernel.btf is None:
        yield "the kernel has no BTF: targets, kernel functions and what it knows cannot be asked"
    for wording in made.unknown:
        yield f"unknown wording: {wording}; give it a row in probe/classify.py"
    row = next(r for r in records.all("helper") if not r["name"])
    no_helper = all(judge_call(c.errno, c.log).outcome is Said.UNSUPPORTED for c in records.row(row))
    yield from find_contradictions(made.file, no_helper=no_helper)


def ask_host(facts: Catalogue) -> Result:
    """Ask the kernel that runs here: programs are loaded and dropped, none is attached, nothing is written.

    MachineError without the right to load programs.
    """
    if os.geteuid():
        raise MachineError("only root may load programs: run it as root, or ask the lab's kernels with -k")
    questions = make_questions(facts, {KERNEL: [FALSE_KFUNC]})
    with tempfile.TemporaryDirectory() as folder:
        asked, answers = Path(folder) / _QUESTIONS, Path(folder) / "answers.jsonl"
        asked.write_text(json.dumps(questions.values))
        command = [sys.executable, "-m", "bpfref.probe.ask", str(asked), str(answers)]
        path = os.pathsep.join([str(Path(bpfref.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
        ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, timeout=10 * _SECONDS)
        if ran.returncode:
            raise MachineError(f"the asking part ended with status {ran.returncode}")
        records = [json.loads(line) for line in answers.read_text().splitlines()]
    release = os.uname().release
    here = Kernel(HOST, release, "none", "0", "none", "none", Path("/"), has_config=False, has_modules=False)
    return make_result(Plan(here, questions, Path(HOST), current=False), records, lambda _: None)
