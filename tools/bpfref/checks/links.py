"""Checks of links between pages: the file exists; anchors are the site engine's to check."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.layout import Layout

_LINK = re.compile(r"(?<!!)\]\((?P<target>[^()\s#]+)(?:#[^()\s]*)?(?:\s+\"[^\"]*\")?\)")
_NO_LINK = re.compile(r"(`+).+?\1|<!--.*?-->")


def problems(layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """Relative links whose target is not below the documentation folder."""
    for page in pages:
        for number, line in page.prose():
            for found in _LINK.finditer(_blank_code(line)):
                yield from _check(layout, page, number, found["target"])


def _blank_code(line: str) -> str:
    """The line with code spans and comments blanked: what looks like a link there is none."""
    return _NO_LINK.sub(lambda span: "`" * len(span[0]), line)


def _check(layout: Layout, page: Page, number: int, target: str) -> Iterator[Problem]:
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return
    if target.startswith("/"):
        yield Problem(page.report, number, f"{target} is absolute: link relative to this page")
        return
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), target))
    if path.startswith("..") or not (layout.docs / path).is_file():
        yield Problem(page.report, number, f"{target} leads nowhere: correct the link")
