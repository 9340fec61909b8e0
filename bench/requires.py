"""What `bpfref requires` says of objects, against kernels: loaded as they are by libbpf on each series.

    python bench/requires.py [OBJECT …] [--own] [--clang clang-22] [--on v6.1 …] [--no-btf] [--json]

`--own` adds the programs of `bench/objects`, compiled here. Only objects of the kernels' byte order count.
Printed are the matrix of verdicts against outcomes, every wrong "no" and every wrong "yes" with what kernel
and libbpf said. Objects that libbpf cannot load as they are on any kernel, and that `requires` says so of,
are counted apart.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpfref import catalogue
from bpfref.errors import SourceError
from bpfref.formats.bpf_object import parse_object
from bpfref.formats.btf import Btf, parse_file
from bpfref.kernels import images
from bpfref.kernels.lab import Job, run_jobs
from bpfref.kernels.outcome import Outcome
from bpfref.layout import Layout, find_root
from bpfref.model.kernel import Kernel
from bpfref.model.version import Version
from bpfref.requires.facts import Knowledge
from bpfref.requires.judge import judge, of_stage
from bpfref.requires.kernel import look
from bpfref.requires.libbpf import judge_loader
from bpfref.requires.model import Stage
from bpfref.requires.needs import find_needs, read_subject

HERE = Path(__file__).resolve().parent
INSIDE = HERE / "inside" / "load_whole.py"
GUEST = ("__init__.py", "kernels/__init__.py", "kernels/guest.py")
SPLIT = "// levels:"
HOOK = "hook.bpf.c"


@dataclass(frozen=True)
class Row:
    """One object on one kernel: what `requires` said and why, and what came of loading it."""

    file: str
    series: str
    said: str
    why: tuple[str, ...]
    loaded: bool
    words: str
    refuses: tuple[str, ...]

    @property
    def apart(self) -> bool:
        """Whether `requires` says that libbpf loads it nowhere as it is."""
        return bool(self.refuses)


def main() -> None:
    """Compile, load, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("objects", nargs="*", type=Path, metavar="OBJECT")
    parser.add_argument("--own", action="store_true", help="add the programs of bench/objects")
    parser.add_argument("--clang", default="clang-22", help="the compiler for them (default clang-22)")
    parser.add_argument("--on", action="append", default=[], metavar="SERIES", help="a series; default: all")
    parser.add_argument("--no-btf", action="store_true", help="do not look into the kernels' BTF")
    parser.add_argument("--json", action="store_true", help="print every row as JSON")
    options = parser.parse_args()
    here = find_root(HERE)
    with tempfile.TemporaryDirectory(prefix="objects") as folder:
        files = list(options.objects)
        if options.own:
            files += compile_own(Path(folder), options.clang)
        rows = list(compare(here, files, options.on, btf=not options.no_btf))
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=1))
        return
    print_rows(rows)


