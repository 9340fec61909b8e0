"""What `requires` says, against the oldest and the newest kernel: our own programs, loaded as they are by libbpf."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from bpfref import store
from bpfref.catalogue import KERNELS
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile
from required import require

pytestmark = pytest.mark.kernel

# Older compilers lack the fourth level of the instruction set.
COMPILERS = ("clang-22", "clang-21", "clang-20", "clang-19")
# What no object shows: the program tests at run time for what is not there, and is refused nowhere.
OPEN = {"core-guarded"}


@pytest.fixture(scope="module")
def bench(layout: Layout) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_requires", layout.root / "bench" / "requires.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up.
    importlib.import_module("sys").modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_no_answer_is_wrong_on_the_oldest_and_the_newest_kernel(
    bench: ModuleType, tmp_path: Path, kernel_of: Callable[[str], Kernel], layout: Layout
) -> None:
    clang = next((name for name in COMPILERS if shutil.which(name)), None)
    if clang is None:
        require("BPFREF_REQUIRE_TOOLS", f"needs one of {', '.join(COMPILERS)}")
    series = store.read(layout.authored / KERNELS, KernelsFile).kernels
    wanted = [kernel_of(each.series).series for each in (series[0], series[-1])]
    objects = bench.compile_own(tmp_path, clang)
    assert len(objects) == len(list(bench.own_programs()))
    rows = [row for row in bench.compare(layout, objects, wanted, btf=True) if not row.apart]
    said = {(row.file, row.series): (row.said, row.loaded, row.why, row.words) for row in rows}
    wrong = {key: row for key, row in said.items() if row[:2] in {("no", True), ("yes", False)}}
    assert wrong == {}
    unknown = {file.removesuffix(".bpf.o") for (file, _), row in said.items() if row[:2] == ("unknown", True)}
    assert unknown <= OPEN
    assert {row[:2] for row in said.values()} >= {("yes", True), ("no", False), ("unknown", False)}
