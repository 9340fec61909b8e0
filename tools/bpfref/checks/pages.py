"""The pages as checks see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpfref.files import read_text
from bpfref.layout import Layout

_FRONT = re.compile(r"\A---\n(?P<front>.*?)\n---\n", re.S)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
NAVIGATION = "SUMMARY.md"


@dataclass(frozen=True)
class Page:
    """A page: its path below the documentation folder, as reports name it, and its text."""

    name: str
    report: str
    text: str

    @property
    def front(self) -> str | None:
        """The front matter's YAML, None without any."""
        found = _FRONT.match(self.text)
        return found["front"] if found else None

    def prose(self) -> Iterator[tuple[int, str]]:
        """Numbered lines outside front matter and fences."""
        found = _FRONT.match(self.text)
        first = found[0].count("\n") if found else 0
        fence = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            mark = _FENCE.match(line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            elif not fence and number > first:
                yield number, line


def read_pages(layout: Layout) -> list[Page]:
    """Every page below the documentation folder, sorted; the navigation is no page."""
    return [_page(layout, path) for path in sorted(layout.docs.rglob("*.md")) if _is_page(path)]


def _is_page(path: Path) -> bool:
    return path.name != NAVIGATION and not path.name.startswith(".")


def _page(layout: Layout, path: Path) -> Page:
    name = path.relative_to(layout.docs).as_posix()
    return Page(name, path.relative_to(layout.root).as_posix(), read_text(path))
