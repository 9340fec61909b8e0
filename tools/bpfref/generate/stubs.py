"""Pages that are missing: one for each entry, from the template of its kind."""

from __future__ import annotations

from importlib import resources
from string import Template

from bpfref.catalogue import Catalogue
from bpfref.generate.facts import Facts
from bpfref.generate.render import timeline
from bpfref.layout import LIBBPF_INDEX, OWN_PAGE, TIMELINE, TRACEPOINTS, index_of
from bpfref.model.entry import Entry, Kind


def wanted(catalogue: Catalogue) -> dict[str, str]:
    """Every page that the entries need, with the text that a new one begins with."""
    pages = {index_of(kind): _text(f"index-{kind}.md", {}) for kind in Kind if kind is not Kind.STRUCT_OPS}
    pages[LIBBPF_INDEX] = _text("index-libbpf.md", {})
    pages[TRACEPOINTS] = _text("index-tracepoint.md", {})
    for entry in catalogue.all_entries:
        if entry.kind in OWN_PAGE:
            pages[entry.page] = _text(f"{entry.kind}.md", _words(entry))
    return pages | _timeline(catalogue)


def _timeline(catalogue: Catalogue) -> dict[str, str]:
    """A page for each release that brought something, and for each pair of long-term releases."""
    facts = Facts(catalogue)
    pages = {f"{TIMELINE}/index.md": _text("timeline-index.md", {})}
    for version in timeline.by_release(facts):
        pages[timeline.release_page(version)] = _text("timeline-release.md", {"name": str(version)})
    for older, newer in timeline.pairs(facts):
        words = {"older": str(older), "newer": str(newer)}
        pages[timeline.between_page(older, newer)] = _text("timeline-between.md", words)
    return pages


def _words(entry: Entry) -> dict[str, str]:
    """What a template may name; every sentence is made of facts."""
    since = f"Linux {entry.since.since}" if entry.since else "a release not known yet"
    return {"name": entry.name, "value": str(entry.value), "since": since}


def _text(template: str, words: dict[str, str]) -> str:
    text = resources.files(__package__).joinpath("templates", template).read_text(encoding="utf-8")
    return Template(text).substitute(words)
