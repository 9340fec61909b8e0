"""Kfuncs as Markdown: forms, flags, argument suffixes, who may call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bpfref.generate.facts import Facts
from bpfref.generate.render import spans, verdicts
from bpfref.generate.render.text import code, definitions, link, since_tag, table
from bpfref.generate.render.topics import Listed, by_topic
from bpfref.generate.render.ways import note
from bpfref.lab import KFUNCS
from bpfref.layout import FOLDERS
from bpfref.model.entry import Entry, Kind
from bpfref.model.helper import wrapped
from bpfref.model.kfunc import ANY, FMODRET, Form, Kfunc, Origin, callers

_FLAGS = f"{FOLDERS[Kind.KFUNC_FLAG]}/index.md"
_ASKED = (
    "As the kernel's source registers it. A program type of the same hook as one that is registered may call it too, "
    "and is listed."
)


def status(facts: Facts, name: str, page: str) -> str:
    """A warning on a page about a kfunc that the newest series no longer has; empty for the others."""
    kernels = facts.catalogue.kfuncs_file.kernels
    found = facts.catalogue.kfuncs[name]
    order = [kernel.series for kernel in kernels]
    last = order.index(found.series[-1])
    if last == len(order) - 1:
        return ""
    gone = next((k.series for k in kernels[last + 1 :] if found.newest.module is None or k.modules is not None), None)
    words = facts.catalogue.kfunc_words.successors.get(name)
    lines = [f"{found.series[-1]} is the newest kernel that has it" + (f"; {gone} has not." if gone else ".")]
    if words:
        successor = facts.catalogue.entries[words.name]
        lines.append(f"Its place took {facts.link(successor, page)}: {words.reason} ({words.source}).")
    return f'!!! warning "Gone from current kernels"\n\n    {" ".join(lines)}'


def definition(facts: Facts, name: str) -> str:
    """The newest prototype, its parameters, and earlier prototypes."""
    found = facts.catalogue.kfuncs[name]
    rows = [(code(p.name), code(p.type), _argument(facts, name, p.name)) for p in found.newest.parameters]
    parts = [_fence(found.newest, name)]
    if rows:
        parts.append(table(("Parameter", "Type", "Meaning"), rows))
    earlier = (f"In {span(facts, form.series)} it was:\n\n{_fence(form, name)}" for form in _earlier(found, name))
    return "\n\n".join([*parts, *earlier])


def _fence(form: Form, name: str) -> str:
    return f"```c\n{wrapped(form.prototype(name), form.parameters)};\n```"


def _earlier(found: Kfunc, name: str) -> Iterator[Form]:
    """Forms whose prototype the next one changed, newest first; neighbours that are equal as one."""
    joined: list[Form] = []
    for form in found.forms:
        if joined and joined[-1].prototype(name) == form.prototype(name):
            joined[-1] = Form((*joined[-1].series, *form.series), form.returns, form.parameters)
        else:
            joined.append(form)
    return reversed(joined[:-1])


def _argument(facts: Facts, name: str, parameter: str) -> str:
    """What an argument means, and what its suffix says."""
    ends = suffix_of(facts, parameter)
    rule = facts.catalogue.kfunc_words.suffixes[ends] if ends else ""
    return " ".join(filter(None, (facts.meaning(f"{name}.{parameter}"), f"`__{ends}`: {rule}" if ends else "")))


def suffix_of(facts: Facts, parameter: str) -> str | None:
    """The longest suffix with a meaning that a parameter's name ends in."""
    known = sorted(facts.catalogue.kfunc_words.suffixes, key=len, reverse=True)
    return next((suffix for suffix in known if parameter.endswith(f"__{suffix}")), None)


def flags(facts: Facts, name: str, page: str) -> str:
    """Each flag with what it obliges a caller to do; those of earlier forms with their series."""
    found = facts.catalogue.kfuncs[name]
    pairs = []
    for flag in facts.catalogue.kfuncs_file.flags:
        series = tuple(s for form in found.forms if flag in form.flags for s in form.series)
        if series:
            entry = facts.catalogue.entries[flag]
            when = "" if _everywhere(found, series) else f" ({span(facts, series)})"
            own = facts.meaning(f"{name}.{flag}")
            rule = " ".join(filter(None, (facts.catalogue.kfunc_words.flags[flag], own)))
            pairs.append((f"{facts.link(entry, page)}{when}", rule))
    if not pairs:
        return (
            "It has no flags: the call neither takes nor gives up a reference, does not sleep, and never returns NULL."
        )
    return definitions(pairs)


def _everywhere(found: Kfunc, series: Sequence[str]) -> bool:
    return set(series) == set(found.series)


def programs(facts: Facts, name: str, page: str) -> str:
    """The program types that may call a kfunc: as kernels answered, and as their source registers it."""
    registrations = facts.catalogue.kfuncs[name].registrations
    if registrations and all(each.hooks == (FMODRET,) for each in registrations):
        return "No program calls it: it is registered as a target of `fmod_ret` programs."
    registered = _registered(facts, name, page)
    if not facts.lab.knows(KFUNCS, name):
        return registered
    answered = verdicts.programs(facts, KFUNCS, name, page)
    return f"{answered}\n\n{note('As the source registers it', [registered])}"


