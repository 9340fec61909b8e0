"""libbpf out of the archive, into the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.kernels.libbpf import PACKAGE, fetch_libbpf, read_libbpf
from kernels.conftest import World

LIBRARY = "usr/lib/x86_64-linux-gnu"


def test_the_library_is_unpacked_once_and_nothing_else(world: World, tmp_path: Path) -> None:
    files = {f"{LIBRARY}/libbpf.so.1": b"library", "usr/share/doc/libbpf1/copyright": b"text", "etc/other": b"no"}
    world.repository.add(PACKAGE, "1:1.4.6-1", files)
    world.repository.publish(world.key)
    notes: list[str] = []
    assert read_libbpf(tmp_path) is None
    path = fetch_libbpf(tmp_path, notes.append, world.archive())
    assert path.read_bytes() == b"library"
    assert [each.name for each in path.parents[3].rglob("*") if each.is_file()] == ["libbpf.so.1"]
    assert len(notes) == 1
    world.go_offline()
    assert fetch_libbpf(tmp_path, notes.append, world.archive()) == read_libbpf(tmp_path) == path
    assert len(notes) == 1


def test_a_package_without_the_library_is_an_error(world: World, tmp_path: Path) -> None:
    world.repository.add(PACKAGE, "1:1.4.6-1", {f"{LIBRARY}/libother.so": b"library"})
    world.repository.publish(world.key)
    with pytest.raises(MachineError, match=r"holds no .*libbpf\.so\.1"):
        fetch_libbpf(tmp_path, lambda _: None, world.archive())
