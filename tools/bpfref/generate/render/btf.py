"""What the BTF of kernels says, as Markdown: struct_ops types, iterator targets, LSM hooks, tracepoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from bpfref.generate.facts import Facts
from bpfref.generate.render.presence import asked, before, chip, inline, sentence
from bpfref.generate.render.text import code, definitions, link, table
from bpfref.layout import page_of
from bpfref.model.btf import Asked, Hook, KernelStruct, Member, StructOps, Target, Tracepoints
from bpfref.model.entry import Kind
from bpfref.model.files import StructOpsNote

_FAMILY = 4  # this many hooks that begin with the same word have a section
_SUFFIXES = {
    "__nullable": "may be `NULL`: the program must compare it before use",
    "__ref": "comes with a reference, which the program owns and must give back",
    "__arena": "points into the program's arena",
}


def struct_ops_facts(facts: Facts, wanted: StructOps) -> str:
    """Where a struct_ops type is offered, and what a kernel must be built with."""
    found, note = facts.catalogue.btf.struct_ops, facts.catalogue.btf.notes.get(wanted.name)
    pairs = [("In kernels", sentence(found.kernels, wanted.lacks, modules=True))]
    if wanted.unbuilt:
        built = f"{', '.join(wanted.unbuilt)}: its source has the type, the kernel asked was built without it"
        pairs.append(("Left out of the build", built))
    pairs.append(("Offered by", f"the module {code(wanted.module)}" if wanted.module else "the kernel image"))
    if note:
        pairs.append(("Configuration", ", ".join(map(code, note.options))))
    return f'<div class="facts" markdown>\n\n{definitions(pairs)}\n\n</div>'


def struct_ops_members(facts: Facts, wanted: StructOps) -> str:
    """The struct as C, and a table with what each member is for."""
    found, note = facts.catalogue.btf.struct_ops, facts.catalogue.btf.notes.get(wanted.name)
    newest = next(s for s in reversed(found.series) if s not in wanted.lacks)
    present = [m for m in wanted.members if newest not in m.lacks]
    lines = "".join(f"\t{m.declaration};\n" for m in present)
    fence = f'```c title="{newest}"\nstruct {wanted.name} {{\n{lines}}};\n```'
    rows = [
        (_anchored(m.name), _meaning(facts, wanted, m, note), chip(found.kernels, m.lacks, wanted.lacks))
        for m in wanted.members
    ]
    return "\n\n".join(filter(None, (fence, _suffixes(present), table(("Member", "Meaning", "Kernels"), rows))))


def _anchored(name: str, anchor: str = "") -> str:
    return f"[{code(name)}](#{anchor or name}){{ #{anchor or name} }}"


def _meaning(facts: Facts, wanted: StructOps, member: Member, note: StructOpsNote | None) -> str:
    """The words for a member's marks, what it is for, and how it was declared before."""
    marks = [word for word, names in _marks(note) if member.name in names]
    gone = [f"Declared as {code(member.declaration)}."] if _is_gone(facts, wanted, member) else []
    told = facts.meaning(*(f"{name}.{member.name}" for name in (wanted.name, note and note.like) if name))
    return " ".join(filter(None, (*marks, told, *gone, *before(member.earlier))))


def _marks(note: StructOpsNote | None) -> list[tuple[str, tuple[str, ...]]]:
    if note is None:
        return []
    return [("**Required.**", note.required), ("**May sleep.**", note.sleepable), ("**Refused.**", note.refused)]


def _is_gone(facts: Facts, wanted: StructOps, member: Member) -> bool:
    series = [s for s in facts.catalogue.btf.struct_ops.series if s not in wanted.lacks]
    return series[-1] in member.lacks


def _suffixes(members: Sequence[Member]) -> str:
    """What the endings of parameters' names tell the verifier, for those that occur."""
    text = " ".join(member.declaration for member in members)
    told = [f"`{ending}` {meaning}" for ending, meaning in _SUFFIXES.items() if ending in text]
    return f"The endings of parameters' names speak to the verifier: {'; '.join(told)}." if told else ""


def struct_ops_index(facts: Facts, page: str) -> str:
    """Every struct_ops type, and those that only sources know."""
    found = facts.catalogue.btf.struct_ops
    rows = [
        (
            link(code(each.name), page, page_of(Kind.STRUCT_OPS, each.name)),
            _purpose(facts, each),
            chip(found.kernels, each.lacks) or f"**{found.series[0]}**{{ .since }}",
        )
        for each in found.types
    ]
    only = [f"{code(name)} ({', '.join(series)})" for name, series in found.unbuilt.items()]
    note = f"\n\nIn the source, but in none of the kernels asked: {', '.join(only)}." if only else ""
    return table(("Type", "What it is for", "Kernels"), rows) + note + "\n\n" + asked(found.kernels, modules=True)


def _purpose(facts: Facts, wanted: StructOps) -> str:
    unbuilt = f"The source of {', '.join(wanted.unbuilt)} has it, its build not." if wanted.unbuilt else ""
    return " ".join(filter(None, (facts.description(facts.catalogue.entries[wanted.name]), unbuilt)))


def iterators(facts: Facts) -> str:
    """A section for each iterator target, with the fields of its context."""
    found = facts.catalogue.btf.iterators
    sections = [_target(facts, found.kernels, each) for each in found.targets]
    return "\n\n".join([*sections, asked(found.kernels, modules=True)])