def _registered(facts: Facts, name: str, page: str) -> str:
    """The program types that a kfunc is registered for, by series."""
    found = facts.catalogue.kfuncs[name]
    if not found.registrations:
        looked = ", ".join(k.series for k in facts.catalogue.kfuncs_file.kernels if k.source)
        return f"The source of no kernel that has it was to be had (there is that of {looked})."
    rows: dict[str, list[str]] = {}
    filters: dict[str, dict[str, list[str]]] = {}
    for each in found.registrations:
        for series in each.series:
            for program_type in _types(facts, each.hooks, series):
                rows.setdefault(program_type, []).append(series)
                if each.filter:
                    filters.setdefault(program_type, {}).setdefault(each.filter, []).append(series)
    order = [entry.name for entry in facts.catalogue.of_kind(Kind.PROGRAM_TYPE)]
    chosen = sorted(rows, key=lambda t: order.index(t) if t in order else -1)
    cells = [
        (_program(facts, t, page), span(facts, rows[t]), _filters(facts, rows[t], filters.get(t, {}))) for t in chosen
    ]
    return f"{_ASKED}\n\n" + table(("Program type", "Registered in", "If this filter admits it"), cells)


def _filters(facts: Facts, every: Sequence[str], filters: Mapping[str, Sequence[str]]) -> str:
    """Filters by name, with their series where they are not in all."""
    return ", ".join(
        code(f"{name}()") + ("" if set(series) == set(every) else f" ({span(facts, series)})")
        for name, series in filters.items()
    )


def _types(facts: Facts, hooks: Iterable[str], series: str) -> list[str]:
    """Registered program types with all that share a hook with one of them in that series."""
    return callers(hooks, next(k.hooks for k in facts.catalogue.kfuncs_file.kernels if k.series == series))


def _program(facts: Facts, program_type: str, page: str) -> str:
    entry = facts.catalogue.entries.get(program_type)
    return "every program type" if program_type == ANY or entry is None else facts.link(entry, page)


def index(facts: Facts, page: str) -> str:
    """All kfuncs by topic: name, what it does, since, where it was seen."""
    return "\n\n".join(_section(facts, listed, page) for listed in by_topic(facts, Kind.KFUNC))


def _section(facts: Facts, listed: Listed, page: str) -> str:
    rows = [
        (
            facts.link(entry, page),
            facts.description(entry),
            since(facts, entry),
            span(facts, facts.catalogue.kfuncs[entry.name].series),
        )
        for entry in listed.entries
    ]
    head = f"## {listed.topic.title} {{ #{listed.topic.slug} }}\n\n{listed.topic.about}"
    described = table(("Name", "What it is for", "Since", "Seen in"), rows)
    return f'{head}\n\n<div class="described" markdown>\n\n{described}\n\n</div>'


def since(facts: Facts, entry: Entry) -> str:
    """The first release, or the two series between which it lies."""
    if entry.since:
        return since_tag(entry.since)
    sighting = facts.catalogue.kernel_witness.features[entry.name]
    return f"after {sighting.after}, by {sighting.since}" if sighting.after else f"{sighting.since} or earlier"


def particulars(facts: Facts, name: str, page: str) -> list[tuple[str, str]]:
    """What the facts box of a kfunc has beyond its first release."""
    found = facts.catalogue.kfuncs[name]
    pairs = [("Seen in", span(facts, found.series)), ("In", _home(found.newest))]
    if found.newest.flags:
        linked = (facts.link(facts.catalogue.entries[flag], page) for flag in found.newest.flags)
        pairs.append(("Flags", ", ".join(linked)))
    options = found.registrations[-1].options if found.registrations else ()
    if options:
        pairs.append(("Configuration", ", ".join(map(code, options))))
    blind = [k.series for k in facts.catalogue.kfuncs_file.kernels if k.modules is None]
    if found.newest.module and blind:
        pairs.append(("Not looked at", f"modules of {span(facts, blind)}"))
    topic = facts.catalogue.topic_of(name, Kind.KFUNC)
    if topic:
        pairs.append(("Topic", link(topic.title, page, f"{FOLDERS[Kind.KFUNC]}/index.md", topic.slug)))
    return pairs


def _home(form: Form) -> str:
    if form.origin is Origin.SOURCE:
        return "the source only: Debian's builds leave it out"
    return f"the module {code(form.module)}" if form.module else "the kernel image"


def flag_table(facts: Facts) -> str:
    """All flags: bit, what it obliges to, how many kfuncs of the newest series have it, where it is defined."""
    newest = facts.catalogue.kfuncs_file.kernels[-1].series
    have = [k.newest.flags for k in facts.catalogue.kfuncs.values() if newest in k.newest.series]
    rows = [
        (
            f"[{code(name)}](#{name}){{ #{name} }}",
            str(flag.bit),
            facts.catalogue.kfunc_words.flags[name],
            str(sum(name in names for names in have)),
            span(facts, flag.series),
        )
        for name, flag in facts.catalogue.kfuncs_file.flags.items()
    ]
    return table(("Flag", "Bit", "What it obliges to", f"Kfuncs of {newest}", "Defined in"), rows)


def suffix_table(facts: Facts) -> str:
    """All argument suffixes: what each says, and how many arguments of all kfuncs end in it."""
    used = [suffix_of(facts, p.name) for k in facts.catalogue.kfuncs.values() for p in k.newest.parameters]
    rows = [
        (code(f"__{suffix}"), rule, str(used.count(suffix)))
        for suffix, rule in facts.catalogue.kfunc_words.suffixes.items()
    ]
    return table(("Suffix", "What it says", "Arguments"), rows)


def span(facts: Facts, series: Sequence[str]) -> str:
    """Series of the lab in words: runs of neighbours as `v6.12 to v7.3`."""
    return spans.span([kernel.series for kernel in facts.catalogue.kfuncs_file.kernels], series)
