"""Repositories as they are found: bare, shared, shallow, partial, cut, damaged; and left as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workshop import COPY, KERNEL, PATH, Workshop, ask, contents, header, make

from bpfref.errors import BpfrefError, MachineError, SourceError
from bpfref.history import survey
from bpfref.history.repository import open_repository
from bpfref.model.history import Sighting
from bpfref.scrape.since import uapi_reader


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return make(tmp_path)


@pytest.fixture
def told(workshop: Workshop) -> Workshop:
    """Three releases, each with a name more."""
    workshop.release("v5.0", header("BPF_A"))
    workshop.release("v5.1", header("BPF_A", "BPF_B"))
    workshop.release("v5.2", header("BPF_A", "BPF_B", "BPF_C"))
    return workshop


def clone(told: Workshop, target: Path, *options: str) -> Path:
    told.git("config", "uploadpack.allowFilter", "true")
    told.git("clone", "-q", *options, f"file://{told.path}", str(target))
    return target


@pytest.mark.parametrize("options", [(), ("--bare",), ("--mirror",), ("--no-checkout",), ("--shared",)])
def test_every_sort_of_clone_tells_the_same(told: Workshop, tmp_path: Path, options: tuple[str, ...]) -> None:
    expected = ask(told.path, tmp_path / "cache")
    if "--shared" in options:
        told.git("clone", "-q", "--shared", str(told.path), str(tmp_path / "clone"))
    else:
        clone(told, tmp_path / "clone", *options)
    assert ask(tmp_path / "clone", tmp_path / "other") == expected


def test_a_linked_work_tree_tells_the_same(told: Workshop, tmp_path: Path) -> None:
    expected = ask(told.path, tmp_path / "cache")
    told.git("worktree", "add", "-q", str(tmp_path / "tree"), "v5.0")
    assert ask(tmp_path / "tree", tmp_path / "other") == expected


def test_reading_changes_nothing(told: Workshop, tmp_path: Path) -> None:
    told.git("checkout", "-q", "v5.1")
    (told.path / PATH).write_text("work in progress\n")
    before = contents(told.path)
    ask(told.path, tmp_path / "cache")
    assert contents(told.path) == before


def test_the_surroundings_of_a_git_hook_do_not_matter(
    told: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "objects"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert ask(told.path, tmp_path / "cache").features["BPF_C"].since == "v5.2"


def test_a_missing_tag_leaves_a_gap_that_is_told(told: Workshop, tmp_path: Path) -> None:
    told.git("tag", "-d", "v5.1")
    found = ask(told.path, tmp_path / "cache").features["BPF_B"]
    assert (found.since, found.after) == ("v5.2", "v5.0")


def test_a_shallow_clone_does_not_take_its_edge_for_an_origin(told: Workshop, tmp_path: Path) -> None:
    path = clone(told, tmp_path / "clone", "--depth=1", "--branch=v5.1")
    Workshop(path).git("fetch", "-q", "--depth=1", "origin", "tag", "v5.0", "tag", "v5.2")
    found = ask(path, tmp_path / "cache").features
    assert found["BPF_B"] == Sighting("v5.1", "v5.1", after="v5.0", commit=None)
    assert found["BPF_C"].commit is None


def test_a_shallow_clone_without_tags_is_refused_with_advice(told: Workshop, tmp_path: Path) -> None:
    path = clone(told, tmp_path / "clone", "--depth=1", "--no-tags")
    with pytest.raises(SourceError, match="git fetch --tags"):
        ask(path, tmp_path / "cache")


def test_a_partial_clone_without_fetching_is_unknown_and_not_absent(told: Workshop, tmp_path: Path) -> None:
    path = clone(told, tmp_path / "clone", "--bare", "--filter=blob:none")
    before = contents(path)
    witness = ask(path, tmp_path / "cache")
    assert set(witness.unknown) == {"v5.0", "v5.1", "v5.2"}
    assert "missing" in witness.unknown["v5.0"]
    assert witness.features == {}
    assert contents(path) == before


def test_a_partial_clone_fetches_into_a_folder_of_ours(told: Workshop, tmp_path: Path) -> None:
    path = clone(told, tmp_path / "clone", "--bare", "--filter=blob:none")
    before = contents(path)
    expected = ask(told.path, tmp_path / "cache")
    assert ask(path, tmp_path / "other", objects=tmp_path / "objects") == expected
    assert contents(path) == before


def _object(told: Workshop, name: str) -> Path:
    found = told.git("rev-parse", name)
    return told.path / ".git/objects" / found[:2] / found[2:]


@pytest.mark.parametrize("damage", ["missing", "garbage"])
@pytest.mark.parametrize("what", [f"v5.1:{PATH}", "v5.1^{tree}", "v5.1:include", "v5.1^{commit}", "v5.1"])
def test_a_damaged_object_makes_its_release_unknown(told: Workshop, tmp_path: Path, damage: str, what: str) -> None:
    file = _object(told, what)
    file.chmod(0o644)
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"garbage")
    witness = ask(told.path, tmp_path / "cache")
    assert list(witness.unknown) == ["v5.1"]
    assert (witness.features["BPF_B"].since, witness.features["BPF_B"].after) == ("v5.2", "v5.0")
    assert witness.features["BPF_A"].gaps == ()


def test_a_header_that_does_not_parse_makes_its_release_unknown(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header("BPF_A"))
    workshop.release("v5.1", "<<<<<<< conflict\n")
    workshop.release("v5.2", header("BPF_A", "BPF_B"))
    witness = ask(workshop.path, tmp_path / "cache")
    assert list(witness.unknown) == ["v5.1"]
    assert f"v5.1:{PATH}" in witness.unknown["v5.1"]
    assert (witness.features["BPF_B"].after, witness.features["BPF_A"].gaps) == ("v5.0", ())


def test_a_release_without_the_header_says_no_only_where_features_are_made(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit("start", {"README": "x"})
    workshop.git("tag", "v3.17")
    workshop.git("tag", "v3.17.0")
    workshop.release("v3.18", header("BPF_A"))
    workshop.git("tag", "v3.18.0")
    assert ask(workshop.path, tmp_path / "cache").features["BPF_A"].after == "v3.17"
    copied = ask(workshop.path, tmp_path / "cache", COPY)
    assert (copied.features["BPF_A"].after, copied.releases) == (None, ("v3.18",))


@pytest.mark.parametrize("make", ["missing", "empty", "file"])
def test_no_repository_is_refused_with_advice(tmp_path: Path, make: str) -> None:
    path = tmp_path / "nothing"
    if make == "empty":
        path.mkdir()
    if make == "file":
        path.write_text("x")
    with pytest.raises(MachineError, match="name the folder of a clone"):
        open_repository(path)


def test_an_empty_repository_has_no_releases(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no tag of this repository matches"):
        ask(workshop.path, tmp_path / "cache")


def test_what_was_read_is_not_read_again(told: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(told.path, tmp_path / "cache")
    monkeypatch.setattr("bpfref.formats.uapi.parse", None)
    monkeypatch.setattr("bpfref.formats.clang._translate", None)
    assert ask(told.path, tmp_path / "cache") == first


def test_an_interrupted_run_goes_on_where_it_was(told: Workshop, tmp_path: Path) -> None:
    expected = ask(told.path, tmp_path / "whole")
    steps = []

    def stop(label: str, _done: int, _of: int) -> None:
        steps.append(label)
        if len(steps) == 3:
            raise KeyboardInterrupt

    repository = open_repository(told.path)
    asked = survey.Survey(repository, KERNEL, uapi_reader(), tmp_path / "cache", stop)
    with pytest.raises(KeyboardInterrupt):
        asked.witness()
    repository.close()
    kept = contents(tmp_path / "cache")
    assert len(kept) == 2
    assert ask(told.path, tmp_path / "cache") == expected
    assert contents(tmp_path / "cache").items() >= kept.items()


@pytest.mark.parametrize("damage", ["", "{", "[]", "17", '{"BPF_A": 3}', "0" * 64 + "\n{}"])
def test_a_damaged_cache_is_read_anew(told: Workshop, tmp_path: Path, damage: str) -> None:
    expected = ask(told.path, tmp_path / "cache")
    whole = {path: data for path, (_, data) in contents(tmp_path / "cache").items()}
    for name in whole:
        Path(name).write_text(damage)
    assert ask(told.path, tmp_path / "cache") == expected
    assert {path: data for path, (_, data) in contents(tmp_path / "cache").items()} == whole


def test_errors_are_of_ours(told: Workshop, tmp_path: Path) -> None:
    shutil.rmtree(told.path / ".git/objects")
    (told.path / ".git/objects").mkdir()
    with pytest.raises(BpfrefError):
        ask(told.path, tmp_path / "cache")
