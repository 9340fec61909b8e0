"""An object's needs: programs, calls, maps, features, what it takes from the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bpfref.formats.bpf_object import BpfObject, CoreRelocation, Extern, Function, Refers
from bpfref.formats.bpf_object.core import TESTS, CoreKind
from bpfref.formats.bpf_object.elf import fault
from bpfref.formats.bpf_object.features import Features
from bpfref.model.entry import Kind
from bpfref.model.feature import Feature
from bpfref.model.libbpf import BTF_TARGET, FRAGS, SLEEPABLE
from bpfref.requires import maps
from bpfref.requires.facts import Knowledge
from bpfref.requires.model import Need, Program, Stage, Subject, asks_first, find_core_tests, merged
from bpfref.requires.span import Span
from bpfref.requires.spans import checked_attach_span, feature_span, helper_span, hook_span, iterator_span, kfunc_span
from bpfref.requires.words import fixed

CO_RE, TARGET = "CO-RE", "target"
_MOST_REFERENCES = 1 << 20  # a large collection of programs has some thousands
FRAGS_FLAG = "BPF_F_XDP_HAS_FRAGS"
LSM, ITERATOR = "BPF_PROG_TYPE_LSM", "BPF_TRACE_ITER"


def read_subject(found: BpfObject, known: Knowledge) -> Subject:
    """The object with its programs as libbpf's table of section names sorts them.

    SourceError where programs share functions to an extent that looking into all would be a long wait.
    """
    fills = {p: (each.type, member) for each in found.struct_ops for member, p in each.programs.items()}
    programs = tuple(_program(found, each, known, fills) for each in found.programs.values())
    total = sum(len(function.references) for program in programs for function in program.functions)
    if total > _MOST_REFERENCES:
        raise fault(f"its programs hold more than {_MOST_REFERENCES} references with all that they call", found.file)
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
            section = program.function.section
            yield Need("section", section, fixed("section", section), (program.name,))
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
            if program.attach not in self.known.facts.features.attach_optional:
                yield Need("attach type", program.attach, span, (program.name,), stage=Stage.ATTACH)
            looked = checked_attach_span(program, self.known)
            if looked:
                yield Need("attach type", program.attach, looked, (program.name,))
        if program.sleepable:
            within = f"{program.type} {program.attach or ''}".strip()
            yield Need("sleepable", "program", self.known.loads(program), (program.name,), within=within)
        if program.rule and FRAGS in program.rule.flags:
            since = self.known.facts.since(FRAGS_FLAG)
            yield Need("program flag", FRAGS_FLAG, Span(since, since), (program.name,))

    def _licence(self, program: Program) -> Iterator[Need]:
        """Types that only programs with a compatible licence may have."""
        if self.subject.gpl:
            return
        if program.type in self.known.gpl_programs:
            yield Need("licence", "GPL", fixed("licence"), (program.name,), within=str(program.type))

    def _target(self, program: Program) -> Iterator[Need]:
        if not program.rule or BTF_TARGET not in program.rule.flags:
            return
        if program.type == "BPF_PROG_TYPE_EXT" or program.target is None:
            yield Need(TARGET, "to be set", fixed("no-target"), (program.name,))
            return
        yield Need(TARGET, program.target, self._target_span(program, program.target), (program.name,))

    def _target_span(self, program: Program, target: str) -> Span:
        """Hooks and iterators are in the data, series by series; other functions are not."""
        if program.type == LSM:
            return hook_span(target, self.known, sleepable=program.sleepable)
        if program.attach == ITERATOR:
            return iterator_span(target, self.known)
        return fixed("target", target)

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
            return Need("helper", f"number {number}", fixed("unnumbered"), where, places)
        if not self.subject.gpl and name in self.known.gpl_helpers:
            return Need("helper", name, fixed("licence"), where, places, within=str(program.type))
        span = helper_span(name, program, self.known)
        return Need("helper", name, span, where, places, within=program.way)

    def _kfunc(self, program: Program, name: str, places: tuple[str, ...]) -> Need:
        where = (program.name,)
        if name not in self.known.facts.kfuncs:
            return Need("kfunc", name, fixed("unknown-kfunc"), where, places)
        span = kfunc_span(name, program, self.known)
        return Need("kfunc", name, span, where, places, within=program.way)

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
            span = fixed("not-in-program", program.type)
        if feature.gpl and not self.subject.gpl:
            span = fixed("licence")
        return Need("feature", feature.title, span, (program.name,), places)

    def _externs(self) -> Iterator[Need]:
        """Configuration and symbols of the kernel; weak ones may be missing."""
        used = {r.name: f.name for p in self.subject.programs for f in p.functions for r in f.references}
        for each in self.subject.object.externs.values():
            key = self._hangs(each)
            if key and each.name in used:
                yield Need(each.kind.value, each.name, fixed(key, each.name), (used[each.name],))

    def _hangs(self, extern: Extern) -> str | None:
        """What a symbol hangs on; None for one that loads everywhere, or that is a kernel function."""
        if extern.kind is Refers.KCONFIG and extern.name not in self.known.facts.features.given:
            return "weak-configuration" if extern.weak else "configuration"
        if extern.weak or extern.kind in {Refers.KFUNC, Refers.KCONFIG}:
            return None
        if extern.kind is Refers.KSYM:
            return "typed-symbol" if extern.typed else "symbol"
        return "undefined"

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
                yield Need(CO_RE, relocation.spelled, fixed("relocation"), (relocation.function,))


def needs_kernel(relocation: CoreRelocation) -> bool:
    """Whether a relocation asks for something of the kernel: not the id of the object's own type."""
    return relocation.kind != CoreKind.TYPE_ID_LOCAL
