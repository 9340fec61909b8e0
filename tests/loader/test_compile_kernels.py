"""What is compiled, on real kernels: `vmlinux.h` against their BTF, and programs that they load."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.formats import btf
from bpfref.formats.btf import Btf, Kind
from bpfref.kernels import images
from bpfref.kernels.lab import Job, Outcome, run_jobs
from bpfref.kernels.userland import Recipe, fetch_userland
from bpfref.layout import Layout
from bpfref.loader.compile import Compiled, CompileError, Compiler, Source, UserSource
from bpfref.loader.compile.clang import find_candidates, read_clang
from bpfref.loader.compile.headers import Search
from bpfref.loader.compile.vmlinux import NAME, find_kfuncs, find_vmlinux
from bpfref.model.kernel import Kernel
from loader.layouts import claims, sizes
from required import require

pytestmark = pytest.mark.kernel

KernelOf = Callable[[str], Kernel]

OLDEST, NEWEST = "v5.10", "v7.3"
PROGRAMS = Path(__file__).parent / "programs"
# What only newer kernels know, so that the oldest one's types do not suffice and it does not load it.
NEW = {"arena", "kfunc", "loops", "scheduler"}
# bpftool does not write every member without an option for the kernel's dialect of C.
DIALECT = ("-fms-extensions", "-Wno-microsoft-anon-tag")
LEAST = {OLDEST: 54_000, NEWEST: 75_000}  # assertions


def types_of(kernel: Kernel) -> Btf:
    image = images.extract_vmlinux(kernel)
    return btf.parse_file(image.read_bytes(), image).remembering()


def errors(compiler: str | Path, folder: Path, lines: Iterable[str], source: Path, *options: str) -> list[str]:
    """What a compiler finds wrong in the lines after a folder's `vmlinux.h`."""
    source.write_text(f'#include "{NAME}"\n' + "\n".join(lines) + "\n")
    words = [compiler, "--target=bpfel", "-nostdlibinc", "-fsyntax-only", "-ferror-limit=0", "-fno-caret-diagnostics"]
    command = [*words, "-Wall", "-Wextra", "-I", folder, *options, source]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode == 0) is (done.stderr == ""), done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize("series", [OLDEST, NEWEST])
def test_every_struct_of_a_kernel_has_its_layout(
    series: str, kernel_of: KernelOf, layout: Layout, tmp_path: Path
) -> None:
    kernel = kernel_of(series)
    folder, types = find_vmlinux(layout.cache.absolute(), kernel), types_of(kernel)
    lines, _ = claims(types)
    lines += sizes(types)
    assert len(lines) > LEAST[series]
    compilers = [read_clang(path) for path in find_candidates()]
    if not compilers:
        require("BPFREF_REQUIRE_TOOLS", "there is no clang")
    for clang in compilers:
        assert errors(clang.path, folder, lines, tmp_path / "claims.c") == []
    # And an assertion that is wrong would have been noticed.
    assert errors(compilers[0].path, folder, [lines[0].replace(" == ", " == 1 + ")], tmp_path / "wrong.c")


@pytest.mark.parametrize("series", [OLDEST, NEWEST])
def test_bpftool_says_the_same(series: str, kernel_of: KernelOf, layout: Layout, tmp_path: Path) -> None:
    kernel = kernel_of(series)
    try:
        tools = fetch_userland(layout.cache, Recipe("bpftool", "sid", ("bpftool",)), print)
        compiler = read_clang(find_candidates()[0]).path
    except (MachineError, IndexError) as error:
        require("BPFREF_REQUIRE_NETWORK", f"needs bpftool and clang: {error}")
    words = ["btf", "dump", "file", str(images.extract_vmlinux(kernel)), "format", "c"]
    theirs = subprocess.run([*tools.command("usr/sbin/bpftool"), *words], check=True, capture_output=True, text=True)
    (tmp_path / NAME).write_text(theirs.stdout)
    lines, structs = claims(types_of(kernel))
    assert structs > LEAST[series] / 8
    assert errors(compiler, tmp_path, lines, tmp_path / "claims.c", *DIALECT, "-w") == []


