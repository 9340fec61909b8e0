"""`bpfref verify` without guests: what is run again, what is written, what a claim is held against."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bpfref import store
from bpfref.catalogue import Catalogue
from bpfref.cli import main
from bpfref.commands import verify
from bpfref.errors import MachineError, SourceError
from bpfref.kernels import images
from bpfref.layout import Layout
from bpfref.loader.compile import Compiler
from bpfref.model.example import ExamplesFile, Expect
from bpfref.model.kernel import Kernel
from bpfref.requires.facts import Knowledge
from bpfref.verify.claim import find_contradictions
from bpfref.verify.files import COMMENT
from bpfref.verify.plan import Made, compile_examples
from bpfref.verify.run import Came, Result
from required import require

SERIES = "v6.12"
KEPT = {"exec", "hash-flags", "pids", "spin-lock", "tail-call", "unbounded-index"}
RAN: Result = {
    "verdict": "accepted",
    "instructions": {"pids": 7},
    "runs": [{"returns": 2, "out": ""}],
    "maps": {},
    "variables": {},
    "output": "",
    "seconds": 0.1,
    "left": [],
}
Start = Callable[..., int]


@pytest.fixture(scope="module")
def compiler(layout: Layout) -> Compiler:
    try:
        return Compiler(cache=layout.cache.absolute())
    except MachineError as error:
        require("BPFREF_REQUIRE_TOOLS", str(error))


@pytest.fixture
def checkout(checkout: Layout) -> Layout:
    """A checkout with few examples: all that are in a new place are compiled anew."""
    path = checkout.verified(SERIES)
    file = store.read(path, ExamplesFile)
    path.write_text(store.dump(replace(file, examples={name: file.examples[name] for name in sorted(KEPT)}), COMMENT))
    for folder in [each for each in checkout.examples.iterdir() if each.name not in KEPT]:
        shutil.rmtree(folder)
    for log in [each for each in checkout.verified_logs(SERIES).iterdir() if each.stem not in KEPT]:
        log.unlink()
    return checkout


@pytest.fixture
def asked(compiler: Compiler, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The examples that would have gone into a guest; each would have come back as `RAN`."""
    del compiler  # it says whether anything can be compiled here
    names: list[str] = []

    def run_all(tasks: Sequence[tuple[Kernel, Sequence[Made]]], _: Path, heard: Callable[[int, Came], None]) -> None:
        for number, (_kernel, made) in enumerate(tasks):
            names.extend(each.name for each in made)
            heard(number, Came({each.name: RAN for each in made}, boots=1))

    monkeypatch.setattr(verify, "run_all", run_all)
    monkeypatch.setenv("BPFREF_CACHE", str(layout.cache.absolute()))
    try:
        images.find(layout.cache, SERIES)
    except MachineError as error:
        require("BPFREF_REQUIRE_KERNELS", str(error))
    return names


@pytest.fixture
def start(checkout: Layout) -> Start:
    return lambda *words: main(["-C", str(checkout.root), "verify", "-k", SERIES, *words])


def change(checkout: Layout, name: str = "pids") -> None:
    path = checkout.examples / name / f"{name}.bpf.c"
    path.write_text(path.read_text() + "\n// another line\n")


def test_what_did_not_change_is_not_run(asked: list[str], start: Start, checkout: Layout) -> None:
    before = checkout.verified(SERIES).read_bytes()
    assert start() == 0
    assert asked == []
    assert checkout.verified(SERIES).read_bytes() == before


def test_what_changed_is_run_and_the_other_verdicts_stay(asked: list[str], start: Start, checkout: Layout) -> None:
    before = store.read(checkout.verified(SERIES), ExamplesFile).examples
    change(checkout)
    assert start() == 0
    assert asked == ["pids"]
    after = store.read(checkout.verified(SERIES), ExamplesFile).examples
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"pids"}
    asked.clear()
    assert start() == 0
    assert asked == []


