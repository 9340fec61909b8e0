"""What happened to names, told by repositories built for the purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from workshop import COPY, OLD_PATH, PATH, Workshop, ask, header, make

from bpfref.model.history import Sighting


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return make(tmp_path)


def test_added_since_the_first_and_later(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header("BPF_A"))
    commit = workshop.release("v5.1", header("BPF_A", "BPF_B"))
    workshop.release("v5.2", header("BPF_A", "BPF_B"))
    found = ask(workshop.path, tmp_path / "cache").features
    assert found["BPF_A"] == Sighting("v5.0", "v5.0")
    assert found["BPF_B"] == Sighting("v5.1", "v5.1", after="v5.0", commit=commit)


def test_removed_and_added_again(workshop: Workshop, tmp_path: Path) -> None:
    for tag, names in (("v5.0", ["BPF_A", "BPF_B"]), ("v5.1", []), ("v5.2", ["BPF_B"])):
        workshop.release(tag, header(*names))
    found = ask(workshop.path, tmp_path / "cache").features
    assert (found["BPF_A"].until, found["BPF_A"].gaps) == ("v5.1", ())
    assert (found["BPF_B"].until, found["BPF_B"].gaps) == (None, ("v5.1..v5.2",))


def test_a_rename_is_the_same_value_at_the_same_place(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header("BPF_OLD", "BPF_GONE"))
    workshop.release("v5.1", header("BPF_NEW", more="#define BPF_OTHER 2"))
    found = ask(workshop.path, tmp_path / "cache").features
    assert (found["BPF_OLD"].until, found["BPF_OLD"].renamed_to) == ("v5.1", "BPF_NEW")
    assert (found["BPF_GONE"].until, found["BPF_GONE"].renamed_to) == ("v5.1", None)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("#define BPF_X 1", "enum { BPF_X = 1 };", "v5.1: define became enum"),
        ("enum { BPF_X = 1 };", "enum bpf_x { BPF_X = 1 };", "v5.1: moved from enum one without name to bpf_x"),
        ("#define BPF_X 1", "#define BPF_X 2", "v5.1: value 1 became 2"),
        ("struct x { int a; };", "union x { int a; };", None),
    ],
)
def test_a_name_that_changes_its_form_stays_the_same_name(
    workshop: Workshop, tmp_path: Path, before: str, after: str, change: str | None
) -> None:
    workshop.release("v5.0", header(more=before))
    workshop.release("v5.1", header(more=after))
    found = ask(workshop.path, tmp_path / "cache").features
    if change:
        assert found["BPF_X"] == Sighting("v5.0", "v5.0", changes=(change,))
    else:
        assert (found["struct x"].until, found["union x"].since) == ("v5.1", "v5.1")


def test_counters_count_and_do_not_change(workshop: Workshop, tmp_path: Path) -> None:
    counter = "#define BPF_MOST __BPF_MOST"
    workshop.release("v5.0", header(more=f"enum e {{ BPF_X, __BPF_MOST }};\n{counter}"))
    workshop.release("v5.1", header(more=f"enum e {{ BPF_X, BPF_Y, __BPF_MOST }};\n{counter}"))
    found = ask(workshop.path, tmp_path / "cache").features
    assert found["__BPF_MOST"].changes == found["BPF_MOST"].changes == ()


def test_comments_strings_and_longer_names_are_no_mention(workshop: Workshop, tmp_path: Path) -> None:
    noise = "/* BPF_LATER is planned */\n// BPF_LATER\n#define BPF_LATER_ON 1\n#define MY_BPF_LATER 2"
    workshop.release("v5.0", header(more=noise))
    workshop.release("v5.1", header(more=f"{noise}\n#define BPF_LATER 3"))
    found = ask(workshop.path, tmp_path / "cache").features
    assert (found["BPF_LATER"].since, found["BPF_LATER"].after) == ("v5.1", "v5.0")
    assert found["BPF_LATER_ON"].since == "v5.0"


def test_helpers_go_by_their_own_names_also_when_a_macro_writes_them(workshop: Workshop, tmp_path: Path) -> None:
    mapper = "#define FN(x) BPF_FUNC_ ## x\nenum more { FN(loop) };"
    workshop.release("v5.0", header())
    workshop.release("v5.1", header(more=mapper))
    found = ask(workshop.path, tmp_path / "cache").features
    assert (found["bpf_loop"].since, found["bpf_loop"].after) == ("v5.1", "v5.0")
    assert "BPF_FUNC_loop" not in found


def test_a_header_that_moves_keeps_its_names(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0.0", header("BPF_A"), OLD_PATH)
    commit = workshop.commit("add", {OLD_PATH: header("BPF_A", "BPF_B")})
    workshop.commit("move", {OLD_PATH: None, PATH: header("BPF_A", "BPF_B")})
    workshop.release("v5.1.0", None)
    found = ask(workshop.path, tmp_path / "cache", COPY).features
    assert found["BPF_A"] == Sighting("v5.0", "v5.0.0")
    assert found["BPF_B"] == Sighting("v5.1", "v5.1.0", after="v5.0", commit=commit)


def test_candidates_alone_are_no_release(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header())
    workshop.release("v5.1-rc1", header("BPF_DROPPED", "BPF_KEPT"))
    workshop.release("v5.1", header("BPF_KEPT"))
    witness = ask(workshop.path, tmp_path / "cache")
    assert witness.candidates == ("BPF_DROPPED",)
    assert "BPF_DROPPED" not in witness.features
    assert (witness.features["BPF_KEPT"].since, witness.releases) == ("v5.1", ("v5.0", "v5.1"))


def test_order_is_by_version_and_not_by_date(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.10", header("BPF_A"))
    workshop.git("checkout", "-q", "--orphan", "late")
    workshop.release("v5.9", header())
    found = ask(workshop.path, tmp_path / "cache")
    assert found.releases == ("v5.9", "v5.10")
    assert (found.features["BPF_A"].since, found.features["BPF_A"].after) == ("v5.10", "v5.9")


def test_the_commit_is_the_one_on_the_side_branch(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header())
    workshop.git("checkout", "-q", "-b", "side")
    commit = workshop.commit("feature", {PATH: header("BPF_A")})
    workshop.git("checkout", "-q", "main")
    workshop.commit("other", {"other.c": "int x;\n"})
    workshop.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    workshop.release("v5.1", None)
    assert ask(workshop.path, tmp_path / "cache").features["BPF_A"].commit == commit


def test_what_a_merge_itself_adds_is_the_merges(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header())
    workshop.git("checkout", "-q", "-b", "side")
    workshop.commit("feature", {PATH: header("BPF_A")})
    workshop.git("checkout", "-q", "main")
    workshop.commit("other", {"other.c": "int x;\n"})
    workshop.git("merge", "-q", "--no-ff", "--no-commit", "side")
    merge = workshop.commit("merge", {PATH: header("BPF_A", "BPF_B")})
    workshop.release("v5.1", None)
    assert ask(workshop.path, tmp_path / "cache").features["BPF_B"].commit == merge


def test_added_taken_back_and_added_in_one_range_is_the_first(workshop: Workshop, tmp_path: Path) -> None:
    workshop.release("v5.0", header())
    first = workshop.commit("add", {PATH: header("BPF_A")})
    workshop.commit("revert", {PATH: header()})
    workshop.commit("add again", {PATH: header("BPF_A")})
    workshop.release("v5.1", None)
    assert ask(workshop.path, tmp_path / "cache").features["BPF_A"].commit == first


def test_releases_that_subjects_name(workshop: Workshop, tmp_path: Path) -> None:
    source = type(COPY)("https://example.org", subjects=r"Update to (?P<release>v\d+\.\d+)\b", headers=(PATH,))
    workshop.commit("Update to v5.0 headers.", {PATH: header()})
    workshop.commit("Update to v5.1.3 headers.", {PATH: header("BPF_WRONG")})
    workshop.commit('Revert "Update to v5.1.3 headers."', {PATH: header()})
    again = workshop.commit("Update to v5.1.3 headers.", {PATH: header("BPF_A")})
    workshop.commit("Update to v9.9 of something else", {"other.h": "x"})
    witness = ask(workshop.path, tmp_path / "cache", source)
    assert witness.releases == ("v5.0", "v5.1")
    assert witness.features["BPF_A"] == Sighting("v5.1", f"v5.1 ({again[:12]})", after="v5.0", commit=again)
    assert "BPF_WRONG" not in witness.features
