"""An object's needs: programs, calls, maps, features, what it takes from the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bpfref.formats.bpf_object import BpfObject, CoreRelocation, Extern, Function, Refers
from bpfref.formats.bpf_object.core import TESTS, CoreKind
from bpfref.formats.bpf_object.features import Features
from bpfref.model.btf import Hook
from bpfref.model.entry import Kind
from bpfref.model.feature import Feature
from bpfref.model.libbpf import BTF_TARGET, FRAGS, SLEEPABLE
from bpfref.model.version import Version
from bpfref.requires import maps
from bpfref.requires.facts import Knowledge, helper_calls, kfunc_calls
from bpfref.requires.model import Need, Program, Stage, Subject, asks_first, find_core_tests, merged
from bpfref.requires.span import Answer, Span, Verdict

CO_RE, TARGET = "CO-RE", "target"
_NO_GPL = Answer(Verdict.NO, "only programs with a GPL-compatible licence may")


def read_subject(found: BpfObject, known: Knowledge) -> Subject:
    """The object with its programs as libbpf's table of section names sorts them."""
    fills = {p: (each.type, member) for each in found.struct_ops for member, p in each.programs.items()}
    programs = tuple(_program(found, each, known, fills) for each in found.programs.values())
    return Subject(found, programs, (found.licence or "") in known.facts.features.licences)


def _program(found: BpfObject, function: Function, known: Knowledge, fills: dict[str, tuple[str, str]]) -> Program:
    section = function.section.removeprefix("?")
    table = known.facts.libbpf_sections
    rule = table.rule(section) or table.gone_rule(section) or table.prefix_rule(section)
    sleepable = bool(rule and SLEEPABLE in rule.flags)
    return Program(function, tuple(found.closure(function)), rule, sleepable, fills.get(function.name, (None, ""))[0])


def level_of(subject: Subject, known: Knowledge) -> str:
    """The least `-mcpu` of clang that emits what the object's functions hold."""
    finder, features = Features(subject.object), known.facts.features.features
    levels = {features[use.feature].level for program in subject.programs for use in finder.find(program.function)}
    return max((level for level in levels if level), default="v1")


def find_needs(subject: Subject, known: Knowledge) -> list[Need]:
    """Everything that a kernel must have, each once."""
    collector = _Collector(subject, known)
    return merged(collector.all())


