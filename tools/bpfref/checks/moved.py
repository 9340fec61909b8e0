"""Checks of pages that have gone: their successor is there, and they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpfref import catalogue, store
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.layout import Layout
from bpfref.model.files import MovedFile
from bpfref.store import Lines


def problems(layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """Entries of `moved.yaml` whose old page is still there, or whose new one is not."""
    path = layout.authored / catalogue.MOVED
    report = path.relative_to(layout.root).as_posix()
    present = {page.name for page in pages}
    for old, new in store.read(path, MovedFile).pages.items():
        line = Lines(path).of("pages", old)
        if old in present:
            yield Problem(report, line, f"{old} is a page again: remove this entry")
        if new not in present:
            yield Problem(report, line, f"{new} is no page: name the one that took the place of {old}")
