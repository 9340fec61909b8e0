"""The loader on this machine: objects are opened, and loaded where that is allowed; none is attached."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bpfref import catalogue
from bpfref.errors import MachineError
from bpfref.layout import Layout
from bpfref.loader import bpf, libbpf, loading, uapi_file
from bpfref.loader.pack import pack_runtime

PACKET = bytes(64)
FDS = Path("/proc/self/fd")


def test_the_runtime_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    for name, content in {**pack_runtime(), "bpfref/__init__.py": b""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from bpfref.loader import bpf; print(bpf.BPF_NOEXIST)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("1", "")


def test_the_constants_that_go_into_guests_are_those_of_the_scraped_header(layout: Layout) -> None:
    made = uapi_file.render(catalogue.read(layout))
    assert uapi_file.PATH.read_text() == made, "to repair: bpfref generate"


def test_a_library_that_is_too_old_or_not_there_is_an_error_that_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"cannot be loaded.*libbpf1.*BPFREF_LIBBPF"):
        libbpf.load_library(str(tmp_path / "libbpf.so.1"))
    source = tmp_path / "old.c"
    source.write_text("int libbpf_major_version(void) { return 1; }\nint libbpf_minor_version(void) { return 1; }\n")
    made = tmp_path / "old.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", made, source], check=True)
    with pytest.raises(MachineError, match=r"libbpf 1\.1 is too old, 1\.4 is needed.*backports.*BPFREF_LIBBPF"):
        libbpf.load_library(str(made))


def test_a_function_that_the_library_lacks_is_an_error_of_its_age(library: libbpf.Library) -> None:
    assert library.version >= libbpf.OLDEST
    with pytest.raises(AttributeError):
        library.bpf_no_such_function  # noqa: B018
    lacking = [name for name in libbpf.FUNCTIONS if not _has(library, name)]
    for name in lacking:
        with pytest.raises(MachineError, match=f"has no {name}: a newer one is needed"):
            getattr(library, name)


def _has(library: libbpf.Library, name: str) -> bool:
    try:
        getattr(library, name)
    except MachineError:
        return False
    return True


def test_objects_open_without_privileges(library: libbpf.Library, objects: Mapping[str, bytes]) -> None:  # noqa: ARG001
    for name, data in objects.items():
        with bpf.open(data, name=name) as obj:
            assert obj.programs, name
            assert (obj.btf is None) == name.startswith("stripped")


def test_libbpfs_own_errors_are_in_words(library: libbpf.Library, objects: Mapping[str, bytes]) -> None:  # noqa: ARG001
    other = bytearray(objects["maps.bpf.o"])
    other[5] = 3 - other[5]  # the byte order
    with pytest.raises(bpf.OpenError, match=r"other cannot be opened: .*libbpf's 400\d"):
        bpf.open(bytes(other), name="other")


def test_constants_are_names_of_the_module() -> None:
    assert (bpf.BPF_ANY, bpf.BPF_NOEXIST, bpf.BPF_EXIST) == (0, 1, 2)
    with pytest.raises(AttributeError):
        bpf.BPF_NO_SUCH_CONSTANT  # noqa: B018


NAMES = [
    ("count", "count"),
    ("a-b c/d", "a_b_c_d"),
    ("sixteen_letters_", "sixteen_letters"),
    ("with.stop", "with.stop"),
    ("Größe", "Gr__e"),
    ("", ""),
]


@pytest.mark.parametrize(("given", "valid"), NAMES)
def test_names_become_valid(given: str, valid: str) -> None:
    assert bpf.make_valid_name(given) == valid


@pytest.mark.usefixtures("may_load")
def test_load_and_run_on_this_machine(objects: Mapping[str, bytes]) -> None:
    with bpf.open(objects["maps.bpf.o"], name="maps") as obj:
        obj.rodata["limit"] = 10
        with obj.load(["count", "to_ring"]) as coll:
            assert coll.programs["count"].test_run(PACKET).retval == 10
            coll.programs["to_ring"].test_run(PACKET, repeat=3)
            events = coll.ring_buffer("ring", type="event").read(timeout=0.1)
            assert [event.number for event in events] == [15, 16, 17]
            coll.maps["hash"][1] = {"number": 5, "name": "five"}
            assert coll.maps["hash"][1].name == b"five"


@pytest.mark.usefixtures("may_load")
def test_the_room_for_a_log_grows(objects: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_LOG_SIZES", (4096, 1 << 20))
    with (
        bpf.open(objects["refused.bpf.o"], name="long") as obj,
        obj.load(["at_length"], log_level=2, check_attach_types=False) as coll,
    ):
        log = coll.programs["at_length"].log
        assert len(log) > 4096, "the first size would have been enough"
        assert "processed" in log[-200:]


@pytest.mark.usefixtures("may_load")
def test_no_descriptor_leaks_over_ten_thousand_cycles(objects: Mapping[str, bytes]) -> None:
    data, bad = objects["stripped.bpf.o"], objects["section.bpf.o"]
    before = len(list(FDS.iterdir()))
    for number in range(10_000):
        with bpf.open(data, name="plain") as obj, obj.load(check_attach_types=False):
            pass
        if number % 100 == 0:
            with bpf.open(bad, name="bad") as obj, pytest.raises(bpf.LoadError):
                obj.load()
    assert len(list(FDS.iterdir())) == before
