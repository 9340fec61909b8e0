"""What this machine's own apt says of itself: its Debian mirror, its proxy, Debian's keys."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import MachineError
from bpfref.kernels.process import run_command

# The newest libbpf-dev and linux-libc-dev enter through sid; release candidates of the kernel
# through experimental; trixie-backports has new kernels' headers; the two stable releases keep
# the versions that most readers run.
SUITES = ("bookworm", "trixie", "trixie-backports", "sid", "experimental")

# Debian 13 and its predecessors name the same keyring differently.
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)

MIRROR_VARIABLE = "BPFREF_DEBIAN_MIRROR"

_FIELDS = ("REPO_URI", "RELEASE", "COMPONENT", "ORIGIN", "LABEL")
_OTHER_WAYS = (
    f"set {MIRROR_VARIABLE} to the address of a Debian mirror, work in the container image that "
    "the Dockerfile describes, or give the file with --header FILE"
)


@dataclass(frozen=True)
class Sources:
    """An archive: its address, the suites to read, and the keyring that must have signed them."""

    mirror: str
    suites: tuple[str, ...]
    keyring: Path

    def lines(self) -> str:
        """Write them as the text of a `sources.list`."""
        return "".join(f"deb [signed-by={self.keyring}] {self.mirror} {suite} main\n" for suite in self.suites)


@dataclass(frozen=True)
class Target:
    """A package index that the machine's apt knows; origin and label are of its Release file."""

    mirror: str
    release: str
    component: str
    origin: str
    label: str


def find_sources() -> Sources:
    """Find Debian's archive as this machine reaches it; MachineError names the ways out."""
    return Sources(find_mirror(), SUITES, find_keyring())


def find_mirror() -> str:
    """Find the mirror of Debian's main archive: BPFREF_DEBIAN_MIRROR, else the one apt uses."""
    if given := os.environ.get(MIRROR_VARIABLE):
        return given
    layout = "|".join(f"$({field})" for field in _FIELDS)
    result = run_command(["apt-get", "indextargets", "--format", layout, "Created-By: Packages"])
    if result.returncode != 0:
        raise MachineError(f"apt-get indextargets failed: {result.stderr.strip()}")
    system = read_system()
    mirror = choose_mirror(parse_targets(result.stdout), system)
    if mirror is None:
        name = system.get("PRETTY_NAME", "this system")
        raise MachineError(f"the apt of {name} has no mirror of Debian's archive: {_OTHER_WAYS}")
    return mirror


def find_keyring() -> Path:
    """Debian's keyring on this machine."""
    for keyring in KEYRINGS:
        if keyring.is_file():
            return keyring
    raise MachineError(
        f"{KEYRINGS[0]} is missing: without it nothing from Debian's archive can be trusted; "
        "install the package debian-archive-keyring"
    )


def parse_targets(text: str) -> list[Target]:
    """Read the lines that `find_mirror` asks apt for."""
    rows = [line.split("|") for line in text.splitlines()]
    if any(len(row) != len(_FIELDS) for row in rows):
        raise MachineError("apt-get indextargets printed a line of another form than asked for")
    return [Target(*(_known(value) for value in row)) for row in rows]


def choose_mirror(targets: Iterable[Target], system: dict[str, str]) -> str | None:
    """Choose the mirror of Debian's main archive, not of its security updates, if there is one.

    On a machine whose lists were never brought, origin and label are not known yet; there the
    suite decides: on Debian its main archive is what carries the release's plain code name.
    """
    plain = {system.get("VERSION_CODENAME"), "stable", "testing", "unstable", "sid"}
    for target in targets:
        if target.component != "main" or target.mirror.startswith("cdrom:"):
            continue
        named = (target.origin, target.label) == ("Debian", "Debian")
        unnamed = not target.origin and system.get("ID") == "debian" and target.release in plain
        if named or unnamed:
            return target.mirror
    return None


def read_system() -> dict[str, str]:
    """Read the keys of `/etc/os-release`; empty on a system without it."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def read_acquire_settings() -> list[str]:
    """Read the machine's settings of how to reach its mirror, in apt's syntax.

    Proxy and certificates; and whether the mirror may be older than its Release files say: one
    that is frozen on purpose (a snapshot) has expired, and its machine's apt is told to accept
    that. Neither touches the check of signatures.
    """
    result = run_command(["apt-config", "dump"])
    roots = (
        "Acquire::http::",
        "Acquire::https::",
        "Acquire::tor",
        "Acquire::ForceIPv",
        "Acquire::Check-Valid-Until ",
        "Acquire::Check-Date ",
    )
    # Switches that weaken the check of a server's certificate stay behind.
    lines = (line for line in result.stdout.splitlines() if line.startswith(roots))
    return [line for line in lines if "Verify-" not in line]


def _known(value: str) -> str:
    """Apt prints a field that it knows nothing of as its own placeholder: `$(ORIGIN)`."""
    return "" if value.startswith("$(") else value
