"""An archive made for the test: built, signed and served; what the tests of this folder share."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from bpfref.kernels import archive as archive_module
from bpfref.kernels.archive import Archive
from bpfref.kernels.machine import Sources
from required import require

TOOLS = ("apt-get", "apt-cache", "dpkg-deb", "gpg")
HEADER = b"/* a header made for this test */\n"
PAYLOAD = os.urandom(400_000)  # does not compress: the package is big enough to be cut in two


@pytest.fixture(scope="session")
def tools() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        reason = f"needs {', '.join(missing)}: run on Debian or Ubuntu with gnupg installed"
        require("BPFREF_REQUIRE_TOOLS", reason)


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout


class Key:
    """A signing key made for the test; `keyring` is what a machine that trusts it has."""

    def __init__(self, home: Path):
        self.home = home
        self.keyring = home / "keyring.gpg"
        self.gpg("--quick-generate-key", "test archive <test@example.invalid>", "rsa3072", "sign")
        self.gpg("--output", str(self.keyring), "--export")

    def gpg(self, *words: str) -> None:
        run("gpg", "--batch", "--yes", "--passphrase", "", *words, GNUPGHOME=str(self.home))


@pytest.fixture(scope="session")
def keys(tools: None) -> Iterator[tuple[Key, Key]]:  # noqa: ARG001 - it comes first
    # Not below pytest's folder: the path of an agent's socket may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="keys") as name:
        made = []
        for each in ("right", "wrong"):
            (home := Path(name, each)).mkdir(mode=0o700)
            made.append(Key(home))
        yield made[0], made[1]
        for key in made:
            run("gpgconf", "--kill", "all", GNUPGHOME=str(key.home))


class Repository:
    """An archive and one suite of it: packages, index, Release file, signature."""

    def __init__(self, root: Path, name: str = "sid"):
        self.root = root
        self.suite = root / "dists" / name
        self.header = ""  # more lines of the Release file
        self.architecture = run("dpkg", "--print-architecture").strip()

    def add(self, package: str, version: str, files: dict[str, bytes], depends: str = "") -> Path:
        stage = self.root.parent / f"stage-{package}-{version}"
        for name, content in files.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_bytes(content)
        (stage / "DEBIAN").mkdir(parents=True)
        size = sum(map(len, files.values()))
        (stage / "DEBIAN/control").write_text(
            f"Package: {package}\nVersion: {version}\nArchitecture: all\nInstalled-Size: {size // 1024 + 1}\n"
            "Maintainer: test <test@example.invalid>\nDescription: made for a test\n"
            + (f"Depends: {depends}\n" if depends else "")
        )
        (self.root / "pool").mkdir(parents=True, exist_ok=True)
        deb = self.root / "pool" / f"{package}_{version.rpartition(':')[2]}_all.deb"
        run("dpkg-deb", "--build", "--root-owner-group", stage, deb)
        return deb

    def publish(self, key: Key | None) -> None:
        folder = self.suite / f"main/binary-{self.architecture}"
        folder.mkdir(parents=True, exist_ok=True)
        entries = []
        for deb in sorted((self.root / "pool").glob("*.deb")):
            content = deb.read_bytes()
            entries.append(
                run("dpkg-deb", "--field", deb)
                + f"Filename: pool/{deb.name}\nSize: {len(content)}\n"
                + f"SHA256: {hashlib.sha256(content).hexdigest()}\n"
            )
        text = "\n".join(entries).encode()
        (folder / "Packages").write_bytes(text)
        (folder / "Packages.gz").write_bytes(gzip.compress(text, mtime=0))
        self.release(key)

    def release(self, key: Key | None) -> None:
        sums = "".join(
            f" {hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_size} {path.relative_to(self.suite)}\n"
            for path in sorted(self.suite.rglob("Packages*"))
        )
        stamp = time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime(time.time() - 60))
        (self.suite / "Release").write_text(
            f"Origin: Debian\nLabel: Debian\nSuite: {self.suite.name}\nCodename: {self.suite.name}\nDate: {stamp}\n"
            f"{self.header}"
            f"Architectures: all {self.architecture}\nComponents: main\nSHA256:\n{sums}"
        )
        for old in ("InRelease", "Release.gpg"):
            (self.suite / old).unlink(missing_ok=True)
        if key:
            inside, outside = self.suite / "InRelease", self.suite / "Release"
            key.gpg("--digest-algo", "SHA512", "--output", str(inside), "--clearsign", str(outside))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files and parts of them; cuts the first answer of each path in `cut` in half."""

    protocol_version = "HTTP/1.1"
    cut: ClassVar[set[str]] = set()
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = file.read_bytes()
        first = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - first))
        self.send_header("Last-Modified", self.date_time_string(file.stat().st_mtime))
        self.end_headers()
        if self.path in self.cut:
            self.cut.remove(self.path)
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return
        self.wfile.write(content[first:])

    def log_message(self, *words: object) -> None:
        """Say nothing: the test's output is the test's."""


class World:
    """A served archive and the means to look at it from a cache."""

    def __init__(self, base: Path, keys: tuple[Key, Key], repository: Repository):
        self.base = base
        self.key, self.stranger = keys
        self.repository = repository
        served = str(self.repository.root)
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *words: Handler(*words, directory=served)
        )
        # it looks for the end of the test so often, in seconds
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def archive(self, keyring: Path | None = None, suites: tuple[str, ...] = ("sid",)) -> Archive:
        address = f"http://127.0.0.1:{self.server.server_address[1]}"
        return Archive(self.base / "cache", Sources(address, suites, keyring or self.key.keyring))

    def go_offline(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Key, Key]) -> Repository:
    """The archive as each test finds it, built once."""
    made = Repository(tmp_path_factory.mktemp("pattern") / "repository")
    files = {"usr/include/bpf/bpf_helper_defs.h": HEADER, "usr/share/payload": PAYLOAD}
    for version in ("1:1.9.0-1", "1:1.10.0-1", "1:1.11.0~rc2-1"):
        made.add("libbpf-dev", version, files)
    made.publish(keys[0])
    return made


@pytest.fixture
def world(
    tmp_path: Path,
    keys: tuple[Key, Key],
    pattern: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(archive_module, "read_acquire_settings", list)
    Handler.cut.clear()
    Handler.asked.clear()
    shutil.copytree(pattern.root, tmp_path / "repository")
    made = World(tmp_path, keys, Repository(tmp_path / "repository"))
    yield made
    made.go_offline()


def downloads() -> list[str]:
    return [path for path, _ in Handler.asked if path.endswith(".deb")]
