"""`bpfref history` and the check of claims: what a person sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from workshop import Workshop, header, make

from bpfref import catalogue, store
from bpfref.catalogue import Catalogue
from bpfref.checks import claims
from bpfref.cli import main
from bpfref.formats.uapi_names import parse_names, parse_present
from bpfref.layout import Layout
from bpfref.model.entry import Kind
from bpfref.model.files import CorrectionsFile, SinceCorrection
from bpfref.model.history import SinceFile
from bpfref.model.since import Since

INPUTS = Path(__file__).parent.parent / "inputs/headers"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return make(tmp_path)


@pytest.fixture
def copy(workshop: Workshop, checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of a run over a repository that looks like a copy of the kernel's header."""
    monkeypatch.setenv("BPFREF_CACHE", str(tmp_path / "cache"))
    workshop.release("v5.0.0", header("BPF_A"))
    workshop.release("v5.1.0", header("BPF_A", "BPF_B"))
    (checkout.scraped / "since.yaml").unlink()
    return ["-C", str(checkout.root), "history", "--repository", str(workshop.path)]


def test_a_run_writes_what_it_found_and_the_next_has_nothing_to_do(
    copy: list[str], checkout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(copy) == 0
    witness = store.read(checkout.scraped / "since.yaml", SinceFile).witnesses["iproute2"]
    assert (witness.features["BPF_B"].since, witness.features["BPF_B"].after) == ("v5.1", "v5.0")
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "iproute2: 3 names in 2 releases, v5.0 to v5.1" not in streams.out
    assert "in 2 releases, v5.0 to v5.1" in streams.err
    text = (checkout.scraped / "since.yaml").read_bytes()
    assert main([*copy, "--check"]) == 0
    assert main(copy) == 0
    assert (checkout.scraped / "since.yaml").read_bytes() == text
    assert str(checkout.root).encode() not in text


def test_check_and_diff_write_nothing(copy: list[str], checkout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*copy, "--check"]) == 1
    assert "to repair: bpfref history" in capsys.readouterr().err
    assert main([*copy, "--diff"]) == 1
    assert "+  iproute2:" in capsys.readouterr().out
    assert not (checkout.scraped / "since.yaml").exists()


def test_other_witnesses_stay(copy: list[str], checkout: Layout) -> None:
    head = INPUTS / "uapi.h"
    assert main(["-C", str(checkout.root), "history", "--header", f"v5.9:somewhere={head}"]) == 0
    assert main(copy) == 0
    found = store.read(checkout.scraped / "since.yaml", SinceFile).witnesses
    assert sorted(found) == ["headers", "iproute2"]
    assert found["headers"].releases == ("v5.9",)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no repository to ask"),
        (["--repository", "nowhere"], "no git repository"),
        (["--header", "bpf.h"], "write it as RELEASE:ORIGIN=FILE"),
        (["--header", "5.9:x=bpf.h"], "is not a kernel release"),
        (["--header", "v5.9:x=nowhere.h"], "cannot be read"),
    ],
)
def test_wrong_usage_exits_2_with_a_repair(
    checkout: Layout,
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BPFREF_CACHE", str(checkout.root / "cache"))
    if arguments == ["--header", "bpf.h"]:
        words = "is not a kernel release"
    assert main(["-C", str(checkout.root), "history", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_unknown_repository_is_told_which_are_known(
    workshop: Workshop, checkout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.release("v5.0", "nothing", "README")
    assert main(["-C", str(checkout.root), "history", "--repository", str(workshop.path)]) == 2
    assert "none of the repositories that we know (linux, iproute2" in capsys.readouterr().err


def _with(facts: Catalogue, name: str, since: str) -> Catalogue:
    """The facts, with a table that claims something else of a name."""
    features = facts.since_table.features | {"wrong": {name: Since(since)}}
    return replace(facts, since_table=replace(facts.since_table, features=features))


def test_a_disagreement_is_a_problem_until_a_correction_settles_it(facts: Catalogue, layout: Layout) -> None:
    wrong = _with(replace(facts, corrections=CorrectionsFile()), "bpf_loop", "v5.18")
    found = [p.message for p in claims.problems(wrong, layout) if "since.bpf_loop:" in p.message]
    assert found == [
        "since.bpf_loop: table says v5.18, but bionic has it in v5.17: settle it here with a reason and a source"
    ]
    settled = CorrectionsFile(since={"bpf_loop": SinceCorrection(Since("v5.17"), "why", "where")})
    assert not [p for p in claims.problems(replace(wrong, corrections=settled), layout) if "bpf_loop" in p.message]


def test_every_numbered_entry_has_a_first_release_with_evidence_or_an_open_claim(facts: Catalogue) -> None:
    """Names that no witness dates and no table claims may only be ones that are settled by hand."""
    kinds = {Kind.PROGRAM_TYPE, Kind.MAP_TYPE, Kind.COMMAND, Kind.ATTACH_TYPE, Kind.LINK_TYPE}
    for entry in facts.entries.values():
        if entry.kind in kinds:
            assert entry.since is not None, entry.name
            assert entry.since.evidence, entry.name


def test_a_helper_and_a_struct_of_one_name_have_a_story_each(facts: Catalogue) -> None:
    features = facts.since_file.witnesses["iproute2"].features
    assert {"bpf_fib_lookup", "struct bpf_fib_lookup"} <= set(features)


def test_the_witnesses_are_what_the_files_say(layout: Layout) -> None:
    facts = catalogue.read(layout)
    assert {"iproute2", "bionic"} <= set(facts.since_file.witnesses)


def test_bare_names_are_the_names_with_traits(uapi_header: Path) -> None:
    for path in (uapi_header, INPUTS / "uapi.h"):
        assert parse_present(path.read_text(), path) == set(parse_names(path.read_text(), path))
