"""Since which kernel release a feature exists, and who says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bpfref.model.fact import Fact
from bpfref.model.version import Version

_COMMIT = re.compile(r"[0-9a-f]{12,40}")


@dataclass(frozen=True)
class Since(Fact):
    """First release that has a feature, and first that no longer has it.

    `commit` is the kernel commit that introduced it; `evidence` names the witnesses
    (`git: <repository>`, `table`, `kernel v6.1: absent`).
    """

    since: str
    commit: str | None = None
    until: str | None = None
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for release in filter(None, (self.since, self.until)):
            Version.parse(release)
        if self.commit is not None and not _COMMIT.fullmatch(self.commit):
            raise ValueError(f"{self.commit!r} is no commit: write 12 to 40 hexadecimal digits")

    @property
    def is_claim(self) -> bool:
        """True when a published table alone says the release; witnesses only do not rule it out."""
        return self.evidence[:1] == ("table",)

    @property
    def version(self) -> Version:
        """`since` as a release that sorts."""
        return Version.parse(self.since)


@dataclass(frozen=True)
class SinceTable(Fact):
    """Claims of one published source: kind of feature, then name, then what it claims."""

    evidence: str
    source: str
    features: dict[str, dict[str, Since]]
