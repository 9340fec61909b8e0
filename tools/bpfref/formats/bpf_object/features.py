"""What functions rely on: parts of the instruction set and abilities of the verifier, each at its first place.

A feature is a name (`jmp32`, `bounded-loop`); `data/authored/features.yaml` says since which release
kernels have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bpfref.formats.bpf_object.maps import ARENA
from bpfref.formats.bpf_object.model import BpfObject, Function, Reference, Refers

OLD_MOST = 4096  # instructions of a program, as BPF_MAXINSNS of linux/bpf_common.h has it

FUNCTION_FEATURES = ("bounded-loop", "function-call", "callback", "large-program", "tail-call-in-functions")
OBJECT_FEATURES = ("global-function", "global-data", "typed-kernel-symbol", "kernel-function-call", "arena-data")
_TAIL_CALL = 12  # the number of bpf_tail_call in `enum bpf_func_id`
_TAIL_CALLS = "tail-call"


@dataclass(frozen=True, slots=True)
class Use:
    """A feature and the first place that relies on it; `slot` None for the function as a whole."""

    feature: str
    function: str
    slot: int | None = None


@dataclass
class Features:
    """Finds what the programs of one object rely on; each function is looked into once."""

    found: BpfObject
    _known: dict[str, tuple[Use, ...]] = field(default_factory=dict)

    def find(self, program: Function) -> list[Use]:
        """What a program relies on, with all that it calls: each feature once."""
        functions = self.found.closure(program)
        uses: dict[str, Use] = {}
        for function in functions:
            for use in self._own(function):
                uses.setdefault(use.feature, use)
        if sum(function.slots for function in functions) > OLD_MOST:
            uses.setdefault("large-program", Use("large-program", program.name))
        tail_call = uses.pop(_TAIL_CALLS, None)
        if tail_call and _CALLS & set(uses):
            uses["tail-call-in-functions"] = replace(tail_call, feature="tail-call-in-functions")
        return list(uses.values())

    def _own(self, function: Function) -> tuple[Use, ...]:
        """What a function relies on by itself."""
        if function.name not in self._known:
            self._known[function.name] = tuple(self._look(function))
        return self._known[function.name]

    def _look(self, function: Function) -> Iterator[Use]:
        yield from (Use(part, function.name, slot) for part, slot in function.parts)
        if function.loop is not None:
            yield Use("bounded-loop", function.name, function.loop)
        seen: set[str] = set()
        for reference in function.references:
            feature = _of_reference(self.found, reference)
            if feature and feature not in seen:
                seen.add(feature)
                yield Use(feature, function.name, reference.slot)


_PLAIN_REFERENCES = {
    Refers.CALLBACK: "callback",
    Refers.KFUNC: "kernel-function-call",
    Refers.KCONFIG: "global-data",
    Refers.JUMP_TABLE: "indirect-jump",
}
_CALLS = {"function-call", "global-function"}


def _of_reference(found: BpfObject, reference: Reference) -> str | None:
    kind, name = reference.kind, reference.name
    if reference.weak:  # a loader makes a call of what is not there harmless
        return None
    if kind is Refers.HELPER and reference.number == _TAIL_CALL:
        return _TAIL_CALLS
    if kind is Refers.FUNCTION:
        called = found.function(name)
        return "global-function" if called and called.linkage in {"global", "weak"} else "function-call"
    if kind is Refers.DATA:
        return "arena-data" if name == ARENA else "global-data"
    if kind is Refers.KSYM:
        known = found.externs.get(name)
        return "typed-kernel-symbol" if known and known.typed else None
    return _PLAIN_REFERENCES.get(kind)
