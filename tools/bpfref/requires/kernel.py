"""One kernel's BTF: whether it has the functions, variables, types and members that an object asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bpfref.formats.bpf_object import CoreRelocation, Refers
from bpfref.formats.bpf_object.core import ENUMS, FIELDS, TESTS
from bpfref.formats.btf import Btf, Kind
from bpfref.formats.btf.types import Array, Enum, Fwd, Struct
from bpfref.model.version import Version
from bpfref.requires.model import Need, Subject
from bpfref.requires.needs import CO_RE
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
    """The needs with what a kernel's BTF answers for its release."""
    relocations = {r.spelled: r for r in subject.object.relocations if r.kind not in TESTS}
    guarded = _guarded(subject)
    attach = {p.name: p.attach for p in subject.programs}
    return [_look(need, relocations, guarded, attach, btf, release) for need in needs]


def _look(
    need: Need,
    relocations: dict[str, CoreRelocation],
    guarded: set[str],
    attach: dict[str, str | None],
    btf: Btf,
    release: Version,
) -> Need:
    answer = None
    if need.kind == "target":
        name = _PREFIXES.get(attach.get(need.where[0]) or "", "") + need.name
        kind = Kind.TYPEDEF if name.startswith(_PREFIXES["BPF_TRACE_RAW_TP"]) else Kind.FUNC
        answer = _answer(bool(btf.find(name, kind)), f"its BTF has {name}", f"its BTF has no {name}")
    elif need.kind == Refers.KSYM.value and btf.find(need.name, Kind.VAR):
        answer = Answer(Verdict.YES, "its BTF has it")
    elif need.kind == CO_RE:
        found = has(btf, relocations[need.name])
        answer = _answer(found, "its BTF has it", "its BTF has it not")
        if not found and set(need.where) & guarded:
            answer = Answer(Verdict.UNKNOWN, "its BTF has it not; the program may test before it uses it")
    if answer is None:
        return need
    return replace(need, span=replace(need.span, lab={**need.span.lab, release: answer}))


def _answer(found: bool, yes: str, no: str) -> Answer:  # noqa: FBT001 - two reasons follow
    return Answer(Verdict.YES, yes) if found else Answer(Verdict.NO, no)


def _guarded(subject: Subject) -> set[str]:
    """Functions of programs that ask for something before they use it: by CO-RE, configuration or weak symbols."""
    tests = {r.function for r in subject.object.relocations if r.kind in TESTS}
    loose = {Refers.KCONFIG, Refers.DATA}
    for program in subject.programs:
        for function in program.functions:
            if any(r.weak or (r.kind in loose and r.name != ".bss") for r in function.references):
                tests.add(function.name)
        if tests & {function.name for function in program.functions}:
            tests |= {function.name for function in program.functions}
    return tests


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
