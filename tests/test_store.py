"""YAML under a schema: every fault has its file, its line and its repair."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref import store
from bpfref.catalogue import data_files
from bpfref.errors import DataError
from bpfref.layout import Layout
from bpfref.model.files import HelpersFile, Source
from bpfref.model.helper import Helper, Parameter
from bpfref.model.since import SinceTable

GOOD = """\
evidence: table
source: somebody
features:
  helper:
    bpf_loop: {since: v5.17, commit: e6f2dd0f8067}
"""


def read(tmp_path: Path, text: str | bytes) -> SinceTable:
    path = tmp_path / "since.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return store.read(path, SinceTable)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD).features["helper"]["bpf_loop"]
    assert (found.since, found.commit) == ("v5.17", "e6f2dd0f8067")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("v5.17", "6.10", 5, "6.10 is read as a number"),
        ("v5.17", "'5.17'", 5, "is not a kernel release"),
        ("v5.17", "v5", 5, "is not a kernel release"),
        ("e6f2dd0f8067", "xyz", 5, "is no commit"),
        ("e6f2dd0f8067", "123456789012", 5, "must be text: put it in quotes"),
        ("since: v5.17, ", "", 5, "'since' is missing: add it"),
        ("commit: ", "comit: ", 5, "unknown key 'comit'"),
        ("source: somebody\n", "", 1, "'source' is missing"),
        ("  helper:", "\thelper:", 4, "indent with spaces"),
        ("features:", "features: {", 5, "mend the YAML"),
        ("source: somebody", "source: 2026-11-21", 2, "is read as timestamp: put it in quotes"),
        ("source: somebody", "source: yes", 2, "must be text"),
        ("source: somebody", "source: null", 2, "must be text"),
        ("source: somebody", "evidence: twice", 2, "'evidence' is here twice"),
        ("    bpf_loop", "    bpf_loop: {since: v5.1}\n    bpf_loop", 6, "'bpf_loop' is here twice"),
        ("source: somebody", "source: [a, b]", 2, "must be text"),
        ("source: somebody", "? [a]\n: b", 2, "a key must be a plain name"),
    ],
)
def test_each_fault_has_line_and_repair(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(DataError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert words in caught.value.message
    assert caught.value.line == line
    assert str(tmp_path / "since.yaml") in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "- a list\n", "text\n", b"\x00\x01", b"a: \xff\n", "a: &x *x"]
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(DataError):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        store.read(tmp_path / "none.yaml", SinceTable)


def test_all_faults_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "since.yaml"
    path.write_text("evidence: 1\nfeatures: {helper: {bpf_loop: {since: five, x: 1}}}\n")
    messages = [fault.message for fault in store.problems(path, SinceTable)]
    assert len(messages) >= 3


def test_every_data_file_fits_its_schema(layout: Layout) -> None:
    for path, schema in data_files(layout):
        assert list(store.problems(path, schema)) == []


_NAMES = st.from_regex(r"bpf_[a-z_]{1,12}", fullmatch=True)
_TYPES = st.sampled_from(["void *", "const void *", "__u64", "struct bpf_timer *", "yes", "1.5", "null", "..."])
_HELPERS = st.builds(
    Helper,
    st.integers(1, 9999),
    _NAMES,
    _TYPES,
    st.lists(st.builds(Parameter, _NAMES, _TYPES), max_size=3).map(tuple),
    st.lists(_NAMES, max_size=2).map(tuple),
)


@given(st.lists(_HELPERS, max_size=5).map(tuple))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, helpers: tuple[Helper, ...]) -> None:
    path = tmp_path_factory.mktemp("store") / "helpers.yaml"
    facts = HelpersFile(Source("h", "0" * 64, version="1:1.7.0-1"), helpers)
    assert store.write(path, facts, "a comment")
    assert not store.write(path, facts, "a comment")
    assert store.read(path, HelpersFile) == facts


def test_lines_are_told_by_keys_numbers_and_members(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("# head\na:\n  b: [one,\n    two]\n  c:\n  - {d: 1}\n  - three\n")
    lines = store.Lines(path)
    wanted = {("a",): 2, ("a", "b"): 3, ("a", "b", "one"): 3, ("a", "b", "two"): 4, ("a", "c", 0, "d"): 6}
    wanted |= {("a", "c", "three"): 7, ("a", "c", 1): 7}
    assert {place: lines.of(*place) for place in wanted} == wanted
    assert [lines.of(*place) for place in (("z",), ("a", "z"), ("a", "b", "zero"), ("a", "c", 9), ())] == [None] * 5


def test_reading_leaves_the_collector_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1.0\n")
    for state in (gc.enable, gc.disable):
        state()
        before = gc.isenabled()
        with pytest.raises(DataError):
            store.read(tmp_path / "x.yaml", SinceTable)
        assert gc.isenabled() is before
    gc.enable()
