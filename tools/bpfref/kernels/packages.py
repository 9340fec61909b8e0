"""Debian packages: versions and their order, and a file out of a `.deb`; and what apt refused."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cmp_to_key
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.kernels.complaints import refuse
from bpfref.kernels.process import run_command

_MADISON = re.compile(
    r"\s*(?P<package>\S+) \|\s*(?P<version>\S+) \| \S+ (?P<suite>\S+)/\S+ (?:\S+ )?(?P<index>Packages|Sources)"
)
_INST = re.compile(r"Inst (?P<package>[^\s:]+)(?::\S+)? \((?P<version>\S+) ")


@dataclass(frozen=True)
class PackageVersion:
    """A version of a package, and a suite that offers it."""

    version: str
    suite: str

    @property
    def prerelease(self) -> bool:
        """Whether upstream calls it a release candidate (`7.3~rc7-1~exp1`)."""
        return "~rc" in self.version


@dataclass(frozen=True)
class Offer:
    """A package of the archive in one version.

    Sizes in bytes, of the file and once unpacked; `depends` are the names of all packages that it
    depends on, alternatives too.
    """

    package: str
    version: str
    suite: str
    size: int
    installed: int
    depends: tuple[str, ...] = ()


def parse_madison(text: str) -> list[PackageVersion]:
    """Read what `apt-cache madison` prints; MachineError for a line of another form."""
    return [version for _, version in parse_madison_rows(text)]


def parse_madison_rows(text: str) -> list[tuple[str, PackageVersion]]:
    """Read what `apt-cache madison` prints of several packages: each version with its package."""
    found = []
    for line in text.splitlines():
        row = _MADISON.fullmatch(line)
        if row is None:
            raise MachineError(f"apt-cache madison printed {line!r}: an apt that we do not know")
        if row["index"] == "Packages":  # the other kind is a source package of the same name
            found.append((row["package"], PackageVersion(row["version"], row["suite"])))
    return found


def parse_simulation(text: str) -> list[tuple[str, str]]:
    """Read what `apt-get --simulate install` would install: packages and versions, sorted by package."""
    lines = [line for line in text.splitlines() if line.startswith("Inst ")]
    found = [_INST.match(line) for line in lines]
    for line, row in zip(lines, found, strict=True):
        if row is None:
            raise MachineError(f"apt-get --simulate printed {line!r}: an apt that we do not know")
    return sorted((row["package"], row["version"]) for row in found if row)


def parse_stanzas(text: str) -> list[dict[str, str]]:
    """Read what `apt-cache show` prints: each package's fields, only first lines of long ones."""
    stanzas = []
    for block in re.split(r"\n{2,}", text.strip("\n")):
        lines = [line.partition(":") for line in block.splitlines() if line[:1].strip()]
        stanzas.append({key: value.strip() for key, _, value in lines})
    return [stanza for stanza in stanzas if stanza]


def make_offers(rows: Iterable[tuple[str, PackageVersion]], stanzas: Iterable[dict[str, str]]) -> list[Offer]:
    """Join the two; MachineError where apt says nothing of a size. Each once, in the order of `rows`."""
    known = {(stanza.get("Package"), stanza.get("Version")): stanza for stanza in stanzas}
    offers = []
    for package, each in dict.fromkeys(rows):
        try:
            stanza = known[package, each.version]
            size, installed = int(stanza["Size"]), int(stanza.get("Installed-Size", "0")) * 1024
        except (KeyError, ValueError) as error:
            raise MachineError(f"apt-cache show does not tell the size of {package} {each.version}") from error
        depends = tuple(re.findall(r"(?:^|[,|])\s*([^\s,|:(]+)", stanza.get("Depends", "")))
        offers.append(Offer(package, each.version, each.suite, size, installed, depends))
    return offers


def sort_newest_first(versions: Iterable[PackageVersion]) -> list[PackageVersion]:
    """Sort by Debian's version order, then by suite; each once."""

    def newer(first: PackageVersion, second: PackageVersion) -> int:
        return run_compare(second.version, first.version)

    return sorted(sorted(set(versions), key=lambda v: v.suite), key=cmp_to_key(newer))


def run_compare(first: str, second: str) -> int:
    """Negative, zero or positive, as `first` sorts before, with or after `second` for dpkg."""
    if first == second:
        return 0
    result = run_command(["dpkg", "--compare-versions", first, "lt", second])
    return -1 if result.returncode == 0 else 1


def run_extract(deb: Path, member: str) -> bytes:
    """Read one regular file out of a `.deb`; MachineError if it cannot be had."""
    wanted = member.removeprefix("./")
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except FileNotFoundError as error:
        raise MachineError("dpkg-deb is not installed: install the package dpkg", deb) from error
    with process:
        try:
            content = _read_member(process, wanted)
        except tarfile.TarError as error:
            said = process.stderr.read().decode(errors="replace") if process.stderr else ""
            raise refuse(f"{deb.name} cannot be read", said, "delete it and fetch it again") from (error)
        finally:
            process.kill()  # what follows the member is of no interest
    if content is None:
        raise MachineError(f"the package has no file {member}; is it the right package?", deb)
    return content


def _read_member(process: subprocess.Popen[bytes], wanted: str) -> bytes | None:
    with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
        for entry in tar:
            if entry.name.removeprefix("./") == wanted and entry.isreg():
                stream = tar.extractfile(entry)
                return stream.read() if stream else None
    return None
