"""All questions in their order, from JSON to records of JSON, one a line."""

from __future__ import annotations

import hashlib
import json
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from bpfref.loader.assembler import Assembler
from bpfref.probe.ask import attach, calls, presence, rights
from bpfref.probe.ask.answers import Answers
from bpfref.probe.ask.arguments import Call, Tools
from bpfref.probe.ask.btf import FUNC, Names, parse_names
from bpfref.probe.ask.kernel import Kernel
from bpfref.probe.ask.maps import Commands, Maps
from bpfref.probe.ask.programs import Programs, Variant, bare_call
from bpfref.probe.ask.texts import telling
from bpfref.probe.classify import Outcome, judge_call

_BTF = Path("/sys/kernel/btf")
_LEVELS = {
    "none": (),
    "CAP_BPF": ("CAP_BPF",),
    "CAP_BPF+CAP_PERFMON": ("CAP_BPF", "CAP_PERFMON"),
    "CAP_BPF+CAP_NET_ADMIN": ("CAP_BPF", "CAP_NET_ADMIN"),
    "CAP_BPF+CAP_PERFMON+CAP_NET_ADMIN": ("CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN"),
    "CAP_SYS_ADMIN": ("CAP_SYS_ADMIN",),
}
Questions = Mapping[str, Any]


def main(questions: str, answers: str | int) -> None:
    """Read the questions from a file, write the answers to another (or an open one), each as soon as it is known."""
    asked = json.loads(Path(questions).read_text())
    with open(answers, "wb", buffering=0, closefd=isinstance(answers, str)) as out:

        def emit(record: dict[str, object]) -> None:
            data = json.dumps(record, separators=(",", ":")).encode() + b"\n"
            while data:  # a channel takes no more at once than it has room for
                data = data[out.write(data) :]

        ask(asked, emit)


def ask(questions: Questions, emit: Callable[[dict[str, object]], None]) -> None:
    """Ask everything of the running kernel."""
    run = _Run(questions, Answers(emit))
    start = time.monotonic()
    for step in _steps(run):
        try:
            step()
        except Exception:  # noqa: BLE001 - nobody else is here to tell: the other side reports it
            run.answers.give("failed", step=step.__name__, error=traceback.format_exc())
        run.answers.give("time", step=step.__name__, seconds=round(time.monotonic() - start, 2))
    run.answers.give("end")


def _steps(run: _Run) -> Iterator[Callable[[], None]]:
    yield from (run.machine, run.present, run.variants_open, run.helpers, run.licences, run.maps_, run.kfuncs)
    yield run.rights
    if run.questions.get("may_change"):
        yield run.attach


