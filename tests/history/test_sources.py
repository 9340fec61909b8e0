"""Names in source files: whole identifiers, all in one pass, against one `git grep` for each."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshop import KERNEL, Workshop, make

from bpfref.history.repository import Repository, open_repository
from bpfref.history.sources import Mentions, parse_mentions
from bpfref.history.timeline import findings

NAMES = ["bpf_x", "bpf_xy", "bpf_y", "bpf_never"]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = make(tmp_path)
    made.commit("1", {"kernel/a.c": "int bpf_xy; // bpf_x\n", "net/b.c": "int z;\n", "docs/c": "bpf_never\n"})
    made.git("tag", "v5.0")
    made.commit("2", {"kernel/a.c": "int bpf_xy, bpf_x;\n", "net/b.c": 'char *s = "bpf_y";\n'})
    made.git("tag", "v5.1")
    made.commit("3", {"kernel/a.c": None, "kernel/moved.c": "int bpf_xy, bpf_x;\n", "net/b.c": "int bpf_y;\n"})
    made.git("tag", "v5.2")
    made.commit("4", {"kernel/moved.c": "int bpf_x;\n", "net/b.c": "int bpf_y; /* bpf_xy */\n"})
    made.git("tag", "v5.3")
    return made


def ask(repository: Repository, folder: Path) -> dict[str, tuple[int, int | None]]:
    mentions = Mentions.of(repository, ["kernel", "net"], NAMES, folder)
    found = findings(list(mentions.points(repository.tags(KERNEL.pattern))))
    return {name: (finding.first, finding.gone) for name, finding in found.items()}


EXPECTED = {"bpf_x": (1, None), "bpf_xy": (0, 3), "bpf_y": (2, None)}


def test_whole_identifiers_in_code_count_wherever_the_file_moves(workshop: Workshop, tmp_path: Path) -> None:
    assert ask(open_repository(workshop.path), tmp_path / "cache") == EXPECTED


def test_the_second_run_reads_no_file(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(open_repository(workshop.path), tmp_path / "cache")
    monkeypatch.setattr(Repository, "read", None)
    assert ask(open_repository(workshop.path), tmp_path / "cache") == EXPECTED


def test_a_missing_file_makes_its_release_unknown_and_the_next_right(workshop: Workshop, tmp_path: Path) -> None:
    blob = workshop.git("rev-parse", "v5.1:net/b.c")
    (workshop.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    mentions = Mentions.of(open_repository(workshop.path), ["kernel", "net"], NAMES, tmp_path / "cache")
    points = list(mentions.points(mentions.repository.tags(KERNEL.pattern)))
    assert [point.names is None for point in points] == [False, True, False, False]
    assert set(points[2].names or ()) == {"bpf_x", "bpf_xy", "bpf_y"}


@given(st.lists(st.sampled_from(["bpf_x", "bpf_xy", " ", "\n", "x", "_", "1", "=", "(", "-", ";"]), max_size=20))
def test_without_comments_and_strings_it_is_what_grep_finds(parts: list[str]) -> None:
    text = "".join(parts)
    found = parse_mentions(text.encode(), frozenset(name.encode() for name in NAMES))
    for name in NAMES:
        run = subprocess.run(["grep", "-qw", name], input=text, text=True, check=False)
        assert (name in found) == (run.returncode == 0), text
