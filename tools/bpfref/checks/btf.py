"""Checks of what the BTF of kernels says against what people and pages say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bpfref.catalogue import Catalogue
from bpfref.checks.pages import Page
from bpfref.checks.problem import Problem
from bpfref.layout import TRACEPOINTS, Layout
from bpfref.model.btf import BtfFacts
from bpfref.model.entry import Kind

_NOTES = "data/authored/struct-ops.yaml"
_LISTED = (Kind.ITERATOR, Kind.LSM_HOOK)


def references(facts: BtfFacts) -> Iterator[Problem]:
    """Notes of struct_ops types and members that no kernel has, and types without a note."""
    for name in facts.types:
        if name not in facts.notes:
            yield Problem(_NOTES, None, f"{name} is a struct_ops type of a kernel: say what it needs and does")
    for name, note in facts.notes.items():
        if name not in facts.types:
            yield Problem(_NOTES, None, f"{name} is no struct_ops type of any kernel asked: remove or correct it")
            continue
        known = {member.name for member in facts.types[name].members}
        for member in (*note.required, *note.sleepable, *note.refused):
            if member not in known:
                yield Problem(_NOTES, None, f"{name} has no member {member}: remove or correct it")
        if note.like is not None and note.like not in facts.types:
            yield Problem(_NOTES, None, f"{name} is like {note.like}, which is no struct_ops type: correct it")


def explainable(facts: BtfFacts) -> Iterator[str]:
    """The names that may have a meaning."""
    for each in facts.struct_ops.types:
        yield from (f"{each.name}.{member.name}" for member in each.members)
    for target in facts.iterators.targets:
        yield target.context
        yield from (f"{target.context}.{member.name}" for member in target.members)
    if facts.iterators.targets:
        yield "bpf_iter_meta.meta"  # the same in the context of every iterator
    for context in facts.structs.contexts:
        yield from (f"{context.name}.{member.name}" for member in context.members)


def unexplained(facts: Catalogue) -> Iterator[Problem]:
    """Members of struct_ops types, and iterators, that nobody has explained."""
    for each in facts.btf.struct_ops.types:
        note = facts.btf.notes.get(each.name)
        names = [each.name, *([note.like] if note and note.like else [])]
        for member in each.members:
            if not any(f"{name}.{member.name}" in facts.meanings for name in names):
                yield Problem(_MEANINGS, None, f"{each.name}.{member.name} has no meaning: say what it is called for")
    for target in facts.btf.iterators.targets:
        if target.context not in facts.meanings:
            yield Problem(_MEANINGS, None, f"{target.context} has no meaning: say what it walks")


_MEANINGS = "data/authored/meanings/btf.yaml"


def problems(facts: Catalogue, layout: Layout, pages: Sequence[Page]) -> Iterator[Problem]:
    """Iterators, LSM hooks and series of tracepoints that their page does not show."""
    docs = layout.docs.relative_to(layout.root).as_posix()
    texts = {page.name: page.text for page in pages}
    for kind in _LISTED:
        for entry in facts.of_kind(kind):
            if f"{{ #{entry.anchor} }}" not in texts.get(entry.page, ""):
                yield Problem(f"{docs}/{entry.page}", None, f"{entry.name} is not shown: bpfref generate")
    for counts in facts.btf.tracepoints.counts:
        if not re.search(rf"^\| {re.escape(counts.series)} \| {counts.image} \|", texts.get(TRACEPOINTS, ""), re.M):
            yield Problem(f"{docs}/{TRACEPOINTS}", None, f"the tracepoints of {counts.series} are not shown")
    yield from unexplained(facts)
