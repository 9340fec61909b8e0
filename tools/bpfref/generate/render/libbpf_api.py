"""What libbpf declares as Markdown: prototypes, facts boxes, families, names that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render.evidence import ANCHOR
from bpfref.generate.render.libbpf import libbpf_tag
from bpfref.generate.render.text import UNKNOWN, code, definitions, link, plural, table
from bpfref.generate.render.topics import Listed, by_topic
from bpfref.layout import FOLDERS, index_of
from bpfref.model.entry import Entry, Kind
from bpfref.model.helper import wrapped
from bpfref.model.libbpf_api import Api, Enumeration, Function, Macro, Member

MEANING = "libbpf/"  # before the names of what libbpf has, as some are names of helpers too
_WORD = re.compile(r"\w+")
_MANY = 16  # members of an enum that are shown


def facts_box(facts: Facts, entry: Entry, page: str) -> str:
    """What is known of a name of libbpf at a glance."""
    declared = facts.catalogue.declared(entry.kind, entry.name)
    pairs = [
        ("Since", f"libbpf {tag(facts, entry)} ([evidence](#{ANCHOR}))"),
        ("Header", code(f"bpf/{declared.header}")),
    ]
    if entry.kind is Kind.LIBBPF_MACRO:  # what headers have, and the library has not
        pairs.append(("Form", "macro" if isinstance(declared, Macro) else "function of the header"))
    family = facts.catalogue.topic_of(entry.name, entry.kind)
    if family:
        pairs.append(("Family", link(family.title, page, index_of(side_of(entry)), family.slug)))
    calls = facts.catalogue.libbpf_words.calls.get(entry.name, ())
    entries = (facts.catalogue.entries[name] for name in calls if name in facts.catalogue.entries)
    if calls:
        pairs.append((f"bpf() {plural('command', len(calls))}", ", ".join(facts.link(each, page) for each in entries)))
    if entry.name in facts.catalogue.entries:
        pairs.append(("Same name", f"a {_namesake(facts, entry, page)}, which BPF programs call"))
    if entry.deprecated:
        pairs.append(("Status", "deprecated in libbpf's header"))
    return f'<div class="facts" markdown>\n\n{definitions(pairs)}\n\n</div>'


def tag(facts: Facts, entry: Entry) -> str:
    """The first version of libbpf that has a name."""
    return libbpf_tag(facts.catalogue.libbpf, entry.version) if entry.version else f"*{UNKNOWN}*"


def _namesake(facts: Facts, entry: Entry, page: str) -> str:
    other = facts.catalogue.entries[entry.name]
    return link(other.kind.label, page, other.page, other.anchor)


def definition(facts: Facts, entry: Entry) -> str:
    """The C prototype in a fence, a table of parameters, and the types among them that libbpf declares."""
    declared = facts.catalogue.declared(entry.kind, entry.name)
    if isinstance(declared, Macro):
        told = ((each, _meaning(facts, f"{entry.name}.{each}")) for each in declared.parameters or ())
        rows = [(code(each), "", meaning) for each, meaning in told if meaning]
        parts = [f"```c\n{declared.prototype(entry.name)}\n```"]
    else:
        prototype = wrapped(declared.prototype(entry.name), declared.parameters)
        rows = [(code(p.name), code(p.type), _meaning(facts, f"{entry.name}.{p.name}")) for p in declared.parameters]
        parts = [f"```c\n{prototype};\n```"]
    if rows:
        parts.append(table(("Parameter", "Type", "Meaning"), rows))
    if isinstance(declared, Function):
        parts += _types(facts, facts.catalogue.libbpf_api.user, declared)
    return "\n\n".join(parts)


def _meaning(facts: Facts, name: str) -> str:
    return facts.meaning(f"{MEANING}{name}")


def _types(facts: Facts, api: Api, declared: Function) -> Iterator[str]:
    """What libbpf's own types hold that a function takes or gives."""
    spelled = (*(parameter.type for parameter in declared.parameters), declared.returns)
    for name in dict.fromkeys(word for ctype in spelled for word in _WORD.findall(ctype)):
        if name in api.structs:
            yield _struct(facts, api, name)
        elif name in api.callbacks:
            yield f"`{name}` is a function of yours:\n\n```c\n{api.callbacks[name].declaration(name)};\n```"
        elif name in api.enums:
            yield _enum(name, api.enums[name])


