"""Kernels out of an archive made here, in every form of packaging: fetched, kept, found, thrown away."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from bpfref import store
from bpfref.catalogue import KERNELS
from bpfref.cli import main
from bpfref.commands.kernels import choose_series, parse_size
from bpfref.errors import BpfrefError, MachineError, SourceError
from bpfref.kernels import images, shelf
from bpfref.kernels.archive import Archive
from bpfref.kernels.choose import choose
from bpfref.kernels.config import read_config
from bpfref.kernels.images import Listener, Wanted
from bpfref.kernels.modules import Modules
from bpfref.kernels.packages import Offer, PackageVersion, make_offers, parse_stanzas
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile, Series
from required import require

from .conftest import Handler, Key, Repository, World, downloads
from .made import CONFIG, ELF_IMAGE, module, vmlinuz

pytestmark = pytest.mark.usefixtures("tools")

OLD = Series("v6.1", ("sid",), r"6\.1\.0-\d+-amd64", source="linux-source-6.1")
XZ = Series("v6.18", ("sid",), r"6\.18\.\d+-amd64")
SPLIT = Series("v7.2", ("sid",), r"7\.2\.\d+-amd64", version="7.2.2-1")
LOST = Series("v7.1", ("sid",), r"7\.1\.\d+-amd64")
YOUNG = Series("v7.3", ("sid",), r"7\.3-amd64", candidate=True)

MODULES = {"kernel/net/a.ko": module("a", "b"), "kernel/lib/b.ko": module("b")}


def plain(release: str, pack: Callable[[bytes], bytes] = bytes, ending: str = "", lib: str = "lib") -> dict[str, bytes]:
    """The files of an image package as they were up to v6.18."""
    return {
        f"boot/vmlinuz-{release}": vmlinuz(how="xz"),
        f"boot/config-{release}": CONFIG,
        f"boot/System.map-{release}": b"a stub",
        f"{lib}/modules/{release}/modules.builtin": b"kernel/lib/inside.ko\n",
        "usr/share/doc/linux-image/copyright": b"not kept",
        **{f"{lib}/modules/{release}/{name}{ending}": pack(content) for name, content in MODULES.items()},
    }


def add_split(made: Repository, release: str, version: str, *, whole: bool = True) -> None:
    """The packages of an image as they are since v6.19."""
    names = [f"linux-{part}-{release}" for part in ("binary", "modules", "base")]
    made.add(f"linux-image-{release}", version, {"usr/share/none": b""}, ", ".join(names))
    made.add(names[0], version, {f"usr/lib/modules/{release}/vmlinuz": vmlinuz()}, names[2])
    if whole:
        files = {f"usr/lib/modules/{release}/{name}.xz": lzma.compress(content) for name, content in MODULES.items()}
        made.add(names[1], version, files)
        made.add(names[2], version, {f"usr/lib/modules/{release}/config": CONFIG})


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Key, Key]) -> Repository:
    """Kernels of every kind of packaging, and others that must not be taken for them."""
    made = Repository(tmp_path_factory.mktemp("kernels") / "repository")
    for number, version in (("8", "6.1.8-1"), ("9", "6.1.10-1")):
        made.add(f"linux-image-6.1.0-{number}-amd64", version, plain(f"6.1.0-{number}-amd64"))
    made.add("linux-image-6.1.0-9-amd64-unsigned", "6.1.10-1", plain("6.1.0-9-amd64"))
    made.add("linux-image-6.1.0-9-cloud-amd64", "6.1.10-1", plain("6.1.0-9-cloud-amd64"))
    made.add("linux-source-6.1", "6.1.10-1", {"usr/src/linux-source-6.1.tar.xz": b"the source"})
    unsigned = plain("6.18.5-amd64", zstandard.compress, ".zst", "usr/lib")
    made.add("linux-image-6.18.5-amd64-unsigned", "6.18.5-1", unsigned, "linux-base-6.18.5-amd64")
    add_split(made, "7.2.1-amd64", "7.2.1-1")
    add_split(made, "7.2.2-amd64", "7.2.2-1")
    add_split(made, "7.2.3-amd64", "7.2.3-1", whole=False)
    add_split(made, "7.1.3-amd64", "7.1.3-1", whole=False)
    add_split(made, "7.3-amd64", "7.3~rc7-1")
    made.publish(keys[0])
    return made


class Ear:
    """Keeps what a listener hears."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[tuple[str, int, int]] = []
        self.listener = Listener(self.notes.append, lambda *step: self.steps.append(step))


