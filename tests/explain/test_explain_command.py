"""`bpfref explain`: exit codes, both forms of the answer, and what is no log."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from bpfref.cli import main
from bpfref.layout import Layout

LOG = Path("tests/inputs/verifier-logs/packet-unchecked@v6.18.txt")
FAMILY = """title: Test
entries:
  invalid-access-to-packet:
    title: invalid access to packet
    says: The program reads the packet where it may end.
    repair: Compare with data_end first.
    messages:
    - "invalid access to packet, off=%d size=%d, R%d(id=%d,off=%d,r=%d)\\n"
"""


@pytest.fixture
def root(tmp_path: Path, layout: Layout) -> Path:
    """A checkout with one entry, so that what others write does not matter."""
    (tmp_path / "data/authored/verifier").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "data/scraped").symlink_to(layout.scraped)
    shutil.copy(layout.authored / "verifier-trace.yaml", tmp_path / "data/authored")
    (tmp_path / "data/authored/verifier/test.yaml").write_text(FAMILY)
    return tmp_path


def test_a_log_is_explained(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(root), "explain", str(LOG.resolve())]) == 0
    output = capsys.readouterr().out
    assert output.startswith(
        "invalid access to packet\n    invalid access to packet, off=12 size=1, R1(id=0,off=12,r=0)\n"
    )
    assert "Repair: Compare with data_end first." in output
    assert "verifier/invalid-access-to-packet.md" in output
    assert "13 bytes must be" in output


def test_json_has_the_same_facts(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(root), "explain", "--json", str(LOG.resolve())]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["entry"] == "invalid-access-to-packet"
    assert answer["instruction"]["index"] == 1
    assert [link["index"] for link in answer["trail"]] == [0]
    assert answer["figures"]["processed"] == 2


def test_standard_input_is_read(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.read_bytes())))
    assert main(["-C", str(root), "explain"]) == 0
    assert "invalid access to packet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0: (95) exit\nR0 !read_ok\n", "No entry explains this complaint"),
        ("0: (95) exit\ninvalid access to pocket, off=1 size=2\n", "invalid-access-to-packet.md"),
        ("0: (b7) r0 = 0\n1: (95) exit\nprocessed 2 insns (limit 1000000) total_states 0\n", "complains of nothing"),
    ],
)
def test_what_no_entry_explains_is_shown_and_exits_1(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    (tmp_path / "log.txt").write_text(text)
    assert main(["-C", str(root), "explain", str(tmp_path / "log.txt")]) == 1
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "\n\n", "How do I install clang?\n", "\x00\x01\x02"])
def test_what_is_no_log_exits_2_and_says_what_to_paste(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "log.txt").write_text(text)
    assert main(["-C", str(root), "explain", str(tmp_path / "log.txt")]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "paste what the loader printed" in streams.err


def test_a_file_that_is_not_there_is_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(root), "explain", "nowhere.txt"]) == 2
    assert "nowhere.txt" in capsys.readouterr().err
