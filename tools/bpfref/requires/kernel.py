"""One kernel's BTF: whether it has the functions, variables, types and members that an object asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from bpfref.formats.bpf_object import CoreRelocation, Refers
from bpfref.formats.bpf_object.core import ENUMS, FIELDS, TESTS
from bpfref.formats.bpf_object.names import spell
from bpfref.formats.btf import Btf, Kind
from bpfref.formats.btf.types import Array, Enum, Func, FuncProto, Fwd, Ptr, Struct
from bpfref.model.version import Version
from bpfref.requires.model import Need, Subject, asks_first, find_core_tests
from bpfref.requires.needs import CO_RE, TARGET
from bpfref.requires.span import Answer, Verdict

_DEEPEST = 16
_FLAVOUR = "___"
_PREFIXES = {
    "BPF_TRACE_RAW_TP": "btf_trace_",
    "BPF_LSM_MAC": "bpf_lsm_",
    "BPF_LSM_CGROUP": "bpf_lsm_",
    "BPF_TRACE_ITER": "bpf_iter_",
}


def look(needs: Iterable[Need], subject: Subject, btf: Btf, release: Version) -> list[Need]:
    """The needs with what a kernel's BTF answers for its release.

    Hooks of the kernel's lists have their answers: a list says more than that the function is there.
    """
    looker = _Looker(subject, btf)
    return [
        need if release in need.span.lab and need.kind == TARGET else _with(need, looker.answer(need), release)
        for need in needs
    ]


def _with(need: Need, answer: Answer | None, release: Version) -> Need:
    if answer is None:
        return need
    return replace(need, span=replace(need.span, lab={**need.span.lab, release: answer}))


@dataclass(frozen=True)
class _Looker:
    """An object and a kernel's BTF."""

    subject: Subject
    btf: Btf

    def answer(self, need: Need) -> Answer | None:
        """What the BTF says of a need; None where it has no say."""
        if need.kind == TARGET:
            return self._target(need)
        if need.kind == CO_RE:
            return self._relocation(need)
        if need.kind == Refers.KFUNC.value and self.subject.object.btf:
            return _prototype(self.subject.object.btf, self.btf, need.name)
        if need.kind == Refers.KSYM.value and self.btf.find(need.name, Kind.VAR):
            return Answer(Verdict.YES, "its BTF has it")
        return None

    def _target(self, need: Need) -> Answer | None:
        attach = {program.name: program.attach for program in self.subject.programs}
        name = _PREFIXES.get(attach.get(need.where[0]) or "", "") + need.name
        kind = Kind.TYPEDEF if name.startswith(_PREFIXES["BPF_TRACE_RAW_TP"]) else Kind.FUNC
        return _answer(bool(self.btf.find(name, kind)), f"its BTF has {name}", f"its BTF has no {name}")

    def _relocation(self, need: Need) -> Answer:
        relocation = next(r for r in self.subject.object.relocations if r.spelled == need.name and r.kind not in TESTS)
        found = has(self.btf, relocation)
        if not found and set(need.where) & self.guarded:
            return Answer(Verdict.UNKNOWN, "its BTF has it not; the program may test before it uses it")
        return _answer(found, "its BTF has it", "its BTF has it not")

    @cached_property
    def guarded(self) -> set[str]:
        """Functions of programs that ask for something before they use it."""
        return _guarded(self.subject)


def _answer(found: bool, yes: str, no: str) -> Answer:  # noqa: FBT001 - two reasons follow
    return Answer(Verdict.YES, yes) if found else Answer(Verdict.NO, no)


def _guarded(subject: Subject) -> set[str]:
    """Functions of programs that ask for something before they use it: by CO-RE, configuration or weak symbols."""
    tests = find_core_tests(subject.object)
    for program in subject.programs:
        tests |= {f.name for f in program.functions if asks_first(f, Refers.KCONFIG, Refers.DATA)}
        names = {function.name for function in program.functions}
        if tests & names:
            tests |= names
    return tests


def _prototype(local: Btf, kernel: Btf, name: str) -> Answer | None:
    """None for a kernel function that fits, or that the image has not (a module may)."""
    here, there = local.find(name, Kind.FUNC), kernel.find(name, Kind.FUNC)
    if not here or not there:
        return None
    ours, theirs = local[here[0]], kernel[there[0]]
    if isinstance(ours, Func) and isinstance(theirs, Func) and compatible(local, ours.proto, kernel, theirs.proto):
        return None
    return Answer(
        Verdict.NO, f"it is declared as `{spell(local, here[0])}`, the kernel's is `{spell(kernel, there[0])}`"
    )


def compatible(local: Btf, here: int, kernel: Btf, there: int, depth: int = 0) -> bool:
    """Whether libbpf takes two types for one: of one kind all the way down, whatever their names and members."""
    here, there = local.resolve(here), kernel.resolve(there)
    ours, theirs = local[here], kernel[there]
    if type(ours) is not type(theirs) or depth > _DEEPEST:
        return False
    if isinstance(ours, Ptr) and isinstance(theirs, Ptr):
        return compatible(local, ours.target, kernel, theirs.target, depth + 1)
    if isinstance(ours, Array) and isinstance(theirs, Array):
        return compatible(local, ours.element, kernel, theirs.element, depth + 1)
    if isinstance(ours, FuncProto) and isinstance(theirs, FuncProto):
        pairs = list(zip(ours.parameters, theirs.parameters, strict=False))
        return (
            len(ours.parameters) == len(theirs.parameters)
            and all(compatible(local, a.type, kernel, b.type, depth + 1) for a, b in pairs)
            and compatible(local, ours.returns, kernel, theirs.returns, depth + 1)
        )
    return local.kind(here) == kernel.kind(there)


def has(btf: Btf, relocation: CoreRelocation) -> bool:
    """Whether some type of the kernel by the relocation's name has what it asks for."""
    word, _, name = relocation.type.rpartition(" ")
    name = name.partition(_FLAVOUR)[0]
    found = [i for i in btf.find(name) if _is(btf, i, word)]
    if relocation.kind in FIELDS:
        return any(_has_path(btf, i, relocation.path) for i in found)
    if relocation.kind in ENUMS:
        wanted = {part.partition(_FLAVOUR)[0] for part in relocation.path}
        return any(isinstance(e := btf[i], Enum) and wanted & {m.name for m in e.enumerators} for i in found)
    return bool(found)


def _is(btf: Btf, type_id: int, word: str) -> bool:
    found = btf[type_id]
    if isinstance(found, Fwd):
        return False
    if word in {"struct", "union"}:
        return isinstance(found, Struct) and found.union == (word == "union")
    return isinstance(found, Enum) if word == "enum" else True


def _has_path(btf: Btf, type_id: int, path: tuple[str, ...]) -> bool:
    type_id = btf.resolve(type_id)
    for part in path:
        if part.startswith("["):
            found = btf[type_id]
            if isinstance(found, Array):
                type_id = btf.resolve(found.element)
            continue
        inner = _member(btf, type_id, part, 0)
        if inner is None:
            return False
        type_id = btf.resolve(inner)
    return True


def _member(btf: Btf, type_id: int, name: str, depth: int) -> int | None:
    """The type of a member, also of one within anonymous structs and unions."""
    found = btf[type_id]
    if not isinstance(found, Struct) or depth > _DEEPEST:
        return None
    for member in found.members:
        if member.name == name:
            return member.type
        if member.name is None and (inner := _member(btf, btf.resolve(member.type), name, depth + 1)) is not None:
            return inner
    return None
