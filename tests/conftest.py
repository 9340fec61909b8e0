"""Inputs that many tests share: the checkout, a copy of it, and the newest real headers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from bpfref import catalogue, store
from bpfref.catalogue import KERNELS, Catalogue
from bpfref.errors import MachineError
from bpfref.kernels import headers, images, lab
from bpfref.kernels import libbpf_headers as libbpf_headers_of
from bpfref.layout import Layout, find_root
from bpfref.model.kernel import Kernel, KernelsFile
from required import require

# A busy machine is no fault of ours: no property test has a time limit.
settings.register_profile("bpfref", deadline=None)
settings.load_profile("bpfref")

HERE = Path(__file__).resolve().parent
ALL_KERNELS = "all_kernels"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that bring every kernel run only where they are asked for by their marker."""
    if ALL_KERNELS in config.option.markexpr:
        return
    unasked = [item for item in items if item.get_closest_marker(ALL_KERNELS)]
    items[:] = [item for item in items if item not in unasked]
    config.hook.pytest_deselected(items=unasked)


@pytest.fixture(scope="session")
def layout() -> Layout:
    return find_root(HERE)


@pytest.fixture(scope="session")
def facts(layout: Layout) -> Catalogue:
    return catalogue.read(layout)


@pytest.fixture
def checkout(tmp_path: Path, layout: Layout) -> Layout:
    """A copy of data and pages that a test may spoil."""
    shutil.copy(layout.root / "mkdocs.yml", tmp_path)
    shutil.copytree(layout.root / "data", tmp_path / "data")
    shutil.copytree(layout.docs, tmp_path / "docs")
    return Layout(tmp_path)


def _header(kind: headers.Kind, cache: Path) -> Path:
    """The header an earlier run brought, else the newest of the archive."""
    found = headers.read_cached(kind, cache)
    try:
        return (found or headers.fetch_header(kind, cache)).path
    except MachineError as error:
        require("BPFREF_REQUIRE_NETWORK", str(error))


@pytest.fixture(scope="session")
def libbpf_header(layout: Layout) -> Path:
    return _header("libbpf", layout.cache)


@pytest.fixture(scope="session")
def libbpf_headers(layout: Layout) -> Path:
    """The folder of libbpf's headers that an earlier run brought, else the newest of the archive."""
    found = libbpf_headers_of.read_cached(layout.cache)
    try:
        return (found or libbpf_headers_of.fetch_headers(layout.cache)).path
    except MachineError as error:
        require("BPFREF_REQUIRE_NETWORK", str(error))


@pytest.fixture(scope="session")
def uapi_header(layout: Layout) -> Path:
    return _header("uapi", layout.cache)


@pytest.fixture(scope="session")
def kernel_of(layout: Layout) -> Callable[[str], Kernel]:
    """A kernel of the cache by its series, once all that starts it is there."""

    def find(series: str) -> Kernel:
        try:
            if os.environ.get("BPFREF_REQUIRE_KERNELS") == "1":
                every = store.read(layout.authored / KERNELS, KernelsFile).kernels
                images.fetch(layout.cache, [each for each in every if each.series == series])
            kernel = images.find(layout.cache, series)
            lab.prepare(layout.cache)
        except MachineError as error:
            require("BPFREF_REQUIRE_KERNELS", str(error))
            raise
        return kernel

    return find
