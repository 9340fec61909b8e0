"""Kernel releases as they are tagged: `v6.10`, `v6.10-rc3`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering

_RELEASE = re.compile(r"v(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?")


@total_ordering
@dataclass(frozen=True)
class Version:
    """A kernel release; a release candidate sorts before its release."""

    major: int
    minor: int
    patch: int = 0
    candidate: int | None = None

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Version:
        """Read `v6.10` or `v6.10-rc3`; ValueError for anything else."""
        found = _RELEASE.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not a kernel release such as v6.10 or v6.10-rc3")
        major, minor, patch, candidate = found.groups()
        return cls(int(major), int(minor), int(patch or 0), int(candidate) if candidate else None)

    @property
    def _key(self) -> tuple[int, int, int, bool, int]:
        final = self.candidate is None
        return (self.major, self.minor, self.patch, final, self.candidate or 0)

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, Version) else NotImplemented

    def __str__(self) -> str:
        patch = f".{self.patch}" if self.patch else ""
        candidate = f"-rc{self.candidate}" if self.candidate is not None else ""
        return f"v{self.major}.{self.minor}{patch}{candidate}"
