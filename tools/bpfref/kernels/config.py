"""A kernel's configuration: text to values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from bpfref.errors import MachineError, SourceError
from bpfref.model.kernel import Kernel

_SET = re.compile(r"(?P<name>CONFIG_\w+)=(?P<value>.*)")
_UNSET = re.compile(r"# (?P<name>CONFIG_\w+) is not set")
_NUMBER = re.compile(r"-?\d+|0[xX][0-9a-fA-F]+")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Tristate(StrEnum):
    """What a switch is set to."""

    YES = "y"
    MODULE = "m"
    NO = "n"


Value = Tristate | int | str


class Configuration(Mapping[str, Value]):
    """The options of a kernel by name, with or without `CONFIG_`.

    An option that the text does not name is not among the keys: `get` gives None, `state` gives NO.
    """

    def __init__(self, values: Mapping[str, Value]):
        self._values = dict(values)

    def __getitem__(self, name: str) -> Value:
        return self._values[_full(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def state(self, name: str) -> Tristate:
        """What a switch is; ValueError for an option that holds a number or a text."""
        value = self._values.get(_full(name), Tristate.NO)
        if not isinstance(value, Tristate):
            raise ValueError(f"{name} is no switch: it is {value!r}")
        return value

    def enabled(self, name: str) -> bool:
        """Whether a switch is on, built in or as a module."""
        return self.state(name) is not Tristate.NO


def parse_config(text: str, file: Path | str | None = None) -> Configuration:
    """Read the text of a `.config`; SourceError at the first line that is not of its form."""
    values: dict[str, Value] = {}
    for number, line in enumerate(text.split("\n"), 1):
        found = _UNSET.fullmatch(line) or _SET.fullmatch(line)
        if found is None:
            if line.strip() and not line.startswith("#"):
                raise SourceError(f"{line!r} is no line of a kernel configuration", file, number)
            continue
        name = found["name"]
        if name in values:
            raise SourceError(f"{name} is here twice", file, number)
        values[name] = _value(found["value"], file, number) if found.re is _SET else Tristate.NO
    if not values:
        raise SourceError("holds no option: this is no kernel configuration; fetch the kernel again", file)
    return Configuration(values)


def read_config(kernel: Kernel) -> Configuration:
    """Read a kernel's configuration; MachineError when the archive has lost it."""
    if kernel.config is None:
        lost = ", ".join(kernel.lacks) or "the package that holds it"
        raise MachineError(
            f"{kernel.series} ({kernel.release}) has no configuration: the archive no longer has {lost}; "
            "name a newer version in data/authored/kernels.yaml, or do without"
        )
    try:
        text = kernel.config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MachineError(
            f"cannot be read ({error}): bpfref kernels fetch {kernel.series} brings it again", kernel.config
        ) from error
    return parse_config(text, kernel.config)


def _value(text: str, file: Path | str | None, line: int) -> Value:
    if text in set(Tristate):
        return Tristate(text)
    if _NUMBER.fullmatch(text):
        return int(text, 16 if text[:2] in {"0x", "0X"} else 10)
    if found := _STRING.fullmatch(text):
        return re.sub(r"\\(.)", r"\1", found[1])
    raise SourceError(f"{text!r} is no value: expected y, m, n, a number or a text in quotes", file, line)


def _full(name: str) -> str:
    return name if name.startswith("CONFIG_") else f"CONFIG_{name}"
