"""`probe.answers`, `assemble`, `controls`: answers to a file, and what keeps a kernel from being believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.errors import SourceError
from bpfref.model.kernel import Kernel
from bpfref.model.probe import ProbeFile
from bpfref.probe.answers import parse_records
from bpfref.probe.controls import CONTROLS, FALSE_KFUNC
from bpfref.probe.questions import Questions, make_questions
from bpfref.probe.run import COMMENT, Plan, make_result

Answer = tuple[int, str]
YES, ARGUMENT = (0, ""), (13, "R1 type=ctx expected=map_ptr")
NO, BEYOND = (22, "program of this type cannot use helper bpf_x#1"), (22, "invalid func unknown#100000")
NO_KFUNC, REFUSED = (13, f"calling kernel function {FALSE_KFUNC} is not allowed"), (22, "")
VARIANTS = list(dict.fromkeys(control.variant for control in CONTROLS))
HELPERS = list(dict.fromkeys(control.helper for control in CONTROLS))
TRUE = {(control.helper, control.variant) for control in CONTROLS if control.accepted}
MAPS = ("BPF_MAP_TYPE_HASH", "BPF_MAP_TYPE_ARRAY", "BPF_MAP_TYPE_DEVMAP", "BPF_MAP_TYPE_RINGBUF")
RELEASE = "6.12.107+deb13-amd64"


class Guest:
    """Gives the records that a kernel with these few helpers and maps would; `lies` change single answers."""

    def __init__(self, lies: dict[tuple[str, str], Answer] | None = None):
        self.lies = lies or {}
        self.cells: dict[Answer, int] = {}
        self.records: list[dict[str, Any]] = []

    def give(self, section: str, **values: object) -> None:
        self.records.append({"section": section, "cells": [], **values})

    def cell(self, place: tuple[str, str], truth: Answer) -> int:
        return self.cells.setdefault(self.lies.get(place, truth), len(self.cells))

    def row(self, name: str, truth: Callable[[str], Answer]) -> list[int]:
        return [self.cell((name, variant), truth(variant)) for variant in VARIANTS]

    def tell(self) -> list[dict[str, Any]]:
        self.give("machine", release=RELEASE, architecture="x86_64", btf="f00", absent=[], other={}, more=[])
        self.give("variants", rows=[[name, True, self.cell(("", name), YES), ""] for name in VARIANTS])
        self.give("usable", names=VARIANTS)
        for helper in HELPERS:
            row = [self.cell((helper, v), ARGUMENT if (helper, v) in TRUE else NO) for v in VARIANTS]
            self.give("helper", name=helper, row=row)
        for helper in ("bpf_trace_printk", "bpf_redirect_map"):
            self.give("helper", name=helper, row=self.row(helper, lambda _: ARGUMENT))
        self.give("helper", name="", row=self.row("", lambda _: BEYOND))
        for helper in ("bpf_trace_printk", "bpf_get_current_task", "bpf_map_lookup_elem"):
            licence = (22, "cannot call GPL-restricted function from non-GPL compatible program")
            truth = YES if helper == "bpf_map_lookup_elem" else licence
            self.give("helper licence", name=helper, answer=self.cell((helper, "licence"), truth))
        taken = (22, "cannot pass map_type 1 into func bpf_redirect_map#51")
        taking = {m: self.cell(("bpf_redirect_map", m), YES if "DEV" in m else taken) for m in MAPS}
        self.give("helper maps", name="bpf_redirect_map", variants=[], row=taking)
        self.give("variant licence", row=self.row("licence", lambda _: YES))
        self.maps()
        self.give("kfunc", name=FALSE_KFUNC, module="vmlinux", row=self.row(FALSE_KFUNC, lambda _: NO_KFUNC))
        self.give("unprivileged", switch="0")
        self.give("rights", level="none", variants=VARIANTS[:1], maps=["BPF_MAP_TYPE_HASH"], helpers=HELPERS[:1])
        self.give("rights", level="CAP_SYS_ADMIN", variants=VARIANTS, maps=list(MAPS), helpers=HELPERS)
        self.give("end")
        self.records[0]["cells"] = [list(cell) for cell in self.cells]
        return self.records

    def maps(self) -> None:
        for name in MAPS:
            self.give("map", name=name, answer=self.cell((name, "create"), YES))
        flag = {m: self.cell((m, "flag"), YES if m == "BPF_MAP_TYPE_HASH" else REFUSED) for m in MAPS}
        self.give("map flag", name="BPF_F_NO_PREALLOC", row=flag)
        for command, done in (("BPF_MAP_DELETE_ELEM", "BPF_MAP_TYPE_HASH"), ("mmap", "BPF_MAP_TYPE_RINGBUF")):
            row = {m: self.cell((m, command), YES if m == done else (524, "")) for m in MAPS}
            self.give("map command", name=command, row=row)
        self.give("command", name="BPF_MAP_DELETE_ELEM", answer=self.cell(("command", ""), (9, "")))


@pytest.fixture(scope="session")
def plan(facts: Catalogue) -> Plan:
    kernel = Kernel("v6.12", RELEASE, "linux-image", "6.12.107-1", "trixie", "d1935", Path("/"))
    return Plan(kernel, make_questions(facts, {}), Path("v6.12.yaml"), current=False)


def ask(plan: Plan, guest: Guest) -> tuple[ProbeFile | None, str, tuple[str, ...]]:
    result = make_result(plan, guest.tell(), lambda _: None)
    return result.file, result.text, result.problems


def test_an_honest_kernel_is_believed(plan: Plan, tmp_path: Path) -> None:
    file, text, problems = ask(plan, Guest())
    assert problems == ()
    assert file is not None
    assert (file.kernel.series, file.kernel.image, file.kernel.questions) == ("v6.12", "d1935", plan.questions.digest)
    (tmp_path / "v6.12.yaml").write_text(text)
    assert store.read(tmp_path / "v6.12.yaml", ProbeFile) == file
    assert text.startswith(f"# {COMMENT}\n")
    assert ask(plan, Guest())[1] == text


def test_verdicts_come_to_their_places(plan: Plan) -> None:
    file, _, _ = ask(plan, Guest())
    assert file is not None
    call = file.helpers["bpf_copy_from_user"]
    assert file.programs_of(call, file.helpers) == ("BPF_PROG_TYPE_TRACING/BPF_TRACE_FENTRY/sleepable",)
    assert file.helpers["bpf_redirect_map"].maps == ("BPF_MAP_TYPE_DEVMAP",)
    assert file.helpers["bpf_redirect_map"].loaded
    assert not call.loaded
    assert file.helpers["bpf_trace_printk"].gpl is True
    assert file.helpers["bpf_seq_write"].gpl is None
    assert file.helpers[HELPERS[0]].needs == "none"
    assert file.maps["BPF_MAP_TYPE_ARRAY"].refused == {"ENOTSUPP": ("BPF_MAP_DELETE_ELEM", "mmap")}
    assert file.unused_helpers == ("bpf_override_return",)
    assert file.unused_kfuncs == (FALSE_KFUNC,)


def test_a_refusal_for_another_reason_than_the_type_is_kept(plan: Plan) -> None:
    place = ("bpf_copy_from_user", "BPF_PROG_TYPE_SCHED_CLS")
    file, _, problems = ask(plan, Guest({place: (22, "helper call might sleep in a non-sleepable prog")}))
    assert (problems, file and file.helpers["bpf_copy_from_user"].refused) == (
        (),
        {"not-sleepable": ("BPF_PROG_TYPE_SCHED_CLS",)},
    )


XDP, FILTER = "BPF_PROG_TYPE_XDP", "BPF_PROG_TYPE_SOCKET_FILTER"
LIES = [
    # Everything about one known answer the other way round.
    (("bpf_skb_store_bytes", XDP), ARGUMENT, "bpf_skb_store_bytes in BPF_PROG_TYPE_XDP is known to be refused"),
    (("bpf_redirect", XDP), NO, "bpf_redirect in BPF_PROG_TYPE_XDP is known to be accepted"),
    (("", FILTER), NO, "cannot exist"),
    ((FALSE_KFUNC, XDP), YES, "was let pass"),
    (("bpf_trace_printk", "licence"), YES, "for the GPL alone"),
    (("bpf_redirect_map", "BPF_MAP_TYPE_HASH"), YES, "not take BPF_MAP_TYPE_HASH"),
    (("BPF_MAP_TYPE_ARRAY", "flag"), YES, "BPF_F_NO_PREALLOC is known to be refused"),
    (("BPF_MAP_TYPE_RINGBUF", "mmap"), (524, ""), "mmap is known to be accepted"),
    # A program that loads with words that nobody expects: its type would be "unclear".
    (("", XDP), (0, "main: 2 instructions"), "BPF_PROG_TYPE_XDP loads, and is not called present"),
    # A kernel of the future speaks in a way that nobody here knows.
    (
        ("bpf_bind", XDP),
        (22, "helper bpf_bind is not for you"),
        "EINVAL 'helper bpf_bind is not for you'",
    ),
]


@pytest.mark.parametrize(("place", "lie", "complaint"), LIES)
def test_one_wrong_answer_and_nothing_is_believed(
    plan: Plan, place: tuple[str, str], lie: Answer, complaint: str
) -> None:
    _, _, problems = ask(plan, Guest({place: lie}))
    assert any(complaint in problem for problem in problems), problems


@pytest.mark.parametrize("always", [ARGUMENT, NO])
def test_a_classifier_that_calls_everything_the_same_is_found_out(plan: Plan, always: Answer) -> None:
    lies = {(helper, variant): always for helper in HELPERS for variant in VARIANTS}
    assert len(ask(plan, Guest(lies))[2]) >= 10


def test_another_kernel_than_the_one_meant_is_not_believed(plan: Plan) -> None:
    other = Plan(
        Kernel("v6.12", "6.12.1-amd64", "p", "1", "s", "d", Path("/")), plan.questions, plan.path, current=False
    )
    assert any("6.12.1-amd64" in problem for problem in ask(other, Guest())[2])


def test_answers_that_break_off_are_refused(plan: Plan) -> None:
    records = Guest().tell()[:-1]
    with pytest.raises(SourceError, match="break off after 'rights'"):
        parse_records(records)
    result = make_result(plan, records, lambda _: None)
    assert result.file is None
    assert not result.believed


def test_a_step_that_failed_is_named() -> None:
    records = [*Guest().tell(), {"section": "failed", "cells": [], "step": "maps_", "error": "Trace\nOSError: no"}]
    with pytest.raises(SourceError, match=r"'maps_' failed in the guest: OSError: no"):
        parse_records(records)


def test_questions_alone_answer_nothing(plan: Plan) -> None:
    assert isinstance(plan.questions, Questions)
    assert make_result(plan, [], lambda _: None).problems