def test_kfuncs_of_images_with_marks_and_without(kernel_of: KernelOf) -> None:
    found = {}
    for series in (OLDEST, "v6.1", NEWEST):
        image = images.extract_vmlinux(kernel_of(series))
        data = image.read_bytes()
        types = btf.parse_file(data, image)
        found[series] = {types.name(each) for each in find_kfuncs(types, data, image)}
        assert all(types.kind(each) == Kind.FUNC for each in find_kfuncs(types, data, image))
    assert found[OLDEST] == set()
    assert {"bpf_lookup_user_key", "cubictcp_cong_avoid"} <= found["v6.1"]
    assert {"bpf_task_from_pid", "bpf_iter_num_new", "bpf_arena_alloc_pages"} <= found[NEWEST]


@pytest.fixture(scope="module")
def compiler(layout: Layout) -> Compiler:
    search = Search(layout.cache.absolute())
    if search.develop is None:
        require("BPFREF_REQUIRE_NETWORK", "needs libbpf's headers from the archive")
    try:
        return Compiler(cache=layout.cache, search=search)
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))
        raise


def compile_programs(compiler: Compiler, series: str) -> dict[str, Compiled | Exception]:
    """Every program against the types of a kernel; each must have come without a warning."""
    paths = sorted(PROGRAMS.glob("*.bpf.c"))
    sources = [Source(path, series=series, kfuncs=path.stem == "kfunc.bpf", strip=True) for path in paths]
    sources = [replace(source, kfuncs=source.path.name.split(".")[0] in NEW - {"arena"}) for source in sources]
    made = dict(zip((path.name.split(".")[0] for path in paths), compiler.compile_all(sources), strict=True))
    assert [each.warnings for each in made.values() if isinstance(each, Compiled) and each.warnings] == []
    return dict(made)


def test_programs_are_compiled_against_old_and_new_types_and_loaded(
    compiler: Compiler, kernel_of: KernelOf, layout: Layout
) -> None:
    kernels = [kernel_of(OLDEST), kernel_of(NEWEST)]
    loader = compiler.compile_user(UserSource((PROGRAMS / "load.c",))).data
    objects = {series: compile_programs(compiler, series) for series in (OLDEST, NEWEST)}
    every = {path.name.split(".")[0] for path in PROGRAMS.glob("*.bpf.c")}
    assert {name for name, each in objects[OLDEST].items() if isinstance(each, CompileError)} == NEW
    assert [each for each in objects[NEWEST].values() if isinstance(each, Exception)] == []

    files = {"load": loader} | {
        f"{series}-{name}.o": each.data
        for series, made in objects.items()
        for name, each in made.items()
        if isinstance(each, Compiled)
    }
    job = Job(("sh", "-c", "chmod +x load && ./load *.o"), files, memory=512, timeout=300)
    outcomes = run_jobs([(kernel, job) for kernel in kernels], layout.cache)
    loaded = {series: read_loaded(outcome) for series, outcome in zip((OLDEST, NEWEST), outcomes, strict=True)}
    # One object for all kernels: what was compiled against the newest types also runs on the oldest kernel.
    assert loaded[OLDEST] == {f"{series}-{name}.o" for series in (OLDEST, NEWEST) for name in every - NEW}
    assert loaded[NEWEST] == set(files) - {"load"}


def read_loaded(outcome: object) -> set[str]:
    """The objects that were loaded; all must have been tried."""
    assert isinstance(outcome, Outcome), outcome
    rows = [line.split() for line in outcome.output.splitlines() if line.startswith("v") and ".o " in line]
    assert outcome.exit == 0, outcome.output
    assert len(rows) > 20, outcome.output
    return {name for name, said in rows if said == "0"}
