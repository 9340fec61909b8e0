"""Named regions of source files: `// region NAME` … `// endregion`, in Python behind `#`. Pure.

A page shows the lines between such comments, without them and without their common indentation.
Regions do not nest; a name stands once in a file.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from bpfref.errors import SourceError

_MARK = re.compile(r"[ \t]*(?://|#)[ \t]*(?P<word>region|endregion)\b[ \t]*(?P<name>\S*)[ \t]*")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Shown:
    """A file as pages show it: all of it without marks, and its regions by name."""

    whole: str
    regions: dict[str, str]


def parse_regions(text: str, file: Path | str) -> Shown:
    """Read the marks of a file; SourceError for marks that are crossed, nameless or never closed."""
    whole: list[str] = []
    regions: dict[str, str] = {}
    name, opened, inside = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        mark = _MARK.fullmatch(line)
        if mark is None:
            whole.append(line)
            inside.append(line)
        elif mark["word"] == "region":
            if opened:
                raise SourceError(f"a region begins inside that of line {opened}: regions do not nest", file, number)
            if not _NAME.fullmatch(mark["name"]) or mark["name"] in regions:
                raise SourceError("a region needs a name of its own: lower case, digits, hyphens", file, number)
            name, opened, inside = mark["name"], number, []
        elif not opened:
            raise SourceError("endregion closes nothing: remove it", file, number)
        else:
            regions[name], opened = _tidy(inside), 0
    if opened:
        raise SourceError(f"region {name} is never closed: add endregion", file, opened)
    return Shown(_tidy(whole), regions)


def _tidy(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n") + "\n"
