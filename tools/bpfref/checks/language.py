"""Checks of what every page must have: front matter, a description of its own, one heading."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

import yaml

from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem

SHORTEST, LONGEST = 70, 160
_FILLER = re.compile(r"\b(this page documents|could be improved|lorem ipsum|TODO|FIXME|TBD)\b", re.I)


def problems(pages: Sequence[Page]) -> Iterator[Problem]:
    """Faults of front matter and headings, over all pages."""
    seen: dict[str, str] = {}
    for page in pages:
        description = yield from _front(page)
        if description in seen:
            yield Problem(page.report, 1, f"has the description of {seen[description]}: write one of its own")
        elif description:
            seen[description] = page.report
        yield from _body(page)


def _front(page: Page) -> Generator[Problem, None, str | None]:
    """Problems of the front matter; gives the description."""
    try:
        front = yaml.safe_load(page.front) if page.front is not None else None
    except yaml.YAMLError as error:
        yield Problem(page.report, 1, f"front matter is no YAML ({error}): mend it".replace("\n", " "))
        return None
    if not isinstance(front, dict):
        yield Problem(page.report, 1, "no front matter: begin with ---, title and description, ---")
        return None
    if not isinstance(front.get("title"), str):
        yield Problem(page.report, 1, "no title in the front matter: add one")
    description = front.get("description")
    if not isinstance(description, str):
        yield Problem(
            page.report,
            1,
            "no description in the front matter: say in one sentence what the thing does",
        )
        return None
    if not SHORTEST <= len(description) <= LONGEST:
        advice = f"description has {len(description)} characters: write {SHORTEST} to {LONGEST}"
        yield Problem(page.report, 1, advice)
    return description


def _body(page: Page) -> Iterator[Problem]:
    headings = [number for number, line in page.prose() if line.startswith("# ")]
    if len(headings) != 1:
        place = headings[1] if headings else 1
        yield Problem(page.report, place, f"{len(headings)} headings of the first level: keep exactly one")
    for number, line in page.prose():
        if found := _FILLER.search(line):
            yield Problem(
                page.report,
                number,
                f"{found[0]!r} is filler: say what is so, or leave the part out",
            )