@dataclass(frozen=True)
class _Collector:
    subject: Subject
    known: Knowledge

    @cached_property
    def features(self) -> Features:
        """What the object's functions rely on."""
        return Features(self.subject.object)

    def all(self) -> Iterator[Need]:
        """Needs as they come, not merged."""
        for program in self.subject.programs:
            yield from self._program(program)
        yield from maps.find_needs(self.subject, self.known)
        yield from self._externs()
        yield from self._relocations()

    def _program(self, program: Program) -> Iterator[Need]:
        if program.rule is None or program.type is None:
            why = f"libbpf's table of sections has no {program.function.section}: its program type is not known"
            fixed = Span(fixed=Answer(Verdict.UNKNOWN, why))
            yield Need("section", program.function.section, fixed, (program.name,))
            yield from self._features(program)
            return
        yield Need("program type", program.type, self.known.program_type(program.type), (program.name,))
        yield from self._attach(program)
        yield from self._licence(program)
        yield from self._target(program)
        yield from self._calls(program)
        yield from self._features(program)

    def _attach(self, program: Program) -> Iterator[Need]:
        """The attach type, a sleepable program, a packet in fragments."""
        if program.attach:
            span = self.known.named("attach-type", program.attach)
            checked = self.known.facts.features.attach_checked.get(program.type or "")
            if program.attach not in self.known.facts.features.attach_optional:
                yield Need("attach type", program.attach, span, (program.name,), stage=Stage.ATTACH)
            if checked:
                looked = replace(span, unless=Version.parse(checked.since))
                yield Need("attach type", program.attach, looked, (program.name,))
        if program.sleepable:
            within = f"{program.type} {program.attach or ''}".strip()
            yield Need("sleepable", "program", self.known.loads(program), (program.name,), within=within)
        if program.rule and FRAGS in program.rule.flags:
            since = self.known.facts.since("BPF_F_XDP_HAS_FRAGS")
            yield Need("program flag", "BPF_F_XDP_HAS_FRAGS", Span(since, since), (program.name,))

    def _licence(self, program: Program) -> Iterator[Need]:
        """Types that only programs with a compatible licence may have."""
        if self.subject.gpl:
            return
        strict = {v.partition("/")[0] for file in self.known.series.values() for v in file.variants.gpl}
        if program.type in strict:
            yield Need("licence", "GPL", Span(fixed=_NO_GPL), (program.name,), within=str(program.type))

    def _target(self, program: Program) -> Iterator[Need]:
        if not program.rule or BTF_TARGET not in program.rule.flags:
            return
        if program.type == "BPF_PROG_TYPE_EXT" or program.target is None:
            why = "the loader has to name a target before it can be loaded"
            yield Need(TARGET, "to be set", Span(fixed=Answer(Verdict.UNKNOWN, why)), (program.name,))
            return
        yield Need(TARGET, program.target, self._target_span(program, program.target), (program.name,))

    def _target_span(self, program: Program, target: str) -> Span:
        """Hooks and iterators are in the data, series by series; other functions are not."""
        btf = self.known.facts.btf
        if program.type == "BPF_PROG_TYPE_LSM":
            hook = next((each for each in btf.hooks.hooks if each.name == target), None)
            span = _listed(btf.hooks.series, hook.lacks if hook else None, f"LSM hook {target}")
            return _may_sleep(span, hook) if hook and program.sleepable else span
        if program.attach == "BPF_TRACE_ITER":
            each = next((t for t in btf.iterators.targets if t.name == target), None)
            unseen = btf.iterators.unseen(each.lacks) if each else ()
            return _listed(btf.iterators.series, each.lacks if each else None, f"iterator {target}", unseen)
        why = f"whether a kernel has {target} is in its BTF"
        return Span(fixed=Answer(Verdict.UNKNOWN, why, condition=True))

    def _calls(self, program: Program) -> Iterator[Need]:
        """Helpers and kfuncs; a licence that does not do is not helped by a test."""
        tested = self._tests(program)
        for need in self._all_calls(program):
            yield replace(need, span=replace(need.span, tested=True)) if tested and not need.span.fixed else need

    def _tests(self, program: Program) -> bool:
        """Whether a program asks for configuration, for a symbol that may be missing, or for a type or field."""
        tests = find_core_tests(self.subject.object)
        return any(f.name in tests or asks_first(f, Refers.KCONFIG) for f in program.functions)

    def _all_calls(self, program: Program) -> Iterator[Need]:
        for function in program.functions:
            for reference in function.references:
                line = function.line(reference.slot)
                places = (f"{line.file.rpartition('/')[2]}:{line.number}",) if line else ()
                if reference.kind is Refers.HELPER:
                    yield self._helper(program, reference.number, places)
                elif reference.kind is Refers.KFUNC and not reference.weak:
                    yield self._kfunc(program, reference.name, places)

    def _helper(self, program: Program, number: int, places: tuple[str, ...]) -> Need:
        name = self.known.by_value(Kind.HELPER, number)
        where = (program.name,)
        if name is None:
            why = Answer(Verdict.UNKNOWN, "bpfref's newest facts do not number it")
            return Need("helper", f"number {number}", Span(fixed=why), where, places)
        if not self.subject.gpl and any(f.helpers[name].gpl for f in self.known.series.values() if name in f.helpers):
            return Need("helper", name, Span(fixed=_NO_GPL), where, places, within=str(program.type))
        first = self.known.facts.since(self.known.facts.features.stand_ins.get(name, name))
        span = self.known.calls(program, name, first, helper_calls)
        return Need("helper", name, span, where, places, within=_way(program))

    def _kfunc(self, program: Program, name: str, places: tuple[str, ...]) -> Need:
        where = (program.name,)
        if name not in self.known.facts.kfuncs:
            why = Answer(Verdict.UNKNOWN, "no kernel of the lab has it in its image or modules")
            return Need("kfunc", name, Span(fixed=why), where, places)
        span = self.known.calls(program, name, self.known.facts.since(name), kfunc_calls)
        unbuilt = {v: answer for v, answer in self.known.unbuilt_kfunc(name).items() if v in span.lab}
        return Need("kfunc", name, replace(span, lab={**span.lab, **unbuilt}), where, places, within=_way(program))

    def _features(self, program: Program) -> Iterator[Need]:
        for use in self.features.find(program.function):
            function = self.subject.object.function(use.function)
            line = function.line(use.slot) if function and use.slot is not None else None
            places = (f"{line.file.rpartition('/')[2]}:{line.number}",) if line else ()
            feature = self.known.facts.features.features[use.feature]
            yield self._feature(feature, program, places)

    def _feature(self, feature: Feature, program: Program, places: tuple[str, ...]) -> Need:
        span = feature_span(feature, self.known)
        if feature.programs and program.type and program.type not in feature.programs:
            span = Span(fixed=Answer(Verdict.NO, f"not in {program.type}"))
        if feature.gpl and not self.subject.gpl:
            span = Span(fixed=_NO_GPL)
        return Need("feature", feature.title, span, (program.name,), places)

    def _externs(self) -> Iterator[Need]:
        """Configuration and symbols of the kernel; weak ones may be missing."""
        used = {r.name: f.name for p in self.subject.programs for f in p.functions for r in f.references}
        for each in self.subject.object.externs.values():
            why = self._hangs(each)
            if why and each.name in used:
                answer = Answer(Verdict.UNKNOWN, why, condition=each.kind is not Refers.UNKNOWN)
                yield Need(each.kind.value, each.name, Span(fixed=answer), (used[each.name],))

    def _hangs(self, extern: Extern) -> str | None:
        """What a symbol hangs on; None for one that loads everywhere, or that is a kernel function."""
        if extern.kind is Refers.KCONFIG and extern.name not in self.known.facts.features.given:
            where = "loads only where libbpf can read the kernel's configuration"
            return where if extern.weak else f"{where} and it has {extern.name}"
        if extern.weak or extern.kind in {Refers.KFUNC, Refers.KCONFIG}:
            return None
        if extern.kind is Refers.KSYM:
            return f"whether a kernel has {extern.name} is in its symbols" + (" and BTF" if extern.typed else "")
        return "nothing defines it: a loader has to know what it is"

    def _relocations(self) -> Iterator[Need]:
        """The kernel's BTF, and each type, member or enumerator that is looked for in it."""
        wanted = [r for r in self.subject.object.relocations if needs_kernel(r)]
        if not wanted:
            return
        feature = self.known.facts.features.features["kernel-btf"]
        users = tuple(dict.fromkeys(r.function for r in wanted))
        yield Need("feature", feature.title, feature_span(feature, self.known), users)
        for relocation in wanted:
            if relocation.kind not in TESTS:
                why = "whether a kernel has it is in its BTF"
                span = Span(fixed=Answer(Verdict.UNKNOWN, why, condition=True))
                yield Need(CO_RE, relocation.spelled, span, (relocation.function,))