class Lab:
    """A cache, and the archive that it is filled from."""

    def __init__(self, world: World):
        self.world = world
        self.cache = world.base / "cache"
        self.ear = Ear()

    def fetch(self, *series: Series, **wanted: int | bool) -> list[Kernel]:
        chosen = replace(Wanted(), **wanted)  # type: ignore[arg-type]
        return images.fetch(self.cache, series, chosen, self.ear.listener, self.archive())

    def archive(self) -> Archive:
        found = self.world.archive()
        return Archive(shelf.shelf_of(self.cache), found._sources)

    @property
    def notes(self) -> str:
        return "\n".join(self.ear.notes)

    def there(self) -> list[tuple[str, str]]:
        return [(kernel.series, kernel.version) for kernel in images.installed(self.cache)]


@pytest.fixture
def lab(world: World) -> Lab:
    return Lab(world)


class TestPackaging:
    @pytest.mark.parametrize(
        ("series", "release", "package", "ending"),
        [
            (OLD, "6.1.0-9-amd64", "linux-image-6.1.0-9-amd64", ".ko"),
            (XZ, "6.18.5-amd64", "linux-image-6.18.5-amd64-unsigned", ".zst"),
            (SPLIT, "7.2.2-amd64", "linux-binary-7.2.2-amd64", ".xz"),
        ],
    )
    def test_of_every_age(self, lab: Lab, series: Series, release: str, package: str, ending: str) -> None:
        [kernel] = lab.fetch(series)
        assert (kernel.release, kernel.package, kernel.suite, kernel.lacks) == (release, package, "sid", ())
        assert images.extract_vmlinux(kernel).read_bytes() == ELF_IMAGE
        assert read_config(kernel)["HZ"] == 250
        modules = Modules(kernel)
        assert {path.suffix for path in modules.files.values()} == {ending}
        assert [modules.read(name) for name in modules.load_order(["a"])] == [
            MODULES["kernel/lib/b.ko"],
            MODULES["kernel/net/a.ko"],
        ]
        assert images.installed(lab.cache) == [kernel]
        assert images.find(lab.cache, series.series) == images.find(lab.cache, release) == kernel
        assert lab.there() == [(series.series, kernel.version)]
        assert not list(lab.cache.rglob("copyright")) + list(lab.cache.rglob("*.deb"))

    def test_only_the_image_is_left(self, lab: Lab) -> None:
        [kernel] = lab.fetch(LOST)
        assert (kernel.config, kernel.modules) == (None, None)
        assert kernel.lacks == ("linux-modules-7.1.3-amd64", "linux-base-7.1.3-amd64")
        assert images.extract_vmlinux(kernel).read_bytes() == ELF_IMAGE
        assert "v7.1: the archive no longer has linux-modules-7.1.3-amd64" in lab.notes
        assert kernel.digest == hashlib.sha256(kernel.vmlinuz.read_bytes()).hexdigest()

    def test_the_digest_is_over_image_and_configuration(self, lab: Lab) -> None:
        [kernel] = lab.fetch(OLD)
        assert kernel.config
        content = kernel.vmlinuz.read_bytes() + kernel.config.read_bytes()
        assert kernel.digest == hashlib.sha256(content).hexdigest()

    def test_a_package_without_image(self, lab: Lab) -> None:
        lab.world.repository.add("linux-image-6.18.6-amd64", "6.18.6-1", {"boot/kernel-6.18.6-amd64": b""})
        lab.world.repository.publish(lab.world.key)
        with pytest.raises(MachineError, match=r"linux-image-6\.18\.6-amd64 6\.18\.6-1 holds no vmlinuz"):
            lab.fetch(XZ)
        assert lab.there() == []

    def test_an_image_cut_short(self, lab: Lab) -> None:
        files = {"boot/vmlinuz-6.18.6-amd64": vmlinuz()[:-500]}
        lab.world.repository.add("linux-image-6.18.6-amd64", "6.18.6-1", files)
        lab.world.repository.publish(lab.world.key)
        with pytest.raises(SourceError, match=r"linux-image-6\.18\.6-amd64 6\.18\.6-1 is cut short"):
            lab.fetch(XZ)
        assert lab.there() == []