@dataclass(eq=False)
class _Run:
    """What the steps share; each gives its records when it is done."""

    questions: Questions
    answers: Answers

    def __post_init__(self) -> None:
        self.kernel = Kernel(self.questions["constants"], self.questions["layouts"])
        self.names: Names | None = None
        self.variants: list[Variant] = []
        self.accepted: dict[str, list[int]] = {}
        self.maps = Maps(self.kernel, None, self.questions["maps"])

    def machine(self) -> None:
        """What kernel this is, and what its BTF names."""
        image = _BTF / "vmlinux"
        data = image.read_bytes() if image.is_file() else b""
        if data:
            self.names = self.maps.names = parse_names(data)
        known = self.names.enumerators(("BPF_", "__BPF_", "__MAX_BPF", "MAX_BPF")) if self.names else {}
        asked = self.questions["enumerators"]
        self.answers.give(
            "machine",
            release=os.uname().release,
            architecture=os.uname().machine,
            btf=hashlib.sha256(data).hexdigest() if data else None,
            absent=sorted(name for name in asked if name not in known) if data else None,
            other={name: known[name] for name in asked if known.get(name, asked[name]) != asked[name]},
            more=sorted(_beyond(known, self.questions["families"], asked)),
        )
        self._known = known

    def present(self) -> None:
        """Commands and attach types."""
        presence.ask_commands(self.kernel, self.questions["commands"], self.answers)
        presence.ask_attach_types(self.kernel, self.questions["attach_types"], self.answers)

    def variants_open(self) -> None:
        """Every variant of a program type, and the flags of loading."""
        there = {n: v for n, v in self.questions["attach_types"].items() if n in self._known}
        programs = Programs(self.kernel, self.names, frozenset(there.values()))
        found = [variant for spec in self.questions["variants"] for variant in programs.open(spec)]
        rows = [[v.name, v.known, self.answers.cell(v.answer), v.target] for v in found]
        self.answers.give("variants", rows=rows)
        self.variants = [variant for variant in found if variant.usable]
        self.answers.give("usable", names=[variant.name for variant in self.variants])
        for name, flag in self.questions["program_flags"].items():
            row = {}
            for variant in self.variants:
                if "/" not in variant.name or "sleepable" in variant.name:
                    fields = variant.fields | {"prog_flags": variant.fields.get("prog_flags", 0) | flag}
                    row[variant.name] = self.answers.cell(self.kernel.try_load(variant.finish(Assembler()), fields))
            self.answers.give("program flag", name=name, row=row)

    def helpers(self) -> None:
        """Helpers in variants. The first variant that takes a helper is where more is asked of it."""
        helpers = {**self.questions["helpers"], "": self.questions["no_helper"]}
        rows = calls.Rows(self.kernel, self.variants, self.answers)
        for name, number in helpers.items():
            row = rows.ask(calls.ended(partial(bare_call, number), self.variants))
            taken = [place for place, cell in enumerate(row) if self._accepts(cell)]
            if taken and name:
                self.accepted[name] = taken
            self.answers.give("helper", name=name, row=row)

    @cache  # noqa: B019 - it lives as long as the run
    def _accepts(self, cell: int) -> bool:
        errno, log = self.answers.said(cell)
        return judge_call(errno, log).outcome is Outcome.ACCEPTED

    def licences(self) -> None:
        """The same without the GPL, in a variant that loads without it where a helper has one."""
        free = []
        for variant in self.variants:
            answer = self.kernel.try_load(variant.finish(Assembler()), variant.fields, calls.NOT_FREE)
            free.append(self.answers.cell(answer))
            variant.free = answer.errno == 0
        self.answers.give("variant licence", row=free)
        for name, places in self.accepted.items():
            place = next((p for p in places if self.variants[p].free), None)
            if place is not None:
                variant = self.variants[place]
                code = variant.finish(bare_call(self.questions["helpers"][name]))
                answer = self.kernel.try_load(code, variant.fields, calls.NOT_FREE)
                self.answers.give("helper licence", name=name, answer=self.answers.cell(answer))

    def maps_(self) -> None:
        """Map types, their flags, commands and helpers."""
        there = []
        for name in self.questions["maps"]:
            with self.maps.made(name) as made:
                self.answers.give("map", name=name, answer=self.answers.cell(made))
                if made.result >= 0:
                    there.append(name)
        self.maps.recipes = {name: self.questions["maps"][name] for name in there}
        for name, flag in self.questions["map_flags"].items():
            row = {}
            for map_type in there:
                with self.maps.made(map_type, flag) as made:
                    row[map_type] = self.answers.cell(made)
            self.answers.give("map flag", name=name, row=row)
        cgroup = self.questions.get("cgroup")
        if cgroup:
            Path(cgroup).mkdir(exist_ok=True)
        commands = Commands(self.maps, cgroup)
        for command in self.questions["map_commands"]:
            row = {name: self.answers.cell(commands.run(name, command)) for name in there}
            self.answers.give("map command", name=command, row=row)
        callers = calls.Callers(self.kernel, self.maps, Tools(**self.questions["tools"]))
        for name, kinds in self.questions["kinds"].items():
            self._call(callers, name, tuple(kinds))
        callers.close()
        calls.ask_special_fields(self.kernel, self.maps, self.variants, self.questions["special_fields"], self.answers)

    def _call(self, callers: calls.Callers, name: str, kinds: tuple[str, ...]) -> None:
        """One helper with right arguments, with every map if it takes one."""
        if name not in self.accepted:
            return
        place = self.accepted[name][0]
        call = Call(self.questions["helpers"][name], kinds)
        if "map" in kinds:
            others = [p for p in self.accepted[name] if self.variants[p].name in self.questions["map_programs"]]
            variants = [self.variants[p] for p in dict.fromkeys((place, *others))]
            callers.ask_maps(name, call, variants, self.answers)
        else:
            answer = callers.call(call, self.variants[place])
            self.answers.give("helper call", name=name, answer=self.answers.cell(answer))

    def kfuncs(self) -> None:
        """Kernel functions of the kernel and of the modules that are loaded."""
        if self.names is None:
            return
        wanted: dict[str, list[str]] = self.questions["kfuncs"]
        tagged = set(self.names.tagged("bpf_kfunc"))
        names = {name for (kind, name), found in self.names.ids.items() if kind == FUNC and found in tagged}
        functions = sorted({*wanted.get("vmlinux", ()), *names})
        found = [(name, self.names.find(FUNC, name) or 0) for name in functions]
        self.answers.give("kfunc names", module="vmlinux", tagged=sorted(names))
        calls.ask_kfuncs(self.kernel, self.variants, [each for each in found if each[1]], ("vmlinux", 0), self.answers)
        for module, candidates in wanted.items():
            if module != "vmlinux":
                self._module(module, candidates)

    def _module(self, module: str, candidates: list[str]) -> None:
        path = _BTF / module
        descriptor = self._open_btf(module) if path.is_file() else -1
        if descriptor < 0:
            self.answers.give("module", name=module, loaded=path.is_file())
            return
        own = parse_names(path.read_bytes(), self.names)
        found = [(name, own.find(FUNC, name) or 0) for name in candidates]
        there = [each for each in found if each[1]]
        calls.ask_kfuncs(self.kernel, self.variants, there, (module, descriptor), self.answers)
        os.close(descriptor)

    def _open_btf(self, module: str) -> int:
        """A descriptor of a module's BTF, -1 when there is none."""
        for number, name in self.kernel.btf_names():
            if name == module:
                return self.kernel.call("BPF_BTF_GET_FD_BY_ID", {"btf_id": number}).result
        return -1

    def attach(self) -> None:
        """Attach each variant, where a guest may: loading alone proves nothing for some."""
        attachments = attach.Attachments(self.kernel, self.maps, self.questions)
        for variant in self.variants:
            if variant.way:
                answer, link_type = attachments.attach(variant)
                self.answers.give("attached", name=variant.name, answer=self.answers.cell(answer), link_type=link_type)

    def rights(self) -> None:
        """The least rights that loading variants, creating maps and calling helpers needs."""
        if self.questions.get("may_change"):
            rights.allow_unprivileged()
        self.answers.give("unprivileged", switch=rights.read_switch())
        open_helpers = list(self.accepted)
        for level, keep in _LEVELS.items():
            answer = rights.ask_with(keep, lambda: self._with_rights(open_helpers))
            if not isinstance(answer, dict):
                self.answers.give("rights", level=level, failed=True)
                continue
            self.answers.give("rights", level=level, **answer)
            for name in answer["helpers"]:
                open_helpers.remove(name)

    def _with_rights(self, helpers: list[str]) -> dict[str, object]:
        """Names of what is accepted now; variants are tried as they are."""
        variants = [v for v in self.variants if not self.kernel.try_load(v.finish(Assembler()), v.fields).errno]
        maps = []
        for name in self.maps.recipes:
            with self.maps.made(name) as made:
                if made.result >= 0:
                    maps.append(name)
        first = list({v.name.split("/")[0]: v for v in variants}.values())
        accepted = [name for name in helpers if self._takes(name, first)]
        return {"variants": [v.name for v in variants], "maps": maps, "helpers": accepted}

    def _takes(self, name: str, variants: list[Variant]) -> bool:
        code = self.questions["helpers"][name]
        for variant in variants:
            answer = self.kernel.try_load(variant.finish(bare_call(code)), variant.fields)
            if judge_call(answer.errno, telling(answer.log)).outcome is Outcome.ACCEPTED:
                return True
        return False


def _beyond(known: Mapping[str, int], families: list[str], asked: Mapping[str, int]) -> set[str]:
    """Enumerators of the families that the kernel has and the header has not."""
    fresh = (name for name in known if name.startswith(tuple(families)) and name not in asked)
    return {name for name in fresh if not name.upper().endswith(("_UNSPEC", "_DEPRECATED"))}
