"""What is known of one thing that an object may need, release by release: by its name and where it is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bpfref.formats.bpf_object import Function
from bpfref.model.btf import Hook
from bpfref.model.feature import Feature
from bpfref.model.libbpf import SLEEPABLE, SectionRule
from bpfref.model.probe import SpecialField, expand
from bpfref.model.version import Version
from bpfref.requires.facts import Knowledge, helper_calls, kfunc_calls
from bpfref.requires.model import Program
from bpfref.requires.span import Answer, Span, Verdict, later

FLAGS = "BPF_F_NO_PREALLOC"  # the first member of the enum of flags that maps take
_UNBUILT = "the release has it; the lab's build, or what was seen of it, has it not"


def some_program(rule: SectionRule, struct_ops: str | None = None) -> Program:
    """A program of a section, without code: what is known of it depends on no more than that."""
    return Program(Function("", rule.name, 0, {}), (), rule, SLEEPABLE in rule.flags, struct_ops)


def checked_attach_span(program: Program, known: Knowledge) -> Span | None:
    """The attach type for kernels that look at it when a program is loaded; None where none looks."""
    checked = known.facts.features.attach_checked.get(program.type or "")
    if not checked or not program.attach:
        return None
    return replace(known.named("attach-type", program.attach), unless=Version.parse(checked.since))


def helper_span(name: str, program: Program, known: Knowledge) -> Span:
    """A call of a helper; libbpf puts an older one in the place of some."""
    first = known.facts.since(known.facts.features.stand_ins.get(name, name))
    return known.calls(program, name, first, helper_calls)


def kfunc_span(name: str, program: Program, known: Knowledge) -> Span:
    """A call of a kernel function that some kernel of the lab has."""
    span = known.calls(program, name, known.facts.since(name), kfunc_calls)
    unbuilt = {v: answer for v, answer in known.unbuilt_kfunc(name).items() if v in span.lab}
    return replace(span, lab={**span.lab, **unbuilt})


def feature_span(feature: Feature, known: Knowledge) -> Span:
    """The releases of a feature; where missing it need not matter, older releases are unknown."""
    since = known.facts.since(feature.like) if feature.like else feature.since
    if since is None:
        return Span(fixed=Answer(Verdict.UNKNOWN, feature.source))
    if feature.certain:
        return Span(since, since)
    return Span(soft=since)


def hook_span(target: str, known: Knowledge, *, sleepable: bool) -> Span:
    """An LSM hook, for programs that sleep or do not."""
    hooks = known.facts.btf.hooks
    hook = next((each for each in hooks.hooks if each.name == target), None)
    span = _listed(hooks.series, hook.lacks if hook else None, f"LSM hook {target}")
    return _may_sleep(span, hook) if hook and sleepable else span


def iterator_span(target: str, known: Knowledge) -> Span:
    """What an iterator goes through."""
    iterators = known.facts.btf.iterators
    each = next((t for t in iterators.targets if t.name == target), None)
    unseen = iterators.unseen(each.lacks) if each else ()
    return _listed(iterators.series, each.lacks if each else None, f"iterator {target}", unseen)


def flag_span(flag: str, map_type: str, known: Knowledge) -> Span:
    """A flag of maps of a type."""
    since = later(known.facts.since(flag), known.facts.since(map_type))
    lab = {}
    for series, file in known.series.items():
        taken = file.maps.get(map_type)
        if taken and flag in taken.flags:
            lab[series] = Answer(Verdict.YES, "the map was made with it")
        elif taken:
            lab[series] = Answer(Verdict.NO, f"{map_type} does not take it")
    return Span(known.facts.since(flag), since, lab)


def field_span(field: str, map_type: str, known: Knowledge) -> Span | None:
    """A special field in values of maps of a type; None for a struct that is plain data, or that nobody knows."""
    own = known.facts.features.value_structs.get(map_type)
    if field not in known.special_fields and (own is None or own.struct != field):
        return None
    since = known.facts.since(f"struct {field}") or known.facts.since(field)
    lab = {}
    for series, file in known.series.items():
        asked = file.fields.get(field)
        if asked and map_type in asked.maps:
            lab[series] = Answer(Verdict.YES, "a map was made with it")
        elif asked:
            lab[series] = Answer(Verdict.NO, f"no {map_type} may hold it")
    return Span(since, since, lab) if since or lab else None


def field_use_span(field: str, program: Program, known: Knowledge) -> Span | None:
    """A program that refers to a map with a special field; None where no kernel refuses that."""
    lab = {}
    for series, file in known.series.items():
        asked = file.fields.get(field)
        if asked is None:
            continue
        variants = known.ways(program)[series]
        words = _refused(asked, variants, file.variants.loads)
        if words and None not in words:
            lab[series] = Answer(Verdict.NO, f"{program.type}: {words[0]}")
        elif any(words):
            lab[series] = Answer(Verdict.UNKNOWN, "refused in some programs of this type, not in all that it may be")
        elif variants:
            lab[series] = Answer(Verdict.YES, "no program of this kind is refused")
    refuses = any(answer.verdict is not Verdict.YES for answer in lab.values())
    return Span(lab=lab) if refuses else None


def _refused(asked: SpecialField, variants: Iterable[str], every: Iterable[str]) -> list[str | None]:
    """The kernel's words for each variant, None where it said nothing."""
    words = {v: text for text, short in asked.refused.items() for v in expand(short, every)}
    return [words.get(v) for v in variants]


def struct_ops_span(type_name: str, member: str | None, known: Knowledge) -> Span:
    """The type of a struct of operations, or one member of it. KeyError for a type that no kernel of the lab has."""
    btf = known.facts.btf
    kind = btf.types[type_name]
    members = {each.name: each for each in kind.members}
    lacks = members[member].lacks if member in members else ()
    lab: dict[Version, Answer] = {}
    for series in btf.struct_ops.series:
        version = Version.parse(series)
        if series in kind.unbuilt or series in btf.struct_ops.unseen(kind.lacks):
            lab[version] = Answer(Verdict.UNKNOWN, _UNBUILT, condition=True)
        elif series in kind.lacks:
            lab[version] = Answer(Verdict.NO, "the kernel does not offer it")
        elif member and (series in lacks or member not in members):
            lab[version] = Answer(Verdict.NO, f"its {type_name} has no such member")
        else:
            lab[version] = Answer(Verdict.YES, "its BTF has it")
    return Span(lab=lab)


def _may_sleep(span: Span, hook: Hook) -> Span:
    """A hook's span for programs that sleep: only where the kernel lists it among those that may."""
    lacks = hook.sets.get("sleepable")
    why = Answer(Verdict.NO, f"programs at {hook.function} may not sleep")
    if lacks is None:
        return Span(lab=dict.fromkeys(span.lab, why))
    return replace(span, lab={v: why if str(v) in lacks else answer for v, answer in span.lab.items()})


def _listed(series: Iterable[str], lacks: Iterable[str] | None, what: str, unseen: Iterable[str] = ()) -> Span:
    """A span from a list of series that lack a thing; None for a thing that none has."""
    if lacks is None:
        lab = {Version.parse(s): Answer(Verdict.NO, f"its BTF has no {what}") for s in series}
        return Span(lab=lab)
    lab = {}
    for each in series:
        if each in set(unseen):
            lab[Version.parse(each)] = Answer(Verdict.UNKNOWN, "its modules were not seen")
        elif each in set(lacks):
            lab[Version.parse(each)] = Answer(Verdict.NO, f"its BTF has no {what}")
        else:
            lab[Version.parse(each)] = Answer(Verdict.YES, f"its BTF has {what}")
    return Span(lab=lab)
