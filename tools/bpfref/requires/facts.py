"""What is known of names: first releases, and the lab's answers for the ways to load a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bpfref.catalogue import Catalogue
from bpfref.model.entry import Kind
from bpfref.model.history import in_order
from bpfref.model.probe import Call, Presence, ProbeFile
from bpfref.model.since import Since
from bpfref.model.version import Version
from bpfref.requires.model import Program
from bpfref.requires.span import Answer, Span, Verdict, fits, later

_SLEEPABLE = "sleepable"
_ATTACH = "BPF_"
_STRUCT_OPS = "BPF_PROG_TYPE_STRUCT_OPS"
_OPAQUE = "__opaque"  # so the header calls what programs may not look into
_NO_SINCE = "no fact says since when"


@dataclass(frozen=True)
class Knowledge:
    """The catalogue, asked by name."""

    facts: Catalogue
    _ways: dict[tuple[str | None, ...], dict[Version, tuple[str, ...]]] = field(default_factory=dict, repr=False)
    _answers: dict[tuple[object, Version], Calls] = field(default_factory=dict, repr=False)

    @cached_property
    def releases(self) -> tuple[Version, ...]:
        """Every kernel release that facts speak of, oldest first."""
        known = {r for witness in self.facts.since_file.witnesses.values() for r in witness.releases}
        known |= {str(series) for series in self.series}
        return tuple(sorted(Version.parse(release) for release in in_order(known)))

    @cached_property
    def series(self) -> dict[Version, ProbeFile]:
        """The kernels that were asked."""
        return {Version.parse(file.kernel.series): file for file in self.facts.probes}

    @cached_property
    def gpl_helpers(self) -> frozenset[str]:
        """The helpers that only programs with a compatible licence may call."""
        calls = (each for file in self.series.values() for each in file.helpers.items())
        return frozenset(name for name, call in calls if call.gpl)

    @cached_property
    def gpl_programs(self) -> frozenset[str]:
        """The program types that only programs with a compatible licence may have."""
        return frozenset(v.partition("/")[0] for file in self.series.values() for v in file.variants.gpl)

    @cached_property
    def special_fields(self) -> frozenset[str]:
        """The structs that the kernel itself looks after in values of maps: others are plain data to it."""
        opaque = {s.name for s in self.facts.structs.values() if s.fields and s.fields[0].name == _OPAQUE}
        return frozenset(opaque | {name for file in self.series.values() for name in file.fields})

    def by_value(self, kind: Kind, value: int) -> str | None:
        """The name that the kernel's header gives to a number."""
        return self._values.get((kind, value))

    @cached_property
    def _values(self) -> dict[tuple[Kind, int], str]:
        kinds = (Kind.HELPER, Kind.MAP_TYPE, Kind.PROGRAM_TYPE)
        return {(kind, e.value): e.name for kind in kinds for e in self.facts.of_kind(kind) if e.value is not None}

    def named(self, kind: str, name: str) -> Span:
        """A name of the UAPI header: its first release, and what each kernel said of its presence."""
        since = self.facts.since(name)
        lab = {
            series: found
            for series, file in self.series.items()
            if kind in file.presence and (found := presence(file.presence[kind], name))
        }
        return Span(since, since, lab)

    def program_type(self, name: str) -> Span:
        """A program type; a kernel that loaded any program of it has it, whatever it said to the question."""
        span = self.named("program-type", name)
        loaded = {
            series: Answer(Verdict.YES, "it loaded one")
            for series, file in self.series.items()
            if any(variant.partition("/")[0] == name for variant in file.variants.loads)
        }
        return replace(span, lab={**span.lab, **loaded})

    def loads(self, program: Program) -> Span:
        """Whether kernels load programs of a type and attach type that sleep, or do not."""
        lab = {}
        for series, file in self.series.items():
            checked = self.checks(program, series)
            if candidates(file.variants.loads, program, checked=checked):
                lab[series] = Answer(Verdict.YES, "it loaded one")
            else:
                lab[series] = _refusal(file, program, checked=checked)
        floor = self.facts.since("BPF_F_SLEEPABLE") if program.sleepable else self.facts.since(program.type or "")
        return Span(floor, None, lab)

    def unbuilt_kfunc(self, name: str) -> dict[Version, Answer]:
        """The kernels whose silence on a kernel function proves nothing: built without it, or modules not seen."""
        found = self.facts.kfuncs[name]
        answers = {}
        for kernel in self.facts.kfuncs_file.kernels:
            series = Version.parse(kernel.series)
            file = self.series.get(series)
            if file is None or name in file.kfuncs or name in file.unused_kfuncs or _is_unclear(file, name):
                continue
            if kernel.series in found.series:
                why = "the release has it; whether a kernel has, its configuration and modules say"
                answers[series] = Answer(Verdict.UNKNOWN, why, condition=True)
            elif kernel.modules is None and found.newest.module:
                answers[series] = Answer(Verdict.UNKNOWN, "it is in a module, and this kernel's were not seen")
        return answers

    def checks(self, program: Program, release: Version) -> bool:
        """Whether a kernel looks at the attach type when it loads such a program."""
        checked = self.facts.features.attach_checked.get(program.type or "")
        return checked is not None and release >= Version.parse(checked.since)

    def ways(self, program: Program) -> dict[Version, tuple[str, ...]]:
        """For each kernel that was asked, the ways to load that a program's may be."""
        key = (program.type, program.attach, _SLEEPABLE if program.sleepable else None, program.struct_ops)
        if key not in self._ways:
            self._ways[key] = {
                series: candidates(file.variants.loads, program, checked=self.checks(program, series))
                for series, file in self.series.items()
            }
        return self._ways[key]

    def calls(self, program: Program, name: str, floor: Since | None, calls: Callable[[ProbeFile], Calls]) -> Span:
        """Whether kernels let a program call something; `calls` gives what a kernel said of it."""
        lab = {}
        for series, variants in self.ways(program).items():
            if variants:
                file = self.series[series]
                known = self._answers.get((calls, series)) or self._answers.setdefault((calls, series), calls(file))
                lab[series] = known.answer(name, file, variants)
        begins = [floor, self.facts.since(program.type or "")]
        if program.attach and program.type in self.facts.features.attach_checked:
            begins.append(self.facts.since(program.attach))
        return Span(floor, self._claim(program.type or "", name, begins, lab), lab)

    def _claim(
        self, program: str, helper: str, begins: Sequence[Since | None], lab: Mapping[Version, Answer]
    ) -> Since | None:
        """The first release by published facts: when all is there, unless the pair is said to have come later.

        Where a group of types is said to have gained a helper, the kernels must show whether this type did.
        """
        pairs = [pair for pair in self.facts.pairs.pairs if pair.helper == helper]
        own = next((pair.since for pair in pairs if pair.program == program), None)
        all_there = later(*begins)
        if own or all_there is None:
            return later(own, all_there) if own and all_there else None
        groups = [later(pair.since, all_there) for pair in pairs if pair.program.startswith("group:")]
        claims = {claim.since: claim for claim in (all_there, *groups) if claim and fits(claim, lab)}
        return next(iter(claims.values())) if len(claims) == 1 else None