def test_one_that_fails_loses_its_verdict_and_the_others_keep_theirs(
    asked: list[str],
    start: Start,
    checkout: Layout,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(RAN, "runs", [{"returns": 1, "out": ""}])
    change(checkout)
    assert start() == 1
    assert asked == ["pids"]
    said = capsys.readouterr().err
    assert f"{SERIES}: pids: run 1 of pids: it returned 1, and should return XDP_PASS" in said
    after = store.read(checkout.verified(SERIES), ExamplesFile).examples
    assert "pids" not in after
    assert "tail-call" in after


def test_check_writes_nothing(asked: list[str], start: Start, checkout: Layout) -> None:
    before = checkout.verified(SERIES).read_bytes()
    change(checkout)
    assert start("--check") == 1
    assert asked == ["pids"]
    assert checkout.verified(SERIES).read_bytes() == before


def test_verdicts_of_an_example_that_is_gone_go_too(asked: list[str], start: Start, checkout: Layout) -> None:
    shutil.rmtree(checkout.examples / "spin-lock")
    assert start() == 0
    assert asked == []
    assert "spin-lock" not in store.read(checkout.verified(SERIES), ExamplesFile).examples


def test_verdicts_of_two_compilers_name_both(asked: list[str], start: Start, checkout: Layout) -> None:
    def named() -> list[str]:
        return store.read(checkout.verified(SERIES), ExamplesFile).kernel.compiler.split("; ")

    path = checkout.verified(SERIES)
    file = store.read(path, ExamplesFile)
    older = replace(file, kernel=replace(file.kernel, compiler="clang version 14.0.6"))
    path.write_text(store.dump(older, COMMENT))
    assert start("pids") == 0
    assert named() == ["clang version 14.0.6"]  # nothing was compiled for a verdict
    change(checkout)
    assert start("pids") == 0
    assert (asked, named()[0], len(named())) == (["pids"], "clang version 14.0.6", 2)
    change(checkout)
    assert start("pids") == 0
    assert len(named()) == 2


def test_another_kernel_has_to_say_it_all_anew(asked: list[str], start: Start, checkout: Layout) -> None:
    path = checkout.verified(SERIES)
    path.write_text(path.read_text().replace("image: ", "image: 0"))
    assert start("pids") == 0
    assert asked == ["pids"]
    assert list(store.read(path, ExamplesFile).examples) == ["pids"]


def test_what_does_not_compile_is_told_and_not_run(
    asked: list[str], start: Start, checkout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    path = checkout.examples / "pids/pids.bpf.c"
    path.write_text(path.read_text().replace("struct xdp_md", "struct xdp_dm"))
    change(checkout, "tail-call")
    start()
    assert asked == ["tail-call"]
    assert "pids.bpf.c:5: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "since", "words"),
    [
        ("pids", "v6.9", "since says v6.9, but its object needs v6.10"),
        ("pids", "v6.12", "since says v6.12, but object and subjects need no more than v6.10"),
        ("hash-flags", "v5.5", "since says v5.5, but BPF_MAP_LOOKUP_BATCH needs v5.6"),
        ("hash-flags", "v5.7", "since says v5.7, but object and subjects need no more than v5.6"),
        ("exec", "v5.7", "since says v5.7, but "),
    ],
)
def test_a_claim_is_held_against_what_the_object_needs(
    name: str, since: str, words: str, layout: Layout, facts: Catalogue, compiler: Compiler
) -> None:
    made = compile_examples(compiler, layout.examples, [facts.examples[name]])[name]
    assert isinstance(made, Made)
    known = Knowledge(facts)
    assert list(find_contradictions(made, known)) == []
    other = replace(made, folder=replace(made.folder, definition=replace(made.folder.definition, since=since)))
    (problem,) = find_contradictions(other, known)
    assert problem.startswith(words)


@pytest.mark.parametrize("name", ["gpl-only", "sleepable-attach"])
def test_what_an_object_lacks_to_be_accepted_does_not_speak_against_its_rejection(
    name: str, layout: Layout, facts: Catalogue, compiler: Compiler
) -> None:
    made = compile_examples(compiler, layout.examples, [facts.examples[name]])[name]
    assert isinstance(made, Made)
    known = Knowledge(facts)
    assert list(find_contradictions(made, known)) == []
    assert list(find_contradictions(_promising_acceptance(made), known)) != []


def test_code_that_leads_out_of_its_function_may_be_rejected_alone(
    layout: Layout, facts: Catalogue, compiler: Compiler
) -> None:
    made = compile_examples(compiler, layout.examples, [facts.examples["no-exit"]])["no-exit"]
    assert isinstance(made, Made)
    known = Knowledge(facts)
    assert list(find_contradictions(made, known)) == []
    with pytest.raises(SourceError, match="where none begins"):
        list(find_contradictions(_promising_acceptance(made), known))


def _promising_acceptance(made: Made) -> Made:
    definition = replace(made.folder.definition, expect=Expect())
    return replace(made, folder=replace(made.folder, definition=definition))
