"""Checks that entries and pages match: no entry without its page, no page without its subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from bpfref.catalogue import Catalogue
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.layout import FOLDERS, OWN_PAGE, Layout, index_of
from bpfref.model.entry import Kind


def problems(facts: Catalogue, layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """Entries without a page, and pages in an entry folder about nothing that exists."""
    present = {page.name for page in pages}
    docs = layout.docs.relative_to(layout.root).as_posix()
    for entry in facts.all_entries:
        if entry.page not in present and entry.anchor is None:
            yield Problem(f"{docs}/{entry.page}", None, f"{entry.name} has no page: bpfref generate --stubs")
    for kind in Kind:
        if index_of(kind) not in present:
            yield Problem(
                f"{docs}/{index_of(kind)}",
                None,
                f"no page for {kind}: bpfref generate --stubs",
            )
    yield from _without_subject(facts, pages)
    yield from _without_maps(facts, pages)


def _without_maps(facts: Catalogue, pages: Sequence[Page]) -> Iterator[Problem]:
    """Pages of helpers that take maps, by the lab, and do not show which."""
    taking = {name for file in facts.probes for name, call in file.helpers.items() if call.maps}
    wanted = {facts.entries[name].page for name in taking if name in facts.entries}
    for page in pages:
        if page.name in wanted and "[HELPER_FUNC_MAP_REF]" not in page.text:
            message = "this helper takes maps: add a section with <!-- [HELPER_FUNC_MAP_REF] --> and its end"
            yield Problem(page.report, None, message)


def _without_subject(facts: Catalogue, pages: Sequence[Page]) -> Iterator[Problem]:
    subjects = {entry.page for entry in facts.all_entries}
    folders = {FOLDERS[kind]: kind for kind in OWN_PAGE}
    for page in pages:
        path = PurePosixPath(page.name)
        kind = folders.get(path.parent.as_posix())
        if kind and path.name != "index.md" and page.name not in subjects:
            near = facts.nearest(path.stem, 1)
            advice = f"rename it to {near[0]}.md, or remove it" if near else "remove it"
            yield Problem(page.report, None, f"no {kind.label} is called {path.stem}: {advice}")
