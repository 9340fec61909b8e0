"""Summaries over many entries: facts boxes, indexes, counts, what is new, coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render import kfuncs, labmaps, libbpf_api, verdicts
from bpfref.generate.render.evidence import ANCHOR
from bpfref.generate.render.text import code, definitions, link, plural, since_tag, table
from bpfref.generate.render.timeline import release_page
from bpfref.layout import FOLDERS, concept_page, index_of
from bpfref.model.entry import LIBBPF_KINDS, Entry, Kind
from bpfref.model.version import Version

NEW_RELEASES = 4
SHOWN = 12


def facts_box(facts: Facts, entry: Entry, page: str) -> str:
    """What is known of one entry at a glance."""
    if entry.kind in LIBBPF_KINDS:
        return libbpf_api.facts_box(facts, entry, page)
    first = kfuncs.since(facts, entry) if entry.kind is Kind.KFUNC else since_tag(entry.since)
    asked = (*labmaps.presence(facts, entry), *verdicts.entry_conditions(facts, entry))
    pairs = [("Since", f"{first} ([evidence](#{ANCHOR}))"), *asked, *_numbers(entry), *_particulars(facts, entry, page)]
    if entry.deprecated:
        pairs.append(("Status", "deprecated in the kernel's header"))
    return f'<div class="facts" markdown>\n\n{definitions(pairs)}\n\n</div>'


def _numbers(entry: Entry) -> list[tuple[str, str]]:
    labels = {Kind.HELPER: "Helper number", Kind.COMMAND: "Command number", Kind.CONTEXT: ""}
    label = labels.get(entry.kind, "Value")
    return [(label, str(entry.value))] if label and entry.value is not None else []


def _particulars(facts: Facts, entry: Entry, page: str) -> list[tuple[str, str]]:
    """Facts that only some kinds have."""
    catalogue = facts.catalogue
    if entry.kind is Kind.HELPER:
        topic = catalogue.topic_of(entry.name)
        index = f"{FOLDERS[Kind.HELPER]}/index.md"
        return [("Topic", link(topic.title, page, index, topic.slug))] if topic else []
    if entry.kind is Kind.KFUNC:
        return kfuncs.particulars(facts, entry.name, page)
    if entry.kind is Kind.PROGRAM_TYPE:
        context = catalogue.contexts.contexts.get(entry.name)
        return [("Context", _context(facts, context.type, page))] if context else []
    if entry.kind is Kind.CONTEXT:
        wanted = f"struct {entry.name}"
        types = [t for t, context in catalogue.contexts.contexts.items() if context.type == wanted]
        return [("Program types", ", ".join(facts.link(catalogue.entries[t], page) for t in types))]
    return []


def _context(facts: Facts, ctype: str, page: str) -> str:
    """A context's C type, linked when it has a page."""
    found = facts.catalogue.entries.get(ctype.removeprefix("struct "))
    if not found or found.page not in facts.pages:
        return code(ctype)
    return link(code(ctype), page, found.page, found.anchor)


def index(facts: Facts, kind: Kind, page: str) -> str:
    """All entries of a kind in a table."""
    rows = [_index_row(facts, entry, page) for entry in facts.catalogue.of_kind(kind)]
    return table(("Name", "Number", "What it is for", "Since"), rows)


def _index_row(facts: Facts, entry: Entry, page: str) -> tuple[str, ...]:
    value = "" if entry.value is None else str(entry.value)
    old = "Deprecated. " if entry.deprecated else ""
    since = "" if entry.kind is Kind.CONTEXT else since_tag(entry.since)
    return facts.link(entry, page), value, old + facts.description(entry), since


def counts(facts: Facts, page: str) -> str:
    """How many entries of each kind there are, with links to their indexes."""
    lines = []
    for kind in Kind:
        entries = facts.catalogue.of_kind(kind)
        label = f"**{len(entries)}** {plural(kind.label, len(entries))}"
        target = index_of(kind)
        lines.append(f"- {link(label, page, target) if target in facts.pages else label}")
    return "\n".join(lines)


def whats_new(facts: Facts, page: str) -> str:
    """The entries of the newest releases, each release linked to its page of the timeline."""
    releases: dict[Version, list[Entry]] = defaultdict(list)
    for entry in facts.catalogue.entries.values():
        if entry.since:
            releases[entry.since.version].append(entry)
    newest = sorted(releases, reverse=True)[:NEW_RELEASES]
    return definitions([(f"Linux {v}", _names(facts, releases[v], page, release_page(v))) for v in newest])


def _names(facts: Facts, entries: Sequence[Entry], page: str, everything: str) -> str:
    """The first of them, and a link to the page that lists them all."""
    shown = ", ".join(facts.link(entry, page) for entry in entries[:SHOWN])
    rest = len(entries) - SHOWN
    if rest <= 0:
        return shown
    return f"{shown} and {link(f'{rest} more', page, everything) if everything in facts.pages else f'{rest} more'}"


def concept_index(facts: Facts, page: str) -> str:
    """What is written of each group, with the sentence that describes each page."""
    parts = []
    for group in facts.catalogue.concepts.groups:
        there = [(c, concept_page(c.slug)) for c in group.concepts if concept_page(c.slug) in facts.pages]
        lines = [f"- {link(c.title, page, target)}: {facts.pages[target].description}" for c, target in there]
        parts += [f"## {group.title}", "\n".join(lines)] if lines else []
    return "\n\n".join(parts) or "No concept is explained yet."


def open_questions(facts: Facts, page: str) -> str:
    """The first releases on which witnesses disagree, with both sides."""
    entries = facts.catalogue.entries
    rows = [
        (facts.link(entries[name], page) if name in entries else code(name), "; ".join(question.sides), question.reason)
        for name, question in facts.catalogue.corrections.open.items()
    ]
    return table(("Name", "Sides", "Why it is open"), rows) if rows else "None."
