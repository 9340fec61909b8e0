"""What `bpfref verify` does without writing: one file in guests, and the examples on the kernel that runs here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bpfref.errors import MachineError, SourceError
from bpfref.kernels.libbpf import fetch_libbpf
from bpfref.loader import libbpf
from bpfref.loader.compile import Compiler
from bpfref.model.kernel import Kernel
from bpfref.output import FAILED, FINE, FOUND, Output
from bpfref.verify.inside import lesson
from bpfref.verify.plan import Made, Trial, compile_trial
from bpfref.verify.run import Came, Result, run_all

_FOR_KERNEL = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<](?:vmlinux\.h|bpf/bpf_helpers\.h)[">]', re.MULTILINE)


def run_file(path: Path, compiler: Compiler, kernels: Sequence[Kernel], cache: Path, output: Output) -> int:
    """Compile a file and load it, or run it, on each kernel: what each says; 1 if one refuses."""
    try:
        kernel_side = path.name.endswith(".bpf.c") or _FOR_KERNEL.search(path.read_bytes()) is not None
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror}): name a file of C", path) from error
    made = compile_trial(compiler, Trial(path, kernel_side))
    codes = [FINE]

    def hear(number: int, came: Came) -> None:
        series = kernels[number].series
        if came.lost:
            output.error(f"{series}: {came.lost}")
            codes.append(FAILED)
            return
        found = came.results[made.name]
        for line in _tell(found):
            output.result(f"{series}: {line}")
        for complaint in came.complaints:
            output.error(f"{series}: the kernel complains: {complaint}")
        codes.append(FINE if _is_good(found) else FOUND)

    run_all([(kernel, [made]) for kernel in kernels], cache, hear)
    return max(codes)


def _is_good(found: Result) -> bool:
    whole = not any(found.get(key) for key in ("trouble", "failed", "left", "complaints"))
    return whole and found.get("verdict") != "rejected" and not found.get("exit")


def _tell(found: Result) -> Iterator[str]:
    """What came of a file, in lines."""
    if found.get("verdict") == "rejected":
        yield f"rejected: {found.get('program') or 'the object'}: {found.get('errno')}: {found.get('message')}"
        yield from (f"  {line}" for line in found.get("log", "").splitlines())
    elif found.get("verdict"):
        figures = (f"{name} {count} instructions processed" for name, count in found["instructions"].items())
        yield f"accepted: {', '.join(figures) or 'no program'}"
    for key in ("trouble", "failed"):
        if found.get(key):
            yield str(found[key])
    if "exit" in found:
        yield f"ended with status {found['exit']}"
    yield from (f"  {line}" for line in str(found.get("output", "")).splitlines())
    yield from (f"the kernel complains: {text}" for text in found.get("complaints", ()))
    if found.get("left"):
        yield f"left behind: {', '.join(found['left'])}"


def run_host(made: Sequence[Made], output: Output, cache: Path) -> int:
    """Load examples on the kernel that runs here and compare the verdicts; nothing is attached or written."""
    if os.geteuid():
        raise MachineError("only root may load programs: run it as root, or name a series of the lab with -k")
    output.report("host: programs are loaded into the running kernel and dropped again; none is attached or run")
    libbpf.use(fetch_libbpf(cache, output.report))
    code = FINE
    for each in made:
        found: Result = {}
        lesson.load(each.object or b"", found.update, each.name)
        wanted = each.folder.definition.expect.verdict
        for line in _tell(found):
            output.result(f"{each.name}: {line}")
        if found.get("verdict") != wanted:
            output.error(f"{each.name}: it should be {wanted}")
            code = FOUND
    return code
