"""What is to be run on a kernel: the examples that changed, compiled, as a job for a guest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpfref
from bpfref.errors import BpfrefError, SourceError
from bpfref.kernels.modules import Modules
from bpfref.kernels.outcome import Job
from bpfref.kernels.vm import PATIENCE
from bpfref.loader.compile import Compiled, Compiler, Source, UserSource
from bpfref.loader.pack import pack_runtime
from bpfref.model.example import USER_C, USER_PYTHON, Example, ExampleFolder, ExamplesFile, Expect
from bpfref.model.kernel import Kernel

_PLAN = "plan.json"
_BOOT = 60.0  # seconds besides those of the examples
_USER = "user"


@dataclass(frozen=True)
class Made:
    """An example ready to run: its object, and its program of user space where it is in C."""

    folder: ExampleFolder
    object: bytes | None
    user: bytes | None = None

    @property
    def name(self) -> str:
        """The example's."""
        return self.folder.name


@dataclass(frozen=True)
class Trial:
    """A file that is no example, to be tried: for the kernel, or for user space."""

    path: Path
    kernel_side: bool


def compile_examples(
    compiler: Compiler, examples: Path, folders: Sequence[ExampleFolder]
) -> dict[str, Made | BpfrefError]:
    """Compile examples: for each what is ready to run, or why it is not; a warning is an error here."""
    return {folder.name: _attempt(compiler, examples / folder.name, folder) for folder in folders}


def _attempt(compiler: Compiler, place: Path, folder: ExampleFolder) -> Made | BpfrefError:
    try:
        if folder.kernel_side not in folder.files:
            raise SourceError(f"has no {folder.kernel_side}: an example is called as its kernel side", place)
        made = _flawless(compiler.compile(Source(place / folder.kernel_side, cpu=folder.definition.cpu)))
        user = _flawless(compiler.compile_user(UserSource((place / USER_C,)))) if USER_C in folder.files else None
    except BpfrefError as error:
        return error
    return Made(folder, made, user)


def _flawless(compiled: Compiled) -> bytes:
    if compiled.warnings:
        first = compiled.warnings[0]
        raise SourceError(f"{first.severity}: {first.text}", first.file, first.line)
    return compiled.data


def compile_trial(compiler: Compiler, trial: Trial) -> Made:
    """Compile a file that is no example; CompileError."""
    name = trial.path.name.partition(".")[0]
    folder = ExampleFolder(name, Example(name, name, (name,), "v1.0", Expect()), {})
    if trial.kernel_side:
        return Made(folder, compiler.compile(Source(trial.path)).data)
    return Made(folder, None, compiler.compile_user(UserSource((trial.path,))).data)


def find_changed(folders: Iterable[ExampleFolder], kernel: Kernel, known: ExamplesFile | None) -> list[ExampleFolder]:
    """The examples without a verdict of this kernel on what they are now."""
    if known is None or known.kernel.image != kernel.digest:
        return list(folders)
    there = {name: record.source for name, record in known.examples.items()}
    return [folder for folder in folders if there.get(folder.name) != folder.digest]


def make_job(kernel: Kernel, made: Sequence[Made]) -> Job:
    """The job that runs them one after another.

    A module that the kernel has not is left out: it is one example's, and the others go on.
    """
    files = {**pack_runtime(), **pack_inside()}
    for each in made:
        files |= {f"examples/{each.name}/{name}": data for name, data in _files(each)}
    files[_PLAN] = json.dumps([_entry(each) for each in made]).encode()
    modules = dict.fromkeys(name for each in made for name in each.folder.definition.modules)
    seconds = _BOOT + sum(each.folder.definition.seconds for each in made)
    there = Modules(kernel).files if modules and kernel.has_modules else {}
    loaded = tuple(name for name in modules if name in there)
    return Job(("python3", "-m", "bpfref.verify.inside", _PLAN), files, loaded, timeout=seconds)


def pack_inside() -> dict[str, bytes]:
    """The modules that run in a guest, by their path below Python's."""
    root = Path(bpfref.__file__).parent
    inside = sorted((root / "verify/inside").glob("*.py"))
    return {
        "bpfref/verify/__init__.py": b"",
        **{f"bpfref/{p.relative_to(root).as_posix()}": p.read_bytes() for p in inside},
    }


def _files(made: Made) -> Iterable[tuple[str, bytes]]:
    """An example's own files, with what was compiled in the place of sources."""
    yield from ((name, data) for name, data in made.folder.files.items() if not name.endswith(".c"))
    if made.object is not None:
        yield f"{made.name}.bpf.o", made.object
    if made.user is not None:
        yield _USER, made.user


def _entry(made: Made) -> Mapping[str, Any]:
    """What the guest has to know of an example."""
    definition = made.folder.definition
    python = USER_PYTHON if USER_PYTHON in made.folder.files else None
    expect = definition.expect
    return {
        "name": made.name,
        "folder": f"/job/examples/{made.name}",
        "object": f"{made.name}.bpf.o" if made.object is not None else None,
        "refused": definition.expect.verdict == "rejected",
        "user": _USER if made.user is not None else python,
        "seconds": definition.seconds * PATIENCE,  # inside, nobody knows whether the guest is emulated
        "runs": [
            {"program": run.program, "data": run.data, "size": run.size, "context": run.context, "repeat": run.repeat}
            for run in definition.runs
        ],
        "maps": {name: [element.key for element in elements] for name, elements in expect.maps.items()},
        "variables": list(expect.variables),
    }
