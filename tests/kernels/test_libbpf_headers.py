"""libbpf's headers out of the archive, into the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.kernels.libbpf_headers import PACKAGE, fetch_headers, read_cached
from kernels.conftest import World

FOLDER = "usr/include/bpf"
FILES = {f"{FOLDER}/libbpf.h": b"one", f"{FOLDER}/bpf.h": b"two", "usr/lib/libbpf.a": b"no"}
NOWHERE = Path("/nowhere")


def test_the_newest_headers_are_kept_and_serve_without_the_archive(world: World, tmp_path: Path) -> None:
    world.repository.add(PACKAGE, "1:1.16.0-1", FILES)
    world.repository.add(PACKAGE, "1:1.17.0-1", FILES | {f"{FOLDER}/usdt.bpf.h": b"three"})
    world.repository.publish(world.key)
    assert read_cached(tmp_path) is None
    found = fetch_headers(tmp_path, world.archive(), NOWHERE)
    assert (found.package, found.version) == (PACKAGE, "1:1.17.0-1")
    assert sorted(path.name for path in found.path.glob("*.h")) == ["bpf.h", "libbpf.h", "usdt.bpf.h"]
    world.go_offline()
    assert fetch_headers(tmp_path, world.archive(), NOWHERE) == read_cached(tmp_path) == found


def test_what_is_installed_serves_where_nothing_else_is(world: World, tmp_path: Path) -> None:
    world.go_offline()
    installed = tmp_path / "installed"
    installed.mkdir()
    with pytest.raises(MachineError, match="name a folder with --header FOLDER"):
        fetch_headers(tmp_path, world.archive(), installed)
    (installed / "libbpf.h").write_text("one")
    assert fetch_headers(tmp_path, world.archive(), installed).path == installed


def test_a_package_without_headers_is_an_error(world: World, tmp_path: Path) -> None:
    world.repository.add(PACKAGE, "1:1.17.0-1", {"usr/lib/libbpf.a": b"no"})
    world.repository.publish(world.key)
    with pytest.raises(MachineError, match=r"holds no /usr/include/bpf"):
        fetch_headers(tmp_path, world.archive(), NOWHERE)
