"""The kernels of the lab: what people ask for (`kernels.yaml`) and what lies in the cache."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bpfref.model.fact import Fact
from bpfref.model.version import Version


@dataclass(frozen=True)
class Series(Fact):
    """A series of kernels, and where Debian's archive has its generic build for amd64.

    `release` is a regular expression for what `uname -r` prints: the names of the packages end in
    it. `version` is the package version that our facts were taken from; without it, or once the
    archive has dropped it, the newest complete one counts. Only with `candidate` may a release
    candidate stand for the series. `source` is the package with the kernel's source, if there is one.
    """

    series: str
    suites: tuple[str, ...]
    release: str
    version: str | None = None
    source: str | None = None
    candidate: bool = False

    def __post_init__(self) -> None:
        Version.parse(self.series)
        if not self.suites:
            raise ValueError(f"{self.series} names no suite: where should it come from?")
        try:
            re.compile(self.release)
        except re.error as error:
            raise ValueError(f"{self.release!r} is no regular expression: {error}") from error


@dataclass(frozen=True)
class KernelsFile(Fact):
    """`data/authored/kernels.yaml`: the series of the lab, oldest first."""

    kernels: tuple[Series, ...]

    def __post_init__(self) -> None:
        order = [Version.parse(kernel.series) for kernel in self.kernels]
        if not order:
            raise ValueError("no kernel is named")
        if any(not first < second for first, second in pairwise(order)):
            raise ValueError("the series must stand oldest first, each once")


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache: what it is, and where its files are.

    `package` is the one that the image came in; `digest` is the SHA-256, in hexadecimal, of the
    bytes of `vmlinuz` followed by those of `config` where there is one. It names the kernel everywhere.
    `lacks` are the packages that belong to it and that the archive no longer has.
    """

    series: str
    release: str
    package: str
    version: str
    suite: str
    digest: str
    folder: Path
    has_config: bool = True
    has_modules: bool = True
    lacks: tuple[str, ...] = ()
    source_package: str | None = None

    @property
    def candidate(self) -> bool:
        """Whether it is a release candidate."""
        return "~rc" in self.version

    @property
    def vmlinuz(self) -> Path:
        """The compressed image, as shipped."""
        return self.folder / "vmlinuz"

    @property
    def vmlinux(self) -> Path:
        """Where the ELF image is once `images.extract_vmlinux` has been asked for it."""
        return self.folder / "vmlinux"

    @property
    def config(self) -> Path | None:
        """The configuration; None when the archive has lost the package that it is in."""
        return self.folder / "config" if self.has_config else None

    @property
    def modules(self) -> Path | None:
        """The folder with `kernel/…/*.ko*`, as shipped; None when the archive has lost the package."""
        return self.folder / "modules" if self.has_modules else None

    @property
    def source(self) -> Path | None:
        """The archive of the kernel's source (`.tar.xz`), if it was fetched."""
        return self.folder / "source.tar.xz" if self.source_package else None
