"""Objects compiled for the tests of the loader, and a libbpf of this machine to open them with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.kernels.archive import Archive
from bpfref.kernels.libbpf import fetch_libbpf
from bpfref.kernels.userland import run_extract_tree
from bpfref.layout import Layout
from bpfref.loader import libbpf
from required import require

HERE = Path(__file__).parent
WITHOUT_BTF = "stripped"
TUTORIAL = HERE.parents[1] / "docs/tools/loader-tutorial.md"


def read_tutorial(language: str) -> str:
    """The one program in a language that the tutorial shows."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", TUTORIAL.read_text(), re.DOTALL | re.MULTILINE)
    assert len(found) == 1, f"the tutorial has {len(found)} fences of {language}"
    return str(found[0])


@pytest.fixture(scope="session")
def include(uapi_header: Path, layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the newest headers of the kernel and of libbpf."""
    folder = tmp_path_factory.mktemp("include")
    try:
        archive = Archive(layout.cache)
        archive.update()
        deb = archive.fetch("libbpf-dev", archive.newest("libbpf-dev").version)
    except MachineError as error:
        require("BPFREF_REQUIRE_NETWORK", str(error))
    run_extract_tree(deb, folder, ("usr/include/",))
    headers = folder / "usr/include"
    (headers / "linux").mkdir()
    shutil.copy(uapi_header, headers / "linux/bpf.h")
    return headers


@pytest.fixture(scope="session")
def objects(include: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The compiled objects, by file name: `maps.bpf.o`."""
    if shutil.which("clang") is None:
        require("BPFREF_REQUIRE_TOOLS", "needs clang: install it, or run make test")
    out = tmp_path_factory.mktemp("objects")
    system = Path("/usr/include") / str(sysconfig.get_config_var("MULTIARCH"))
    folders = [f"-I{folder}" for folder in (HERE / "objects", include, system)]
    made = {}
    tutorial = out / "exec.bpf.c"
    tutorial.write_text(read_tutorial("c"))
    for source in [tutorial, *sorted((HERE / "objects").glob("*.bpf.c"))]:
        path = out / f"{source.stem}.o"
        debug = [] if source.name.startswith(WITHOUT_BTF) else ["-g"]
        command = [
            "clang",
            *debug,
            "-O2",
            "-target",
            "bpf",
            "-Wno-unused",
            *folders,
            "-c",
            str(source),
            "-o",
            str(path),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made[path.name] = path.read_bytes()
    return made


@pytest.fixture(scope="session")
def library(layout: Layout) -> libbpf.Library:
    """A libbpf that runs on this machine, and is used from now on."""
    try:
        return libbpf.use(fetch_libbpf(layout.cache, lambda _: None))
    except MachineError as error:
        require("BPFREF_REQUIRE_NETWORK", str(error))


@pytest.fixture
def may_load(library: libbpf.Library) -> Iterator[None]:  # noqa: ARG001 - it comes first
    """The right to load programs on this machine. None is ever attached here."""
    from bpfref.loader import bpf

    if os.geteuid():
        pytest.skip("only root may load programs; the guests' tests do it everywhere")
    try:
        bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=4, max_entries=1).close()
    except bpf.MapError as error:
        pytest.skip(f"this machine does not let root load: {error}")
    yield
