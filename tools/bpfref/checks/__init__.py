"""Checks over data and pages: each yields all its problems, none stops at the first."""

from __future__ import annotations

from collections.abc import Iterator

from bpfref.catalogue import Catalogue
from bpfref.checks import (
    btf,
    claims,
    coverage,
    data,
    examples,
    kfuncs,
    language,
    libbpf,
    links,
    moved,
    probes,
    verifier,
)
from bpfref.checks.pages import read_pages
from bpfref.checks.problem import Problem
from bpfref.layout import Layout

__all__ = ["Problem", "run_all"]


def run_all(facts: Catalogue, layout: Layout) -> Iterator[Problem]:
    """Every check that needs data which fit their schema."""
    pages = read_pages(layout)
    yield from data.references(facts, layout)
    yield from probes.problems(facts, layout)
    yield from claims.problems(facts, layout)
    yield from kfuncs.problems(facts, layout)
    yield from coverage.problems(facts, layout, pages)
    yield from btf.problems(facts, layout, pages)
    yield from examples.problems(facts, layout, pages)
    yield from libbpf.problems(facts, pages)
    yield from verifier.problems(facts, layout, pages)
    yield from language.problems(pages)
    yield from links.problems(layout, pages)
    yield from moved.problems(layout, pages)