@dataclass(frozen=True)
class Calls:
    """One kernel's answers on helpers, or on kfuncs; `sampled` is a program type of which they tried a part."""

    known: Mapping[str, Call]
    unused: Iterable[str]
    unclear: Mapping[str, Iterable[str]]
    sampled: str | None = None
    _accepted: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def answer(self, name: str, file: ProbeFile, variants: tuple[str, ...]) -> Answer:
        """Whether programs that load in these ways may call it."""
        if name in self.known:
            if name not in self._accepted:
                self._accepted[name] = frozenset(file.programs_of(self.known[name], self.known))
            accepted = self._accepted[name]
            inside = [v for v in variants if v in accepted]
            if len(inside) == len(variants):
                return Answer(Verdict.YES, "accepted")
            if inside:
                return Answer(Verdict.UNKNOWN, f"accepted in {', '.join(inside[:3])}, not in all that it may be")
            return Answer(Verdict.NO, self._reason(name, variants))
        if name in self.unused:
            return self._unused(variants)
        if any(name in names for names in self.unclear.values()):
            return Answer(Verdict.UNKNOWN, "the kernel has it; whether it may be called was not clear")
        return Answer(Verdict.NO, "the kernel does not have it")

    def _unused(self, variants: tuple[str, ...]) -> Answer:
        if all(v.partition("/")[0] == self.sampled for v in variants):
            return Answer(Verdict.UNKNOWN, "the kernel has it, perhaps for an operation that was not tried")
        return Answer(Verdict.NO, "the kernel has it and lets no program that was tried call it")

    def _reason(self, name: str, variants: tuple[str, ...]) -> str:
        for reason, refused in self.known[name].refused.items():
            if any(v in refused or f"{v.partition('/')[0]}/*" in refused for v in variants):
                return {"not-sleepable": "only programs that can sleep may call it"}.get(reason, f"refused: {reason}")
        return "refused in programs of this type"