class TestChoice:
    def test_the_newest_complete_build(self, lab: Lab) -> None:
        [kernel] = lab.fetch(replace(SPLIT, version=None))
        assert kernel.version == "7.2.2-1"  # 7.2.3 has lost its modules

    def test_a_named_version_stays_until_the_newest_is_asked_for(self, lab: Lab) -> None:
        older = replace(SPLIT, version="7.2.1-1")
        assert lab.fetch(older)[0].version == "7.2.1-1"
        assert lab.fetch(older, newest=True)[0].version == "7.2.2-1"
        assert "7.2.1-1 has been replaced" in lab.notes
        assert lab.there() == [("v7.2", "7.2.2-1")]

    def test_a_superseded_version_resolves_to_its_successor_and_says_so(self, lab: Lab) -> None:
        gone = replace(OLD, version="6.1.7-1")
        assert lab.fetch(gone)[0].version == "6.1.10-1"
        assert "v6.1: 6.1.7-1 is no longer in the archive: its successor 6.1.10-1" in lab.notes
        assert "data/authored/kernels.yaml" in lab.notes

    def test_one_that_lost_packages_too(self, lab: Lab) -> None:
        assert lab.fetch(replace(SPLIT, version="7.2.3-1"))[0].version == "7.2.2-1"
        assert "7.2.3-1 has lost linux-modules-7.2.3-amd64, linux-base-7.2.3-amd64: an older one 7.2.2-1" in lab.notes

    def test_one_that_is_in_the_cache_needs_no_successor(self, lab: Lab) -> None:
        named = replace(OLD, version="6.1.8-1")
        [kernel] = lab.fetch(named)
        for deb in (lab.world.repository.root / "pool").glob("linux-image-6.1.0-8*"):
            deb.unlink()
        lab.world.repository.publish(lab.world.key)
        assert lab.fetch(named) == [kernel]
        assert "successor" not in lab.notes

    def test_release_candidates_only_where_they_are_allowed(self, lab: Lab) -> None:
        [kernel] = lab.fetch(YOUNG)
        assert (kernel.version, kernel.candidate) == ("7.3~rc7-1", True)
        with pytest.raises(MachineError, match=r"v7\.3: no package.*release candidates aside"):
            lab.fetch(replace(YOUNG, candidate=False, version="7.3-1"))

    def test_a_series_that_the_archive_has_not(self, lab: Lab) -> None:
        with pytest.raises(MachineError, match=r"v9\.9: no package for a release like '9.*in sid.*kernels\.yaml"):
            lab.fetch(Series("v9.9", ("sid",), r"9\.\d+-amd64"))

    def test_an_empty_image_package_without_its_binary_is_no_build(self) -> None:
        bare = Offer("linux-image-7.2.9-amd64", "7.2.9-1", "sid", 1, 1, ("kmod", "linux-binary-7.2.9-amd64"))
        with pytest.raises(MachineError, match="no package"):
            choose(SPLIT, [bare])
        assert choose(SPLIT, [replace(bare, depends=("kmod",))]).parts[0].package == bare.package

    def test_of_two_suites_the_first_counts_and_others_never(self) -> None:
        series = replace(OLD, suites=("a", "b"))
        offers = [Offer("linux-image-6.1.0-1-amd64", "1", suite, 1, 1) for suite in "cba"]
        assert choose(series, offers).suite == "a"
        with pytest.raises(MachineError, match="in a, b"):
            choose(series, offers[:1])

    def test_stanzas(self) -> None:
        text = "Package: a\nVersion: 1\nSize: 5\nInstalled-Size: 2\nDepends: b (>= 1), c | d:any\n"
        text += "Description: x\n y: z\n\n\nPackage: e\n"
        [first, second] = parse_stanzas(text)
        assert (first["Depends"], second) == ("b (>= 1), c | d:any", {"Package": "e"})
        [offer] = make_offers([("a", PackageVersion("1", "sid"))] * 2, [first])
        assert offer == Offer("a", "1", "sid", 5, 2048, ("b", "c", "d"))
        with pytest.raises(MachineError, match="size of e"):
            make_offers([("e", PackageVersion("1", "sid"))], [second])


