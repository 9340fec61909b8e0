"""The block `EVIDENCE`: for each generated block of its page, who says what it says, and how they were asked.

A block without a row here has no facts of its own: its names lead to the pages that have them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bpfref.generate.api.files import feature_file
from bpfref.generate.api.seen import seen_of
from bpfref.generate.facts import Facts, subject_of
from bpfref.generate.render.examples import ran
from bpfref.generate.render.libbpf_evidence import declared, first_version
from bpfref.generate.render.spans import span
from bpfref.generate.render.text import code, definitions, link
from bpfref.generate.render.ways import by_answer
from bpfref.generate.render.witnesses import first_release, first_release_of_field, grouped, read_in
from bpfref.lab import HELPERS, KFUNCS
from bpfref.layout import LAB, is_of_library
from bpfref.model.attribute_fields import field_names
from bpfref.model.btf import Asked
from bpfref.model.entry import Entry, Kind
from bpfref.model.kfunc import Origin

ANCHOR = "evidence"
Row = Callable[[Facts, str], str]
"""What is said for a block, by its subject; empty where there is nothing to say."""


def evidence(facts: Facts, page: str) -> str:
    """All rows of a page, folded away; empty for a page whose blocks have no facts of their own."""
    rows = list(_rows(facts, page))
    if not rows:
        return ""
    kernels = f"Kernels: {link('which ones, and how they were asked', page, LAB)}."
    about = f"{'' if is_of_library(page) else kernels}{_data(facts, page)}".strip()
    body = f"{about}\n{{ #{ANCHOR} }}\n\n{definitions(rows)}"
    return f'<details class="evidence" markdown>\n<summary>Evidence: who says so</summary>\n\n{body}\n\n</details>'


def lacks_evidence(facts: Facts, page: str) -> bool:
    """Whether a page has blocks with facts of their own, and no block that says what they rest on."""
    names = {name for name, _ in facts.pages[page].blocks}
    return "EVIDENCE" not in names and not names.isdisjoint({*_BLOCKS, *_OF_EXAMPLES})


def _rows(facts: Facts, page: str) -> Iterator[tuple[str, str]]:
    """Each block with a row once, in the page's order; those of examples as one, at the end."""
    known = _OF_LIBRARY if is_of_library(page) else _BLOCKS
    examples: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    for name, argument in facts.pages[page].blocks if page in facts.pages else ():
        subject = subject_of(page, argument)
        if name in _OF_EXAMPLES:
            examples[re.split("[ @#/]", subject)[0]] = None
        elif name in known and (name, subject) not in seen:
            seen.add((name, subject))
            title, row = known[name]
            text = row(facts, subject).replace("\n", "\n    ")
            if text:
                yield f"{title}{_wrong(name, argument)}", text
    yield from _examples(facts, list(examples))


def _wrong(name: str, argument: str | None) -> str:
    """A place for the link that reports a block: `bpfref finish` knows where to."""
    block = f"{name}({argument})" if argument else name
    return f' <a data-wrong="{block}"></a>'