def _is_unclear(file: ProbeFile, name: str) -> bool:
    return any(name in names for names in file.unclear_kfuncs.values())


def helper_calls(file: ProbeFile) -> Calls:
    """A kernel's answers on helpers."""
    return Calls(file.helpers, file.unused_helpers, {})


def kfunc_calls(file: ProbeFile) -> Calls:
    """A kernel's answers on kernel functions: some are for one operation of a struct, and one of each was tried."""
    return Calls(file.kfuncs, file.unused_kfuncs, file.unclear_kfuncs, sampled=_STRUCT_OPS)


def presence(found: Presence, name: str) -> Answer | None:
    """What a kernel said of a name; None when it was not asked."""
    if name in found.present or name in found.known:
        return Answer(Verdict.YES, "it is there")
    if name in found.absent:
        return Answer(Verdict.NO, "the kernel does not have it")
    if name in found.left_out:
        return Answer(Verdict.UNKNOWN, f"only where the kernel is built with {found.left_out[name]}", condition=True)
    if name in found.unclear:
        return Answer(Verdict.UNKNOWN, f"the kernel's answer is not clear: {found.unclear[name]}")
    return None


def candidates(variants: Iterable[str], program: Program, *, checked: bool) -> tuple[str, ...]:
    """The ways to load that a program's may be, of those that a kernel was asked for.

    Where the attach type is not checked, a kernel that does not know it loads the program as any of its type.
    """
    family = [v for v in variants if v.partition("/")[0] == program.type]
    family = [v for v in family if (_SLEEPABLE in v.split("/")) == program.sleepable]
    if program.struct_ops and (own := [v for v in family if program.struct_ops in v.split("/")]):
        return tuple(own)
    if program.attach:
        own = [v for v in family if program.attach in v.split("/")]
        if own:
            return tuple(own)
        if checked:
            return ()
    plain = [v for v in family if not _attach_of(v)]
    return tuple(plain or family)


def _attach_of(variant: str) -> str | None:
    return next((part for part in variant.split("/")[1:] if part.startswith(_ATTACH)), None)


def _refusal(file: ProbeFile, program: Program, *, checked: bool) -> Answer:
    """Why a kernel loads no program of this kind."""
    type_answer = presence(file.presence["program-type"], program.type or "")
    if type_answer and type_answer.verdict is not Verdict.YES:
        return type_answer
    for words, variants in file.variants.refused.items():
        if candidates(variants, program, checked=checked):
            return Answer(Verdict.NO, f"the kernel refused one: {words}")
    if candidates(file.variants.absent, program, checked=checked):
        return Answer(Verdict.NO, "the kernel does not have it")
    return Answer(Verdict.UNKNOWN, "the lab did not try such a program")