def _target(facts: Facts, kernels: Sequence[Asked], target: Target) -> str:
    rows = [
        (code(m.name), code(_type(m)), _told(facts, target.context, m, inline(kernels, m.lacks, target.lacks)))
        for m in target.members
    ]
    pairs = [
        ("Section", code(f'SEC("iter/{target.name}")')),
        ("Context", code(f"struct {target.context}")),
        ("In kernels", sentence(kernels, target.lacks, modules=True)),
    ]
    box = f'<div class="facts" markdown>\n\n{definitions(pairs)}\n\n</div>'
    head = f"## {target.name} {{ #{target.context} }}"
    fields = table(("Field", "Type", "Meaning"), rows)
    return "\n\n".join(filter(None, (head, facts.meaning(target.context), box, fields)))


def _told(facts: Facts, owner: str, member: Member, kernels: str) -> str:
    """What a field is for, how it was declared before, and which kernels have it if not all do."""
    shared = f"bpf_iter_meta.{member.name}" if member.name == "meta" else ""
    return " ".join(filter(None, (facts.meaning(f"{owner}.{member.name}", shared), *before(member.earlier), kernels)))


def _type(member: Member) -> str:
    """The declaration without the name, where the name stands last."""
    return member.declaration.removesuffix(member.name).strip()


def hooks(facts: Facts) -> str:
    """Every LSM hook, in sections by the first word of their names."""
    found = facts.catalogue.btf.hooks
    sizes = Counter(hook.name.split("_")[0] for hook in found.hooks)
    families = sorted(word for word, size in sizes.items() if size >= _FAMILY)
    sections = [(f"`{word}`", word, [h for h in found.hooks if h.name.split("_")[0] == word]) for word in families]
    others = [h for h in found.hooks if h.name.split("_")[0] not in families]
    written = [_family(found.kernels, *section) for section in (*sections, ("Others", "others", others))]
    return "\n\n".join([*written, asked(found.kernels)])


def _family(kernels: Sequence[Asked], title: str, anchor: str, members: Sequence[Hook]) -> str:
    return f"## {title} {{ #hooks-{anchor} }}\n\n" + definitions(_hook(kernels, hook) for hook in members)


def _hook(kernels: Sequence[Asked], hook: Hook) -> tuple[str, str]:
    """A hook as term, with the kernels that have it; its declaration and what is known of it."""
    lists = [_listed(kernels, hook, word, words) for word, words in _LISTS.items() if word in hook.sets]
    notes = " ".join([*lists, *before(hook.earlier)])
    term = " ".join(filter(None, (_anchored(hook.name, hook.function), chip(kernels, hook.lacks))))
    return term, "\n\n    ".join(filter(None, (code(hook.declaration), notes)))


# What it means to be on one of the kernel's lists: Linux v7.2, kernel/bpf/bpf_lsm.c.
_LISTS = {
    "sleepable": "May sleep",
    "disabled": "Refused by the verifier",
    "untrusted": "Pointers untrusted",
    "bool": "Returns 0 or 1",
    "locked_sockopt": "Socket options, socket locked",
    "unlocked_sockopt": "Socket options, socket not locked",
    "current": "Cgroup of the task",
}


_COUNTED = ("sleepable", "disabled")


def _listed(kernels: Sequence[Asked], hook: Hook, word: str, words: str) -> str:
    """The meaning of a list, and in which kernels the hook is on it if that is not all that have the hook."""
    lacks = hook.sets[word]
    if not lacks:
        return f"{words}."
    having = [k.series for k in kernels if k.series not in (*lacks, *hook.lacks)]
    told = f"not in {', '.join(lacks)}" if len(lacks) < len(having) else f"in {', '.join(having)}"
    return f"{words} ({told})."


def hook_counts(facts: Facts) -> str:
    """How many hooks each series has, how they changed, and how many may sleep or are refused."""
    found = facts.catalogue.btf.hooks
    having = {series: {h.name: h for h in found.hooks if series not in h.lacks} for series in found.series}
    rows = []
    for older, series in pairwise((None, *found.series)):
        here, there = having[series or ""], having[older] if older else None
        changes = ("", "") if there is None else (str(len(here.keys() - there)), str(len(there.keys() - here)))
        listed = (sum(series not in h.sets.get(word, (series,)) for h in here.values()) for word in _COUNTED)
        rows.append((str(series), str(len(here)), *changes, *map(str, listed)))
    return table(("Kernel", "Hooks", "New", "Gone", "May sleep", "Refused"), rows)


def tracepoints(facts: Facts) -> str:
    """How many tracepoints each series' BTF names."""
    found = facts.catalogue.btf.tracepoints
    modules = {kernel.series: kernel.modules for kernel in found.kernels}
    rows = [_counts(each, modules[each.series]) for each in found.counts]
    head = ("Kernel", "In the image", "New", "Gone", "Only in modules")
    return table(head, rows) + "\n\n" + asked(found.kernels, modules=True)


def _counts(counts: Tracepoints, modules: int | None) -> tuple[str, ...]:
    unknown = "not seen" if modules is None else "no BTF"
    more = unknown if counts.modules is None else str(counts.modules)
    told = ("" if value is None else str(value) for value in (counts.new, counts.gone))
    return (counts.series, str(counts.image), *told, more)


def kernel_struct(facts: Facts, wanted: KernelStruct) -> str:
    """A context that is not in `linux/bpf.h`: its members."""
    kernels = facts.catalogue.btf.structs.kernels
    alias = "" if wanted.type.endswith(wanted.name) else f", a name of {code(f'struct {wanted.name}')}"
    lead = f"The context is {code(wanted.type)}{alias}, as on x86-64; in kernels: {sentence(kernels, wanted.lacks)}."
    rows = [
        (code(m.name), code(_type(m)), _told(facts, wanted.name, m, inline(kernels, m.lacks, wanted.lacks)))
        for m in wanted.members
    ]
    return f"{lead}\n\n" + table(("Field", "Type", "Meaning"), rows) + "\n\n" + asked(kernels)