def _examples(facts: Facts, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """How the examples of a page were run."""
    there = [facts.catalogue.examples[name] for name in names if name in facts.catalogue.examples]
    how = ran(there, facts.catalogue.verified)
    if how:
        titles = ", ".join(f"{code(folder.name)}{_wrong('EXAMPLE', folder.name)}" for folder in there)
        yield f"{'Example' if len(there) == 1 else 'Examples'} {titles}", how


def _data(facts: Facts, page: str) -> str:
    """For a page of one entry, a place for the link to its JSON, a file that `bpfref finish` writes."""
    entry = facts.catalogue.find(subject_of(page, None), page)
    return f' <a data-facts="{feature_file(entry)}"></a>' if entry and entry.page == page else ""


def _entry(facts: Facts, name: str) -> str:
    """The first release, and what kernels said of the thing's being there."""
    entry = facts.catalogue.entries[name]
    return (
        ". ".join(filter(None, (f"First release: {first_release(facts, entry.name)}", _presence(facts, entry)))) + "."
    )


def _presence(facts: Facts, entry: Entry) -> str:
    """Series by what their kernel said."""
    found = seen_of(facts, entry)
    words = {s: each.state + (f" ({each.reason})" if each.reason else "") for s, each in found.items()}
    if not words or entry.kind not in _HOW:
        return ""
    return f"{_HOW[entry.kind]}: {_by_series(facts, words)}"


def _by_series(facts: Facts, words: Mapping[str, str]) -> str:
    """What was said with the series that said it: `4 (v5.10); 5 (v6.1 to v7.3)`."""
    return "; ".join(f"{word} ({span(facts.lab.series, series)})" for word, series in by_answer(words).items())


_ORIGINS = {Origin.IMAGE: "BTF of images and modules", Origin.SOURCE: "source"}
_HOW = {
    Kind.HELPER: "Asked by loading a program that calls it",
    Kind.KFUNC: "Looked for in the BTF of images and modules, then called",
    Kind.PROGRAM_TYPE: "Asked by loading such a program",
    Kind.MAP_TYPE: "Asked by creating such a map",
    Kind.COMMAND: "Asked by calling it",
}


def _helper(facts: Facts, _: str) -> str:
    return (
        f"{read_in(facts.catalogue.helpers_file.source, 'helpers.yaml')}. What parameters mean was written by people."
    )


def _calls(kind: str) -> Row:
    """How many ways to load a program accepted a call, by series."""

    def row(facts: Facts, name: str) -> str:
        answers = facts.lab.answers(kind, name)
        counts = {}
        for series in facts.lab.series:
            asked = [by[series] for by in answers.values() if series in by]
            if asked:
                counts[series] = f"{sum(len(a.accepts) for a in asked)} of {sum(len(a.loads) for a in asked)}"
        if not counts:
            return "No kernel could be asked."
        lacking = [s for s in facts.lab.series if s not in counts]
        absent = f" No answer of {span(facts.lab.series, lacking)}." if lacking else ""
        return (
            f"A program with the call was loaded in each way. Ways that accepted it: {_by_series(facts, counts)}. "
            f"A refusal counts by the verifier's words alone.{absent}{_pairs(facts, name) if kind == HELPERS else ''}"
        )

    return row


def _pairs(facts: Facts, name: str) -> str:
    """What the first releases in single program types rest on, where they are younger than both."""
    found = {family: since for (family, helper), since in facts.pairs.items() if helper == name}
    groups: dict[str, list[str]] = {}
    for family, since in found.items():
        groups.setdefault("; ".join(since.evidence), []).append(family.removeprefix("BPF_PROG_TYPE_"))
    told_ = (f"{', '.join(map(code, families))}: {why}" for why, families in groups.items())
    return f" First releases by program type: {'. '.join(told_)}." if groups else ""


def _program(kind: str) -> Row:
    """How many ways a program type was loaded in, by series."""

    def row(facts: Facts, program_type: str) -> str:
        loads = facts.lab.loads.get(program_type, {})
        words = {s: str(len(variants)) for s, variants in loads.items()}
        if not words:
            return "No kernel that was asked loads such a program."
        what = f"Each {kind} was called" if kind else "A program was loaded"
        return f"{what} in every way to load this type. Ways that load: {_by_series(facts, words)}."

    return row


def _maps(how: str) -> Row:
    """What was done with maps, and where."""

    def row(facts: Facts, name: str) -> str:
        kernels = [s for s, f in facts.lab.files.items() if name in f.maps or name in f.helpers]
        return f"{how} on {span(facts.lab.series, kernels)}." if kernels else "No kernel could be asked."

    return row


def _kfunc(facts: Facts, name: str) -> str:
    forms = facts.catalogue.kfuncs[name].forms
    order = [kernel.series for kernel in facts.catalogue.kfuncs_file.kernels]
    origins = {series: _ORIGINS[form.origin] for form in forms for series in form.series}
    said = "; ".join(f"{origin} of {span(order, series)}" for origin, series in by_answer(origins).items())
    return f"{said}, in `data/scraped/kfuncs.yaml`. What parameters mean was written by people."


def _flags(facts: Facts, name: str) -> str:
    registrations = facts.catalogue.kfuncs[name].registrations
    if not registrations:
        return "The sets of ids in the kernels' images."
    sets = dict.fromkeys(f"{code(each.set)} in {code(each.file)}" for each in registrations)
    return f"The sets of ids in the kernels' images, registered as {', '.join(sets)}."


def _attributes(facts: Facts, command: str) -> str:
    found = facts.catalogue.attributes(command)
    if found is None:
        return ""
    own = {path: first_release_of_field(facts, name) for path, name in field_names(found).items()}
    return f"{read_in(facts.catalogue.attributes_file.source, 'attributes.yaml')}. Fields by header:\n\n{grouped(own)}"


def _struct(facts: Facts, _: str) -> str:
    kernels = facts.catalogue.btf.structs.kernels
    return f"{read_in(facts.catalogue.structs_file.source, 'structs.yaml')}; {_btf(kernels)}."


def _structs(facts: Facts, _: str) -> str:
    return f"{_struct(facts, '')} First releases:\n\n{_names(facts, Kind.STRUCT)}"


def _names(facts: Facts, kind: Kind) -> str:
    """The first releases of all names of a kind, those with the same witnesses together."""
    return grouped({entry.name: first_release(facts, entry.name) for entry in facts.catalogue.of_kind(kind)})


def _constants(kind: Kind) -> Row:
    return lambda facts, _: f"{_values(facts)} First releases:\n\n{_names(facts, kind)}"


def _values(facts: Facts) -> str:
    return f"Values: {read_in(facts.catalogue.constants_file.source, 'constants.yaml')}."


def _table(facts: Facts, subject: str) -> str:
    """A table of constants: with its first releases where it is the index of its kind, and no page has them."""
    group = facts.catalogue.groups.get(subject)
    members = (facts.catalogue.entries.get(m.name) for m in group.members) if group else ()
    kind = next((entry.kind for entry in members if entry), None)
    if kind not in _INDEXED:
        return _values(facts)
    return f"{_values(facts)} First releases:\n\n{_names(facts, kind)}"


def _btf(kernels: Sequence[Asked]) -> str:
    return f"BTF of {', '.join(f'{k.series} ({k.version})' for k in kernels)}"


def _of_btf(which: str) -> Row:
    return lambda facts, _: f"{_btf(getattr(facts.catalogue.btf, which).kernels)}."


def _messages(facts: Facts, _: str) -> str:
    series = facts.catalogue.verifier.file.series
    return f"Format strings of the sources of Linux {', '.join(series)}, in `data/scraped/verifier-messages.yaml`."


def _sections(facts: Facts, _: str) -> str:
    table = facts.catalogue.libbpf_sections
    return f"`src/libbpf.c` of [libbpf]({table.url}/commit/{table.commit[:12]}), and each tagged version before."


_INDEXED = (Kind.ATTACH_TYPE, Kind.LINK_TYPE)
_OF_EXAMPLES = {"EXAMPLE", "EXAMPLE_OUTPUT", "VERIFIER_LOG", "EXPLAIN"}
_OBLIGES = "Defined in `include/linux/btf.h` of the sources. What each obliges to was written by people."
_BLOCKS: dict[str, tuple[str, Row]] = {
    "FACTS": ("Facts", _entry),
    "HELPER_FUNC_DEF": ("Signature", _helper),
    "HELPER_FUNC_PROG_REF": ("Where it can be called", _calls(HELPERS)),
    "HELPER_FUNC_MAP_REF": ("Maps it takes", _maps("The call was loaded with a map of each type")),
    "KFUNC_DEF": ("Signature", _kfunc),
    "KFUNC_FLAGS": ("Flags", _flags),
    "KFUNC_PROG_REF": ("Where it can be called", _calls(KFUNCS)),
    "PROG_LOAD_REF": ("Loading and attaching", _program("")),
    "PROG_HELPER_FUNC_REF": ("Helpers it may call", _program("helper")),
    "PROG_KFUNC_REF": ("Kfuncs it may call", _program("kfunc")),
    "MAP_OPERATIONS": ("Operations", _maps("Each operation was tried on a map with an entry,")),
    "MAP_HELPER_FUNC_REF": ("Helpers that take it", _maps("Each helper was loaded with such a map")),
    "ATTRIBUTE_TABLE": ("Attributes", _attributes),
    "STRUCT_TABLE": ("Fields", _struct),
    "STRUCT_SECTIONS": ("Structs", _structs),
    "CONSTANT_SECTIONS": ("Constants", _constants(Kind.CONSTANT)),
    "CONSTANT_TABLE": ("Constants", _table),
    "KERNEL_CONTEXT": ("Context", _of_btf("structs")),
    "STRUCT_OPS_FACTS": ("Facts", _of_btf("struct_ops")),
    "STRUCT_OPS_MEMBERS": ("Members", _of_btf("struct_ops")),
    "ITERATOR_SECTIONS": ("Iterators", _of_btf("iterators")),
    "LSM_HOOK_SECTIONS": ("Hooks", _of_btf("hooks")),
    "TRACEPOINT_COUNTS": ("Tracepoints", _of_btf("tracepoints")),
    "KFUNC_FLAG_TABLE": ("Flags", lambda _facts, _subject: _OBLIGES),
    "SECTION_NAMES": ("Section names", _sections),
    "VERIFIER_MESSAGES": ("The message", _messages),
}
_OF_LIBRARY: dict[str, tuple[str, Row]] = {
    "FACTS": ("Facts", first_version),
    "LIBBPF_DEF": ("Signature", declared),
}
