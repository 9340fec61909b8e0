"""The private apt root, against an archive made here: built, signed and served for the test."""

from __future__ import annotations

import gzip
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bpfref.errors import MachineError
from bpfref.kernels import headers, machine
from bpfref.kernels.archive import Archive, Lists
from bpfref.kernels.choose import find_choice
from bpfref.kernels.complaints import is_offline
from bpfref.kernels.machine import Sources, Target, choose_mirror, parse_targets
from bpfref.kernels.packages import (
    PackageVersion,
    parse_madison,
    run_compare,
    run_extract,
    sort_newest_first,
)
from bpfref.model.kernel import Series
from required import require

from .conftest import HEADER, PAYLOAD, Handler, Repository, World, downloads, run

pytestmark = pytest.mark.usefixtures("tools")


class TestVersions:
    def test_newest_first_in_debians_order(self, world: World) -> None:
        archive = world.archive()
        assert archive.update() is Lists.UPDATED
        assert [v.version for v in archive.versions("libbpf-dev")] == [
            "1:1.11.0~rc2-1",
            "1:1.10.0-1",
            "1:1.9.0-1",
        ]
        assert {v.suite for v in archive.versions("libbpf-dev")} == {"sid"}

    def test_release_candidates_only_when_asked_for(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        assert archive.newest("libbpf-dev").version == "1:1.10.0-1"
        assert archive.newest("libbpf-dev", prereleases=True).version == "1:1.11.0~rc2-1"

    def test_a_package_that_is_not_there(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        assert archive.versions("no-such-package") == []
        with pytest.raises(MachineError, match="not in the package lists"):
            archive.newest("no-such-package")

    def test_a_package_with_release_candidates_only(self, world: World) -> None:
        world.repository.add("young", "0.1~rc1-1", {"usr/share/young": b""})
        world.repository.publish(world.key)
        archive = world.archive()
        archive.update()
        with pytest.raises(MachineError, match="only release candidates"):
            archive.newest("young")


class TestUpdate:
    def test_lists_of_today_are_not_brought_again(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        asked = len(Handler.asked)
        assert archive.update() is Lists.FRESH
        assert len(Handler.asked) == asked
        assert archive.update(force=True) is Lists.UPDATED

    def test_lists_older_than_a_day_are_brought_again(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        world.repository.add("newcomer", "1-1", {"usr/share/newcomer": b""})
        world.repository.publish(world.key)
        yesterday = time.time() - 90_000
        os.utime(archive.root / "updated", (yesterday, yesterday))
        assert archive.update() is Lists.UPDATED
        assert archive.newest("newcomer").version == "1-1"

    def test_offline_with_lists_it_carries_on_and_says_so(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        archive = world.archive()
        archive.update()
        world.go_offline()
        with caplog.at_level(logging.WARNING, "bpfref"):
            assert archive.update(force=True) is Lists.OLD
        assert "does not answer" in caplog.text
        assert archive.newest("libbpf-dev").version == "1:1.10.0-1"

    def test_offline_without_lists_it_stops_with_apts_words(self, world: World) -> None:
        world.go_offline()
        with pytest.raises(MachineError, match=r"Could not connect|Unable to connect"):
            world.archive().update()

    def test_lists_of_another_mirror_do_not_count(self, world: World, tmp_path: Path) -> None:
        world.archive().update()
        copy = Archive(world.base / "cache", Sources(f"file:{tmp_path}/none", ("sid",), world.key.keyring))
        with pytest.raises(MachineError):
            copy.update()


EXPIRED = "Valid-Until: Sat, 01 Jan 2000 00:00:00 UTC\n"
BOTH = ("trixie", "sid")


class TestSuites:
    """Two suites, of which apt refuses one: what only that one has cannot be had, all else can."""

    @pytest.fixture
    def trixie(self, world: World) -> Repository:
        """A suite that has what `world` begins with; what is published in sid later, it lacks."""
        made = Repository(world.repository.root, "trixie")
        made.publish(world.key)
        world.repository.add("newcomer", "2-1", {"usr/share/newcomer": b""})
        world.repository.add("libbpf-dev", "1:1.12.0-1", {"usr/include/bpf/bpf_helper_defs.h": b"/* newer */\n"})
        world.repository.publish(world.key)
        return made

    def spoil(self, world: World, how: str) -> None:
        if how == "expired":
            world.repository.header = EXPIRED
            world.repository.release(world.key)
        elif how == "gone":
            for path in world.repository.suite.glob("*Release"):
                path.unlink()
        else:
            world.repository.release({"unsigned": None, "signed by a stranger": world.stranger}[how])

    @pytest.mark.usefixtures("trixie")
    @pytest.mark.parametrize(
        ("how", "words"),
        [
            ("expired", "is expired"),
            ("gone", "does not have a Release file"),
            ("unsigned", "is not signed"),
            ("signed by a stranger", "NO_PUBKEY"),
        ],
    )
    def test_the_others_come_and_the_refused_one_is_named_once_with_the_reason(
        self, world: World, caplog: pytest.LogCaptureFixture, how: str, words: str
    ) -> None:
        self.spoil(world, how)
        archive = world.archive(suites=BOTH)
        with caplog.at_level(logging.WARNING, "bpfref"):
            assert archive.update() is Lists.UPDATED
            assert world.archive(suites=BOTH).update() is Lists.FRESH
        [said] = caplog.messages
        assert said.startswith("going on without Debian's suite sid: ")
        assert words in said
        assert {version.suite for version in archive.versions("libbpf-dev")} == {"trixie"}
        assert archive.newest("libbpf-dev").version == "1:1.10.0-1"
        with pytest.raises(MachineError, match=rf"newcomer is not in the package lists; sid is left out .*{words}"):
            archive.newest("newcomer")

    @pytest.mark.usefixtures("trixie")
    def test_of_one_refused_later_no_old_list_is_used(self, world: World) -> None:
        archive = world.archive(suites=BOTH)
        archive.update()
        assert archive.newest("newcomer").version == "2-1"
        self.spoil(world, "expired")
        assert archive.update(force=True) is Lists.UPDATED
        assert archive.versions("newcomer") == []

    @pytest.mark.usefixtures("trixie")
    def test_it_is_asked_again_soon_and_is_back(self, world: World) -> None:
        self.spoil(world, "expired")
        archive = world.archive(suites=BOTH)
        archive.update()
        world.repository.header = ""
        world.repository.release(world.key)
        earlier = time.time() - 700
        os.utime(archive.root / "updated", (earlier, earlier))
        assert archive.update() is Lists.UPDATED
        assert archive.left_out() == {}
        assert archive.newest("newcomer").version == "2-1"
        os.utime(archive.root / "updated", (earlier, earlier))
        assert archive.update() is Lists.FRESH

    def test_with_all_refused_it_stops(self, world: World, trixie: Repository) -> None:
        self.spoil(world, "expired")
        trixie.release(world.stranger)
        with pytest.raises(MachineError, match=r"could not bring the package lists: .*NO_PUBKEY.*is expired"):
            world.archive(suites=BOTH).update()

    @pytest.mark.usefixtures("trixie")
    def test_a_header_that_the_refused_one_brought_stays(self, world: World) -> None:
        cache = world.base / "cache"
        newest = headers.fetch_header("libbpf", cache, world.archive(suites=BOTH))
        assert newest.version == "1:1.12.0-1"
        self.spoil(world, "expired")
        assert world.archive(suites=BOTH).update(force=True) is Lists.UPDATED
        assert headers.fetch_header("libbpf", cache, world.archive(suites=BOTH)) == newest

    def test_a_kernel_that_only_the_refused_one_has(self, world: World, trixie: Repository) -> None:
        """Another build does not quietly take the named one's place, and no entry is called wrong."""
        name = "linux-image-6.1.0-9-amd64"
        world.repository.add(name, "6.1.9-1", {"boot/vmlinuz-6.1.0-9-amd64": b""})
        trixie.publish(world.key)
        world.repository.add(name, "6.1.10-1", {"boot/vmlinuz-6.1.0-9-amd64": b"newer"})
        world.repository.publish(world.key)
        self.spoil(world, "expired")
        archive = world.archive(suites=BOTH)
        archive.update()
        series = Series("v6.1", BOTH, r"6\.1\.0-\d+-amd64", version="6.1.10-1")
        with pytest.raises(MachineError, match=r"v6\.1: 6\.1\.10-1 cannot be had; sid is left out: .*is expired"):
            find_choice(series, archive)
        assert find_choice(series, archive, newest=True).version == "6.1.9-1"
        with pytest.raises(MachineError, match=r"no package for a release like .*; sid is left out: .*is expired"):
            find_choice(Series("v6.2", ("sid",), r"6\.2-amd64"), archive)
        with pytest.raises(MachineError) as elsewhere:
            find_choice(Series("v6.2", ("trixie",), r"6\.2-amd64"), archive)
        assert "left out" not in str(elsewhere.value)


class TestTrust:
    """What must be refused is refused; each time the good case beside it has passed above."""

    def test_a_release_signed_by_a_stranger(self, world: World) -> None:
        world.repository.release(world.stranger)
        with pytest.raises(MachineError, match="apt could not bring the package lists"):
            world.archive().update()
        assert world.archive().versions("libbpf-dev") == []

    def test_a_release_without_signature(self, world: World) -> None:
        world.repository.release(None)
        with pytest.raises(MachineError, match="not signed"):
            world.archive().update()

    def test_a_release_changed_after_signing(self, world: World) -> None:
        signed = world.repository.suite / "InRelease"
        signed.write_text(signed.read_text().replace("Codename: sid", "Codename: sad"))
        with pytest.raises(MachineError):
            world.archive().update()

    def test_an_index_changed_after_signing(self, world: World) -> None:
        for index in world.repository.suite.rglob("Packages*"):
            index.write_bytes(gzip.compress(b"") if index.suffix else b"")
        with pytest.raises(MachineError):
            world.archive().update()

    def test_a_signature_lost_later_is_not_taken_for_being_offline(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        world.repository.release(world.stranger)
        with pytest.raises(MachineError):
            archive.update(force=True)
        with pytest.raises(MachineError):
            archive.update()

    def test_a_package_changed_after_signing(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        deb = world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb"
        content = bytearray(deb.read_bytes())
        content[-1000] ^= 1
        deb.write_bytes(content)
        with pytest.raises(MachineError, match=r"could not fetch libbpf-dev=1:1\.10\.0-1"):
            archive.fetch("libbpf-dev", "1:1.10.0-1")
        assert list(archive.packages.iterdir()) == []

    def test_no_setting_of_the_system_lets_an_unsigned_archive_in(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lax = tmp_path / "lax.conf"
        lax.write_text('Acquire::AllowInsecureRepositories "true"; APT::Get::AllowUnauthenticated "true";')
        monkeypatch.setenv("APT_CONFIG", str(lax))
        world.repository.release(None)
        with pytest.raises(MachineError, match="not signed"):
            world.archive().update()


class TestFetch:
    def test_the_package_arrives_whole_and_is_kept(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        deb = archive.fetch("libbpf-dev", "1:1.10.0-1")
        source = world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb"
        assert deb.read_bytes() == source.read_bytes()
        world.go_offline()
        assert archive.fetch("libbpf-dev", "1:1.10.0-1") == deb
        assert [p.name for p in archive.packages.iterdir()] == [deb.name]

    def test_a_download_that_broke_off_goes_on_where_it_stopped(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        source = world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb"
        Handler.cut.add(f"/pool/{source.name}")
        deb = archive.fetch("libbpf-dev", "1:1.10.0-1")
        assert deb.read_bytes() == source.read_bytes()
        ranges = [part for path, part in Handler.asked if path.endswith(source.name)]
        assert ranges[0] is None
        assert ranges[-1] == f"bytes={source.stat().st_size // 2}-"

    def test_a_version_that_is_not_there(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        with pytest.raises(MachineError, match=r"3\.0.*was not found"):
            archive.fetch("libbpf-dev", "3.0")

    def test_one_version_is_not_taken_for_another(self, world: World) -> None:
        archive = world.archive()
        archive.update()
        newer = archive.fetch("libbpf-dev", "1:1.10.0-1")
        assert archive.fetch("libbpf-dev", "1:1.9.0-1") != newer

    def test_many_at_once_download_once(self, world: World) -> None:
        world.archive().update()
        with ThreadPoolExecutor(4) as pool:
            found = set(pool.map(lambda _: world.archive().fetch("libbpf-dev", "1:1.10.0-1"), range(4)))
        assert len(found) == 1
        assert len(downloads()) == 1

    def test_a_cache_that_cannot_be_written(self, tmp_path: Path, world: World) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("")
        with pytest.raises(MachineError, match="BPFREF_CACHE"):
            Archive(blocked, world.archive()._sources).update()


class TestExtract:
    def test_the_member(self, world: World) -> None:
        deb = world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb"
        assert run_extract(deb, "./usr/include/bpf/bpf_helper_defs.h") == HEADER
        assert run_extract(deb, "usr/share/payload") == PAYLOAD

    @pytest.mark.parametrize("member", ["./usr/include/none.h", "./usr/include", ""])
    def test_no_such_file(self, world: World, member: str) -> None:
        deb = world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb"
        with pytest.raises(MachineError, match="has no file"):
            run_extract(deb, member)

    @pytest.mark.parametrize("content", [b"", b"not a package", b"!<arch>\n"])
    def test_no_package(self, tmp_path: Path, content: bytes) -> None:
        deb = tmp_path / "bad.deb"
        deb.write_bytes(content)
        with pytest.raises(MachineError, match="cannot be read"):
            run_extract(deb, "./usr/share/payload")

    def test_a_package_cut_short(self, world: World, tmp_path: Path) -> None:
        whole = (world.repository.root / "pool/libbpf-dev_1.10.0-1_all.deb").read_bytes()
        deb = tmp_path / "cut.deb"
        deb.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(MachineError):
            run_extract(deb, "./usr/share/payload")


class TestHeaders:
    def test_the_newest_release_with_its_version_beside_it(self, world: World) -> None:
        cache = world.base / "cache"
        header = headers.fetch_header("libbpf", cache, world.archive())
        assert header.path == cache / "headers/bpf_helper_defs.h"
        assert header.path.read_bytes() == HEADER
        note = cache / "headers/bpf_helper_defs.h.version"
        assert note.read_text() == "libbpf-dev 1:1.10.0-1\n"
        assert headers.read_cached("libbpf", cache) == header
        assert not list(cache.rglob("*.bpfref-tmp"))

    def test_without_the_archive_the_one_of_an_earlier_run(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        cache = world.base / "cache"
        first = headers.fetch_header("libbpf", cache, world.archive())
        world.repository.release(None)
        os.utime(world.archive().root / "updated", (0, 0))
        with caplog.at_level(logging.WARNING, "bpfref"):
            assert headers.fetch_header("libbpf", cache, world.archive()) == first
        assert "no longer signed" in caplog.text

    def test_without_the_archive_the_installed_one(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.repository.release(None)
        installed = tmp_path / "bpf_helper_defs.h"
        installed.write_bytes(b"/* installed */\n")
        origin = headers._Origin("base-files", installed, "bpf_helper_defs.h")
        monkeypatch.setitem(headers._ORIGINS, "libbpf", origin)
        header = headers.fetch_header("libbpf", world.base / "cache", world.archive())
        assert header.path.read_bytes() == b"/* installed */\n"
        version = run("dpkg-query", "--show", "--showformat=${Version}", "base-files")
        assert (header.package, header.version) == ("base-files", version)

    def test_with_nothing_it_names_every_way_out(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.repository.release(None)
        origin = headers._Origin("libbpf-dev", tmp_path / "none.h", "bpf_helper_defs.h")
        monkeypatch.setitem(headers._ORIGINS, "libbpf", origin)
        with pytest.raises(MachineError, match=r"not signed.*libbpf-dev.*--header FILE"):
            headers.fetch_header("libbpf", world.base / "cache", world.archive())


DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
UBUNTU = {"ID": "ubuntu", "VERSION_CODENAME": "noble"}


class TestMirror:
    @pytest.mark.parametrize(
        ("targets", "system", "mirror"),
        [
            ([("a", "bookworm", "main", "Debian", "Debian")], DEBIAN, "a"),
            ([("s", "x", "main", "Debian", "Debian-Security"),
              ("a", "x", "main", "Debian", "Debian")], DEBIAN, "a"),
            ([("s", "bookworm-security", "main", "", ""), ("a", "bookworm", "main", "", "")],
             DEBIAN, "a"),
            ([("n", "nodistro", "main", "", "")], DEBIAN, None),
            ([("n", "bookworm", "non-free", "Debian", "Debian")], DEBIAN, None),
            ([("cdrom:[x]", "bookworm", "main", "Debian", "Debian")], DEBIAN, None),
            ([("u", "noble", "main", "Ubuntu", "Ubuntu")], UBUNTU, None),
            ([("u", "noble", "main", "", "")], UBUNTU, None),
            ([("u", "noble", "main", "Ubuntu", "Ubuntu"), ("d", "sid", "main", "Debian", "Debian")],
             UBUNTU, "d"),
            ([], {}, None),
        ],
    )  # fmt: skip
    def test_choice(self, targets: list[tuple[str, ...]], system: dict[str, str], mirror: str | None) -> None:
        assert choose_mirror([Target(*target) for target in targets], system) == mirror

    def test_what_apt_does_not_know_is_empty(self) -> None:
        assert parse_targets("m|sid|main|$(ORIGIN)|$(LABEL)\n") == [Target("m", "sid", "main", "", "")]

    def test_a_line_of_another_form(self) -> None:
        with pytest.raises(MachineError, match="another form"):
            parse_targets("m|sid\n")

    def test_the_variable_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BPFREF_DEBIAN_MIRROR", "http://mirror.invalid/debian")
        assert machine.find_mirror() == "http://mirror.invalid/debian"

    def test_a_system_without_debian_mirror_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BPFREF_DEBIAN_MIRROR", raising=False)
        monkeypatch.setattr(machine, "parse_targets", lambda _: [])
        monkeypatch.setattr(machine, "read_system", lambda: {"PRETTY_NAME": "Ubuntu 24.04"})
        with pytest.raises(MachineError, match=r"Ubuntu 24\.04.*BPFREF_DEBIAN_MIRROR.*--header"):
            machine.find_mirror()

    def test_a_machine_without_debians_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "KEYRINGS", (Path("/none/keyring.gpg"),))
        with pytest.raises(MachineError, match="install the package debian-archive-keyring"):
            machine.find_keyring()

    def test_a_system_without_apt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BPFREF_DEBIAN_MIRROR", raising=False)
        monkeypatch.setenv("PATH", "/none")
        with pytest.raises(MachineError, match=r"apt-get is not installed.*Dockerfile"):
            machine.find_mirror()


class TestSettings:
    def test_only_how_to_reach_a_mirror_is_taken_over(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        conf = tmp_path / "apt.conf"
        conf.write_text(
            'Dir::Etc::main "/none"; Dir::Etc::parts "/none";\n'
            'Acquire::http::Proxy "http://proxy.invalid:3128";\n'
            'Acquire::https::Verify-Peer "false";\n'
            'Acquire::Check-Valid-Until "false";\n'
            'Acquire::AllowInsecureRepositories "true";\n'
            'APT::Update::Post-Invoke { "false"; };\n'
        )
        monkeypatch.setenv("APT_CONFIG", str(conf))
        assert sorted(machine.read_acquire_settings()) == [
            'Acquire::Check-Valid-Until "false";',
            'Acquire::http::Proxy "http://proxy.invalid:3128";',
        ]


class TestPure:
    def test_madison(self) -> None:
        text = (
            "libbpf-dev | 1:1.7.0-1 | http://a.invalid/debian sid/main amd64 Packages\n"
            " linux-libc-dev | 7.3~rc7-1~exp1 | http://a.invalid/ experimental/main amd64 Packages\n"
            "    libbpf | 1.7.0-1 | http://a.invalid/debian sid/main Sources\n"
        )
        assert parse_madison(text) == [
            PackageVersion("1:1.7.0-1", "sid"),
            PackageVersion("7.3~rc7-1~exp1", "experimental"),
        ]
        assert parse_madison("") == []

    @pytest.mark.parametrize("line", ["x", "a | b", "a | 1 | somewhere", "a | 1 | u s/main i386 ?"])
    def test_madison_of_an_unknown_apt(self, line: str) -> None:
        with pytest.raises(MachineError, match="do not know"):
            parse_madison(line)

    @pytest.mark.parametrize(
        ("smaller", "greater"),
        [("1.9", "1.10"), ("7.3~rc7-1", "7.3-1"), ("9", "1:1"), ("1-1~bpo13+1", "1-1")],
    )
    def test_order(self, smaller: str, greater: str) -> None:
        assert run_compare(smaller, greater) < 0 < run_compare(greater, smaller)
        assert run_compare(smaller, smaller) == 0

    def test_same_version_in_two_suites(self) -> None:
        sid, trixie = PackageVersion("1", "sid"), PackageVersion("1", "trixie")
        assert sort_newest_first([trixie, sid, sid]) == [sid, trixie]

    @pytest.mark.parametrize(
        ("stderr", "offline"),
        [
            ("E: Failed to fetch a  Could not resolve 'a'\nE: Some index files failed to download.", True),
            ("W: Failed to fetch http://a/  Temporary failure resolving 'a'", True),
            ("E: The repository 'http://a sid InRelease' is not signed.", False),
            ("W: Failed to fetch a Could not resolve 'a'\nW: GPG error: NO_PUBKEY 1", False),
            ("E: Some index files failed to download.", False),
            ("", False),
        ],
    )  # fmt: skip
    def test_offline(self, stderr: str, *, offline: bool) -> None:
        assert is_offline(stderr) is offline


@pytest.fixture(scope="module")
def real_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the lists of Debian's own archive."""
    cache = tmp_path_factory.mktemp("real")
    try:
        Archive(cache).update()
    except MachineError as error:
        require("BPFREF_REQUIRE_NETWORK", f"Debian's archive is out of reach: {error}")
    return cache


@pytest.mark.network
class TestRealArchive:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [("libbpf", "bpf_map_lookup_elem"), ("uapi", "BPF_PROG_TYPE_XDP")],
    )
    def test_the_newest_header(self, real_cache: Path, kind: headers.Kind, name: str) -> None:
        archive = Archive(real_cache)
        header = headers.fetch_header(kind, real_cache, archive)
        assert name in header.path.read_text()
        assert "~rc" not in header.version
        assert header.version == archive.newest(header.package).version
