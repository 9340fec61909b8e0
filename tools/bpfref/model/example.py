"""Examples: what `docs/examples/<name>/example.yaml` promises, and what kernels gave (`data/verified/examples`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bpfref.model.fact import Fact
from bpfref.model.version import Version

DEFINITION = "example.yaml"
USER_PYTHON, USER_C = "user.py", "user.c"
KERNEL_SIDE = ".bpf.c"

_HOLE = re.compile(r"<([a-z_][a-z0-9_]*)>")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What no promise may take as it comes: a pattern that matches all of these says nothing.
_ANYTHING = ("", "0", "x", "Traceback (most recent call last):", "-1 EINVAL")


@dataclass(frozen=True)
class Run(Fact):
    """A test run of one program, without any hook.

    `data` is a packet in hexadecimal, filled up with zeros to `size` bytes; `context` is hexadecimal
    too. `returns` is a number or a constant of `linux/bpf.h`; `out` what the packet begins with
    afterwards, in hexadecimal.
    """

    program: str
    returns: int | str
    data: str = ""
    size: int = 0
    context: str | None = None
    repeat: int = 1
    out: str | None = None

    def __post_init__(self) -> None:
        for text in filter(None, (self.data, self.context, self.out)):
            bytes.fromhex(text)


@dataclass(frozen=True)
class Element(Fact):
    """An element of a map after the runs: its value, or the sum over all CPUs."""

    key: int | str
    value: int | str | dict[str, int | str] | None = None
    sum: int | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.sum is None):
            raise ValueError(f"the element {self.key} needs either value or sum")


@dataclass(frozen=True)
class Expect(Fact):
    """What must result.

    A line of `output` is the line itself; `<name>` in it stands for what `varying` has a regular
    expression for, and for the same text wherever it stands. `message` is a regular expression that
    the telling line of a refusal has to match as a whole, by the first series that words it so.
    """

    verdict: Literal["accepted", "rejected"] = "accepted"
    message: dict[str, str] = field(default_factory=dict)
    output: tuple[str, ...] = ()
    varying: dict[str, str] = field(default_factory=dict)
    exit: int = 0
    maps: dict[str, tuple[Element, ...]] = field(default_factory=dict)
    variables: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for release in self.message:
            Version.parse(release)
        for pattern in (*self.message.values(), *self.varying.values()):
            _compile(pattern)
        used = {hole for line in self.output for hole in _HOLE.findall(line)}
        if unknown := used ^ set(self.varying):
            raise ValueError(f"<{min(unknown)}> stands either in output or in varying alone: it belongs in both")
        if (self.verdict == "rejected") != bool(self.message):
            raise ValueError("message belongs to the verdict rejected, and that needs one")

    def message_on(self, series: str) -> str | None:
        """The pattern of a refusal on a series; None before the first that is named."""
        release, found = Version.parse(series), None
        for first in sorted(self.message, key=Version.parse):
            if Version.parse(first) <= release:
                found = self.message[first]
        return found

    def match_output(self, output: str) -> list[str] | None:
        """The lines as promised, with names for what varies, if the output is that; else None."""
        seen: set[str] = set()

        def hole(name: str) -> str:
            if name in seen:
                return f"(?P={name})"
            seen.add(name)
            return f"(?P<{name}>{self.varying[name]})"

        lines = []
        for line in self.output:
            # Text and names take turns.
            parts = [re.escape(part) if n % 2 == 0 else hole(part) for n, part in enumerate(_HOLE.split(line))]
            lines.append("".join(parts))
        return list(self.output) if re.fullmatch("\n".join(lines), output.rstrip("\n")) else None


@dataclass(frozen=True)
class Example(Fact):
    """`example.yaml`: one lesson.

    `teaches` is one sentence; `subjects` are names of entries that it is about; `since` the first
    release that it passes on, and `because` why that is later than its object and subjects need;
    `until` the first release that takes a program that is rejected before. `modules` are those that
    a guest has to load first, `cpu` the level of the instruction set to compile for (`-mcpu`);
    `seconds` is the time that it has in a guest with hardware virtualization, and an emulated one has more.
    """

    title: str
    teaches: str
    subjects: tuple[str, ...]
    since: str
    expect: Expect
    because: str | None = None
    until: str | None = None
    runs: tuple[Run, ...] = ()
    modules: tuple[str, ...] = ()
    cpu: str = "v3"
    seconds: int = 30

    def __post_init__(self) -> None:
        since = Version.parse(self.since)
        if self.until is not None and Version.parse(self.until) <= since:
            raise ValueError("until is not later than since: it is the first release that takes the program")
        if self.until is not None and self.expect.verdict != "rejected":
            raise ValueError("until is for programs that are rejected before: remove it")
        if not self.subjects:
            raise ValueError("subjects is empty: name the entries that it is about")
        if (self.expect.maps or self.expect.variables) and not self.runs:
            raise ValueError("maps and variables are looked at after runs: there is none")

    def find_idle(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """Why a promise could not be broken, or is not looked at."""
        user = USER_PYTHON in files or USER_C in files
        if self.expect.verdict == "rejected":
            if self.runs or user or self.expect.output:
                yield "a program that is rejected cannot run: remove runs, output and user side"
        elif not self.runs and not self.expect.output:
            yield "nothing but loading is tested: add runs, or a user side and its output"
        if self.expect.output and not user:
            yield f"output is promised, and neither {USER_PYTHON} nor {USER_C} is there to print it"
        if user and not self.expect.output:
            yield "the output of the user side is not tested: add output"
        for pattern in (*self.expect.message.values(), *self.expect.varying.values()):
            if all(re.fullmatch(pattern, text) for text in _ANYTHING):
                yield f"{pattern!r} takes anything: say what it must look like"


@dataclass(frozen=True)
class ExampleFolder:
    """A folder below `docs/examples`: its name, what it promises, and the bytes of all its files."""

    name: str
    definition: Example
    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """Names all that the example is made of."""
        made = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            made.update(f"{name}\0{len(data)}\0".encode() + data)
        return made.hexdigest()

    @property
    def kernel_side(self) -> str:
        """The file for the kernel."""
        return f"{self.name}{KERNEL_SIDE}"


@dataclass(frozen=True)
class Record(Fact):
    """What a kernel made of an example.

    `passed`: all came as promised. `unsupported`: the kernel is older than the example's `since`, and
    did not do it; `message` says why. `lifted`: the kernel is as new as `until`, and took what older
    ones reject. `untried`: its packages lack a module that the example needs, and `message` says
    which. `source` is the digest of what was verified. `message` of a rejected program is the telling
    line of the log. `instructions` are those that the verifier processed, by program. `output` has
    names in angle brackets for what varies.
    """

    source: str
    outcome: Literal["passed", "unsupported", "lifted", "untried"]
    verdict: Literal["accepted", "rejected"]
    message: str | None = None
    instructions: dict[str, int] = field(default_factory=dict)
    output: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerifiedKernel(Fact):
    """The kernel that examples were run on; `image` is the digest of `model.kernel.Kernel`.

    `compiler` names that of all verdicts; where some are older than a change of it, both.
    """

    series: str
    release: str
    package: str
    version: str
    image: str
    compiler: str


@dataclass(frozen=True)
class ExamplesFile(Fact):
    """`data/verified/examples/v6.12.yaml`."""

    kernel: VerifiedKernel
    examples: dict[str, Record]


def is_name(text: str) -> bool:
    """Whether a folder may be called so: lower case, digits and hyphens."""
    return _NAME.fullmatch(text) is not None


def _compile(pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    if compiled.groupindex:
        raise ValueError(f"{pattern!r} names a group: names belong to what varies")
