"""User lands out of an archive made here: what packages bring, what is refused, what a second run keeps."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.kernels import qemu
from bpfref.kernels.packages import parse_simulation
from bpfref.kernels.qemu import find_installed, parse_version
from bpfref.kernels.userland import LOADER, Recipe, fetch_userland, read_userland, run_extract_tree, shelf_of

from .conftest import World, downloads, run

RECIPE = Recipe("made", "sid", ("tool",), ("usr/",))


@pytest.fixture
def stocked(world: World) -> World:
    world.repository.add(
        "tool", "1.0-1", {"usr/bin/tool": b"one", "etc/tool": b"", "usr/share/doc/tool": b""}, "lib (>= 2)"
    )
    world.repository.add("lib", "1:2.0-1", {"usr/lib/lib.so.2": b"two"})
    world.repository.add("other", "3-1", {"usr/bin/other": b"three"})
    world.repository.publish(world.key)
    return world


@pytest.mark.usefixtures("tools")
class TestFetch:
    def test_a_package_comes_with_what_it_depends_on_and_nothing_else(self, stocked: World, tmp_path: Path) -> None:
        notes: list[str] = []
        made = fetch_userland(tmp_path, RECIPE, notes.append, archive=stocked.archive())
        assert made.packages == (("lib", "1:2.0-1"), ("tool", "1.0-1"))
        files = {str(path.relative_to(made.root)) for path in made.root.rglob("*") if path.is_file()}
        assert files == {"usr/bin/tool", "usr/lib/lib.so.2"}
        assert notes == ["made: fetching 2 packages of sid", "made: tool 1.0-1"]
        assert (made.version("lib"), made.version("other")) == ("1:2.0-1", None)
        assert read_userland(tmp_path, RECIPE) == made
        assert not [*shelf_of(tmp_path).rglob(".*bpfref-tmp"), *(stocked.base / "cache").rglob("*.deb")]

    def test_what_is_there_is_kept_until_newer_is_wanted(self, stocked: World, tmp_path: Path) -> None:
        archive = stocked.archive()
        first = fetch_userland(tmp_path, RECIPE, print, archive=archive)
        asked = len(downloads())
        stocked.repository.add("tool", "1.1-1", {"usr/bin/tool": b"newer"}, "lib")
        stocked.repository.publish(stocked.key)
        assert fetch_userland(tmp_path, RECIPE, print, archive=archive) == first
        assert len(downloads()) == asked
        second = fetch_userland(tmp_path, RECIPE, print, newest=True, archive=archive)
        assert second.version("tool") == "1.1-1"
        assert second.digest != first.digest
        assert (second.root / "usr/bin/tool").read_bytes() == b"newer"
        assert fetch_userland(tmp_path, RECIPE, print, newest=True, archive=archive) == second

    def test_another_recipe_and_a_damaged_record_count_as_nothing(self, stocked: World, tmp_path: Path) -> None:
        fetch_userland(tmp_path, RECIPE, print, archive=stocked.archive())
        assert read_userland(tmp_path, Recipe("made", "sid", ("tool", "other"))) is None
        (shelf_of(tmp_path) / RECIPE.folder / "packages.json").write_text("[")
        assert read_userland(tmp_path, RECIPE) is None
        assert fetch_userland(tmp_path, RECIPE, print, archive=stocked.archive()).version("tool") == "1.0-1"

    def test_what_cannot_be_had(self, stocked: World, tmp_path: Path) -> None:
        with pytest.raises(MachineError, match=r"apt finds no way to have absent.*To repair"):
            fetch_userland(tmp_path, Recipe("made", "sid", ("absent",)), print, archive=stocked.archive())
        stocked.repository.add("needy", "1-1", {"usr/bin/needy": b""}, "absent")
        stocked.repository.publish(stocked.key)
        archive = stocked.archive()
        archive.update(force=True)
        with pytest.raises(MachineError, match="apt finds no way to have needy"):
            archive.closure(["needy"])
        with pytest.raises(MachineError, match=r"apt could not fetch .*absent: .*was not found"):
            archive.fetch_all([("tool", "1.0-1"), ("absent", "1-1")])

    def test_a_package_that_is_cut_is_deleted(self, tmp_path: Path) -> None:
        (tmp_path / "cut.deb").write_bytes(b"!<arch>\nno package")
        with pytest.raises(MachineError, match=r"cut\.deb is damaged: it has been deleted"):
            run_extract_tree(tmp_path / "cut.deb", tmp_path / "root", ("usr/",))
        assert not (tmp_path / "cut.deb").exists()


def build(folder: Path, *entries: tarfile.TarInfo) -> Path:
    """A package whose archive of files has these entries: dpkg-deb itself would not build it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(bytes(entry.size)))
    (folder / "data.tar").write_bytes(out.getvalue())
    (folder / "debian-binary").write_text("2.0\n")
    with tarfile.open(folder / "control.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("./control"))
    made = folder / "made.deb"
    run("ar", "rc", made, *(folder / name for name in ("debian-binary", "control.tar", "data.tar")))
    return made


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, 3 if kind == tarfile.REGTYPE else 0
    return made


@pytest.mark.usefixtures("tools")
@pytest.mark.skipif(shutil.which("ar") is None, reason="needs ar of binutils to build a package that lies")
class TestExtract:
    def test_links_come_too(self, tmp_path: Path) -> None:
        entries = [entry("./usr/lib/a.so.1"), entry("./usr/lib/a.so", tarfile.SYMTYPE, "a.so.1")]
        entries.append(entry("./usr/lib/b.so", tarfile.LNKTYPE, "./usr/lib/a.so.1"))
        run_extract_tree(build(tmp_path, *entries), tmp_path / "root", ("usr/",))
        folder = tmp_path / "root/usr/lib"
        assert (folder / "a.so").readlink() == Path("a.so.1")
        assert (folder / "b.so").read_bytes() == bytes(3)

    def test_no_path_leads_out(self, tmp_path: Path) -> None:
        with pytest.raises(MachineError, match="leads out of its folder: do not trust it"):
            run_extract_tree(build(tmp_path, entry("./usr/../../out")), tmp_path / "root", ("usr/",))
        lying = build(tmp_path, entry("./usr/lib", tarfile.SYMTYPE, "../.."), entry("./usr/lib/out"))
        with pytest.raises(MachineError, match="behind a link that leads out: do not trust it"):
            run_extract_tree(lying, tmp_path / "root", ("usr/",))
        assert not list(tmp_path.rglob("out"))


def test_what_apt_would_install() -> None:
    text = "Inst lib (1:2.0-1 Debian:13.7/stable [amd64])\nInst tool:amd64 (1.0-1 a [all]) []\nConf lib (1:2.0-1 x)\n"
    assert parse_simulation(text) == [("lib", "1:2.0-1"), ("tool", "1.0-1")]
    assert parse_simulation("") == []
    with pytest.raises(MachineError, match="an apt that we do not know"):
        parse_simulation("Inst lib\n")


def test_a_program_runs_through_its_own_loader(tmp_path: Path) -> None:
    folder = shelf_of(tmp_path) / RECIPE.folder
    folder.mkdir(parents=True)
    (folder / "packages.json").write_text(json.dumps({"packages": [["tool", "1"]]}))
    made = read_userland(tmp_path, RECIPE)
    assert made is not None
    command = made.command("usr/bin/tool")
    assert command[0] == str(folder / "root" / LOADER)
    assert command[-1] == str(folder / "root/usr/bin/tool")


class TestQemu:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ("QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0)\nmore", (10, 0, 13)),
            ("QEMU emulator version 11.1\n", (11, 1)),
            ("something else", None),
        ],
    )
    def test_versions(self, text: str, version: tuple[int, ...] | None) -> None:
        assert parse_version(text) == version

    @pytest.mark.parametrize(
        ("version", "used"), [("7.2.22", False), ("9.2.4", False), ("10.0.2", True), ("11.0.0", True)]
    )
    def test_only_a_new_one_that_is_installed_is_used(
        self, version: str, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / qemu.PROGRAM
        program.write_text(f"#!/bin/sh\necho 'QEMU emulator version {version}'\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        found = find_installed()
        assert (found is not None) == used
        if found:
            assert found.command == (str(program),)


def test_a_tied_program_dies_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys\nfrom bpfref.kernels import tether\n"
        "command = [sys.executable, tether.__file__, str(os.getpid()), '/bin/sleep', '1000']\n"
        "child = subprocess.Popen(command, stdout=open(sys.argv[1], 'w'))\n"
        "print(child.pid, flush=True)\nchild.wait()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{int(parent.stdout.readline())}/cmdline")
        wait_for(lambda: child.read_bytes().startswith(b"/bin/sleep"))
        parent.kill()
        parent.wait()
        wait_for(lambda: not child.exists() or not child.read_bytes())


def wait_for(look: Callable[[], bool]) -> None:
    for _ in range(600):
        if look():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within half a minute")
