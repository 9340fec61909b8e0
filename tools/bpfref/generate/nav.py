"""The navigation, as the Markdown list that mkdocs-literate-nav and Zensical read."""

from __future__ import annotations

from collections.abc import Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render import timeline
from bpfref.generate.render.libbpf_api import by_family
from bpfref.generate.render.topics import Listed, by_topic
from bpfref.generate.render.verifier import escape
from bpfref.layout import (
    CALLS,
    CONCEPT_INDEX,
    FOLDERS,
    LIBBPF_INDEX,
    MESSAGE_INDEX,
    TIMELINE,
    TRACEPOINTS,
    VERIFIER,
    VERIFIER_INDEX,
    concept_page,
    index_of,
    verifier_page,
)
from bpfref.model.entry import Entry, Kind

_FLAGS = f"{FOLDERS[Kind.KFUNC_FLAG]}/index.md"
_INDENT = "    "
_CONSTANTS = (
    ("Attach types", f"{FOLDERS[Kind.ATTACH_TYPE]}/index.md"),
    ("Link types", f"{FOLDERS[Kind.LINK_TYPE]}/index.md"),
    ("Flags and constants", f"{FOLDERS[Kind.CONSTANT]}/index.md"),
    ("UAPI structs", f"{FOLDERS[Kind.STRUCT]}/index.md"),
)
_HOOKS = (
    ("LSM hooks", index_of(Kind.LSM_HOOK)),
    ("Iterator targets", index_of(Kind.ITERATOR)),
    ("Tracepoints", TRACEPOINTS),
)
_VERIFIER = (
    ("Verifier errors", VERIFIER_INDEX),
    ("How to read a log", f"{VERIFIER}/reading-a-log.md"),
    ("All messages", MESSAGE_INDEX),
    ("Explain a log", f"{VERIFIER}/explain.md"),
)
_TUTORIALS = (
    ("Tutorials", "tutorials/index.md"),
    ("A first program", "tutorials/first-program.md"),
    ("Count packets", "tutorials/count-packets.md"),
    ("Trace system calls", "tutorials/trace-syscalls.md"),
    ("A counter for each process", "tutorials/process-counter.md"),
    ("Connections of a cgroup", "tutorials/cgroup-connect.md"),
    ("A security policy", "tutorials/lsm-policy.md"),
    ("A congestion control", "tutorials/congestion-control.md"),
    ("When the verifier says no", "tutorials/verifier-says-no.md"),
    ("Questions and answers", "faq.md"),
)
_TOOLS = (
    ("Tools", "tools/index.md"),
    ("What can I use?", "explorer.md"),
    ("What an object needs", "tools/requires.md"),
    ("Loader", "tools/loader.md"),
    ("First events", "tools/loader-tutorial.md"),
)
_ABOUT = (
    ("Search", "search.md"),
    ("Where the facts come from", "facts.md"),
    ("How kernels are asked", "lab.md"),
    ("Data", "api/index.md"),
    ("Without a network", "offline.md"),
    ("Coverage", "coverage.md"),
)


def navigation(facts: Facts) -> str:
    """The text of SUMMARY.md: only pages that exist, so that a strict build passes."""
    lines = [
        "<!-- Written by `bpfref generate`: change the facts or the pages, not this list. -->",
        "",
        *_leaf(facts, "Home", "index.md"),
        *_titled("Learn", _leaves(facts, _TUTORIALS)),
        *_titled("Concepts", _concepts(facts)),
        *_section(
            facts,
            "Helpers",
            Kind.HELPER,
            [*_leaf(facts, "By program type", CALLS), *_topics(facts, Kind.HELPER)],
        ),
        *_section(
            facts, "Kfuncs", Kind.KFUNC, [*_leaf(facts, "Flags and arguments", _FLAGS), *_topics(facts, Kind.KFUNC)]
        ),
        *_section(
            facts,
            "Program types",
            Kind.PROGRAM_TYPE,
            [
                *[line for entry in facts.catalogue.of_kind(Kind.PROGRAM_TYPE) for line in _program_type(facts, entry)],
                *_section(facts, "Contexts", Kind.CONTEXT, _entries(facts, facts.catalogue.of_kind(Kind.CONTEXT))),
            ],
        ),
        *_section(
            facts,
            "Map types",
            Kind.MAP_TYPE,
            _entries(facts, facts.catalogue.of_kind(Kind.MAP_TYPE)),
        ),
        *_section(
            facts,
            "Commands",
            Kind.COMMAND,
            _entries(facts, facts.catalogue.of_kind(Kind.COMMAND)),
        ),
        *_titled("libbpf", _library(facts)),
        *_titled("Hooks", _leaves(facts, _HOOKS)),
        *_titled("Verifier", _verifier(facts)),
        *_titled("Constants", _leaves(facts, _CONSTANTS)),
        *_titled("Timeline", _timeline(facts)),
        *_titled("Tools", _leaves(facts, _TOOLS)),
        *_titled("About", _leaves(facts, _ABOUT)),
    ]
    return "\n".join(lines) + "\n"