def needs_kernel(relocation: CoreRelocation) -> bool:
    """Whether a relocation asks for something of the kernel: not the id of the object's own type."""
    return relocation.kind != CoreKind.TYPE_ID_LOCAL


def feature_span(feature: Feature, known: Knowledge) -> Span:
    """The releases of a feature; where missing it need not matter, older releases are unknown."""
    since = known.facts.since(feature.like) if feature.like else feature.since
    if since is None:
        return Span(fixed=Answer(Verdict.UNKNOWN, feature.source))
    if feature.certain:
        return Span(since, since)
    return Span(soft=since)


def _may_sleep(span: Span, hook: Hook) -> Span:
    """A hook's span for programs that sleep: only where the kernel lists it among those that may."""
    lacks = hook.sets.get("sleepable")
    if lacks is None:
        why = Answer(Verdict.NO, f"programs at {hook.function} may not sleep")
        return Span(lab=dict.fromkeys(span.lab, why))
    lab = {
        v: Answer(Verdict.NO, f"programs at {hook.function} may not sleep") if str(v) in lacks else answer
        for v, answer in span.lab.items()
    }
    return replace(span, lab=lab)


def _way(program: Program) -> str:
    """A program type with what decides about calls in it."""
    return " ".join(filter(None, [program.type, program.attach, "sleepable" if program.sleepable else None]))


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
