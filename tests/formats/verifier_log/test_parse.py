"""Logs in every frame: the same complaint, the same instructions, and never an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from frames import FRAMES, wrap
from hypothesis import given, settings
from hypothesis import strategies as st

from bpfref.formats.verifier_log import parse_log
from bpfref.formats.verifier_log.wrapping import WIDTHS

LOGS = {path.stem: path.read_text() for path in sorted(Path("tests/inputs/verifier-logs").glob("*.txt"))}
LINES = [line for log in LOGS.values() for line in log.splitlines()]

# What each log of our examples complains of.
TELLING = {
    "unbounded-index@v6.18": "R2 unbounded memory access, make sure to bounds check any such access",
}


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("frame", FRAMES)
def test_the_frame_does_not_change_what_is_read(name: str, frame: str) -> None:
    plain, framed = parse_log(LOGS[name]), parse_log(FRAMES[frame](LOGS[name]))
    if frame == "without its beginning" and not plain.steps:
        return
    assert framed.telling == plain.telling
    if framed.steps or frame != "without its beginning":
        assert [step.index for step in framed.steps][-3:] == [step.index for step in plain.steps][-3:]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    parse_log(text)


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    parse_log(data.decode("utf-8", "replace"))


@given(
    st.lists(
        st.sampled_from(LINES).flatmap(lambda line: st.integers(0, len(line)).map(lambda at: line[at:] + line[:at]))
    )
)
def test_any_mixture_of_lines_is_read(lines: list[str]) -> None:
    parse_log("\n".join(lines))


@settings(deadline=None)
@given(st.sampled_from(sorted(LOGS)), st.sampled_from(WIDTHS))
def test_the_width_of_a_terminal_does_not_change_the_telling_line(name: str, width: int) -> None:
    assert parse_log(wrap(width)(LOGS[name])).telling == parse_log(LOGS[name]).telling


@settings(deadline=None)
@given(st.sampled_from(sorted(LOGS)), st.data())
def test_a_log_that_is_cut_before_its_figures_keeps_its_telling_line(name: str, data: st.DataObject) -> None:
    log = parse_log(LOGS[name])
    lines = LOGS[name].splitlines()
    first = data.draw(st.integers(0, max((log.complaint_line or 0) - 1, 0)))
    assert parse_log("\n".join(lines[first:])).telling == log.telling


def test_what_the_kernel_says_of_a_map_is_no_line_of_the_loader() -> None:
    log = parse_log(
        "libbpf: map 'a': created successfully, fd=4\n3: (85) call bpf_spin_lock#93\nmap 'a' has to have BTF\n"
    )
    assert (log.telling, log.failing and log.failing.index) == ("map 'a' has to have BTF", 3)


def test_the_errno_is_that_of_the_program_and_not_of_its_types() -> None:
    log = parse_log(
        "BTF debug data section '.BTF' rejected: Invalid argument (22)!\nrejected: Permission denied (13)!\n"
    )
    assert log.errno == "EACCES"


def test_a_number_in_an_instruction_is_no_errno() -> None:
    assert parse_log("func#0 @0 1: (85) call unknown#7").errno == ""
