"""The files that a compiler read, by the rule for make that it writes (`-MD`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

_CONTINUED = re.compile(r"\\\r?\n")
_WORD = re.compile(r"(?:\\[ #]|\$\$|[^\s\\]|\\(?![ #\n]))+")
_ESCAPED = re.compile(r"\\([ #])|\$(\$)")


def parse_rule(text: str) -> list[Path]:
    """The prerequisites of the first rule, each once, in its order."""
    _, _, rest = _CONTINUED.sub(" ", text).partition(": ")
    words = (_ESCAPED.sub(lambda found: found[1] or found[2], word) for word in _WORD.findall(rest.partition("\n")[0]))
    return [Path(word) for word in dict.fromkeys(words)]


def find_shadows(files: Iterable[Path], own: Sequence[Path], others: Sequence[Path]) -> list[Path]:
    """Where a new file would be read instead of one that was.

    `own` are folders in which files may appear, searched first; `others` those searched after them.
    """
    order = list(dict.fromkeys((*own, *others)))
    read, found = set(files), dict[Path, None]()
    for file in sorted(read):
        holders = [number for number, folder in enumerate(order) if file.is_relative_to(folder)]
        place = max(holders, key=lambda number: len(order[number].parts), default=0)
        found |= dict.fromkeys(folder / file.relative_to(order[place]) for folder in order[: min(place, len(own))])
    return [path for path in found if path not in read]
