"""A private apt root in the cache: looks packages up in Debian's archive and fetches them.

Apt itself checks the signatures and the checksums. It runs with a configuration of its own, so
that it needs no root and leaves the system alone, and nothing that the system allows (packages
without signature, pinning, hooks) reaches it. The mirror and how to reach it are the machine's.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from bpfref.errors import MachineError
from bpfref.files import write_text
from bpfref.kernels.lock import hold_lock
from bpfref.kernels.machine import Sources, find_sources, read_acquire_settings
from bpfref.kernels.packages import (
    Offer,
    PackageVersion,
    make_offers,
    parse_madison,
    parse_madison_rows,
    parse_simulation,
    parse_stanzas,
    refuse,
    run_extract,
    sort_newest_first,
)
from bpfref.kernels.process import run_command

log = logging.getLogger("bpfref")

_LOOK_EVERY = 0.2  # seconds between two looks at a download
LISTS_STAY_FRESH = 24 * 60 * 60  # seconds; Debian's archive moves four times a day

# Apt's own words when nobody answered. Only then are older lists good enough: any other failure,
# above all one of a signature, has to stop the run.
_NOBODY_ANSWERED = (
    "Could not resolve",
    "Temporary failure resolving",
    "Could not connect",
    "Unable to connect",
    "Cannot initiate the connection",
    "Connection failed",
    "Connection timed out",
    "Network is unreachable",
)
_NO_ANSWER = "check the network and the proxy, then run it again"
_NO_TRUST = (
    "apt trusts neither this mirror's lists nor will we: run it again later, upgrade the package "
    "debian-archive-keyring, or name another mirror in BPFREF_DEBIAN_MIRROR"
)
_NEWER_LISTS = "bring newer lists with update(force=True): the archive drops old versions"
_ONLY_SUMS_UP = ("Some index files failed to download",)

_FOLDERS = (
    "etc/apt.conf.d",
    "etc/preferences.d",
    "etc/trusted.gpg.d",
    "state/lists/partial",
    "cache/archives/partial",
    "packages",
)


class Lists(StrEnum):
    """What `Archive.update` found or did about the package lists."""

    FRESH = "fresh"
    UPDATED = "updated"
    OLD = "old"


class Archive:
    """Debian's archive, seen through a private apt root in `cache/apt`.

    `sources` says which archive and whose signature; without it the machine's own set-up tells
    the mirror, when it is first needed. All methods raise MachineError with apt's own words.
    """

    def __init__(self, cache: Path, sources: Sources | None = None):
        self.root = cache.resolve() / "apt"
        self.packages = self.root / "packages"
        self._sources = sources
        self._stamp = self.root / "updated"

    def update(self, *, force: bool = False) -> Lists:
        """Bring the package lists, unless they are younger than a day.

        With nobody answering and lists of an earlier day, it says so on the log and returns
        `Lists.OLD`.
        """
        with hold_lock(self.root):
            self._prepare()
            if not force and self._age() < LISTS_STAY_FRESH:
                return Lists.FRESH
            result = self._run("apt-get", "--quiet", "--quiet", "--error-on=any", "update")
            if result.returncode == 0:
                self._stamp.touch()
                return Lists.UPDATED
            if self._stamp.exists() and is_offline(result.stderr):
                days = self._age() / LISTS_STAY_FRESH
                log.warning("the archive does not answer: using lists %.1f days old", days)
                return Lists.OLD
            self._stamp.unlink(missing_ok=True)
            repair = _NO_ANSWER if is_offline(result.stderr) else _NO_TRUST
            raise refuse("apt could not bring the package lists", result.stderr, repair)

    def versions(self, package: str) -> list[PackageVersion]:
        """List the versions of a package in the lists, newest first (Debian's version order)."""
        with hold_lock(self.root):
            self._prepare()
            return sort_newest_first(parse_madison(self._ask("madison", "--", package)))

    def offers(self, prefix: str, pattern: re.Pattern[str]) -> list[Offer]:
        """List every version of the packages whose names begin so and match the whole pattern."""
        with hold_lock(self.root):
            self._prepare()
            names = self._ask("pkgnames", "--", prefix).splitlines()
            wanted = sorted(name for name in names if pattern.fullmatch(name))
            rows = parse_madison_rows(self._ask("madison", "--", *wanted)) if wanted else []
            there = list(dict.fromkeys(package for package, _ in rows))  # the rest are names in dependencies
            stanzas = parse_stanzas(self._ask("show", "--", *there)) if there else []
        return make_offers(rows, stanzas)

    def newest(self, package: str, *, prereleases: bool = False) -> PackageVersion:
        """Choose the newest version; release candidates count only if `prereleases`."""
        found = self.versions(package)
        for each in found:
            if prereleases or not each.prerelease:
                return each
        why = "has only release candidates" if found else "is not in the package lists"
        raise MachineError(f"{package} {why}; bring newer lists with update(force=True)")

    def fetch(self, package: str, version: str, progress: Callable[[int], None] | None = None) -> Path:
        """Bring a `.deb`, checked by apt, unless it is there already; its path.

        A download that broke off goes on where it stopped. `progress` hears, from another thread,
        how many bytes have come.
        """
        with hold_lock(self.root):
            if there := self._find(self.packages, package, version):
                return there
            self._prepare()
            with self._arrival() as arrival, self._watch(package, version, arrival, progress):
                return self._download(package, version, arrival)

    def closure(self, packages: Sequence[str]) -> list[tuple[str, str]]:
        """List packages with all that they depend on, as apt would install them on an empty system.

        Each with its version, sorted by name. MachineError when the lists cannot satisfy them.
        """
        with hold_lock(self.root):
            self._prepare()
            words = ("--quiet", "--quiet", "--simulate", "--no-install-recommends", "install")
            result = self._run("apt-get", *words, "--", *packages)
            if result.returncode != 0:
                repair = "bring newer lists with update(force=True); a suite in transition heals within days"
                raise refuse(f"apt finds no way to have {', '.join(packages)}", result.stderr, repair)
            return parse_simulation(result.stdout)

    def fetch_all(self, wanted: Sequence[tuple[str, str]]) -> list[Path]:
        """Bring `.deb` files by name and version, checked by apt, in one go; their paths in this order."""
        with hold_lock(self.root):
            self._prepare()
            missing = [each for each in wanted if not self._find(self.packages, *each)]
            with self._arrival() as arrival:
                names = [f"{package}={version}" for package, version in missing]
                result = self._run("apt-get", "--quiet", "--quiet", "download", *names, cwd=arrival)
                for came in arrival.glob("*.deb"):
                    came.rename(self.packages / came.name)
            found = [self._find(self.packages, *each) for each in wanted]
            lost = [package for (package, _), path in zip(wanted, found, strict=True) if path is None]
            if lost:
                raise refuse(f"apt could not fetch {', '.join(lost)}", result.stderr, _NEWER_LISTS)
            return [path for path in found if path]

    def extract(self, deb: Path, member: str) -> bytes:
        """Read one regular file out of a `.deb` (`./usr/include/linux/bpf.h`)."""
        return run_extract(deb, member)

    def _download(self, package: str, version: str, arrival: Path) -> Path:
        wanted = f"{package}={version}"
        result = self._run("apt-get", "--quiet", "--quiet", "download", wanted, cwd=arrival)
        came = self._find(arrival, package, version)
        if result.returncode != 0 or came is None:
            raise refuse(f"apt could not fetch {wanted}", result.stderr, _NEWER_LISTS)
        return came.rename(self.packages / came.name)

    @contextmanager
    def _arrival(self) -> Iterator[Path]:
        """A folder for this download; apt keeps what has come in its own partial/ and puts the checked whole here."""
        arrival = self.root / ".arrival.bpfref-tmp"
        shutil.rmtree(arrival, ignore_errors=True)
        arrival.mkdir()
        try:
            yield arrival
        finally:
            shutil.rmtree(arrival, ignore_errors=True)

    @contextmanager
    def _watch(
        self, package: str, version: str, arrival: Path, progress: Callable[[int], None] | None
    ) -> Iterator[None]:
        """Look at what apt has on disk while it works; its own report has no stable form."""
        done = threading.Event()
        partial = self.root / "cache/archives/partial"

        def look() -> None:
            while progress and not done.wait(_LOOK_EVERY):
                coming = self._find(partial, package, version) or self._find(arrival, package, version)
                with suppress(FileNotFoundError):  # apt has just moved it
                    progress(coming.stat().st_size if coming else 0)

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _find(self, folder: Path, package: str, version: str) -> Path | None:
        # Apt writes the colon of an epoch as %3a, and leaves ~ and + alone.
        stem = f"{package}_{quote(version, safe='~+').replace('%3A', '%3a')}_"
        return next((p for p in sorted(folder.glob("*.deb")) if p.name.startswith(stem)), None)

    def _prepare(self) -> None:
        """Lay the root out; lists of other sources than the last time's count as never brought."""
        for folder in _FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)  # the settings may hold a proxy's password
        for empty in (self.root / "status", self.root / "etc/sources.list"):
            if not empty.exists():  # a newer date would make apt build its index of packages anew
                empty.touch()
        if self._sources is None:
            self._sources = find_sources()
        write_text(self.root / "apt.conf", self._configuration())
        if (self.root / "etc/sources.list").read_text() != self._sources.lines():
            self._stamp.unlink(missing_ok=True)
            write_text(self.root / "etc/sources.list", self._sources.lines())

    def _configuration(self) -> str:
        """Apt's whole configuration, in its own syntax.

        Read through APT_CONFIG, it turns apt away from the system's files before any is read.
        """
        own = {
            "Dir": f"{self.root}/",
            "Dir::Etc": "etc/",
            "Dir::State": "state/",
            "Dir::State::status": f"{self.root}/status",
            "Dir::Cache": "cache/",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::Languages": "none",
            "Acquire::GzipIndexes": "true",
            "Acquire::PDiffs": "false",
            "Acquire::Retries": "2",
            "APT::Get::AllowUnauthenticated": "false",
            # The user _apt cannot write below a home folder; who owns the cache may.
            "APT::Sandbox::User": "root",
        }
        return "".join(f'{key} "{value}";\n' for key, value in own.items()) + "".join(
            f"{line}\n" for line in read_acquire_settings()
        )

    def _age(self) -> float:
        """Seconds since the lists came; infinite if they never did."""
        if not self._stamp.exists():
            return float("inf")
        return max(0.0, time.time() - self._stamp.stat().st_mtime)

    def _ask(self, *words: str) -> str:
        """What apt-cache prints; it reads the lists alone."""
        result = self._run("apt-cache", *words)
        if result.returncode != 0:
            raise refuse("apt could not read the package lists", result.stderr, "update them")
        return result.stdout

    def _run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return run_command(command, {"APT_CONFIG": str(self.root / "apt.conf")}, cwd)


def is_offline(stderr: str) -> bool:
    """Whether all that apt complains of is that nobody answered."""
    complaints = [line for line in stderr.splitlines() if line.startswith(("E:", "W:", "Err:"))]
    real = [line for line in complaints if not any(word in line for word in _ONLY_SUMS_UP)]
    return bool(real) and all(any(word in line for word in _NOBODY_ANSWERED) for line in real)
