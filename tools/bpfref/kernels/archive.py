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
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote as quote_url

from bpfref.errors import MachineError
from bpfref.files import write_text
from bpfref.kernels.complaints import is_offline, quote, refuse
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
    run_extract,
    sort_newest_first,
)
from bpfref.kernels.process import run_command

log = logging.getLogger("bpfref")

_LOOK_EVERY = 0.2  # seconds between two looks at a download
LISTS_STAY_FRESH = 24 * 60 * 60  # seconds; Debian's archive moves four times a day
_LACKING_STAY_FRESH = 10 * 60  # seconds, when a suite had to be left out: it may be back soon
_LEFT_OUT = "# left out: "

_NO_ANSWER = "check the network and the proxy, then run it again"
_NO_TRUST = (
    "apt trusts neither this mirror's lists nor will we: run it again later, upgrade the package "
    "debian-archive-keyring, or name another mirror in BPFREF_DEBIAN_MIRROR"
)
_NEWER_LISTS = "bring newer lists with update(force=True): the archive drops old versions"

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
        `Lists.OLD`. A suite that apt refuses (expired, gone, badly signed) is left out and named
        on the log; nothing of it is used. MachineError when apt refuses all of them.
        """
        with hold_lock(self.root):
            sources = self._prepare()
            if not force and self._age() < (_LACKING_STAY_FRESH if self.left_out() else LISTS_STAY_FRESH):
                return Lists.FRESH
            result = self._bring(sources)
            left: dict[str, str] = {}
            if result.returncode != 0 and not is_offline(result.stderr):
                left = self._find_refused(sources)
                if len(left) < len(sources.suites):
                    sources = replace(sources, suites=tuple(suite for suite in sources.suites if suite not in left))
                    result = self._bring(sources)
            if result.returncode == 0:
                self._keep(sources, left)
                return Lists.UPDATED
            if self._stamp.exists() and is_offline(result.stderr):
                days = self._age() / LISTS_STAY_FRESH
                log.warning("the archive does not answer: using lists %.1f days old", days)
                return Lists.OLD
            self._stamp.unlink(missing_ok=True)
            repair = _NO_ANSWER if is_offline(result.stderr) else _NO_TRUST
            raise refuse("apt could not bring the package lists", result.stderr, repair)

    def left_out(self) -> dict[str, str]:
        """Name the suites that the lists lack because apt refused them, with its reason."""
        read = self.root / "etc/sources.list"
        lines = read.read_text().splitlines() if read.exists() else []
        notes = (line.removeprefix(_LEFT_OUT).partition(": ") for line in lines if line.startswith(_LEFT_OUT))
        return {suite: reason for suite, _, reason in notes}

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
        lacking = "".join(f"; {suite} is left out ({reason})" for suite, reason in self.left_out().items())
        raise MachineError(f"{package} {why}{lacking}; bring newer lists with update(force=True)")

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
        stem = f"{package}_{quote_url(version, safe='~+').replace('%3A', '%3a')}_"
        return next((p for p in sorted(folder.glob("*.deb")) if p.name.startswith(stem)), None)

    def _bring(self, sources: Sources, *options: str) -> subprocess.CompletedProcess[str]:
        """Let apt bring the lists of these sources; what it reads otherwise stays as it is."""
        asked = self.root / "etc/asked.list"
        write_text(asked, sources.lines())
        command = ["apt-get", "--quiet", "--quiet", "--error-on=any", "-o", f"Dir::Etc::sourcelist={asked}"]
        return self._run(*command, *options, "update")

    def _find_refused(self, sources: Sources) -> dict[str, str]:
        """Ask for each suite alone: which of them apt refuses, and its words."""
        refused = {}
        for suite in sources.suites:
            # without the clean-up, which would delete the lists of the other suites
            result = self._bring(replace(sources, suites=(suite,)), "-o", "APT::Get::List-Cleanup=false")
            if result.returncode != 0:
                refused[suite] = quote(result.stderr)
        return refused

    def _keep(self, sources: Sources, left: dict[str, str]) -> None:
        """Note which sources the lists are of, and which suites they lack; the log names each once."""
        notes = "".join(f"{_LEFT_OUT}{suite}: {reason}\n" for suite, reason in left.items())
        write_text(self.root / "etc/sources.list", notes + sources.lines())
        self._stamp.touch()
        for suite, reason in left.items():
            log.warning("going on without Debian's suite %s: %s", suite, reason)

    def _prepare(self) -> Sources:
        """Lay the root out and give its sources; lists of other sources count as never brought."""
        for folder in _FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)  # the settings may hold a proxy's password
        for empty in (self.root / "status", self.root / "etc/sources.list"):
            if not empty.exists():  # a newer date would make apt build its index of packages anew
                empty.touch()
        if self._sources is None:
            self._sources = find_sources()
        write_text(self.root / "apt.conf", self._configuration())
        if write_text(self.root / "etc/wanted.list", self._sources.lines()):
            self._stamp.unlink(missing_ok=True)
            write_text(self.root / "etc/sources.list", self._sources.lines())
        return self._sources

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
