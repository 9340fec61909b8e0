"""Kernel build files: which configuration symbol decides whether a C file is built."""

from __future__ import annotations

import re

_RULE = re.compile(r"^[\w.-]+-\$\((CONFIG_\w+)\)\s*[+:]?=\s*(.*)$", re.M)
_CONTINUED = re.compile(r"\\\n\s*")


def parse_options(makefile: str, stem: str) -> tuple[str, ...]:
    """The symbols of the rules that name `stem.o`, in the file's order, each once."""
    plain = _CONTINUED.sub(" ", re.sub(r"#.*", "", makefile))
    wanted = f"{stem}.o"
    return tuple(dict.fromkeys(option for option, objects in _RULE.findall(plain) if wanted in objects.split()))