def compile_own(folder: Path, clang: str) -> list[Path]:
    """Each program, at the levels that its first line names, else at clang's own; `hook` for each of `hooks.txt`."""
    made = []
    for name, source, flags in own_programs():
        target = folder / f"{name}.bpf.o"
        every = ["-O2", "-g", "-Wall", "-Wno-unused-function", "-target", "bpfel", "-D__TARGET_ARCH_x86", *flags]
        command = [clang, *every, "-I", str(source.parent), "-c", str(source), "-o", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: not compiled: {done.stderr.strip().splitlines()[0]}", file=sys.stderr)
            continue
        made.append(target)
    return made


def own_programs() -> Iterator[tuple[str, Path, list[str]]]:
    """Name, source and flags of each."""
    folder = HERE / "objects"
    for line in (folder / "hooks.txt").read_text(encoding="utf-8").splitlines():
        name, section, result, terms = line.split()
        yield name, folder / HOOK, [f'-DSECTION="{section}"', f"-DRESULT={result}", f'-DTERMS="{terms}"']
    for source in sorted(folder.glob("*.bpf.c")):
        if source.name == HOOK:
            continue
        name = source.name.removesuffix(".bpf.c")
        first = source.read_text(encoding="utf-8").partition("\n")[0]
        if first.startswith(SPLIT):
            yield from ((f"{name}-{level}", source, [f"-mcpu={level}"]) for level in first.removeprefix(SPLIT).split())
        else:
            yield name, source, []


def compare(here: Layout, files: Sequence[Path], wanted: Sequence[str], *, btf: bool) -> Iterator[Row]:
    """Each object on each kernel; objects that bpfref cannot open are told and left out."""
    known = Knowledge(catalogue.read(here))
    opened = {}
    for path in files:
        try:
            opened[path.name] = parse_object(path.read_bytes(), path.name)
        except SourceError as error:
            print(f"not opened: {error}", file=sys.stderr)
    opened = {name: each for name, each in opened.items() if each.order == "little"}
    named = {path.name: path for path in files}
    series = wanted or [str(version) for version in known.series]
    kernels = [images.find(here.cache, name) for name in series]
    job = make_job({name: named[name].read_bytes() for name in opened})
    came = run_jobs([(kernel, job) for kernel in kernels], here.cache)
    for kernel, outcome in zip(kernels, came, strict=True):
        if not isinstance(outcome, Outcome) or outcome.exit:
            sys.exit(f"{kernel.series}: {outcome.output if isinstance(outcome, Outcome) else outcome}")
        types = kernel_btf(kernel) if btf else None
        for result in outcome.results[1:]:
            yield make_row(result, kernel.series, opened[result["file"]], known, types)


def make_job(files: dict[str, bytes]) -> Job:
    """The guest's part and all objects."""
    package = Path(sys.modules["bpfref"].__file__ or "").parent
    inside = {f"bpfref/{name}": (package / name).read_bytes() for name in GUEST}
    objects = {f"objects/{name}": data for name, data in files.items()}
    return Job(("python3", "load.py", "objects"), {**inside, **objects, "load.py": INSIDE.read_bytes()}, timeout=120)


def kernel_btf(kernel: Kernel) -> Btf:
    """The BTF of a kernel's image."""
    path = images.extract_vmlinux(kernel)
    return parse_file(path.read_bytes(), path)


def make_row(result: dict[str, Any], series: str, opened: Any, known: Knowledge, types: Btf | None) -> Row:
    """What was said, beside what came."""
    release = Version.parse(series)
    subject = read_subject(opened, known)
    needs = find_needs(subject, known)
    if types:
        needs = look(needs, subject, types, release)
    found = judge(of_stage(needs, Stage.LOAD), release)
    why = tuple(f"{need.title}: {answer.why}" for need, answer in found.because)
    loader = judge_loader(subject, known)
    refuses = (*loader.refuses, *(f"{section}: no version knows it yet" for section in loader.unreleased))
    loaded = result["open"] == 0 and result["load"] == 0
    return Row(result["file"], series, found.verdict.word, why, loaded, telling(result["said"]), refuses)


def telling(said: str) -> str:
    """The lines that say why, without the log's instructions."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    kept = [
        line for line in lines if not line[0].isdigit() and not line.startswith((";", "processed", "R", "--", "func#"))
    ]
    return " | ".join(kept[:6])[:600]


def print_rows(rows: Sequence[Row]) -> None:
    """The matrix, then what was wrong."""
    counted = [row for row in rows if not row.apart]
    matrix = Counter((row.said, row.loaded) for row in counted)
    print(f"{len({r.file for r in rows})} objects on {len({r.series for r in rows})} kernels: {len(rows)} loads")
    print(f"{'requires says':>14} {'loaded':>8} {'refused':>8}")
    for word in ("yes", "unknown", "no"):
        print(f"{word:>14} {matrix[word, True]:>8} {matrix[word, False]:>8}")
    apart = [row for row in rows if row.apart]
    loaded = sum(row.loaded for row in apart)
    print(f"{'not as it is':>14} {loaded:>8} {len(apart) - loaded:>8}")
    sorts: tuple[tuple[str, str, bool | None], ...] = (
        ("wrong no", "no", True),
        ("wrong yes", "yes", False),
        ("not known", "unknown", None),
    )
    for title, said, outcome in sorts:
        found = [row for row in counted if row.said == said and outcome in {None, row.loaded}]
        print(f"\n{title}: {len(found)}")
        for row in found:
            came = "loaded" if row.loaded else row.words
            print(f"  {row.file} on {row.series}: {'; '.join(row.why[:3])}\n      {came}")
    for row in apart:
        if row.loaded:
            print(f"  loaded though libbpf was said to refuse: {row.file} on {row.series}: {row.refuses[0]}")


if __name__ == "__main__":
    main()
