"""The real prober on real kernels: the oldest and the newest give the data, and a kernel that is lost says so alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bpfref import store
from bpfref.catalogue import KERNELS, Catalogue
from bpfref.cli import main
from bpfref.kernels.lab import Job
from bpfref.layout import Layout
from bpfref.model.kernel import Kernel, KernelsFile
from bpfref.model.probe import ProbeFile
from bpfref.probe import classify, run
from bpfref.probe.controls import CONTROLS, FALSE_KFUNC, GPL, MAPS
from bpfref.probe.questions import Questions, make_questions
from bpfref.probe.run import Result, ask_kernels, make_job, make_plan

pytestmark = pytest.mark.kernel

KernelOf = Callable[[str], Kernel]
HEALTHY, PANICKING, HANGING, BLIND = "v6.12", "v5.10", "v6.1", "v7.3"


def test_the_oldest_and_the_newest_kernel_answer_as_the_data_say(
    kernel_of: KernelOf, layout: Layout, facts: Catalogue
) -> None:
    series = store.read(layout.authored / KERNELS, KernelsFile).kernels
    kernels = [kernel_of(each.series) for each in (series[0], series[-1])]
    results: dict[str, Result] = {}
    ask_kernels(
        [make_plan(layout, facts, kernel) for kernel in kernels],
        layout.cache,
        lambda result: results.__setitem__(result.name, result),
    )
    for kernel in kernels:
        result, path = results[kernel.series], layout.probe(kernel.series)
        assert result.problems == ()
        written = store.read(path, ProbeFile)
        assert written.kernel.version == kernel.version, (
            f"{path} is of another build: make probe KERNELS={kernel.series}"
        )
        assert result.text == path.read_text(encoding="utf-8"), f"to see it: make probe KERNELS={kernel.series}"


@dataclass(frozen=True)
class Trouble:
    """What befalls the asking part in a guest: a command in its stead, given to a shell; its limit in seconds."""

    command: str
    timeout: float = 90


ASK = "python3 -m bpfref.probe.ask questions.json"
TROUBLES = {
    # Half of the answers have come when it happens.
    PANICKING: Trouble(f"{ASK} & sleep 4; echo c > /proc/sysrq-trigger; wait"),
    HANGING: Trouble("while :; do :; done", 2),
    BLIND: Trouble(f"mount -t tmpfs none /sys/kernel/btf && {ASK}"),
}


def few(facts: Catalogue, kfuncs: Mapping[str, object]) -> Questions:
    """The questions without which no kernel is believed."""
    del kfuncs
    asked = make_questions(facts, {"vmlinux": [FALSE_KFUNC]})
    names = {*GPL, *(helper for helper, _ in MAPS), *(control.helper for control in CONTROLS)}
    values = dict(asked.values)
    for key in ("helpers", "kinds"):
        every = asked.values[key]
        assert isinstance(every, dict)
        values[key] = {name: value for name, value in every.items() if name in names}
    variants = {control.variant for control in CONTROLS}
    specs = asked.values["variants"]
    assert isinstance(specs, list)
    values["variants"] = [spec for spec in specs if spec["name"] in variants]
    return replace(asked, values=values)


@pytest.fixture
def probe(
    kernel_of: KernelOf, layout: Layout, checkout: Layout, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, Path]]:
    """Run the command in a copy of the checkout, with few questions and with troubles; its status, its folder."""
    monkeypatch.setenv("BPFREF_CACHE", str(layout.cache))
    monkeypatch.setattr(run, "make_questions", few)
    for path in checkout.probes.glob("*.yaml"):
        path.unlink()

    def make(kernel: Kernel, questions: Questions) -> Job:
        job = make_job(kernel, questions)
        trouble = TROUBLES.get(kernel.series)
        if trouble is None:
            return job
        return replace(job, command=("sh", "-c", trouble.command), timeout=trouble.timeout)

    monkeypatch.setattr(run, "make_job", make)

    def start(*series: str) -> tuple[int, Path]:
        for each in series:
            kernel_of(each)
        return main(["-C", str(checkout.root), "probe", "--all", "-k", *series]), checkout.probes

    return start


def test_a_kernel_that_is_lost_is_told_and_the_others_go_on(
    probe: Callable[..., tuple[int, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    status, folder = probe(PANICKING, HANGING, BLIND, HEALTHY)
    said = capsys.readouterr().err
    assert status == 2
    assert [path.stem for path in folder.glob("*.yaml")] == [HEALTHY]
    assert f"{HEALTHY}: written" in said
    for series, words in (
        (PANICKING, "the kernel oopsed: Kernel panic - not syncing: sysrq triggered crash"),
        (HANGING, "the guest stopped half-way: 0 results in 8 s, the limit of the job"),
        (BLIND, "the kernel has no BTF: targets, kernel functions and what it knows cannot be asked"),
    ):
        assert any(line.partition(": ")[0].endswith(series) and words in line for line in said.splitlines()), words
        assert f"{series}: not believed, nothing written; again: bpfref probe -k {series}" in said
    assert "Traceback" not in said


def test_words_that_no_row_knows_are_told_and_nothing_is_written(
    probe: Callable[..., tuple[int, Path]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The classifier of a time before v6.9, which worded a refusal anew."""
    older = tuple(row for row in classify._ROWS if not row[0].match("program of this type cannot use helper bpf_x#1"))
    assert len(older) == len(classify._ROWS) - 1
    monkeypatch.setattr(classify, "_ROWS", older)
    status, folder = probe(HEALTHY)
    said = capsys.readouterr().err
    assert status == 2
    assert list(folder.glob("*.yaml")) == []
    assert f"{HEALTHY}: unknown wording: " in said
    assert "EINVAL 'program of this type cannot use helper " in said
    assert "give it a row in probe/classify.py" in said
