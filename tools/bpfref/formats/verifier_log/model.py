"""What a verifier log says, as frozen values: steps, what registers held, complaints, figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bpfref.formats.verifier_log.telling import is_gap

# What registers (`R1`) and slots of the stack (`fp-8`) hold, by name.
State: TypeAlias = "dict[str, Value]"

UNSIGNED = 2**64 - 1
SIGNED = 2**63


@dataclass(frozen=True, slots=True)
class Value:
    """What a register or slot holds, as the log says: `kind` is `scalar`, `ctx`, `pkt`, `map_value_or_null`.

    `facts` are the figures in parentheses by their modern names (`umax`, `off`, `vs`); `number` is a
    constant, or a place on the stack for `fp`. Kinds have their modern names: `inv` is `scalar`.
    """

    text: str
    kind: str
    number: int | None = None
    facts: dict[str, str] = field(default_factory=dict)

    def figure(self, name: str) -> int | None:
        """A fact that is a number."""
        try:
            return int(self.facts[name], 0) if name in self.facts else None
        except ValueError:
            return None

    @property
    def is_scalar(self) -> bool:
        """Whether it is a number and no pointer."""
        return self.kind == "scalar"

    @property
    def bounds(self) -> tuple[int, int]:
        """The smallest and the largest that its number, or what is added to the pointer, may be."""
        if self.is_scalar and self.number is not None:
            return self.number, self.number
        low, high = self.figure("smin"), self.figure("smax")
        least, most = self.figure("umin"), self.figure("umax")
        if most is not None and most < SIGNED and (low is None or low < 0):
            low = least or 0
        if low is None:
            low = least if least is not None and (most is not None and most < SIGNED) else -SIGNED
        if high is None:
            high = most if most is not None and (most < SIGNED or low >= 0) else SIGNED - 1
        return low, high


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the program's source; file and number where the log has them."""

    text: str
    file: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction that was checked, with the states around it as far as the log has them.

    `before` holds all that is known of the frame's registers when it is reached, `after` what the
    log says of them once it is done. `line` is the number of its line among the log's own, from 0.
    """

    index: int
    code: int
    text: str
    line: int
    frame: int = 0
    source: Source | None = None
    before: State = field(default_factory=dict)
    after: State = field(default_factory=dict)
    came_from: int | None = None  # the jump that led here, when the log goes on with another path


@dataclass(frozen=True, slots=True)
class Log:
    """A whole log. `complaints` are lines, the telling one first; `loader` what the loading program said.

    `figures` are those of the last lines by name (`processed`, `limit`). `errno` is a name such as
    `EACCES`, empty when nobody told, and `errno_line` where it was told. `heading` is that of the
    explanation that new kernels add.
    """

    lines: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    complaints: tuple[str, ...] = ()
    complaint_line: int | None = None
    loader: tuple[str, ...] = ()
    program: str = ""
    errno: str = ""
    errno_line: str = ""
    heading: str = ""
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def telling(self) -> str:
        """The line that names the reason; empty for a log without any."""
        return self.complaints[0] if self.complaints else self.heading

    @property
    def failing(self) -> Step | None:
        """The instruction that the complaint is about: the last before it; None when lines between are left out."""
        if not self.steps or (self.complaint_line is not None and self.steps[-1].line > self.complaint_line):
            return None
        between = self.lines[self.steps[-1].line + 1 : self.complaint_line]
        return None if any(map(is_gap, between)) else self.steps[-1]