def _struct(facts: Facts, api: Api, name: str) -> str:
    found, how = api.structs[name].members, ""
    if api.is_options(name):
        found, how = found[1:], f", made with `LIBBPF_OPTS`, which sets `{found[0].name}`"
    if not found:
        return f"`struct {name}`{how}, has no other field yet."
    rows = [(code(path), code(spelled), _meaning(facts, f"{name}.{path}")) for path, spelled in members(found)]
    return f"`struct {name}`{how}:\n\n{table(('Field', 'Type', 'Meaning'), rows)}"


def members(found: Sequence[Member], owner: str = "") -> Iterator[tuple[str, str]]:
    """Path and type of each member; those of a struct or union without a type's name stand behind its own."""
    for member in found:
        path = f"{owner}{member.name}"
        if member.members:
            yield from members(member.members, f"{path}." if member.name else owner)
        else:
            yield path, member.type if member.bits is None else f"{member.type}: {member.bits}"


def _enum(name: str, found: Enumeration) -> str:
    shown = [f"{code(each)} ({value})" for each, value in found.members.items() if not each.startswith("__")]
    more = f" and {len(shown) - _MANY} more" if len(shown) > _MANY else ""
    return f"`enum {name}`: {', '.join(shown[:_MANY])}{more}."


def side_of(entry: Entry) -> Kind:
    """The kind whose folder a name's page is in: what user space calls, or what programs include."""
    kinds = (Kind.LIBBPF_FUNCTION, Kind.LIBBPF_MACRO)
    return next(kind for kind in kinds if entry.page.startswith(f"{FOLDERS[kind]}/"))


def by_family(facts: Facts, side: Kind) -> list[Listed]:
    """The names of one side by family; macros of user space stand among its functions."""
    chosen = [entry for entry in facts.catalogue.library.values() if side_of(entry) is side]
    return by_topic(facts, Kind.LIBBPF_MACRO, chosen)


def index(facts: Facts, kind: Kind, page: str) -> str:
    """All names of one side by family: what each is for, and since which version."""
    return "\n\n".join(
        f"## {listed.topic.title} {{ #{listed.topic.slug} }}\n\n{listed.topic.about}\n\n"
        + table(
            ("Name", "What it is for", "libbpf"),
            [(facts.link(e, page), facts.description(e), tag(facts, e)) for e in listed.entries],
        )
        for listed in by_family(facts, kind)
    )


def families(facts: Facts, page: str) -> str:
    """The families of both sides, with how many names each has."""
    parts = []
    for kind, title in ((Kind.LIBBPF_FUNCTION, "Functions"), (Kind.LIBBPF_MACRO, "In BPF programs")):
        rows = [
            (link(each.topic.title, page, index_of(kind), each.topic.slug), str(len(each.entries)), each.topic.about)
            for each in by_family(facts, kind)
        ]
        parts += [f"## {title}", table(("Family", "Names", "What for"), rows)]
    return "\n\n".join(parts)


def gone(facts: Facts) -> str:
    """What libbpf had once, by the version that took it away, with an anchor for each name."""
    offers = facts.catalogue.libbpf
    found = {name: offer for name, offer in offers.functions.items() if offer.until}
    parts = []
    for version in dict.fromkeys(offer.until for offer in found.values() if offer.until):
        rows = [
            (f'<a id="{name}"></a>{code(name)}', offer.since, facts.catalogue.libbpf_words.gone.get(name, ""))
            for name, offer in found.items()
            if offer.until == version
        ]
        parts += [f"## Gone since {version}", table(("Function", "First version", "Instead"), rows)]
    return "\n\n".join(parts)