def _titled(title: str, inside: Sequence[str]) -> list[str]:
    """A section without a page of its own; nothing when nothing is inside."""
    return [f"* {title}", *_indented(inside)] if inside else []


def _leaves(facts: Facts, pages: Sequence[tuple[str, str]]) -> list[str]:
    return [line for title, page in pages for line in _leaf(facts, title, page)]


def _section(facts: Facts, title: str, kind: Kind, inside: Sequence[str]) -> list[str]:
    """A tab: the kind's index page first, then what is inside."""
    return _titled(title, [*_leaf(facts, title, f"{FOLDERS[kind]}/index.md"), *inside])


def _program_type(facts: Facts, entry: Entry) -> list[str]:
    """A program type; struct_ops types stand below the type whose page lists them."""
    if entry.page != index_of(Kind.STRUCT_OPS):
        return _leaf(facts, entry.name, entry.page)
    inside = _entries(facts, facts.catalogue.of_kind(Kind.STRUCT_OPS))
    return _titled(entry.name, [*_leaf(facts, entry.name, entry.page), *inside])


def _concepts(facts: Facts) -> list[str]:
    """The overview, then what is written of each group."""
    lines = _leaf(facts, "Concepts", CONCEPT_INDEX)
    for group in facts.catalogue.concepts.groups:
        lines += _titled(group.title, _leaves(facts, [(c.title, concept_page(c.slug)) for c in group.concepts]))
    return lines


def _verifier(facts: Facts) -> list[str]:
    """The index, every message, then the entries by family."""
    lines = _leaves(facts, _VERIFIER)
    for family in facts.catalogue.verifier.families.values():
        pages = [(escape(entry.title), verifier_page(slug)) for slug, entry in family.entries.items()]
        lines += _titled(family.title, _leaves(facts, pages))
    return lines


def _library(facts: Facts) -> list[str]:
    """The overview, then both sides by family."""
    lines = _leaf(facts, "libbpf", LIBBPF_INDEX)
    for title, kind in (("Functions", Kind.LIBBPF_FUNCTION), ("In BPF programs", Kind.LIBBPF_MACRO)):
        lines += _titled(title, [*_leaf(facts, title, index_of(kind)), *_listed(facts, by_family(facts, kind))])
    return lines


def _timeline(facts: Facts) -> list[str]:
    """The overview, each release newest first, then the comparisons."""
    releases = [(str(v), timeline.release_page(v)) for v in timeline.by_release(facts)]
    compared = [(f"{o} to {n}", timeline.between_page(o, n)) for o, n in timeline.pairs(facts)]
    return [
        *_leaf(facts, "Timeline", f"{TIMELINE}/index.md"),
        *_titled("Releases", _leaves(facts, releases)),
        *_titled("Comparisons", _leaves(facts, compared)),
    ]


def _topics(facts: Facts, kind: Kind) -> list[str]:
    return _listed(facts, by_topic(facts, kind))


def _listed(facts: Facts, topics: Sequence[Listed]) -> list[str]:
    lines: list[str] = []
    for listed in topics:
        lines += _titled(listed.topic.title, _entries(facts, listed.entries))
    return lines


def _entries(facts: Facts, entries: Sequence[Entry]) -> list[str]:
    return [line for entry in entries for line in _leaf(facts, entry.name, entry.page)]


def _leaf(facts: Facts, title: str, page: str) -> list[str]:
    return [f"* [{title}]({page})"] if page in facts.pages else []


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"{_INDENT}{line}" for line in lines]
