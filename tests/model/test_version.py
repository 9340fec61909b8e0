"""Kernel releases: their order and their spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.model.since import Since
from bpfref.model.version import Version


def test_releases_sort_as_they_came_out() -> None:
    order = [
        "v3.18",
        "v4.0-rc1",
        "v4.0",
        "v4.9",
        "v4.10",
        "v5.17-rc2",
        "v5.17-rc10",
        "v5.17",
        "v5.17.1",
        "v6.2",
        "v6.10",
    ]
    assert sorted(map(Version.parse, reversed(order))) == [Version.parse(text) for text in order]


@given(st.integers(2, 9), st.integers(0, 99), st.integers(0, 9), st.none() | st.integers(1, 20))
def test_what_is_printed_is_parsed(major: int, minor: int, patch: int, candidate: int | None) -> None:
    version = Version(major, minor, patch, candidate)
    assert Version.parse(str(version)) == version


@pytest.mark.parametrize("text", ["", "6.10", "v6", "v6.10-rc", "v6.10 ", "V6.10", "v6.10-rc1-x", "v6.1O"])
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a kernel release"):
        Version.parse(text)


def test_a_since_checks_its_releases_and_commit() -> None:
    with pytest.raises(ValueError, match="no commit"):
        Since("v5.17", "main")
    with pytest.raises(ValueError, match="not a kernel release"):
        Since("v5.17", until="later")
