"""How libbpf reads the names of sections: program type, attach type and flags, since which version."""

from __future__ import annotations

from dataclasses import dataclass

from bpfref.model.fact import Fact
from bpfref.model.version import Version

STRICT = "v1.0.0"  # from here on libbpf refuses what it only warned of before
SLEEPABLE, FRAGS, BTF_TARGET, USDT = "SEC_SLEEPABLE", "SEC_XDP_FRAGS", "SEC_ATTACH_BTF", "SEC_USDT"


@dataclass(frozen=True)
class SectionRule(Fact):
    """One entry of libbpf's table; the first that matches a section's name has it.

    `pattern` as libbpf writes it: `kprobe+` is `kprobe` alone or with `/` and more, other names
    must be equal. `flags` are libbpf's own names; `handler` the function that attaches. `since` is
    the first tagged version with the name, None when no version has it yet; `until` the first
    without it.
    """

    pattern: str
    program: str
    attach: str | None = None
    flags: tuple[str, ...] = ()
    handler: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def name(self) -> str:
        """The name that the history of versions goes by, without the sign of what may follow."""
        return self.pattern.rstrip("+/")

    def matches(self, section: str) -> bool:
        """Whether a section's name is one of these, by the rules of libbpf 1.0 and later."""
        if self.pattern.endswith("+"):
            return section == self.name or section.startswith(f"{self.name}/")
        if self.pattern.endswith("/"):
            return section.startswith(self.pattern)
        return section == self.pattern


@dataclass(frozen=True)
class SectionsTable(Fact):
    """`data/scraped/libbpf-sections.yaml`: libbpf's table as of a commit, and names that are gone from it.

    `newest` is the newest tagged version.
    """

    url: str
    commit: str
    newest: str
    sections: tuple[SectionRule, ...]
    gone: tuple[SectionRule, ...] = ()

    def rule(self, section: str) -> SectionRule | None:
        """The entry for a section's name, None when libbpf does not know it."""
        return next((rule for rule in self.sections if rule.matches(section)), None)

    def prefix_rule(self, section: str) -> SectionRule | None:
        """The entry whose name a section's begins with: what libbpf before 1.0 made of it, and other loaders do."""
        found = (rule for rule in self.sections if rule.pattern == rule.name and section.startswith(rule.name))
        early = (rule for rule in found if rule.since and Version.parse(rule.since) < Version.parse(STRICT))
        return max(early, default=None, key=lambda rule: len(rule.name))

    def gone_rule(self, section: str) -> SectionRule | None:
        """The entry that older versions had for a section's name."""
        return next((rule for rule in self.gone if rule.matches(section)), None)