class TestAgain:
    def test_what_is_there_in_the_named_version_asks_nobody(self, lab: Lab) -> None:
        first = lab.fetch(SPLIT)
        lab.world.go_offline()
        shutil.rmtree(shelf.shelf_of(lab.cache) / "apt")
        assert lab.fetch(SPLIT) == first

    def test_without_named_version_it_asks_but_fetches_once(self, lab: Lab) -> None:
        first = lab.fetch(OLD)
        assert lab.fetch(OLD) == first
        assert len(downloads()) == 1

    def test_a_damaged_image_is_fetched_again(self, lab: Lab) -> None:
        [kernel] = lab.fetch(SPLIT)
        kernel.vmlinuz.write_bytes(b"damaged")
        assert lab.fetch(SPLIT) == [kernel]
        assert images.extract_vmlinux(kernel).read_bytes() == ELF_IMAGE

    def test_a_download_that_broke_off_goes_on(self, lab: Lab) -> None:
        Handler.cut.add("/pool/linux-image-6.1.0-9-amd64_6.1.10-1_all.deb")
        [kernel] = lab.fetch(OLD)
        assert kernel.vmlinuz.is_file()
        assert any(part for path, part in Handler.asked if "6.1.0-9" in path)

    def test_a_package_that_is_damaged_in_the_cache_goes_and_comes_again(self, lab: Lab) -> None:
        packages = shelf.shelf_of(lab.cache) / "apt/packages"
        packages.mkdir(parents=True)
        whole = (lab.world.repository.root / "pool/linux-image-6.1.0-9-amd64_6.1.10-1_all.deb").read_bytes()
        for content in (b"!<arch>\nnothing", whole[: len(whole) // 2]):
            (packages / "linux-image-6.1.0-9-amd64_6.1.10-1_all.deb").write_bytes(content)
            with pytest.raises(MachineError, match=r"linux-image-6.*deb is damaged .*run the same command again"):
                lab.fetch(OLD)
            assert lab.there() == []
        assert lab.fetch(OLD)[0].version == "6.1.10-1"

    def test_what_a_killed_run_left_is_swept(self, lab: Lab) -> None:
        left = shelf.shelf_of(lab.cache) / "v6.1/.6.1.10-1.bpfref-tmp"
        (left / "modules").mkdir(parents=True)
        (left / "kernel.json").write_text("{}")
        assert lab.there() == []
        lab.fetch(OLD)
        assert not left.exists()

    def test_a_damaged_record_is_as_none(self, lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
        [kernel] = lab.fetch(SPLIT)
        for text in ("{", "[]", '{"series": "v7.2"}'):
            (kernel.folder / "kernel.json").write_text(text)
            assert lab.there() == []
        assert "bpfref kernels fetch v7.2" in caplog.text
        assert lab.fetch(SPLIT) == [kernel]

    def test_progress_counts_to_the_size(self, lab: Lab) -> None:
        lab.fetch(SPLIT)
        labels = list(dict.fromkeys(label for label, _, _ in lab.ear.steps))
        assert labels == [f"v7.2 linux-{part}-7.2.2-amd64" for part in ("binary", "modules", "base")]
        for label in labels:
            steps = [(done, of) for each, done, of in lab.ear.steps if each == label]
            assert steps[0][0] == 0
            assert steps[-1][0] == steps[-1][1] > 0


class TestSource:
    def test_with_the_kernel(self, lab: Lab) -> None:
        [kernel] = lab.fetch(OLD, source=True)
        assert kernel.source
        assert kernel.source.read_bytes() == b"the source"

    def test_later_it_comes_alone(self, lab: Lab) -> None:
        named = replace(OLD, version="6.1.10-1")
        [bare] = lab.fetch(named)
        assert bare.source is None
        Handler.asked.clear()
        [kernel] = lab.fetch(named, source=True)
        assert [Path(path).name for path in downloads()] == ["linux-source-6.1_6.1.10-1_all.deb"]
        assert kernel.source
        assert kernel.source.read_bytes() == b"the source"
        assert kernel == replace(bare, source_package="linux-source-6.1") == images.find(lab.cache, "v6.1")

    def test_where_there_is_none_it_says_so(self, lab: Lab) -> None:
        assert lab.fetch(XZ, source=True)[0].source is None
        assert "v6.18: Debian has no package with its source" in lab.notes

    def test_another_versions_source_is_not_taken(self, lab: Lab) -> None:
        assert lab.fetch(replace(OLD, version="6.1.8-1"), source=True)[0].source is None
        assert "v6.1: the archive has no source of 6.1.8-1" in lab.notes


MEGA = 1 << 20
ROOM = 130 * MEGA  # for what a kernel of these tests may need while it is unpacked


class TestBudget:
    def test_alone_too_big(self, lab: Lab) -> None:
        with pytest.raises(MachineError, match=r"v6\.1 alone needs \d+ MiB.*budget of 100 MiB: give --budget \d+M"):
            lab.fetch(OLD, budget=100 * MEGA)
        assert downloads() == []

    def test_what_it_advises_is_enough(self, lab: Lab) -> None:
        with pytest.raises(MachineError) as caught:
            lab.fetch(OLD, budget=1)
        found = re.search(r"--budget (\d+)M", str(caught.value))
        assert found
        assert lab.fetch(OLD, budget=int(found[1]) * MEGA)

    def test_what_is_not_named_goes_longest_unused_first(self, lab: Lab) -> None:
        [old], [lost], [xz] = lab.fetch(OLD), lab.fetch(LOST), lab.fetch(XZ)
        for age, kernel in ((100, lost), (200, old), (50, xz)):
            os.utime(kernel.folder / "lock", (1_000_000 - age, 1_000_000 - age))
        for kernel in (old, lost, xz):
            (kernel.folder / "ballast").write_bytes(os.urandom(4 * MEGA))
        lab.fetch(SPLIT, budget=ROOM + 9 * MEGA)
        assert lab.there() == [("v6.18", "6.18.5-1"), ("v7.1", "7.1.3-1"), ("v7.2", "7.2.2-1")]
        assert "v6.1: 6.1.10-1 removed from the cache, to keep to the budget" in lab.notes

    def test_what_is_in_use_stays(self, lab: Lab) -> None:
        [old], [lost] = lab.fetch(OLD), lab.fetch(LOST)
        for kernel in (old, lost):
            (kernel.folder / "ballast").write_bytes(os.urandom(4 * MEGA))
        os.utime(old.folder / "lock", (1, 1))
        with images.use(old):
            lab.fetch(SPLIT, budget=ROOM + 5 * MEGA)
            assert lab.there() == [("v6.1", "6.1.10-1"), ("v7.2", "7.2.2-1")]
        assert old.vmlinuz.is_file()

    def test_when_all_is_in_use_it_refuses_and_nothing_goes(self, lab: Lab) -> None:
        [old], [lost] = lab.fetch(OLD), lab.fetch(LOST)
        for kernel in (old, lost):
            (kernel.folder / "ballast").write_bytes(os.urandom(8 * MEGA))
        with images.use(old), pytest.raises(MachineError, match=r"do not fit: .*in use: v6\.1"):
            lab.fetch(SPLIT, budget=ROOM + MEGA)
        assert lab.there() == [("v6.1", "6.1.10-1"), ("v7.1", "7.1.3-1")]

    def test_what_is_named_stays(self, lab: Lab) -> None:
        [kernel] = lab.fetch(SPLIT)
        (kernel.folder / "ballast").write_bytes(os.urandom(8 * MEGA))
        with pytest.raises(MachineError, match="do not fit"):
            lab.fetch(SPLIT, OLD, budget=ROOM + MEGA)
        assert lab.there() == [("v7.2", "7.2.2-1")]

    def test_a_kernel_in_use_by_another_process_stays(self, lab: Lab) -> None:
        [kernel] = lab.fetch(OLD)
        program = (
            "import sys; from pathlib import Path; from bpfref.kernels import images\n"
            "with images.use(images.find(Path(sys.argv[1]), 'v6.1')): print('held', flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", program, str(lab.cache)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout
            assert other.stdout.readline() == "held\n"
            assert shelf.in_use(kernel)
            assert not shelf.discard(kernel)
            other.communicate()
        assert not shelf.in_use(kernel)
        assert shelf.discard(kernel)
        with (
            pytest.raises(MachineError, match=r"not in the cache any more: bpfref kernels fetch v6\.1"),
            images.use(kernel),
        ):
            pass

    def test_the_room_of_an_image_not_yet_unpacked_counts(self, lab: Lab) -> None:
        [kernel] = lab.fetch(OLD)
        before = shelf.measure(kernel)
        images.extract_vmlinux(kernel)
        assert abs(shelf.measure(kernel) - before) <= 8192


class TestFind:
    def test_one_that_is_not_there(self, lab: Lab) -> None:
        with pytest.raises(MachineError, match=r"no kernel v6\.1 .*it has: none.*bpfref kernels fetch v6\.1"):
            images.find(lab.cache, "v6.1")
        lab.fetch(SPLIT, OLD)
        assert lab.there() == [("v6.1", "6.1.10-1"), ("v7.2", "7.2.2-1")]
        assert images.find(lab.cache, "6.1").series == "v6.1"
        with pytest.raises(MachineError, match=r"it has: v6\.1, v7\.2"):
            images.find(lab.cache, "v6.12")

    def test_an_image_that_cannot_be_unpacked_names_its_file(self, lab: Lab) -> None:
        [kernel] = lab.fetch(SPLIT)
        kernel.vmlinuz.write_bytes(vmlinuz()[:-400])
        with pytest.raises(SourceError, match="cut short") as caught:
            images.extract_vmlinux(kernel)
        assert caught.value.file == str(kernel.vmlinuz)
        assert not kernel.vmlinux.exists()


class TestCommand:
    @pytest.fixture
    def ready(self, lab: Lab, checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
        """A checkout whose data name the kernels of the archive made here."""
        store.write(checkout.authored / KERNELS, KernelsFile((OLD, LOST, SPLIT, YOUNG)), "for a test")
        monkeypatch.setenv("BPFREF_CACHE", str(lab.cache))
        monkeypatch.setattr(images, "open_archive", lambda *_: lab.archive())
        monkeypatch.setattr("bpfref.kernels.lab.prepare", lambda *_, **__: None)  # it would ask Debian's archive
        return checkout

    def test_list_and_fetch(self, ready: Layout, capsys: pytest.CaptureFixture[str]) -> None:
        root = ["-C", str(ready.root), "kernels"]
        assert main([*root, "list"]) == 0
        assert capsys.readouterr().out.count("not in the cache") == 4
        assert main([*root, "fetch", "7.2", "v7.1", "v7.3"]) == 0
        streams = capsys.readouterr()
        assert "no modules, no configuration" in streams.out
        assert "release candidate" in streams.out
        assert "v7.2 linux-modules-7.2.2-amd64: 100 %" in streams.err
        assert "\x1b" not in streams.out + streams.err
        assert main([*root, "list", "--json"]) == 0
        rows = {row["series"]: row["kernel"] for row in json.loads(capsys.readouterr().out)}
        assert list(rows) == ["v6.1", "v7.1", "v7.2", "v7.3"]
        assert rows["v6.1"] is None
        assert (rows["v7.2"]["release"], rows["v7.2"]["modules"], rows["v7.3"]["candidate"]) == (
            "7.2.2-amd64",
            True,
            True,
        )
        assert rows["v7.1"]["lacks"] == ["linux-modules-7.1.3-amd64", "linux-base-7.1.3-amd64"]

    def test_fetch_as_json(self, ready: Layout, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["-C", str(ready.root), "kernels", "fetch", "v7.2", "--json"]) == 0
        [row] = json.loads(capsys.readouterr().out)
        assert (row["series"], len(row["kernel"]["digest"])) == ("v7.2", 64)

    def test_an_unknown_series(self, ready: Layout, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["-C", str(ready.root), "kernels", "fetch", "v4.4"]) == 2
        assert "no series v4.4: there are v6.1, v7.1, v7.2, v7.3" in capsys.readouterr().err

    @pytest.mark.parametrize("size", ["", "5", "G", "-1G", "0G", "1 apple", "1P"])
    def test_a_bad_size(self, ready: Layout, size: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["-C", str(ready.root), "kernels", "fetch", f"--budget={size}"])
        assert caught.value.code == 2
        assert "is no size" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("text", "size"), [("1K", 1024), ("1.5G", 3 << 29), ("800m", 800 << 20), ("2TiB", 2 << 40), ("3GB", 3 << 30)]
    )
    def test_a_good_size(self, text: str, size: int) -> None:
        assert parse_size(text) == size

    def test_series_each_once_in_the_files_order(self) -> None:
        file = KernelsFile((OLD, LOST, SPLIT))
        assert choose_series(file, ["v7.2", "6.1", "v6.1"]) == [OLD, SPLIT]
        assert choose_series(file, []) == [OLD, LOST, SPLIT]


def test_the_lab_names_each_series_so_that_no_other_is_taken_for_it(layout: Layout) -> None:
    kernels = store.read(layout.authored / KERNELS, KernelsFile).kernels
    releases = [
        "5.10.0-32-amd64", "6.1.0-50-amd64", "6.12.107+deb13-amd64", "6.18.15+deb13-amd64", "6.19.14+deb13-amd64",
        "7.0.13+deb13-amd64", "7.1.13+deb13-amd64", "7.2.13+deb14-amd64", "7.3-amd64", "7.3.4+deb13-amd64",
        "6.1.0-50-cloud-amd64", "6.1.0-50-rt-amd64", "7.2.13+deb14-cloud-amd64", "7.3-rt-amd64",
    ]  # fmt: skip
    found = {release: [k.series for k in kernels if re.fullmatch(k.release, release)] for release in releases}
    assert [len(found[release]) for release in releases] == [1] * 10 + [0] * 4
    assert all(release.startswith(f"{series[0][1:]}") for release, series in found.items() if series)


@pytest.mark.network
class TestRealKernels:
    """Debian's own packages. The test of all series fills the shared cache: make kernels-test."""

    @pytest.mark.parametrize("name", ["v6.1", "v7.2"])
    def test_fetched_anew(self, layout: Layout, tmp_path: Path, name: str) -> None:
        series = choose_series(store.read(layout.authored / KERNELS, KernelsFile), [name])
        try:
            [kernel] = images.fetch(tmp_path, series)
        except BpfrefError as error:
            require("BPFREF_REQUIRE_NETWORK", f"Debian's archive is out of reach: {error}")
        self.check(kernel)
        assert kernel.modules
        assert {"veth", "virtio_net"} <= set(Modules(kernel))
        assert Modules(kernel).load_order(["virtio_net"])[-1] == "virtio_net"
        assert read_config(kernel).enabled("BPF_SYSCALL")

    @pytest.mark.all_kernels
    def test_every_series(self, layout: Layout) -> None:
        series = store.read(layout.authored / KERNELS, KernelsFile).kernels
        kernels = images.fetch(layout.cache, series)
        assert [kernel.series for kernel in kernels] == [each.series for each in series]
        for kernel in kernels:
            self.check(kernel)
            modules = Modules(kernel)  # which looks at its folder once
            for name in modules if kernel.modules else ():
                assert modules.modinfo(name).name == name

    def check(self, kernel: Kernel) -> None:
        content = images.extract_vmlinux(kernel).read_bytes()
        assert content.startswith(b"\x7fELF")
        assert f"Linux version {kernel.release} ".encode() in content
        assert kernel.release.startswith(kernel.series.removeprefix("v"))
