"""The archive of an initramfs: what is written comes back, byte for byte, in an order the kernel can unpack."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpfref.kernels.cpio import Entry, file, folder, link, write_archive

PART = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=12)
PATHS = st.lists(PART.filter(lambda part: part not in {".", ".."}), min_size=1, max_size=4).map("/".join)


def read_archive(data: bytes) -> list[tuple[str, int, bytes]]:
    """A reader of its own: path, mode and content of each entry, up to the trailer."""
    found: list[tuple[str, int, bytes]] = []
    at = 0
    while True:
        assert at % 4 == 0
        assert data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * i : at + 14 + 8 * i], 16) for i in range(13)]
        size, length = fields[6], fields[11]
        name = data[at + 110 : at + 110 + length]
        assert name.endswith(b"\0")
        assert b"\0" not in name[:-1]
        start = at + (110 + length + 3) // 4 * 4
        if name == b"TRAILER!!!\0":
            assert start == len(data)
            return found
        found.append((name[:-1].decode(), fields[1], data[start : start + size]))
        at = start + (size + 3) // 4 * 4


@given(st.dictionaries(PATHS, st.tuples(st.binary(max_size=64), st.booleans()), max_size=12))
def test_what_is_written_comes_back(files: dict[str, tuple[bytes, bool]]) -> None:
    # A path cannot be a folder too: that is another test's.
    plain = {path: made for path, made in files.items() if not any(other.startswith(f"{path}/") for other in files)}
    data = write_archive(file(path, content, executable=run) for path, (content, run) in plain.items())
    back = read_archive(data)
    assert {path: content for path, mode, content in back if stat.S_ISREG(mode)} == {
        path: content for path, (content, _) in plain.items()
    }
    seen: set[str] = set()
    for path, mode, _ in back:
        assert path not in seen
        parent = path.rpartition("/")[0]
        assert not parent or parent in seen, "a folder comes before what is in it"
        seen.add(path)
        if stat.S_ISREG(mode):
            assert bool(mode & 0o100) == plain[path][1]
    assert data == write_archive(
        file(path, content, executable=run) for path, (content, run) in reversed(plain.items())
    )


def test_links_and_folders_keep_their_kind() -> None:
    back = read_archive(write_archive([link("bin", "usr/bin"), folder("usr/bin"), file("usr/bin/sh", b"x")]))
    assert back == [
        ("bin", stat.S_IFLNK | 0o777, b"usr/bin"),
        ("usr", stat.S_IFDIR | 0o755, b""),
        ("usr/bin", stat.S_IFDIR | 0o755, b""),
        ("usr/bin/sh", stat.S_IFREG | 0o644, b"x"),
    ]


@pytest.mark.parametrize("path", ["/a", "../a", "a/../b", "a//b", "a/", "", ".", "./a", "TRAILER!!!", "a\0b"])
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"no plain relative path|zero byte"):
        file(path, b"")


def test_a_path_twice_and_a_device_are_refused() -> None:
    with pytest.raises(ValueError, match="'a' is there twice"):
        write_archive([file("a", b"1"), file("a", b"2")])
    with pytest.raises(ValueError, match="neither file, folder nor link"):
        Entry("null", stat.S_IFCHR | 0o666)
