"""The pages as checks see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bpfref.files import read_text
from bpfref.layout import Layout
from bpfref.pages import find_pages, split_front

_LEAD = re.compile(r"^# [^\n]*\n\s*(?P<lead>[^\s#<][^\n]*)", re.M)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


@dataclass(frozen=True)
class Page:
    """A page: its path below the documentation folder, as reports name it, and its text."""

    name: str
    report: str
    text: str

    @property
    def front(self) -> str | None:
        """The front matter's YAML, None without any."""
        return split_front(self.text)[0]

    @property
    def lead(self) -> str:
        """The line below the title; empty where something else stands there."""
        found = _LEAD.search(self.text)
        return found["lead"] if found else ""

    def prose(self) -> Iterator[tuple[int, str]]:
        """Numbered lines outside front matter and fences."""
        first = self.text.count("\n") - split_front(self.text)[1].count("\n")
        fence = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            mark = _FENCE.match(line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            elif not fence and number > first:
                yield number, line


def read_pages(layout: Layout) -> list[Page]:
    """Every page below the documentation folder, sorted."""
    return [
        Page(path.relative_to(layout.docs).as_posix(), path.relative_to(layout.root).as_posix(), read_text(path))
        for path in find_pages(layout.docs)
    ]
