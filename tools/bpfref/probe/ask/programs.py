"""Variants of programs: a program type with attach type, target and flags, found to load or not.

A variant is opened once: the empty program is loaded with the values that it may return and the
targets that the questions name, until one loads. Then any code can be loaded as that variant.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bpfref.loader.assembler import R0, R2, R6, Assembler
from bpfref.probe.ask.btf import FUNC, STRUCT, TYPEDEF, Maker, Names
from bpfref.probe.ask.kernel import Answer, Kernel

_RETURNS = (0, 1)
_KINDS = {"function": FUNC, "typedef": TYPEDEF, "struct": STRUCT}
_STRUCT_OPS = "bpf_struct_ops_"
_INFO_SIZE = 8

Spec = Mapping[str, object]


@dataclass
class Variant:
    """A way to load a program. `answer` is that of the empty program; with errno 0 `fields` work."""

    name: str
    fields: dict[str, int]
    answer: Answer
    returns: int = 0
    target: str = ""
    known: bool = True
    way: str = ""  # how it is attached, empty where nobody knows a short way
    free: bool = False  # whether it loads without a licence that is compatible with the GPL

    @property
    def usable(self) -> bool:
        """Whether the empty program loads."""
        return self.known and self.answer.errno == 0

    def finish(self, code: Assembler) -> bytes:
        """End a program in a way that the variant allows."""
        return code.mov(R0, self.returns).exit().assemble()


@dataclass
class Programs:
    """Opens variants. `names` is the kernel's own BTF, None where it has none."""

    kernel: Kernel
    names: Names | None
    attach_types: frozenset[int]  # that the kernel's BTF knows; empty when there is none
    _targets: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def open(self, spec: Spec) -> Iterator[Variant]:
        """The variant of a question; for struct_ops one of each struct that the kernel offers."""
        for variant in self._open(spec):
            variant.way = str(spec.get("way") or "")
            yield variant

    def _open(self, spec: Spec) -> Iterator[Variant]:
        fields = {key: int(str(spec[key])) for key in ("prog_type", "expected_attach_type", "prog_flags")}
        name, target = str(spec["name"]), spec.get("target")
        attach = fields["expected_attach_type"]
        if spec.get("attach") and self.attach_types and attach not in self.attach_types:
            yield Variant(name, fields, Answer(-1, 0, ""), known=False)
        elif not isinstance(target, Mapping):
            yield self._try(name, [(fields, "")])
        elif target["kind"] == "struct_ops":
            yield from self._struct_ops(name, fields)
        elif target["kind"] == "extension":
            yield self._extension(name, fields, target)
        else:
            yield self._try(name, self._aimed(fields, str(target["kind"]), list(target["names"])))

    def _try(self, name: str, candidates: object) -> Variant:
        """The first candidate that loads, else the last with its answer."""
        last = Variant(name, {}, Answer(-1, 0, "no target of this kind in the kernel's BTF"), known=False)
        for fields, target in candidates:  # type: ignore[attr-defined]
            for returns in _RETURNS:
                code = Assembler().mov(R0, returns).exit().assemble()
                answer = self.kernel.try_load(code, fields)
                last = Variant(name, fields, answer, returns, target)
                if last.usable:
                    return last
        return last

    def _aimed(self, fields: dict[str, int], kind: str, names: list[str]) -> Iterator[tuple[dict[str, int], str]]:
        """Candidates that name a BTF target which is there."""
        for name in names:
            found = self.names.find(_KINDS[kind], name) if self.names else None
            if found:
                yield {**fields, "attach_btf_id": found}, name

    def _struct_ops(self, name: str, fields: dict[str, int]) -> Iterator[Variant]:
        """For each struct that programs can implement: its first member that loads."""
        every = [n for kind, n in self.names.ids if kind == STRUCT] if self.names else []
        values = sorted(n.removeprefix(_STRUCT_OPS) for n in every if n.startswith(_STRUCT_OPS))
        found = 0
        for ops in values:
            type_id = self.names.find(STRUCT, ops) if self.names else None
            if not type_id or ops.startswith("bpf_struct_ops"):
                continue
            opened = self._try(f"{name}/{ops}", self._members(fields, type_id, ops))
            if opened.usable or "attach_btf_id" in opened.fields:
                found += 1
                yield opened
        if not found:
            yield Variant(name, fields, Answer(-1, 0, "no struct that programs can implement"), known=False)

    def _members(self, fields: dict[str, int], type_id: int, ops: str) -> Iterator[tuple[dict[str, int], str]]:
        members = self.names.members(type_id) if self.names else []
        for place, (member, _, _) in enumerate(members):
            yield {**fields, "attach_btf_id": type_id, "expected_attach_type": place}, f"{ops}.{member}"

    def _extension(self, name: str, fields: dict[str, int], target: Mapping[str, object]) -> Variant:
        """A program that stands in for a function of another one, which is loaded for it here."""
        prog_type = int(str(target["prog_type"]))
        if prog_type not in self._targets:
            made = self._load_target(prog_type, str(target["context"]), int(str(target["helper"])))
            if isinstance(made, Answer):
                return Variant(name, fields, made)
            self._targets[prog_type] = made
        program, btf, function = self._targets[prog_type]
        info = self.kernel.address(struct.pack("<II", 0, function))
        own = {
            **fields,
            "attach_prog_fd": program,
            "attach_btf_id": function,
            "prog_btf_fd": btf,
            "func_info": info,
            "func_info_cnt": 1,
            "func_info_rec_size": _INFO_SIZE,
        }
        return self._try(name, [(own, str(target["context"]))])

    def _load_target(self, prog_type: int, context: str, helper: int) -> tuple[int, int, int] | Answer:
        maker = Maker()
        number = maker.integer("int", 4)
        pointer = maker.pointer(maker.struct(context, 4, [("first", number, 0)]))
        # An own function beside the program itself: the main one is not always replaceable.
        main = maker.function("main", maker.prototype(number, [("context", pointer)]))
        function = maker.function("replaced", maker.prototype(number, [("context", pointer)]))
        btf = self.kernel.load_btf(maker.make())
        if btf.errno:
            return btf
        code = Assembler().call_label("replaced").exit().label("replaced")
        code.mov(R2, 0).call(helper).mov(R0, 0).exit()
        fields = {
            "prog_type": prog_type,
            "prog_btf_fd": btf.result,
            "func_info": self.kernel.address(struct.pack("<IIII", 0, main, 2, function)),
            "func_info_cnt": 2,
            "func_info_rec_size": _INFO_SIZE,
        }
        program = self.kernel.load(code.assemble(), fields)
        return program if program.errno else (program.result, btf.result, function)

    def close(self) -> None:
        """Let the targets of extensions go."""
        for program, btf, _ in self._targets.values():
            os.close(program)
            os.close(btf)
        self._targets.clear()


def bare_call(helper: int) -> Assembler:
    """A call with the context as first argument and zeroes as the others."""
    return _zeroes().call(helper)


def bare_kfunc_call(btf_id: int, place: int) -> Assembler:
    """The same for a kernel function; `place` is its module's in `fd_array`."""
    return _zeroes().call_kfunc(btf_id, place)


def _zeroes() -> Assembler:
    code = Assembler()
    for register in range(R2, R6):
        code.mov(register, 0)  # v7.2 asks that arguments can be read before it asks for anything else
    return code
