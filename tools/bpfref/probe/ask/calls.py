"""Calls: helpers and kernel functions in every variant, helpers with maps, licences."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

from bpfref.loader.assembler import R0, R1, Assembler
from bpfref.probe.ask.answers import Answers
from bpfref.probe.ask.arguments import Call, Describer, Tools, call_program
from bpfref.probe.ask.kernel import STATISTICS, Answer, Kernel
from bpfref.probe.ask.maps import Maps
from bpfref.probe.ask.programs import Variant, bare_kfunc_call
from bpfref.probe.ask.texts import telling
from bpfref.probe.classify import Outcome, judge_map_call

NOT_FREE = "Proprietary"


class Callers:
    """Calls with right arguments."""

    def __init__(self, kernel: Kernel, maps: Maps, tools: Tools):
        self._kernel = kernel
        self._maps = maps
        self._tools = tools
        self._describer = Describer(kernel)
        self._opened: dict[tuple[str, str], int] = {}

    def call(self, call: Call, variant: Variant) -> Answer:
        """Load a program that calls a helper with arguments."""
        code = call_program(call, variant, self._tools)
        fields = dict(variant.fields)
        if "callback" in call.kinds:
            fields |= self._describer.fields(code)
        return self._kernel.try_load(code.assemble(), fields)

    def ask_maps(self, name: str, call: Call, variants: Sequence[Variant], answers: Answers) -> None:
        """Call a helper with a map of each type that can be made: in the first variant, then in others."""
        row: dict[str, int] = {}
        for map_type in self._maps.recipes:
            for variant in variants:
                descriptor = self._open_map(map_type, variant)
                if descriptor < 0:
                    continue
                answer = self.call(Call(call.number, call.kinds, descriptor), variant)
                taken = judge_map_call(answer.errno, telling(answer.log)).outcome is Outcome.ACCEPTED
                if taken or map_type not in row:
                    row[map_type] = answers.cell(answer)
                if taken:
                    break
        answers.give("helper maps", name=name, variants=[v.name for v in variants], row=row)

    def _open_map(self, map_type: str, variant: Variant) -> int:
        """A map for a variant, made once: some belong to the first kind of program that uses them."""
        key = (map_type, variant.name)
        if key not in self._opened:
            self._opened[key] = self._maps.create(map_type).result
        return self._opened[key]

    def close(self) -> None:
        """Let the maps go."""
        for descriptor in self._opened.values():
            if descriptor >= 0:
                os.close(descriptor)
        self._opened.clear()


def ask_special_fields(
    kernel: Kernel, maps: Maps, variants: Sequence[Variant], fields: Sequence[str], answers: Answers
) -> None:
    """Which maps may hold locks, timers and their like, and which programs may use such a map."""
    for field in fields:
        types: dict[str, int] = {}
        using: int | None = None
        for map_type in maps.recipes:
            made = maps.special(field, map_type)
            if made is None:
                break
            types[map_type] = answers.cell(made)
            if made.result >= 0 and using is None:
                using = made.result
            elif made.result >= 0:
                os.close(made.result)
        row: list[int] = []
        if using is not None:
            for variant in variants:
                code = variant.finish(Assembler().load_map(R1, using))
                row.append(answers.cell(kernel.try_load(code, variant.fields)))
            os.close(using)
        answers.give("special field", name=field, types=types, row=row)


class Rows:
    """Loads one program as each variant; what a variant needs is prepared once."""

    def __init__(self, kernel: Kernel, variants: Sequence[Variant], answers: Answers):
        self._kernel = kernel
        self._variants = variants
        self._answers = answers

    def ask(self, codes: Mapping[int, bytes], array: int = 0) -> list[int]:
        """The answers to programs, by what they return; `array` is the address of descriptors of BTF."""
        row = []
        size = len(next(iter(codes.values())))
        for attributes, returns in self._prepared(size, array):
            errno, log = self._kernel.try_prepared(attributes, codes[returns])
            row.append(self._answers.raw(errno, log.partition(STATISTICS)[0]))
        return row

    @lru_cache(maxsize=8)  # noqa: B019 - it lives as long as the run
    def _prepared(self, size: int, array: int) -> list[tuple[bytes, int]]:
        more = {"fd_array": array} if array else {}
        return [(self._kernel.prepare(v.fields | more, size), v.returns) for v in self._variants]


def ended(call: Callable[[], Assembler], variants: Sequence[Variant]) -> dict[int, bytes]:
    """Whole programs around a call, by what variants may return."""
    return {r: call().mov(R0, r).exit().assemble() for r in {v.returns for v in variants}}


def ask_kfuncs(
    kernel: Kernel,
    variants: Sequence[Variant],
    functions: Sequence[tuple[str, int]],
    module: tuple[str, int],
    answers: Answers,
) -> None:
    """Call kernel functions (name, BTF id) of a module (name, descriptor of its BTF; 0 for the kernel)."""
    name_of, descriptor = module
    place = 1 if descriptor else 0
    # The kernel reads descriptors by the place that the call names; place 0 is its own BTF.
    array = kernel.address((0).to_bytes(4, "little") + descriptor.to_bytes(4, "little")) if place else 0
    rows = Rows(kernel, variants, answers)
    for name, btf_id in functions:
        codes = ended(partial(bare_kfunc_call, btf_id, place), variants)
        answers.give("kfunc", name=name, module=name_of, row=rows.ask(codes, array))
