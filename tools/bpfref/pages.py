"""What is a page: which files of a documentation folder are, and where the text of one begins."""

from __future__ import annotations

import re
from pathlib import Path

NAVIGATION = "SUMMARY.md"

_FRONT = re.compile(r"\A---\r?\n(?P<front>.*?)\r?\n---\r?\n", re.S)


def find_pages(docs: Path) -> list[Path]:
    """Every page below a documentation folder, sorted; the navigation and hidden files are none."""
    return [path for path in sorted(docs.rglob("*.md")) if path.name != NAVIGATION and not path.name.startswith(".")]


def split_front(text: str) -> tuple[str | None, str]:
    """A page's front matter, None without any, and the text behind it."""
    found = _FRONT.match(text)
    return (found["front"], text[found.end() :]) if found else (None, text)
